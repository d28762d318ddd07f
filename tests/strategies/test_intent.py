"""Intent: each request is decided on role, task, chain, purpose and data; in this order."""

import math

import pytest

from simlab.model.access import Decision, Grant, Permission
from simlab.model.system import Agent
from simlab.strategies import Intent
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

READ, SEND = Permission.parse("read:db"), Permission.parse("send:mail")
BOTH = frozenset({READ, SEND})


def decide(right, strategy=None, **about):
    decision = (strategy or Intent()).decide(ask(right, **about))
    assert decision.policy == "intent"
    return decision.allowed, decision.reason


def test_a_needed_permission_of_the_role_is_allowed_for_its_purpose():
    """The role covers it, the task declares it."""
    decision = Intent().decide(ask("read:db", scope=BOTH, needs=["read:db"]))
    assert decision == Decision(True, "purpose", "intent")


def test_what_the_role_does_not_cover_is_denied_first():
    """Even if the task declares it."""
    assert decide("read:db", scope={SEND}, needs=["read:db"]) == (False, "not-in-role")


def test_a_stolen_key_alone_asks_for_nothing():
    """An outsider has no attested task; a callee that was impersonated has lost the chain."""
    assert decide("read:db", scope=BOTH, intent=None, task="") == (False, "no-attested-task")
    assert decide("read:db", scope=BOTH, intent=None, task="job") == (False, "chain-lost")


def test_without_attestation_a_thief_claims_what_he_needs():
    """The purpose is then a mere claim; the role is still a bound."""
    claimed = Intent(attested=False)
    assert decide("read:db", claimed, scope=BOTH, intent=None, task="") == (True, "claimed-purpose")
    assert decide("read:db", claimed, scope={SEND}, intent=None, task="") == (False, "not-in-role")


def test_a_purpose_that_does_not_need_it_is_no_purpose():
    """The job reads; it does not send."""
    assert decide("send:mail", scope=BOTH, needs=["read:db"]) == (False, "not-for-purpose")


@pytest.mark.parametrize(("hops", "allowed"), [(0, False), (1, False), (2, True), (8, True)])
def test_a_chain_has_a_longest_length(hops, allowed):
    """Three agents in a row are two delegations."""
    found = decide("read:db", Intent(hops=hops), scope=BOTH, needs=["read:db"], chain=("a", "b", "c"))
    assert found == ((True, "purpose") if allowed else (False, "chain-too-long"))


@pytest.mark.parametrize(
    ("labels", "outward", "writes", "allowed"),
    [
        ({"pii"}, True, True, False),
        ((), True, True, True),
        ({"pii"}, False, True, True),
        ({"pii"}, True, False, True),
    ],
)
def test_labelled_data_do_not_flow_outward(labels, outward, writes, allowed):
    """Only where something labelled was read, and this is a write, and to where it leaves."""
    about = {"scope": BOTH, "needs": ["send:mail"], "labels": labels, "outward": outward, "writes": writes}
    assert decide("send:mail", **about) == ((True, "purpose") if allowed else (False, "flow"))
    assert decide("send:mail", Intent(flows=False), **about) == (True, "purpose")


def test_the_agent_keeps_a_standing_identity():
    """Whatever the task; authority comes from the decision."""
    bot = Agent("bot", BOTH, (READ,), "bot")
    assert Intent().grant(bot, idle("bot")) == Grant(BOTH, ttl=math.inf, standing=True)
    assert Intent(rotation=3600.0).grant(bot, idle("bot")).ttl == 3600.0


def test_each_request_waits_for_the_decision_point():
    """The wait is the domain's decision time."""
    assert Intent().online is True
