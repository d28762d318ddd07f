"""Token exchange: delegatable, intrinsic and granted; on behalf of the caller, whatever the edge says."""

import pytest

from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.system import Agent, Domain, Resource, System, Task
from simlab.strategies import JIT, Layered, StaticRBAC, TokenExchange
from simlab.strategies import Intent as IntentPolicy
from simlab.strategies.authority import Authority, ad_hoc, idle
from tests.strategies.asking import ask

A, B, C, D = (Permission.parse(f"read:{name}") for name in "abcd")
LEAD = Agent("lead", frozenset({A, B}), (A,), "lead")
WORKER = Agent("worker", frozenset({B, C}), (B, C), "worker")
JOB = Task("job", "owner", ("lead",), Intent("job", frozenset({A})), frozenset({A}), passes=frozenset({B, C}))
PART = Task(
    "job/worker", "", ("worker",), Intent("part", frozenset({C})), frozenset({B, C, D}), "impersonation", 0
)


def system(**domains):
    names = domains or {"home": Domain("home")}
    return System(
        domains=names,
        resources={name: Resource(name, next(iter(names))) for name in "abcd"},
        agents={"lead": LEAD, "worker": WORKER},
    )


def test_a_token_is_for_the_job_and_what_it_passes_on_within_the_roles():
    """The job's tools need a, its parts b and c; the roles allow a and b."""
    grant = TokenExchange().grant(LEAD, JOB)
    assert grant == Grant(frozenset({A, B}), ttl=300.0, mode="on-behalf-of")
    assert TokenExchange(asks="intent").grant(LEAD, JOB).scope == {A}
    assert TokenExchange(ttl=60.0, bound=True).grant(LEAD, JOB) == Grant(
        frozenset({A, B}), ttl=60.0, bound=True, mode="on-behalf-of"
    )


def test_the_effective_scope_is_the_intersection_of_all_three():
    """Delegatable {a, b}, intrinsic {b, c}, granted {b, c, d}: b. The edge impersonates, in vain."""
    authority = Authority(system(), TokenExchange())
    assert authority.scope((JOB, PART), 0) == {B}
    assert authority.derives((JOB, PART), 0)
    assert Authority(system(), JIT()).scope((JOB, PART), 0) == {B, C}
    assert not Authority(system(), JIT()).derives((JOB, PART), 0)


def test_chain_and_principal_are_kept():
    """As a decision point sees it; a strategy that says nothing sees what the edge says."""
    seen = Authority(system(), TokenExchange()).seen((JOB, PART), 0)
    assert (seen.principal, seen.chain, seen.mode) == ("owner", ("lead", "worker"), "on-behalf-of")
    assert Authority(system(), JIT()).seen((JOB, PART), 0) is PART


def test_below_an_exchange_every_chain_is_whole():
    """The third in the chain is tasked by its own identity, and still has the first one before it."""
    third = ad_hoc(PART, "lead", "own-identity", LEAD.menu, LEAD.entitlements)
    seen = Authority(system(), TokenExchange()).seen((JOB, PART, third), 0)
    assert (seen.principal, seen.chain) == ("owner", ("lead", "worker", "lead"))


def test_between_tasks_there_is_nothing_to_exchange():
    """An agent without a task has no token, so whom it tasks gets none."""
    task = idle("lead")
    callee = ad_hoc(task, "worker", "own-identity", WORKER.menu, WORKER.entitlements)
    assert Authority(system(), TokenExchange()).scope((task, callee), 0) is None
    assert Authority(system(), JIT()).scope((task, callee), 0) == {B, C}


def test_a_domain_that_cannot_exchange_does_what_the_edge_says():
    """Its fallback is static RBAC: the worker's own key, and the chain lost."""
    authority = Authority(system(home=Domain("home", enforces=("jit",))), TokenExchange())
    assert authority.scope((JOB, PART), 0) == {B, C}
    assert authority.seen((JOB, PART), 0) is PART


@pytest.mark.parametrize(("depth", "allowed"), [(0, False), (1, False), (2, True)])
def test_a_chain_has_a_longest_length(depth, allowed):
    """Three agents in a row are two exchanges."""
    decision = TokenExchange(depth=depth).decide(ask("read:a", scope={A}, chain=("a", "b", "c")))
    reason = "exchanged" if allowed else "chain-too-long"
    assert decision == Decision(allowed, reason, "token-exchange")
    assert TokenExchange().decide(ask("read:a")).reason == "outside-exchange"


def test_in_layers_it_rules_how_callees_act():
    """Whatever stands beside it; of two that rule, the strictest."""
    layered = Layered((StaticRBAC(), TokenExchange(), IntentPolicy()))
    assert layered.grant(LEAD, JOB) == Grant(frozenset({A, B}), ttl=300.0, mode="on-behalf-of")
    both = Grant(frozenset(), mode="impersonation") & Grant(frozenset(), mode="own-identity")
    assert both.mode == "own-identity"
    assert (Grant(frozenset()) & Grant(frozenset())).mode is None
