"""The threats of a scenario, as they strike in one run."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from simlab.model.access import Credential, Permission
from simlab.model.attack import ThreatEvent
from simlab.model.system import CONTROL, HOLD, STEER, Agent, System
from simlab.sim.broker import Session
from simlab.sim.clock import REPLACE, STRIKE
from simlab.sim.compiled import CallPlan

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Harm:
    """Makes each threat strike when it is due."""

    def __init__(self, engine: Engine) -> None:
        """Schedule what strikes by the clock, and arm what strikes at work."""
        self.engine = engine
        self.armed: dict[str, float] = {}
        """[s] from when on each threat at work can strike."""
        self.struck: set[tuple[str, str]] = set()
        """Threat and agent that need no second strike."""
        self.leaky: dict[str, list[str]] = {}
        """Threats that strike when a credential of a key is issued."""
        self.fleeting = {
            name for name, threat in engine.plan.threats.items() if _is_fleeting(threat, engine.plan.system)
        }
        """Threats whose content does not stay where it was put."""
        for name, threat in engine.plan.threats.items():
            self._schedule(name, threat)

    def _schedule(self, name: str, threat: ThreatEvent) -> None:
        engine, when = self.engine, threat.when
        if when.timing == "per-issuance":
            for key in engine.plan.footholds[name].keys:
                self.leaky.setdefault(key, []).append(name)
                engine.broker.watched.add(key)
            return
        start = when.delay.quantile(engine.streams.uniform("when", name))
        if when.timing == "at-work":
            self.armed[name] = start
        elif start < engine.plan.scenario.horizon:
            engine.after(start, lambda: self._by_clock(name, threat), STRIKE, name, "strikes")

    def begin(self) -> None:
        """Issue standing keys on schedule where each issue is a chance to leak; a secret that stays is issued at 0."""
        broker, series = self.engine.broker, self.engine.secrets.series
        for key in self.leaky:
            for group in range(broker.groups):
                self._rotate(key, group)
            if key in series:
                self.issued(series[key].at(0.0))
                self.engine.secrets.report(key)
            elif key in self.engine.plan.system.secrets:
                self.issued(broker.secret(key))

    def _rotate(self, key: str, group: int) -> None:
        engine = self.engine
        credential = engine.broker.standing(key, group, engine.env.now)
        if credential is not None and credential.grant.ttl < math.inf:
            due = credential.issued + credential.grant.ttl - engine.env.now
            if due > 0:  # a key that is retired is not replaced
                engine.after(due, lambda: self._rotate(key, group), REPLACE, key)

    def replaced(self, credential: Credential, when: float) -> None:
        """Issue what replaces a revoked standing *credential* at *when*, where each issue is a chance to leak."""
        engine, key, group = self.engine, credential.key, credential.group
        if key in self.leaky and credential.grant.standing:
            due = max(when - engine.env.now, 0.0)
            engine.after(due, lambda: engine.broker.standing(key, group, engine.env.now), REPLACE, key)

    def issued(self, credential: Credential) -> None:
        """Let a fresh *credential* leak, by chance, some time later."""
        engine = self.engine
        for name in self.leaky.get(credential.key, ()):
            threat = engine.plan.threats[name]
            what = (name, credential.key, credential.serial)
            if engine.streams.uniform("leak", *what) < threat.when.chance:
                delay = threat.when.delay.quantile(engine.streams.uniform("leak delay", *what))
                leak = partial(self._leak, name, threat, credential.key, [credential], credential.serial)
                due = max(credential.issued + delay - engine.env.now, 0.0)
                engine.after(due, leak, STRIKE, name, "strikes", credential.key, credential.serial)

    def _by_clock(self, name: str, threat: ThreatEvent) -> None:
        engine = self.engine
        foothold = engine.plan.footholds[name]
        for key in foothold.keys:
            self._leak(name, threat, key, engine.broker.live(key, engine.env.now), 0)
        for agent in (*foothold.agents, *foothold.sessions):
            self._take(name, threat, agent, None)
        for fact in foothold.facts:
            engine.intruder.learn(fact, engine.ledger.note("strike", fact, name))
        engine.intruder.tries.choose()

    def exposed(self, session: Session, call: CallPlan, number: int, agent: Agent) -> None:
        """Let threats at work act on a call that *session* has just made."""
        now = self.engine.env.now
        for name, start in self.armed.items():
            threat = self.engine.plan.threats[name]
            if now < start or not threat.exposes(agent, call.call):
                continue
            if name in self.fleeting:
                contents = self.engine.intruder.contents
                if not contents.of_a_stranger(name, call.call.permission.resource, start, now):
                    continue
            what = (name, session.kind.task.name, session.serial, number)
            if self.engine.streams.uniform("exposure", *what) < threat.succeeds(agent):
                self._at_work(name, threat, session, call, agent)

    def _at_work(
        self, name: str, threat: ThreatEvent, session: Session, call: CallPlan, agent: Agent
    ) -> None:
        foothold = self.engine.plan.footholds[name]
        if foothold.keys:
            once = (name, "")
            if once not in self.struck:
                self.struck.add(once)
                self._leak(name, threat, foothold.keys[0], self._held(session), session.serial, agent.name)
        elif agent.name in foothold.agents:
            if (name, agent.name) not in self.struck:
                self.struck.add((name, agent.name))
                self._take(name, threat, agent.name, session)
        elif not session.captured and (name, "") not in self.struck:
            if threat.once:
                self.struck.add((name, ""))
            self._strike(name, threat, session, call.call.permission)

    def _held(self, session: Session) -> list[Credential]:
        """Return what *session* has: the credentials it asked for, and standing ones that it never needed to."""
        broker, now = self.engine.broker, self.engine.env.now
        held = [
            broker.standing(session.kind.key, group, now) if standing else session.credentials[group]
            for group, standing in enumerate(session.kind.standing)
        ]
        keys = self.engine.asking.keys_of(session)
        return [*(credential for credential in held if credential is not None), *keys]

    def _leak(
        self,
        name: str,
        threat: ThreatEvent,
        key: str,
        credentials: list[Credential],
        serial: int,
        agent: str = "",
    ) -> None:
        engine = self.engine
        now = engine.env.now
        reason = "leaked" if credentials else "nothing to leak"
        static = engine.plan.intern(
            "strike", "intruder", permission=("hold", key), allowed=bool(credentials), reason=reason, policy=name,
            key=key if credentials else "",
        )  # fmt: skip
        engine.note(now, static, credentials[0].serial if credentials else 0)
        if not credentials:
            return
        engine.leaked += [(credential, now) for credential in credentials]
        cause = engine.ledger.note(
            "strike", f"{HOLD}:{key}", name, static=static, credential=credentials[0], agent=agent
        )
        wait = threat.first_use.quantile(engine.streams.uniform("first use", name, serial))
        obtain = partial(engine.intruder.obtain, key, name, credentials, cause)
        engine.after(wait, lambda: self._begin(obtain), STRIKE, name, "uses", key, serial)
        noticed = now + threat.noticed.quantile(engine.streams.uniform("noticed", name, serial))
        if noticed < engine.plan.scenario.horizon:
            engine.responder.alert(noticed, ("noticed", name, serial), credentials, "", f"{name} noticed")

    def _take(self, name: str, threat: ThreatEvent, agent: str, session: Session | None) -> None:
        engine = self.engine
        static = engine.plan.intern(
            "strike", "intruder", agent=agent, permission=(CONTROL, agent), reason="taken", policy=name
        )
        engine.note(engine.env.now, static)
        cause = engine.ledger.note("strike", f"{CONTROL}:{agent}", name, static=static, agent=agent)
        lasts = threat.lasts.quantile(engine.streams.uniform("lasts", name, agent))
        wait = threat.first_use.quantile(engine.streams.uniform("first use", name, agent))

        def begin() -> None:
            engine.intruder.control(agent, name, lasts, cause)
            if session is not None:
                engine.intruder.at_work(session)

        engine.after(wait, lambda: self._begin(begin), STRIKE, name, "uses", agent, 0)
        self._notice(name, threat, agent)

    def _strike(self, name: str, threat: ThreatEvent, session: Session, permission: Permission) -> None:
        engine = self.engine
        task = session.kind.task
        static = engine.strike(session.kind, name, permission)
        cause = engine.ledger.note("strike", f"{STEER}:{task.agent}", name, static=static, task=task)
        what = (name, session.kind.task.name, session.serial)
        lasts = threat.lasts.quantile(engine.streams.uniform("lasts", *what))
        wait = threat.first_use.quantile(engine.streams.uniform("first use", *what))
        session.captured = True
        until = engine.env.now + lasts
        capture = partial(engine.intruder.capture, session, until, cause)
        engine.after(wait, lambda: self._begin(capture), STRIKE, name, "uses", task.agent, session.serial)
        self._notice(name, threat, session.kind.task.agent)

    def _notice(self, name: str, threat: ThreatEvent, agent: str) -> None:
        engine = self.engine
        noticed = engine.env.now + threat.noticed.quantile(engine.streams.uniform("noticed", name, agent))
        if noticed < engine.plan.scenario.horizon:
            engine.responder.alert(noticed, ("noticed", name, agent), [], agent, f"{name} noticed")

    def _begin(self, first: Callable[[], object]) -> None:
        """Let the intruder make its first try at once, if its hands are free."""
        tries = self.engine.intruder.tries
        tries.fresh = not tries.under_way
        first()
        tries.choose()
        tries.fresh = False


def _is_fleeting(threat: ThreatEvent, system: System) -> bool:
    """Return whether *threat* is content in a resource that does not keep it, or not for the next reader."""
    resource = system.resources.get(getattr(threat, "through", ""))
    return resource is not None and (resource.consumed or resource.retained < math.inf)
