"""Each fault in what a file says of changing roles gets its code, its place and a hint; what is right is built."""

import pytest

from simlab.errors import InvalidInputError
from simlab.model.access import Permission
from simlab.model.policy import PolicyChange
from simlab.scenario import loads

GOOD = """\
simlab: 1
name: roles
question: Who loses what?
horizon: 1d
domains: {cloud: {}}
resources: {repo-a: {domain: cloud}, repo-b: {domain: cloud}, wiki: {domain: cloud}}
roles: {reader: ["read:repo-*"], writer: ["write:wiki"]}
agents: {bot: {roles: [reader, writer]}}
policy_changes:
  - {at: 2h, role: reader, remove: ["read:repo-*"]}
  - {at: 3h, role: reader, add: ["read:repo-a", "read:wiki"]}
  - {at: 2d, role: writer, remove: ["write:wiki"]}
"""

CHANGES = [
    ("a role that nobody knows", "2h, role: reader", "2h, role: raeder", "E201", 10, "reader"),
    ("a resource that is not there", '"read:wiki"', '"read:wikki"', "E201", 11, "wiki"),
    ("a pattern that fits nothing", 'remove: ["read:repo-*"]', 'remove: ["read:rope-*"]', "E201", 10, ""),
    ("an action that nobody knows", 'remove: ["write:wiki"]', 'remove: ["wirte:wiki"]', "E112", 12, "write"),
    ("nothing at all", ', remove: ["read:repo-*"]', "", "E114", 10, "remove"),
    ("two empty lists", 'remove: ["read:repo-*"]', "remove: [], add: []", "E114", 10, "remove"),
    ("no time", "at: 2h, ", "", "E102", 10, "at"),
    ("no time that ever comes", "at: 2h", "at: never", "E114", 10, ""),
    ("a time before the start", "at: 2h", "at: -2h", "E1", 10, ""),
    ("a misspelt key", 'remove: ["write', 'removes: ["write', "E101", 12, "remove"),
    (
        "what the role does not have by then",
        'remove: ["write:wiki"]',
        'remove: ["read:wiki"]',
        "E114",
        12,
        "",
    ),
    (
        "what it has already",
        'add: ["read:repo-a", ',
        'add: ["read:repo-a", "read:repo-a"], remove: [',
        "E",
        11,
        "",
    ),
    (
        "both at once",
        'remove: ["read:repo-*"]',
        'remove: ["read:repo-*"], add: ["read:repo-a"]',
        "E114",
        10,
        "",
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0])
def test_each_fault_has_its_code_and_place(change):
    _, old, new, code, line, hint = change
    assert old in GOOD
    with pytest.raises(InvalidInputError) as caught:
        loads(GOOD.replace(old, new, 1))
    first = caught.value.problems[0]
    assert first.code.startswith(code), caught.value.problems
    assert first.line == line
    assert hint in first.hint


def test_what_roles_allow_is_worked_out_era_by_era():
    """Both repos at first; neither from 2 h; from 3 h one of them, and the wiki. What comes after the end is left out."""
    system = loads(GOOD).system
    a, b, wiki = (Permission.parse(f"read:{name}") for name in ("repo-a", "repo-b", "wiki"))
    bot = system.agents["bot"]
    assert bot.entitlements == {Permission("write", "wiki")}
    assert bot.changing == ((a, frozenset({0, 2})), (b, frozenset({0})), (wiki, frozenset({2})))
    assert system.policy == (
        PolicyChange(7200.0, "reader", removed=(a, b)),
        PolicyChange(10800.0, "reader", added=(a, wiki)),
    )
    assert system.eras == (7200.0, 10800.0)
