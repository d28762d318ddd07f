"""Human approval: what is asked, and how it is layered."""

import math

import pytest

from simlab.model.access import Permission, Request
from simlab.model.system import Agent, Resource
from simlab.strategies import JIT, HumanApproval, Intent, Layered, StaticRBAC, describe, parse
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

READ = Permission.parse("read:db")


def request(sensitivity=5.0, *, outward=False, writes=False, executes=False, covered=True):
    resource = Resource("db", "d", sensitivity=sensitivity, outward=outward)
    scope = frozenset({READ} if covered else ())
    return Request(
        "p", ("bot",), Agent("bot"), "job", None, READ, resource, scope, frozenset(), writes, executes
    )


@pytest.mark.parametrize(
    ("policy", "asked", "approval"),
    [
        ({}, {"sensitivity": 5.0}, True),
        ({}, {"sensitivity": 4.9}, False),
        ({"sensitivity": 9.0}, {"sensitivity": 5.0}, False),
        ({"actions": "write"}, {"writes": True}, True),
        ({"actions": "write"}, {"executes": True}, False),
        ({"actions": "execute"}, {"executes": True}, True),
        ({"actions": "change"}, {"executes": True}, True),
        ({"actions": "change"}, {}, False),
        ({"outward": True}, {"sensitivity": 0.0, "outward": True, "writes": True}, True),
        ({"outward": True}, {"sensitivity": 0.0, "outward": True}, False),
        ({}, {"sensitivity": 0.0, "outward": True, "writes": True}, False),
    ],
)
def test_what_is_asked(policy, asked, approval):
    """By sensitivity, by what the action does, and by whether it leaves the organisation."""
    decision = HumanApproval(**policy).decide(request(**asked))
    assert (decision.allowed, decision.approval) == (True, approval)
    assert decision.reason == ("needs-approval" if approval else "below-threshold")


def test_what_the_credential_does_not_cover_is_not_asked():
    decision = HumanApproval().decide(request(covered=False))
    assert (decision.allowed, decision.approval, decision.reason) == (False, False, "not-in-role")


def test_the_layer_narrows_nothing():
    """Scope, life and grace are those of the layers below."""
    agent = Agent("bot", frozenset({READ}))
    task = idle("bot")
    for below in (StaticRBAC(rotation=3600.0, grace=600.0), JIT(ttl=60.0)):
        assert Layered((below, HumanApproval())).grant(agent, task) == below.grant(agent, task)
    assert math.isfinite(HumanApproval().grant(agent, task).grace)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_denial_goes_before_an_approval_and_an_approval_before_an_allowance(order):
    layers = (Intent(), HumanApproval(sensitivity=0.0))
    both = Layered((layers[order[0]], layers[order[1]]))
    allowed = both.decide(ask("read:db", scope={READ}, needs=["read:db"]))
    denied = both.decide(ask("read:db", scope={READ}, needs=[]))
    assert (allowed.allowed, allowed.approval, allowed.reason) == (True, True, "needs-approval")
    assert (denied.allowed, denied.approval, denied.reason) == (False, False, "not-for-purpose")


def test_it_is_written_as_text():
    text = "jit+human-approval:sensitivity=3,actions=change,outward=true"
    assert describe(parse(text)) == text
