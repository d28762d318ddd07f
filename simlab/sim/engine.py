"""One run: the clock, and everything that happens on it.

Order of what happens at one instant: revocation, expiry, change of policy, detection, then use. The horizon is [0, H).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from simlab.garbage import no_collection
from simlab.model.access import Credential, Decision, Permission
from simlab.model.events import Actor, Leak, Row, Run, Tally, Trace
from simlab.model.system import Agent
from simlab.sim.account import Account
from simlab.sim.asking import Asking
from simlab.sim.broker import Broker
from simlab.sim.clock import LOOK, RIGHTS, TRY, Clock
from simlab.sim.compiled import KindPlan
from simlab.sim.decision_points import DecisionPoints
from simlab.sim.drift import Drift
from simlab.sim.harm import Harm
from simlab.sim.intruder import Intruder
from simlab.sim.leavers import Leavers, departures
from simlab.sim.ledger import Ledger
from simlab.sim.outages import Outages
from simlab.sim.plan import Plan
from simlab.sim.policies import Policies
from simlab.sim.replicas import Replicas
from simlab.sim.responder import Responder
from simlab.sim.secrets import Secrets
from simlab.sim.stores import Stores
from simlab.sim.streams import Streams
from simlab.sim.workers import Workers


class Engine:
    """One replication of a plan."""

    def __init__(self, plan: Plan, seed: int, replication: int, *, trace: bool = False) -> None:
        """Set everything going."""
        self.plan = plan
        self.env = Clock()
        self.streams = Streams(seed, replication)
        self.tally = Tally()
        self.rows: list[Any] | None = [] if trace else None
        """Rows of the workers, their numbers one after the other."""
        self.incident: list[Row] = []
        self.leaked: list[tuple[Credential, float]] = []
        self.outages = Outages(plan.domains, self.streams, plan.scenario.horizon)
        self.points = DecisionPoints(self)
        self.replicas = Replicas(self)
        self.broker = Broker(plan, plan.scenario.horizon, self.tally, self.issued, self.outages)
        self.secrets = Secrets(self)
        self.broker.series = self.secrets.series
        self.ledger = Ledger(self, kept=trace)
        self.intruder = Intruder(self)
        self.responder = Responder(self)
        self.asking = Asking(self)
        self.account = Account(plan)
        left = departures(plan.system, self.streams)
        self.drift = Drift(plan, self.streams, left)
        self.policies = Policies(self)
        self.leavers = Leavers(self, left)
        self.harm = Harm(self)
        self.stores = Stores(self)
        Workers(self)
        self.harm.begin()
        self.intruder.tries.await_outages()
        if plan.scenario.attacker:
            for agent in plan.drifting:
                self.env.drive(self._tell_of_gains(agent), RIGHTS, agent.name)

    def _tell_of_gains(self, agent: Agent) -> Iterator[float]:
        """Let the intruder try again what was refused, each time that *agent* comes to have a right."""
        for wait in self.drift.waits(agent.name):
            yield wait
            self.drift.settle(self.env.now)
            gained = self.drift.gained.pop(agent.name, [])
            if gained and self.intruder.tries.ways.open_again(agent, gained):
                self.intruder.tries.look()

    def run(self) -> None:
        """Let it happen, up to the horizon."""
        self.env.run_until(self.plan.scenario.horizon)
        self.asking.close()
        self.tally.granted = self.broker.granted()
        self.governance = self.account.close(self)

    def after(self, delay: float, action: Callable[[], object], *rank: object) -> None:
        """Do *action* after *delay* [s], unless that is beyond the horizon; *rank* is its place at that instant."""
        if self.env.now + delay < self.plan.scenario.horizon:
            self.env.after(delay, action, *rank)

    def wake_at(self, time: float) -> None:
        """Let the intruder look again at *time*, when something that it could use has changed."""
        self.after(max(time - self.env.now, 0.0), self.intruder.tries.choose, TRY, LOOK)

    def note(self, time: float, static: int, credential: int = 0, serial: int = 0) -> None:
        """Write a row of the incident, unless it lies beyond the horizon."""
        if time < self.plan.scenario.horizon:
            self.incident.append((time, static, credential, serial))

    def strike(self, kind: KindPlan, threat: str, permission: Permission) -> int:
        """Write that *threat* has turned a session of *kind* that used *permission*; return the static columns."""
        chain = kind.seen[self.plan.authority.group(permission)].chain
        static = self.plan.intern(
            "strike", "intruder", agent=kind.task.agent, chain=">".join(chain), task=kind.task.name,
            permission=permission, reason="hijacked", policy=threat,
        )  # fmt: skip
        self.note(self.env.now, static)
        return static

    def refusal(self, kind: KindPlan, actor: Actor, permission: Permission, domain: str, reason: str) -> int:
        """Return the static columns of a request that the broker refuses before anybody decides."""
        decision = Decision(allowed=False, reason=reason, policy="broker")
        return self.plan.row(kind, actor, permission, domain, decision)

    def issued(self, credential: Credential, now: float) -> None:
        """Tell whom it concerns that *credential* is issued."""
        del now
        if credential.key in self.harm.leaky:
            self.harm.issued(credential)
        self.intruder.issued(credential)

    def result(self, seed: int, replication: int) -> Run:
        """Return the record of the run."""
        plan, scenario = self.plan, self.plan.scenario
        incident = Trace(plan.statics, self.incident)
        return Run(
            scenario=scenario.name,
            strategy=plan.label,
            seed=seed,
            replication=replication,
            horizon=scenario.horizon,
            goal=scenario.goal,
            resources=plan.system.resources,
            classes=plan.system.actions,
            incident=list(incident),
            tally=self.tally,
            trace=None if self.rows is None else Trace(plan.statics, self.incident, self.rows),
            direct=plan.direct,
            loss=self._loss(),
            exposure=self._exposure(),
            leaks=self._leaks(),
            causes=self.ledger.causes,
            governance=self.governance,
        )

    def _leaks(self) -> tuple[Leak, ...]:
        once = dict.fromkeys(credential for credential, _ in self.leaked)
        return tuple(Leak(f"{one.key}#{one.serial}", one.issued, self.broker.dies(one)) for one in once)

    def _exposure(self) -> float:
        horizon = self.plan.scenario.horizon
        return math.fsum(
            max(min(self.broker.dies(credential), horizon) - leaked, 0.0)
            for credential, leaked in self.leaked
        )

    def _loss(self) -> float:
        horizon, total = self.plan.scenario.horizon, []
        first = {gain.fact: gain for gain in reversed(self.intruder.gains)}
        for fact, price in self.plan.scenario.prices.items():
            if fact in first:
                gain = first[fact]
                total.append(price.once.quantile(self.streams.uniform("price", fact)))
                hourly = price.per_hour.quantile(self.streams.uniform("price per hour", fact))
                total.append(hourly * max(min(gain.ends(), horizon) - gain.time, 0.0) / 3600.0)
        return math.fsum(total)


def simulate(plan: Plan, seed: int = 0, replication: int = 0, *, trace: bool = False) -> Run:
    """Return one replication of *plan*; equal arguments give equal runs.

    Raises
    ------
    NoProgressError
        If simulated time stands still.
    """
    engine = Engine(plan, seed, replication, trace=trace)
    with no_collection():  # a run leaves nothing to collect, and looking costs a third of the time
        engine.run()
    return engine.result(seed, replication)
