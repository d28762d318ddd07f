"""How a domain decides, hears of revocations, and fails: data, with no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simlab.model.chance import ZERO, Distribution

Service = Literal["decisions", "issuer", "revocation", "telemetry"]
"""What of a domain can be out of order."""

NO_LIMIT = 1_000_000
"""Requests in line, so many that nobody is turned away; a count."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Answers that an enforcement point keeps, by all that a policy sees: the kind of task, the request, the labels."""

    ttl: float = field(default=0.0, metadata={"unit": "s"})
    """[s] for which an answer is kept; 0 for no cache."""
    hit: Distribution = ZERO
    """[s] to look one up."""


@dataclass(frozen=True, slots=True)
class Outage:
    """When one service of a domain is out of order."""

    what: Service
    at: tuple[Distribution, ...] = ()
    """[s] when each begins."""
    every: Distribution | None = None
    """[s] from the end of one to the beginning of the next, instead of given times."""
    lasts: Distribution = ZERO
    """[s] from beginning to end."""


@dataclass(frozen=True, slots=True)
class Replicas:
    """Enforcement points of one domain, each of which hears of a revocation by itself."""

    count: int = 1
    """How many; a request meets any of them, equally likely; a count."""
    poll: float = field(default=0.0, metadata={"unit": "s"})
    """[s] between two polls for revocations, each point with a phase of its own; 0 where all hear at once."""
    push_loss: float = 1.0
    """Chance that an order that is pushed never arrives, so that the next poll brings it; dimensionless."""
    introspection: float = field(default=0.0, metadata={"unit": "s"})
    """[s] for which a point goes on trusting what it last heard of a credential; 0 for not at all."""

    @property
    def differ(self) -> bool:
        """Return whether it matters which point a request meets, or what that point has heard before."""
        return self.count > 1 or self.introspection > 0


NO_CACHE, ONE_POINT = Cache(), Replicas()
