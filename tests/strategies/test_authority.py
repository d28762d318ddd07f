"""What one strategy makes of one system: groups of domains, standing keys, attenuation, questions."""

import pytest

from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.system import Agent, Domain, Resource, System, Task
from simlab.strategies import JIT, DenyAll, Layered, StaticRBAC
from simlab.strategies import Intent as IntentPolicy
from simlab.strategies.authority import Authority, ad_hoc, decide_secret, idle

P = Permission.parse
DB, LOG, MAIL = P("read:db"), P("read:log"), P("send:mail")
SYSTEM = System(
    domains={
        "new": Domain("new"),
        "old": Domain("old", enforces=("static-rbac",)),
        "newer": Domain("newer", enforces=("jit", "intent")),
    },
    resources={"db": Resource("db", "new"), "log": Resource("log", "old"), "mail": Resource("mail", "newer")},
    agents={
        "a": Agent("a", frozenset({DB, LOG}), (DB, LOG), "shared"),
        "b": Agent("b", frozenset({DB, MAIL}), (DB, MAIL), "shared"),
        "c": Agent("c", frozenset({DB}), (DB, MAIL), "c"),
    },
)
INTENT = Intent("job", frozenset({DB}))
ROOT = Task("job", "owner", ("a",), INTENT, frozenset({DB, LOG, MAIL}))


def child(mode, agent="b", chain=None):
    return Task("job/b", "owner", chain or ("a", agent), INTENT, frozenset({DB, MAIL}), mode, 0)


def test_domains_that_enforce_the_same_are_one_group():
    """JIT everywhere but in the old domain, which falls back to roles."""
    authority = Authority(SYSTEM, JIT())
    assert set(authority.groups) == {JIT(), StaticRBAC()}
    assert authority.group_of["new"] == authority.group_of["newer"] != authority.group_of["old"]
    assert authority.group(DB) == authority.group(MAIL) == authority.group_of["new"]
    assert len(Authority(SYSTEM, StaticRBAC()).groups) == 1
    assert len(Authority(SYSTEM, Layered((JIT(), IntentPolicy()))).groups) == 2


def test_a_shared_key_stands_for_the_union_of_its_users():
    """In each group its part: a and b together have db and mail in the one, log in the other."""
    authority = Authority(SYSTEM, StaticRBAC())
    assert authority.users == {"shared": ("a", "b"), "c": ("c",)}
    assert authority.standing("shared", 0).scope == {DB, LOG, MAIL}
    assert authority.standing("c", 0) == Grant(frozenset({DB}), standing=True)
    split = Authority(SYSTEM, JIT())
    assert split.standing("shared", split.group_of["old"]).scope == {LOG}
    assert split.standing("shared", split.group_of["new"]) is None
    assert split.standing("nobody", 0) is None


def test_a_key_that_covers_nothing_is_not_issued():
    """deny-all grants nothing; c has no rights in the old domain."""
    assert Authority(SYSTEM, DenyAll()).standing("shared", 0) is None
    split = Authority(SYSTEM, JIT())
    assert split.standing("c", split.group_of["old"]) is None


def test_a_task_holds_what_its_job_needs_in_each_group():
    """Under JIT a credential for the job in the new domains, and the old key in the old one."""
    authority = Authority(SYSTEM, JIT(ttl=60.0))
    new, old = authority.group_of["new"], authority.group_of["old"]
    assert authority.held(ROOT, new) == Grant(frozenset({DB}), ttl=60.0)
    assert authority.held(ROOT, old) == Grant(frozenset({LOG}), standing=True)
    assert authority.held(idle("a"), new) is None
    assert authority.held(idle("a"), old).scope == {LOG}


@pytest.mark.parametrize(
    ("mode", "scope"), [("on-behalf-of", {DB}), ("own-identity", {DB, MAIL}), ("impersonation", {DB, MAIL})]
)
def test_only_on_behalf_of_another_is_a_scope_cut(mode, scope):
    """b may send mail, a may not: together, only what both may."""
    authority = Authority(SYSTEM, JIT())
    assert authority.scope((ROOT, child(mode)), authority.group(DB)) == scope


def test_a_chain_is_cut_at_every_link():
    """The intersection of all; what one of them cannot have at all, nobody below can derive."""
    authority = Authority(SYSTEM, JIT())
    group = authority.group(DB)
    tasks = (
        ROOT,
        child("on-behalf-of"),
        Task("c", "owner", ("a", "b", "c"), INTENT, frozenset({DB}), parent=1),
    )
    assert authority.scope(tasks, group) == {DB}
    assert authority.scope(tasks[:1], group) == {DB}
    nothing = Task("job", "owner", ("a",), INTENT, frozenset())
    assert authority.scope((nothing, child("on-behalf-of")), group) is None
    assert authority.scope((nothing, child("own-identity")), group) == {DB, MAIL}


def test_a_question_tells_all_that_a_policy_may_look_at():
    """Principal, chain, intent, resource, labels, and whether it writes."""
    authority = Authority(SYSTEM, JIT())
    request = authority.request(child("on-behalf-of"), MAIL, frozenset({MAIL}), frozenset({"pii"}))
    assert (request.principal, request.chain, request.task, request.intent) == (
        "owner",
        ("a", "b"),
        "job/b",
        INTENT,
    )
    assert (request.agent.name, request.resource.name, request.writes) == ("b", "mail", True)
    assert (request.scope, request.labels, request.hop) == ({MAIL}, {"pii"}, 1)


def test_who_lost_the_chain_has_no_intent():
    """An outsider has no task, an impersonated callee no principal."""
    authority = Authority(SYSTEM, JIT())
    assert authority.request(idle("a"), DB, frozenset(), frozenset()).intent is None
    lost = Task("job/b", "", ("b",), INTENT, frozenset({DB}), "impersonation", 0)
    assert authority.request(lost, DB, frozenset(), frozenset()).intent is None


def test_the_domain_of_the_resource_decides():
    """The same strategy says no under its own name in the new domain, and under that of the old one in the old."""
    authority = Authority(SYSTEM, JIT())
    about = (frozenset(), frozenset())
    assert authority.decide(authority.request(ROOT, DB, *about)).policy == "jit"
    assert authority.decide(authority.request(ROOT, LOG, *about)).policy == "static-rbac"


@pytest.mark.parametrize(
    ("mode", "principal", "chain"),
    [
        ("on-behalf-of", "owner", ("a", "c")),
        ("own-identity", "owner", ("c",)),
        ("impersonation", "", ("c",)),
    ],
)
def test_an_ad_hoc_task_inherits_the_intent_and_may_call_every_tool(mode, principal, chain):
    """Nobody declared it: whoever steers the caller asks for it."""
    task = ad_hoc(ROOT, "c", mode, (DB, MAIL))
    assert (task.name, task.principal, task.chain, task.mode) == ("job>c", principal, chain, mode)
    assert (task.intent, task.template) == (INTENT, {DB, MAIL})


def test_a_secret_is_decided_by_its_scope_alone():
    """No strategy governs it."""
    assert decide_secret(DB, frozenset({DB})) == Decision(True, "secret", "secret")
    assert decide_secret(MAIL, frozenset({DB})) == Decision(False, "outside-secret", "secret")
