"""One entry with copies stands for many."""

import pytest

from simlab.errors import InvalidInputError
from simlab.model.access import Permission
from simlab.scenario import loads

FLEET = """
simlab: 1
name: fleet
question: Why?
horizon: 1d
domains: {cloud: }
resources:
  "box-#": {copies: 3, domain: cloud, holds: ["key-#"], obeyed_by: ["bot-#"]}
  hall: {domain: cloud, obeyed_by: ["bot-#"]}
tools:
  look: {does: ["read:box-#"]}
roles:
  all: ["read:box-*"]
agents:
  "bot-#": {copies: 3, roles: [all], tools: [look], owner: "team-#", susceptibility: 0.5}
principals:
  "p-#": {copies: 3}
secrets:
  "key-#": {copies: 3, grants: ["read:box-#"]}
workflows:
  "job-#":
    copies: 3
    by: "p-#"
    agent: "bot-#"
    at: [1h]
    intent: {purpose: "look at box #"}
    steps:
      - {call: look}
threats:
  - {kind: key-leak, key: bot-2}
"""


def test_copies_are_numbered_in_the_name_and_in_every_text():
    """The third bot belongs to the third team."""
    system = loads(FLEET).system
    assert list(system.agents) == ["bot-1", "bot-2", "bot-3"]
    assert system.agents["bot-3"].owner == "team-3"
    assert system.resources["box-2"].holds == ("key-2",)
    assert system.resources["box-2"].obeyed_by == ("bot-2",)
    assert system.secrets["key-1"].scope == frozenset({Permission("read", "box-1")})
    flow = system.workflows["job-2"]
    assert (flow.tasks[0].principal, flow.tasks[0].chain) == ("p-2", ("bot-2",))
    assert flow.tasks[0].intent.purpose == "look at box 2"


def test_the_name_of_a_fleet_in_another_list_stands_for_all():
    """Also as the resource of a permission."""
    system = loads(FLEET).system
    assert system.resources["hall"].obeyed_by == ("bot-1", "bot-2", "bot-3")
    assert [str(permission) for permission in system.tools["look"].does] == [
        "read:box-1",
        "read:box-2",
        "read:box-3",
    ]


def test_a_copy_that_meets_another_name_is_refused():
    """Two entries of one name would be one."""
    with pytest.raises(InvalidInputError, match="E111"):
        loads(FLEET.replace("principals:\n", "  bot-2: {roles: []}\nprincipals:\n"))


def test_copies_of_copies_are_bounded():
    """A short file must not fill the memory."""
    many = "".join(f'  "r{i}-#": {{copies: 10000, domain: cloud, holds: [a, b, c]}}\n' for i in range(9))
    with pytest.raises(InvalidInputError, match="E009"):
        loads(FLEET.replace("resources:\n", "resources:\n" + many))
    lists = "".join(f'  l{i}: ["read:r-#"]\n' for i in range(99))
    fleet = 'resources:\n  "r-#": {copies: 10000, domain: cloud}\n'
    with pytest.raises(InvalidInputError, match="E009"):
        loads(FLEET.replace("resources:\n", fleet).replace("roles:\n", "roles:\n" + lists))


def test_an_address_with_a_fragment_is_left_alone():
    """Only the name of a fleet is written out."""
    text = FLEET.replace("horizon: 1d", 'horizon: 1d\nsources: ["https://a.example/#b"]')
    assert loads(text).sources == ("https://a.example/#b",)


def test_a_rule_with_copies_is_many_rules():
    """Each has a name of its own, and so a chance of its own; a fleet's name in a rule without copies is all of it."""
    rules = """
compositions:
  - {name: "open-#", copies: 3, needs: ["hold:bot-#"], gives: ["read:box-#"], probability: 0.5}
  - {name: all, needs: ["hold:bot-1"], gives: ["read:box-#"]}
"""
    made = loads(FLEET + rules).system.compositions
    assert [rule.name for rule in made] == ["open-1", "open-2", "open-3", "all"]
    assert made[1].needs == ("hold:bot-2",)
    assert made[1].gives == ("read:box-2",)
    assert made[3].gives == ("read:box-1", "read:box-2", "read:box-3")
    with pytest.raises(InvalidInputError, match="E112"):
        loads(FLEET + rules.replace('name: "open-#"', "name: open"))
