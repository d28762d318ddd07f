"""The defenders: an alert, a decision, an order to revoke, and each domain's lag.

All of it is known the moment an alert is raised, so it is written down as times to compare, not as events.
That settles ties: what is detected at an instant is refused at that instant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from heapq import heapreplace
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.sim.clock import ALARM, OPEN

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Responder:
    """Watches what the intruder does, and orders credentials revoked and sessions ended."""

    def __init__(self, engine: Engine) -> None:
        """Watch the run of *engine*."""
        self.engine = engine
        self.response = engine.plan.scenario.response
        self.orders: dict[Credential, float] = {}
        """[s] when each credential was first ordered to be revoked."""
        self._analysts = [0.0] * self.response.analysts if self.response.acts else []
        """[s] from when each analyst is free, the earliest first."""
        if self._analysts:
            engine.env.drive(self._false_alarms(), ALARM, "")

    def _looked_at(self, time: float, name: tuple[object, ...]) -> float:
        """Return when the triage of an alert that is raised at *time* is done [s]."""
        service = self.response.triage.quantile(self.engine.streams.uniform("triage", *name))
        if not self._analysts:
            return time + service
        begins = max(time, self._analysts[0])
        heapreplace(self._analysts, begins + service)
        self.engine.tally.soc_waits.append(begins - time)
        return begins + service

    def _false_alarms(self) -> Iterator[float]:
        between = self.response.false_alarms.quantile
        for nth, uniform in enumerate(self.engine.streams.stream("false alarm"), start=1):
            wait = between(uniform)
            if wait == math.inf:
                return
            yield wait
            self._looked_at(self.engine.env.now, ("false alarm", nth))

    def observe(
        self,
        move: str,
        nth: int,
        resource: str,
        credential: Credential | None,
        agent: str,
        *,
        flagged: bool = False,
        allowed: bool = True,
        told: bool = False,
    ) -> None:
        """See, perhaps, the *nth* time that the intruder makes *move*; act on it. Who is *told* sees it at once."""
        engine = self.engine
        system = engine.plan.system
        target = system.resources[resource]
        telemetry = system.domains[target.domain].telemetry
        name = (move, nth)
        coverage = max(telemetry.coverage, telemetry.flagged) if flagged else telemetry.coverage
        if not allowed and telemetry.denials is not None:
            coverage = telemetry.denials
        works = engine.outages.over(target.domain, "telemetry", engine.env.now) == engine.env.now
        seen = target.honeytoken or (works and engine.streams.uniform("alert", *name) < coverage)
        if told:
            self.alert(engine.env.now, name, [credential] if credential else [], agent, f"{move} turned down")
        elif seen:
            lag = telemetry.lag.quantile(engine.streams.uniform("alert lag", *name))
            self.alert(engine.env.now + lag, name, [credential] if credential else [], agent, move)

    def refused(self, domain: str, *name: object) -> None:
        """See, perhaps, that a request of a worker in *domain*, which *name* tells apart, was refused."""
        share = self.engine.plan.system.domains[domain].telemetry.false_alarms
        if share and self.engine.streams.uniform("false alarm", *name) < share:
            self.engine.tally.false_alarms += 1

    def alert(
        self, time: float, name: tuple[object, ...], credentials: list[Credential], agent: str, what: str
    ) -> None:
        """Learn at *time* that *credentials* and *agent* are in an intruder's hands."""
        engine = self.engine
        engine.note(
            time, engine.plan.intern("detect", "responder", agent=agent, reason=what, policy="telemetry")
        )
        if not self.response.acts:
            return
        if self._analysts and time > engine.env.now:  # the line is joined in order of time
            triage = partial(self._triage, time, name, credentials, agent)
            engine.after(time - engine.env.now, triage, ALARM, str(name))
        else:
            self._triage(time, name, credentials, agent)

    def _triage(
        self, time: float, name: tuple[object, ...], credentials: list[Credential], agent: str
    ) -> None:
        """Have an alert of *time* looked at, and order what follows from it."""
        engine = self.engine
        order = self._looked_at(time, name)
        for credential in credentials:
            for one in credential.lineage() if self.response.roots else (credential,):
                self.revoke(one, order)
                if self.response.roots and one.refresh is not None:
                    self.revoke(one.refresh, order)
        if self.response.quarantine and agent:
            engine.intruder.quarantine(agent, order)
            engine.note(order, engine.plan.intern("revoke", "responder", agent=agent, reason="quarantine"))

    def revoke(self, credential: Credential, order: float, why: str = "alert") -> None:
        """Order *credential* revoked: each domain refuses it after its own lag, and what descends from it too."""
        engine = self.engine
        revoked = credential.revoked if credential.revoked is not None else {}
        credential.cascade = {}
        for domain in engine.plan.domains:
            what = (domain.name, credential.key, credential.serial)
            end = engine.replicas.told(domain, credential, order)
            revoked[domain.name] = min(revoked.get(domain.name, math.inf), end)
            credential.cascade[domain.name] = domain.cascade.quantile(
                engine.streams.uniform("cascade", *what)
            )
        credential.revoked = revoked
        engine.broker.revoked.append(credential)
        replace = self.response.replace.quantile(
            engine.streams.uniform("replace", credential.key, credential.serial)
        )
        engine.broker.replaced_from(credential, order + replace)
        engine.harm.replaced(credential, order + replace)
        before = self.orders.get(credential, math.inf)
        if order < before:
            self.orders[credential] = order
            static = engine.plan.intern("revoke", "responder", key=credential.key, reason=why)
            engine.tally.revoked += order < engine.plan.scenario.horizon <= before
            engine.note(order, static, credential.serial)
            again = max(order + replace - engine.env.now, 0.0)
            engine.after(again, engine.intruder.tries.replaced, OPEN)
