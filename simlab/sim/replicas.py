"""Enforcement points of one domain: when each hears of a revocation, and what it still trusts until then."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.model.system import Domain

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Replicas:
    """What the enforcement points of one run know."""

    def __init__(self, engine: Engine) -> None:
        """Know nothing yet."""
        self.engine = engine
        self.domains = engine.plan.system.domains

    def hear(self, domain: Domain, credential: Credential, order: float) -> tuple[float, ...]:
        """Return when each enforcement point of *domain* knows that *credential* was ordered revoked at *order* [s]."""
        streams, name, many = self.engine.streams, domain.name, domain.replicas.count
        what = (name, credential.key, credential.serial)
        if domain.runbook < 1 and streams.uniform("runbook", name) >= domain.runbook:
            return (order + domain.manual.quantile(streams.uniform("manual", *what)),) * many
        order = self.engine.outages.over(name, "revocation", order)
        told = order + domain.revocation.quantile(streams.uniform("revocation", *what))
        return self.spread(domain, told, what)

    def spread(self, domain: Domain, told: float, what: tuple[object, ...]) -> tuple[float, ...]:
        """Return when each enforcement point of *domain* hears of *what*, which was made known at *told* [s]."""
        many = domain.replicas.count
        if not domain.replicas.poll:
            return (told,) * many
        return tuple(self._heard(domain, point, told, what) for point in range(many))

    def point(self, domain: str, who: tuple[object, ...]) -> int:
        """Return which enforcement point of *domain* the request meets that *who* names."""
        many = self.domains[domain].replicas.count
        return int(self.engine.streams.uniform("replica", domain, *who) * many) if many > 1 else 0

    def _heard(self, domain: Domain, point: int, told: float, what: tuple[object, ...]) -> float:
        streams, spread = self.engine.streams, domain.replicas
        if streams.uniform("push", point, *what) >= spread.push_loss:
            return told
        phase = spread.poll * streams.uniform("poll phase", domain.name, point)
        due = phase + math.ceil((told - phase) / spread.poll) * spread.poll
        return due if due >= told else due + spread.poll  # where floats fall short

    def told(self, domain: Domain, credential: Credential, order: float) -> float:
        """Write down who hears when; return when the last point of *domain* stops accepting *credential* [s].

        A point may have asked just before it would have heard, so that is the latest that a kept answer allows.
        """
        times = self.hear(domain, credential, order)
        if domain.replicas.differ:
            heard = credential.heard = credential.heard or {}
            times = heard[domain.name] = tuple(map(min, heard.get(domain.name, times), times))
        return max(times) + domain.replicas.introspection

    def refuse(self, credential: Credential, domain: str, now: float, who: tuple[object, ...]) -> bool:
        """Return whether the enforcement point that *who* meets *now* refuses *credential*, where points differ.

        Expiry stands in the credential, so every point sees it. Whether it is revoked is asked, and the answer kept.
        """
        spread = self.domains[domain].replicas
        if now >= credential.lapses():
            return True
        point = self.point(domain, who)
        known = credential.known_at(domain, point)
        if not spread.introspection:
            return now >= known
        return self.asked(credential, domain, point, now, known) >= known

    def asked(
        self, credential: Credential, domain: str, point: int, now: float, known: float = math.inf
    ) -> float:
        """Return when *point* of *domain* last asked what became of *credential*: *now*, if that is too long ago."""
        seen = credential.looked_up = credential.looked_up or {}
        asked = seen.get((domain, point), -math.inf)
        if now >= asked + self.domains[domain].replicas.introspection or asked >= known:
            asked = seen[domain, point] = now
        return asked
