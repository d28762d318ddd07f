"""The defenders: an alert, a decision, an order to revoke, and each domain's lag.

All of it is known the moment an alert is raised, so it is written down as times to compare, not as events.
That settles ties: what is detected at an instant is refused at that instant.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simlab.model.access import Credential

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

    def observe(self, move: str, nth: int, resource: str, credential: Credential | None, agent: str) -> None:
        """See, perhaps, the *nth* time that the intruder makes *move*; act on it."""
        engine = self.engine
        system = engine.plan.system
        target = system.resources[resource]
        telemetry = system.domains[target.domain].telemetry
        name = (move, nth)
        works = engine.outages.over(target.domain, "telemetry", engine.env.now) == engine.env.now
        seen = target.honeytoken or (works and engine.streams.uniform("alert", *name) < telemetry.coverage)
        if seen:
            lag = telemetry.lag.quantile(engine.streams.uniform("alert lag", *name))
            self.alert(engine.env.now + lag, name, [credential] if credential else [], agent, move)

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
        order = time + self.response.triage.quantile(engine.streams.uniform("triage", *name))
        for credential in credentials:
            self.revoke(credential, order)
        if self.response.quarantine and agent:
            engine.intruder.quarantine(agent, order)
            engine.note(order, engine.plan.intern("revoke", "responder", agent=agent, reason="quarantine"))

    def revoke(self, credential: Credential, order: float) -> None:
        """Order *credential* revoked: each domain refuses it after its own lag, and what descends from it too."""
        engine = self.engine
        revoked = credential.revoked if credential.revoked is not None else {}
        for domain in engine.plan.domains:
            end = engine.replicas.told(domain, credential, order)
            revoked[domain.name] = min(revoked.get(domain.name, math.inf), end)
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
            static = engine.plan.intern("revoke", "responder", key=credential.key, reason="alert")
            engine.tally.revoked += order < engine.plan.scenario.horizon <= before
            engine.note(order, static, credential.serial)
            engine.after(max(order + replace - engine.env.now, 0.0), engine.intruder.tries.replaced)
