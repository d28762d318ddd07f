"""Intent: each request is decided on role, task, chain, purpose and data; in this order."""

import math
from dataclasses import replace

import pytest

from simlab.model.access import Decision, Grant, Permission
from simlab.model.system import Agent
from simlab.strategies import Intent
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

P = Permission.parse
READ, SEND = P("read:db"), P("send:mail")
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


def drifting(drift, right="send:mail", added=(), flows=True, **about):
    request = ask(right, scope=BOTH, needs=["read:db"], **about)
    request = request._replace(intent=replace(request.intent, added=frozenset(added)))
    return Intent(drift=drift, flows=flows).decide(request)


def test_drift_is_denied_flagged_or_declared():
    """The job declares that it reads, and sends."""
    assert drifting("hard") == Decision(False, "not-for-purpose", "intent")
    assert drifting("soft") == Decision(True, "off-purpose", "intent", flagged=True)
    assert drifting("redeclare") == Decision(True, "redeclared", "intent", widens=True)
    for drift in ("hard", "soft", "redeclare"):
        assert drifting(drift, "read:db") == Decision(True, "purpose", "intent")


def test_a_task_declares_one_more_need_and_no_second_one():
    """What it has declared stays declared; what it declared at first is not touched by it."""
    assert drifting("redeclare", added=[SEND]) == Decision(True, "redeclared", "intent")
    assert drifting("redeclare", added=[P("drop:db")]) == Decision(False, "already-redeclared", "intent")
    assert drifting("redeclare", "read:db", added=[SEND]) == Decision(True, "purpose", "intent")


@pytest.mark.parametrize("drift", ["soft", "redeclare"])
@pytest.mark.parametrize("flows", [True, False])
def test_nobody_drifts_into_a_flow(drift, flows):
    """Whatever the rule on flows says of what was declared, and also once it is declared."""
    about = {"labels": {"pii"}, "outward": True, "writes": True, "flows": flows}
    assert drifting(drift, **about) == Decision(False, "flow", "intent")
    assert drifting(drift, added=[SEND], **about) == Decision(False, "flow", "intent")


@pytest.mark.parametrize("drift", ["soft", "redeclare"])
def test_drift_stays_within_roles_tasks_and_chains(drift):
    """Neither a thief nor an agent without a role drifts."""
    outside = Intent(drift=drift).decide(ask("send:mail", scope={READ}, needs=["read:db"]))
    assert outside.reason == "not-in-role"
    assert Intent(drift=drift).decide(ask("send:mail", scope=BOTH, intent=None, task="")).allowed is False
    long = Intent(drift=drift, hops=0).decide(ask("send:mail", scope=BOTH, chain=("a", "b")))
    assert long.reason == "chain-too-long"
