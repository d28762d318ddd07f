"""ABAC: attributes of agent and resource, in this order: role, chain, ceiling, clearance, team."""

import math
from dataclasses import replace

import pytest

from simlab.model.access import Decision, Grant, Permission
from simlab.model.system import Agent
from simlab.strategies import ABAC
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

READ = Permission.parse("read:db")
RED = {"owner": "red", "clearance": ("internal",), "ceiling": 5.0}


def decide(policy=None, *, agent=None, resource=None, **about):
    request = ask("read:db", scope={READ}, **about)
    request = request._replace(
        agent=replace(request.agent, **(RED if agent is None else agent)),
        resource=replace(request.resource, **(resource or {})),
    )
    decision = (policy or ABAC()).decide(request)
    assert decision.policy == "abac"
    return decision.allowed, decision.reason


def test_fitting_attributes_allow():
    """No owner, no label, sensitivity 1: everybody's."""
    assert ABAC().decide(ask("read:db", scope={READ})) == Decision(True, "attributes", "abac")
    assert decide(resource={"owner": "red", "label": "internal", "sensitivity": 5.0}) == (True, "attributes")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"sensitivity": 5.1}, "above-ceiling"),
        ({"label": "pii"}, "no-clearance"),
        ({"sensitivity": 9.0, "label": "pii", "owner": "blue"}, "above-ceiling"),
        ({"label": "pii", "owner": "blue"}, "no-clearance"),
    ],
)
def test_a_ceiling_and_a_clearance_keep_things_out(resource, reason):
    """The first attribute that does not fit tells why."""
    assert decide(resource=resource) == (False, reason)
    assert decide(agent={}, resource={**resource, "owner": ""}) == (True, "attributes")


@pytest.mark.parametrize(
    ("foreign", "writes", "allowed"),
    [
        ("read", False, True), ("read", True, False), ("none", False, False), ("none", True, False),
        ("all", False, True), ("all", True, True),
    ],
)  # fmt: skip
def test_what_another_team_owns_may_be_read_or_not_at_all(foreign, writes, allowed):
    """Own things, and nobody's, may be changed."""
    found = decide(ABAC(foreign=foreign), resource={"owner": "blue"}, writes=writes)
    assert found == ((True, "attributes") if allowed else (False, "other-team"))
    assert decide(ABAC(foreign=foreign), resource={"owner": "red"}, writes=True)[0]
    assert decide(ABAC(foreign=foreign), writes=True)[0]


def test_purpose_and_task_are_not_asked():
    """An outsider with the identity has its attributes."""
    assert decide(intent=None, task="") == (True, "attributes")
    assert decide(needs=()) == (True, "attributes")


def test_role_and_chain_come_first():
    """Nothing beyond the role; no longer chain than is allowed."""
    assert ABAC().decide(ask("read:db")) == Decision(False, "not-in-role", "abac")
    assert decide(ABAC(hops=1), chain=("a", "b", "c")) == (False, "chain-too-long")
    assert decide(ABAC(hops=2), chain=("a", "b", "c")) == (True, "attributes")


def test_the_agent_keeps_a_standing_identity_and_each_request_waits():
    """The wait is the domain's decision time."""
    bot = Agent("bot", frozenset({READ}), (READ,), "bot")
    assert ABAC().grant(bot, idle("bot")) == Grant(frozenset({READ}), ttl=math.inf, standing=True)
    assert ABAC(rotation=3600.0).grant(bot, idle("bot")).ttl == 3600.0
    assert ABAC().online is True
