"""Which doors a strategy leaves open: contexts of labels, tasks, borrowed credentials, data that are carried."""

import pytest

from simlab.errors import BudgetError
from simlab.graph import reach
from simlab.graph.possible import MOST_LABELS, contexts, possible
from simlab.model.access import Intent, Permission
from simlab.model.attack import Foothold
from simlab.model.doors import explore
from simlab.model.system import Agent, Call, Delegation, Domain, Resource, Secret, System, Task, Workflow
from simlab.strategies import JIT, AllowAll, DenyAll, Layered, StaticRBAC
from simlab.strategies import Intent as IntentPolicy

P = Permission.parse
READ, SEND, LIST = P("read:db"), P("send:mail"), P("list:files")


def system(template=(READ, SEND), needs=(READ, SEND), *, key="bot", **changes):
    task = Task("job", "owner", ("bot",), Intent("job", frozenset(needs)), frozenset(template))
    given = {
        "domains": {"d": Domain("d")},
        "resources": {
            "db": Resource("db", "d", label="pii"),
            "mail": Resource("mail", "d", outward=True),
            "files": Resource("files", "d"),
        },
        "agents": {"bot": Agent("bot", frozenset({READ, SEND, LIST}), (LIST, READ, SEND), key)},
        "workflows": {"job": Workflow("job", (task,), (Call(0, LIST),))},
    }
    return System(**{**given, **changes})


def facts(what, policy, **foothold):
    found = reach(what, policy, Foothold(**{name: (value,) for name, value in foothold.items()}))
    return {fact for fact in found.facts if not fact.startswith(("hold:", "steer:", "control:"))}


# --- contexts ---------------------------------------------------------------------------------------


def test_every_set_of_labels_that_contains_those_present_is_a_context():
    """The empty one first: what denies the least comes early."""
    found = list(contexts(frozenset({"a", "b", "c"}), "b"))
    assert found == [frozenset("b"), frozenset("ab"), frozenset("bc"), frozenset("abc")]
    assert list(contexts(frozenset())) == [frozenset()]
    assert len(list(contexts(frozenset("abcd")))) == 16


def test_too_many_labels_are_an_error_not_a_wait():
    """Ten can be combined, eleven cannot."""
    assert len(list(contexts(frozenset(map(str, range(MOST_LABELS)))))) == 1024
    with pytest.raises(BudgetError, match="11 labels: more than 10 cannot be combined"):
        list(contexts(frozenset(map(str, range(MOST_LABELS + 1)))))
    resources = {f"r{n}": Resource(f"r{n}", "d", label=f"l{n}") for n in range(MOST_LABELS + 1)}
    with pytest.raises(BudgetError):
        reach(
            system(resources={**system().resources, **resources}), IntentPolicy(), Foothold(agents=("bot",))
        )


def test_a_rule_on_flows_keeps_data_in_but_does_not_forbid_the_write():
    """Reading and sending are each allowed; the two in one session are not: so no exfiltration by a session."""
    assert facts(system(), IntentPolicy(), sessions="bot") == {"read:db", "send:mail"}
    without = {"read:db", "send:mail", "exfiltrate:db"}
    assert facts(system(), IntentPolicy(flows=False), sessions="bot") == without


def test_a_controlled_workload_carries_data_past_a_rule_on_flows():
    """It reads in one session and sends in another, in which nothing labelled was read."""
    assert "exfiltrate:db" in facts(system(), IntentPolicy(), agents="bot")


# --- doors ------------------------------------------------------------------------------------------


def test_a_stolen_key_and_a_steered_session_have_different_doors():
    """Static: all rights of the role either way; JIT: what the job needs; intent: nothing from outside."""
    what = system(template=(READ,))
    every = {"read:db", "send:mail", "list:files", "exfiltrate:db"}
    assert facts(what, StaticRBAC(), keys="bot") == every
    assert facts(what, StaticRBAC(), sessions="bot") == every
    assert facts(what, JIT(), keys="bot") == {"read:db", "exfiltrate:db"}
    assert facts(what, JIT(), sessions="bot") == {"read:db"}
    assert facts(what, IntentPolicy(), keys="bot") == set()
    assert facts(what, IntentPolicy(attested=False), keys="bot") == every


def test_a_bound_credential_opens_nothing_from_outside():
    """But from inside it does."""
    assert facts(system(), JIT(bound=True), keys="bot") == set()
    assert "read:db" in facts(system(), JIT(bound=True), sessions="bot")


def test_the_bounds_leave_everything_and_nothing_open():
    """allow-all: the whole menu; deny-all: nothing, whatever one has."""
    assert "list:files" in facts(system(template=()), AllowAll(), sessions="bot")
    for foothold in ({"keys": "bot"}, {"sessions": "bot"}, {"agents": "bot"}):
        assert facts(system(), DenyAll(), **foothold) == set()


def test_between_tasks_only_standing_keys_are_of_use():
    """A controlled workload without work has nothing under JIT, and its key under static RBAC."""
    idle = system(workflows={})
    assert facts(idle, JIT(), agents="bot") == set()
    assert facts(idle, StaticRBAC(), agents="bot") == {"read:db", "send:mail", "list:files", "exfiltrate:db"}
    assert facts(idle, StaticRBAC(), sessions="bot") == set()


def test_a_secret_is_its_scope():
    """Whatever the strategy; a labelled resource that an outsider reads is out."""
    what = system(secrets={"s": Secret("s", frozenset({READ}))})
    for policy in (AllowAll(), DenyAll(), JIT(), IntentPolicy()):
        assert facts(what, policy, keys="s") == {"read:db", "exfiltrate:db"}


def delegating(mode, **changes):
    """Return a world in which `bot` can task `aide`, which alone may send."""
    aide = Agent("aide", frozenset({SEND}), (SEND,), "aide")
    bot = Agent("bot", frozenset({READ}), (READ,), "bot")
    return system(
        template=(READ,), needs=(READ,), agents={"bot": bot, "aide": aide},
        delegations=(Delegation("bot", "aide", mode),), **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "policy", "sends"),
    [
        ("own-identity", StaticRBAC(), True),
        ("own-identity", JIT(), True),
        ("own-identity", IntentPolicy(), False),
        ("on-behalf-of", StaticRBAC(), False),
        ("on-behalf-of", JIT(), False),
        ("impersonation", StaticRBAC(), True),
        ("impersonation", IntentPolicy(), False),
        ("own-identity", Layered((JIT(), IntentPolicy())), False),
    ],
)
def test_a_confused_deputy_sends_for_whoever_steers_its_caller(mode, policy, sends):
    """Under its own identity it has its own rights; on behalf of the caller only what both have; intent sees through."""
    found = facts(delegating(mode), policy, sessions="bot")
    assert ("send:mail" in found) is sends
    assert ("exfiltrate:db" in found) is sends


def test_no_chain_is_longer_than_the_depth():
    """Depth 0: nobody may task anybody."""
    assert "send:mail" not in facts(delegating("own-identity", depth=0), StaticRBAC(), sessions="bot")


def test_each_open_door_says_why_it_is_open():
    """Which credential is presented, and which policy says yes."""
    found = possible(explore(system()), JIT())
    whys = {(why.credential, why.reason, why.policy) for why in found.why.values()}
    assert ("credential for job of bot", "task-credential", "jit") in whys
    assert ("credential of bot for job", "task-credential", "jit") in whys
    step = reach(system(), StaticRBAC(), Foothold(agents=("bot",))).steps["read:db"]
    assert (step.policy, step.reason) == ("static-rbac", "role")
    assert "[credential of bot for job; static-rbac: role]" in str(step)
