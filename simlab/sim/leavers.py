"""Those who leave: whose work stops, and whose standing credentials and secrets are revoked, or forgotten.

A key that several agents share is kept for as long as any of them is there. So a shared key outlives its users
one by one.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from simlab.model.chance import NEVER
from simlab.model.system import System, Workflow
from simlab.sim.clock import REVOKE

if TYPE_CHECKING:
    from simlab.sim.engine import Engine
    from simlab.sim.streams import Streams


def who_may_leave(system: System) -> frozenset[str]:
    """Return the names of agents and principals that may leave."""
    agents = {agent.name for agent in system.agents.values() if agent.leaves != NEVER}
    return frozenset(agents | {one.name for one in system.principals.values() if one.leaves != NEVER})


def revocable(system: System) -> frozenset[str]:
    """Return the keys that may be revoked because somebody has left."""
    leavers = who_may_leave(system) if system.offboarding else frozenset()
    if not leavers:
        return leavers
    return frozenset(
        agent.key or agent.name for agent in system.agents.values() if {agent.name, agent.owner} & leavers
    )


def departures(system: System, streams: Streams) -> dict[str, float]:
    """Return when each of those who may leave leaves [s]; of an agent and a principal of one name, the first."""
    found: dict[str, float] = {}
    for sort, people in (("agent", system.agents), ("principal", system.principals)):
        for one in people.values():
            if one.leaves != NEVER:
                time = one.leaves.quantile(streams.uniform("leaves", sort, one.name))
                found[one.name] = min(found.get(one.name, math.inf), time)
    return found


class Leavers:
    """Who leaves in one run, and what is done about it."""

    def __init__(self, engine: Engine, left: dict[str, float]) -> None:
        """Schedule what is revoked; *left* says who leaves when [s]."""
        self.engine = engine
        self.system = engine.plan.system
        self.left = left
        if self.left and self.system.offboarding:
            for key in sorted((*engine.plan.authority.users, *self.system.secrets)):
                self._schedule(key, self.alone_from(key))

    def stops(self, flow: Workflow) -> float:
        """Return from when on *flow* no longer arrives: who asks for it, or who does it, has left [s]."""
        root = flow.tasks[0]
        return min(self.left.get(root.principal, math.inf), self.left.get(root.agent, math.inf))

    def alone_from(self, key: str, *, unowned: float = math.inf) -> float:
        """Return from when on nobody answers for *key* [s]; *unowned* where nobody ever did."""
        secret = self.system.secrets.get(key)
        if secret is not None:
            return self.left.get(secret.owner, math.inf) if secret.owner else unowned
        users = (self.system.agents[name] for name in self.engine.plan.authority.users[key])
        return max(
            min(
                self.left.get(user.name, math.inf),
                self.left.get(user.owner, math.inf) if user.owner else unowned,
            )
            for user in users
        )

    def _schedule(self, key: str, left: float) -> None:
        engine, offboarding = self.engine, self.system.offboarding
        if offboarding is None or engine.streams.uniform("forgotten", key) < offboarding.forgotten:
            return
        order = left + offboarding.lag.quantile(engine.streams.uniform("offboarding", key))
        if order < engine.plan.scenario.horizon:
            engine.after(order, partial(self._revoke, key), REVOKE, key)

    def _revoke(self, key: str) -> None:
        engine = self.engine
        now = engine.env.now
        for agent in engine.plan.authority.users.get(key, ()):
            engine.drift.drop(agent, now)
        for credential in engine.broker.retire(key, now):
            engine.responder.revoke(credential, now, "offboarded")

    def orphaned(self) -> float:
        """Return the life of standing credentials and secrets that nobody answered for [credential-hours]."""
        engine, horizon = self.engine, self.engine.plan.scenario.horizon
        spans = [
            engine.broker.ends(key, group, horizon) - start
            for key in engine.plan.authority.users
            if (start := self.alone_from(key, unowned=0.0)) < horizon
            for group in range(engine.broker.groups)
            if engine.plan.authority.standing(key, group)
        ]
        spans += [
            min(engine.broker.dies(engine.broker.secret(name)), horizon) - start
            for name in self.system.secrets
            if (start := self.alone_from(name, unowned=0.0)) < horizon
        ]
        return math.fsum(max(span, 0.0) for span in spans) / 3600.0
