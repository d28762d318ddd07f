"""Data flow: labelled data are written to no sink."""

import pytest

from simlab.model.access import Decision, Grant, Permission
from simlab.model.system import Agent
from simlab.strategies import DataFlow, Intent, Layered, StaticRBAC
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

READ, SEND = Permission.parse("read:db"), Permission.parse("send:mail")
BOTH = frozenset({READ, SEND})


@pytest.mark.parametrize(
    ("policy", "labels", "outward", "writes", "allowed"),
    [
        (DataFlow(), {"pii"}, True, True, False),
        (DataFlow(), (), True, True, True),
        (DataFlow(), {"pii"}, False, True, True),
        (DataFlow(), {"pii"}, True, False, True),
        (DataFlow(labels="pii|secret"), {"pii", "code"}, True, True, False),
        (DataFlow(labels="pii|secret"), {"code"}, True, True, True),
        (DataFlow(sinks="wiki|mail"), {"pii"}, False, True, False),
        (DataFlow(sinks="wiki"), {"pii"}, True, True, True),
    ],
)
def test_labels_do_not_flow_to_sinks(policy, labels, outward, writes, allowed):
    """Only where something labelled was read, and this is a write, and to a sink; mail is asked for."""
    decision = policy.decide(ask("send:mail", scope=BOTH, labels=labels, outward=outward, writes=writes))
    expected = Decision(True, "no-flow", "data-flow") if allowed else Decision(False, "flow", "data-flow")
    assert decision == expected


def test_it_is_a_layer_that_takes_nothing_else_away():
    """The scope is the roles', the terms are the other layer's."""
    bot = Agent("bot", BOTH, (READ,), "bot")
    assert DataFlow().grant(bot, idle("bot")) == Grant(BOTH, standing=True)
    layered = Layered((StaticRBAC(rotation=60.0), DataFlow()))
    assert layered.grant(bot, idle("bot")) == StaticRBAC(rotation=60.0).grant(bot, idle("bot"))
    assert DataFlow().decide(ask("read:db")) == Decision(False, "not-in-role", "data-flow")
    assert Layered((DataFlow(), Intent())).online is True
    assert DataFlow().online is False
