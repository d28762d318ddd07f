"""Layers: grants intersect, each layer must allow, the first denial tells why."""

import pytest

from simlab.errors import ParameterError, UnknownNameError
from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.system import Agent, Domain, Task
from simlab.strategies import (
    JIT,
    AllowAll,
    DenyAll,
    Layered,
    StaticRBAC,
    describe,
    enforced,
    parse,
)
from simlab.strategies import Intent as IntentPolicy
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

P = Permission.parse
READ, WRITE = P("read:db"), P("write:db")
BOT = Agent("bot", frozenset({READ, WRITE}), (READ, P("drop:db")), "bot")
JOB = Task("job", "owner", ("bot",), Intent("job", frozenset({READ})), frozenset({READ}))


def test_the_bounds_grant_and_allow_everything_and_nothing():
    """What roles, tools and task could ever ask for; and the empty set."""
    everything = BOT.entitlements | {P("drop:db"), P("send:mail")}
    wide = Task("job", "owner", ("bot",), JOB.intent, frozenset({P("send:mail")}))
    assert AllowAll().grant(BOT, wide) == Grant(everything, standing=True)
    assert AllowAll().decide(ask("drop:db")) == Decision(True, "anything-goes", "allow-all")
    assert DenyAll().grant(BOT, wide) == Grant(frozenset(), standing=True)
    assert DenyAll().decide(ask("read:db", scope={READ})) == Decision(False, "nothing-goes", "deny-all")


def test_layered_grants_are_the_stricter_in_everything():
    """JIT ends the standing of the identity; the shorter life counts; binding binds."""
    layered = Layered((JIT(ttl=300.0, bound=True), IntentPolicy(rotation=3600.0)))
    assert layered.grant(BOT, JOB) == Grant(frozenset({READ}), ttl=300.0, bound=True)
    assert Layered((StaticRBAC(rotation=60.0, grace=5.0), IntentPolicy())).grant(BOT, JOB) == Grant(
        BOT.entitlements, ttl=60.0, standing=True
    )


def test_the_first_denial_tells_why():
    """In the order of the layers; if none denies, the last one's allowance."""
    layered = Layered((JIT(), IntentPolicy()))
    assert layered.decide(ask("read:db")) == Decision(False, "outside-task", "jit")
    assert layered.decide(ask("read:db", scope={READ})) == Decision(False, "not-for-purpose", "intent")
    assert layered.decide(ask("read:db", scope={READ}, needs=["read:db"])) == Decision(
        True, "purpose", "intent"
    )


def test_what_somebody_must_hear_of_is_not_lost_among_layers():
    """Flagged by one layer, allowed by the next: flagged. Whatever the order; a denial is a denial."""
    soft, widening = IntentPolicy(drift="soft"), IntentPolicy(drift="redeclare")
    request = ask("read:db", scope={READ})
    flagged = Decision(True, "off-purpose", "intent", flagged=True)
    for layers in ((soft, JIT()), (JIT(), soft), (StaticRBAC(), soft, JIT())):
        assert Layered(layers).decide(request) == flagged
    assert Layered((soft, widening)).decide(request) == Decision(
        True, "redeclared", "intent", flagged=True, widens=True
    )
    assert Layered((soft, DenyAll())).decide(request) == Decision(False, "nothing-goes", "deny-all")


def test_layers_speak_with_one_name():
    """Names joined, online if any layer is, all reasons once."""
    layered = Layered((JIT(), IntentPolicy(), JIT()))
    assert layered.name == "jit+intent+jit"
    assert layered.online is True
    assert Layered((JIT(), StaticRBAC())).online is False
    assert layered.reasons[:3] == ("task-credential", "outside-task", "purpose")
    assert len(layered.reasons) == len(set(layered.reasons))


def test_no_layer_denies():
    """Nothing that could allow."""
    assert Layered(()).decide(ask("read:db", scope={READ})).allowed is False


@pytest.mark.parametrize(
    ("enforces", "fallback", "name"),
    [
        (None, "static-rbac", "jit+intent"),
        (("jit",), "static-rbac", "jit"),
        (("intent", "jit"), "static-rbac", "jit+intent"),
        (("static-rbac",), "static-rbac", "static-rbac"),
        ((), "deny-all", "deny-all"),
        (("static-rbac",), "jit", "jit"),
    ],
)
def test_a_domain_makes_of_a_strategy_what_it_can(enforces, fallback, name):
    """The layers that it can enforce, in the order of the strategy; or else its fallback."""
    assert enforced(Layered((JIT(), IntentPolicy())), Domain("d", enforces, fallback)).name == name


def test_every_domain_enforces_the_bounds():
    """They describe no mechanism, so that every comparison has them."""
    assert enforced(AllowAll(), Domain("d", ())) == AllowAll()
    assert enforced(DenyAll(), Domain("d", ("jit",))) == DenyAll()
    assert enforced(Layered((AllowAll(), JIT())), Domain("d", ())) == AllowAll()


def test_parameters_are_kept_by_what_is_enforced():
    """JIT with five minutes stays JIT with five minutes; a fallback has its defaults."""
    assert enforced(JIT(ttl=300.0), Domain("d", ("jit",))) == JIT(ttl=300.0)
    assert enforced(IntentPolicy(), Domain("d", (), "jit")) == JIT()


def test_text_builds_strategies():
    """As on the command line; spaces do not matter."""
    assert parse("jit:ttl=5m,bound=true") == JIT(ttl=300.0, bound=True)
    assert parse(" static-rbac: rotation=90d , grace=2h ") == StaticRBAC(7_776_000.0, 7200.0)
    assert parse("jit+intent:hops=2") == Layered((JIT(), IntentPolicy(hops=2)))
    assert parse("intent:attested=false,rotation=never") == IntentPolicy(attested=False)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("jitt", UnknownNameError, "did you mean 'jit'"),
        ("jit:tll=5m", ParameterError, "did you mean 'ttl'"),
        ("jit:ttl", ParameterError, "expected parameter=value, got 'ttl'"),
        ("jit:ttl=5", ParameterError, "expected a duration"),
        ("jit:bound=perhaps", ParameterError, "expected"),
        ("jit:life=sesion", ParameterError, "did you mean 'session'"),
        ("intent:drift=sof", ParameterError, "did you mean 'soft'"),
        ("right-sized-rback", UnknownNameError, "did you mean 'right-sized-rbac'"),
        ("intent:hops=some", ParameterError, "expected int"),
        ("", UnknownNameError, "unknown strategy"),
    ],
)
def test_wrong_text_is_answered_with_the_nearest_right_one(text, error, message):
    """So that a typing error costs one look."""
    with pytest.raises(error, match=message):
        parse(text)


def test_a_strategy_is_described_by_what_is_not_the_default():
    """Text that parse reads back, odd durations included."""
    assert describe(StaticRBAC()) == "static-rbac"
    assert describe(JIT(ttl=300.0, bound=True)) == "jit:ttl=5m,bound=true"
    assert describe(Layered((JIT(), IntentPolicy(hops=1)))) == "jit+intent:hops=1"
    for seconds in (0.25, 1.5, 90_061.125, 1e-3, 123_456.789):
        assert parse(describe(JIT(ttl=seconds))) == JIT(ttl=seconds)


def test_an_idle_agent_has_no_task():
    """No principal, no intent, nothing to call."""
    task = idle("bot")
    assert (task.name, task.principal, task.agent, task.template) == ("", "", "bot", frozenset())
