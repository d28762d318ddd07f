"""What every strategy promises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from simlab.contracts.common import COMMON, KEBAB
from simlab.contracts.contract import Check, contract, copy_of
from simlab.contracts.example import EXAMPLE, requests, tasks
from simlab.model.access import Decision, Strategy
from simlab.strategies import BOUNDS
from simlab.strategies.layers import layers


def _is_a_bound(strategy: Strategy) -> bool:
    """Return whether it is declared a bound, which describes no mechanism."""
    return all(layer.name in BOUNDS for layer in layers(strategy))


@contract
def declares_its_reasons(strategy: Any) -> Iterator[str]:
    """Reasons are words in kebab-case, each once; ``online`` is true or false."""
    reasons = strategy.reasons
    if not isinstance(reasons, tuple) or not reasons:
        yield "reasons is no tuple of words"
    for reason in reasons:
        if not KEBAB.fullmatch(reason):
            yield f"reason {reason!r} is not kebab-case"
    if len(set(reasons)) < len(reasons):
        yield "a reason is said twice"
    if not isinstance(strategy.online, bool):
        yield "online is neither true nor false"


@contract
def grants_the_same_each_time(strategy: Strategy) -> Iterator[str]:
    """Equal questions get equal grants, from a copy as well: no clock, no chance, no state."""
    copy = copy_of(strategy)
    for agent, task in tasks(EXAMPLE):
        if not strategy.grant(agent, task) == strategy.grant(agent, task) == copy.grant(agent, task):
            yield f"two grants to {agent.name} for '{task.name}' differ"


@contract
def grants_within_entitlements(strategy: Strategy) -> Iterator[str]:
    """No grant exceeds what the agent's roles allow; the bounds are exempt by declaration."""
    for agent, task in tasks(EXAMPLE) if not _is_a_bound(strategy) else ():
        beyond = sorted(map(str, strategy.grant(agent, task).scope - agent.entitlements))
        if beyond:
            yield f"{agent.name} gets {', '.join(beyond)}, which its roles do not allow"


@contract
def grants_possible_times(strategy: Strategy) -> Iterator[str]:
    """A credential lives for more than no time, and a grace is no debt."""
    for agent, task in tasks(EXAMPLE):
        grant = strategy.grant(agent, task)
        if not (grant.ttl > 0 and 0 <= grant.grace < math.inf):
            yield f"ttl {grant.ttl} s, grace {grant.grace} s for {agent.name}"


@contract
def decides_the_same_each_time(strategy: Strategy) -> Iterator[str]:
    """Equal requests get equal decisions, from a copy as well, in whatever order they come."""
    copy, asked = copy_of(strategy), list(requests(strategy, EXAMPLE))
    first = [strategy.decide(request) for request in asked]
    again = [strategy.decide(request) for request in reversed(asked)][::-1]
    other = [copy.decide(request) for request in asked]
    for request, *decisions in zip(asked, first, again, other, strict=True):
        if decisions[0] != decisions[1] or decisions[0] != decisions[2]:
            yield f"two decisions on {request.permission} differ"


@contract
def decides_with_declared_reasons(strategy: Any) -> Iterator[str]:
    """Each decision is a :class:`Decision`, its reason is one of ``reasons``, and it names a policy."""
    for request in requests(strategy, EXAMPLE):
        decision = strategy.decide(request)
        if not isinstance(decision, Decision) or not decision.policy:
            yield f"decided {decision!r}"
        if decision.reason not in strategy.reasons:
            yield f"reason '{decision.reason}' is not among its reasons"


@contract
def denies_outside_the_scope(strategy: Strategy) -> Iterator[str]:
    """Nobody may do what the presented credential does not cover; the bounds are exempt by declaration."""
    for request in requests(strategy, EXAMPLE) if not _is_a_bound(strategy) else ():
        if request.permission not in request.scope and strategy.decide(request).allowed:
            yield f"allowed {request.permission} with a credential that does not cover it"


STRATEGY_CHECKS: tuple[Check, ...] = (
    *COMMON,
    declares_its_reasons,
    grants_the_same_each_time,
    grants_within_entitlements,
    grants_possible_times,
    decides_the_same_each_time,
    decides_with_declared_reasons,
    denies_outside_the_scope,
)
