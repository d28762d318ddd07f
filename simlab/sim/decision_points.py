"""Decision points that have a limit, keep answers, or fail: what a request meets before a policy is asked.

First come, first served, and computed on arrival, like the line for an issuer. Who is in line when an outage
begins still gets an answer. An answer depends only on what a policy sees, so a kept one is the same as a new one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from heapq import heapreplace
from typing import TYPE_CHECKING, NamedTuple

from simlab.model.system import Domain

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Visit(NamedTuple):
    """What came of going to a decision point."""

    reason: str
    """Why nobody decided; empty where somebody did."""
    waits: float = 0.0
    """[s] in line."""
    takes: float = 0.0
    """[s] altogether."""


@dataclass(slots=True)
class _Point:
    domain: Domain
    free: list[float]
    """[s] from when each decider is free, the earliest first."""
    starts: deque[float] = field(default_factory=deque)
    """[s] when those who are still in line will be dealt with."""
    kept: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    """[s] from when, and until when, an answer is kept."""

    def line(self, now: float, service: float) -> float | None:
        """Return how long who comes *now* is in line, or None if it is turned away (Kiefer and Wolfowitz 1955)."""
        if not self.free:
            return 0.0
        while self.starts and self.starts[0] <= now:
            self.starts.popleft()
        start = max(now, self.free[0])
        if start > now:
            if len(self.starts) >= self.domain.waiting:
                return None
            self.starts.append(start)
        heapreplace(self.free, start + service)
        return start - now


class DecisionPoints:
    """The decision points of every domain in which more than the question counts."""

    def __init__(self, engine: Engine) -> None:
        """Open them all, with nobody in line."""
        self.engine = engine
        self._points = {
            name: _Point(domain, [0.0] * domain.deciders)
            for name, domain in engine.plan.system.domains.items()
            if name in engine.plan.unsteady
        }

    def visit(self, name: str, now: float, what: Hashable, u: float, who: tuple[object, ...]) -> Visit:
        """Return what comes of asking *what* in domain *name*; *u* gives the service, *who* keys its failure.

        Ask in order of time.
        """
        point = self._points[name]
        domain = point.domain
        kept = point.kept.get(what)
        if kept is not None and kept[0] <= now < kept[1]:
            return Visit("", 0.0, domain.cache.hit.quantile(u))
        if self.engine.outages.over(name, "decisions", now) > now:
            return Visit("pdp-down")
        service = domain.decision.quantile(u)
        waits = point.line(now, service)
        if waits is None:
            return Visit("pdp-busy")
        if domain.errors and self.engine.streams.uniform("pdp error", *who) < domain.errors:
            return Visit("pdp-error", waits, waits + service)
        if domain.cache.ttl and (kept is None or now >= kept[1]):
            answered = now + waits + service
            point.kept[what] = (answered, answered + domain.cache.ttl)
        return Visit("", waits, waits + service)

    def worth_another_try(self, name: str, now: float, reason: str) -> float:
        """Return when who was not answered for *reason* may be [s]."""
        if reason == "pdp-down":
            return self.engine.outages.over(name, "decisions", now)
        point = self._points[name]
        if reason == "pdp-busy":
            return point.free[0]
        return math.inf if point.domain.errors >= 1 else now
