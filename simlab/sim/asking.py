"""Asking for approval: work and intruders at the desks of one run, and the keys of those who broke the glass."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import inf
from typing import TYPE_CHECKING

from simlab.model.access import Credential, Decision, Grant, Permission
from simlab.model.doors import Door
from simlab.sim.approvers import APPROVED, BUSY, GLASS, NOBODY, Desk, Ticket
from simlab.sim.broker import Session
from simlab.sim.clock import Sleeper
from simlab.sim.compiled import CallPlan
from simlab.strategies.authority import decide_emergency

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

Answer = tuple[Credential, bool, int]
"""The credential with which work goes on, whether it is allowed, and the static columns that say why."""


class Asking:
    """Who is asked in each domain, and what has been approved so far."""

    def __init__(self, engine: Engine) -> None:
        """Open the desks."""
        self.engine = engine
        self.desks: dict[str, Desk] = {}
        for name, people in engine.plan.system.approvers.items():
            self.desks[name] = Desk(engine, people, self.desks)
        self._approved: dict[Credential, None] = {}
        """Credentials of tasks that were approved as a whole, the eldest first."""
        self._keys: dict[tuple[Session, int], Credential] = {}
        """Break-glass keys by session and group, the eldest first."""

    def desk(self, domain: str) -> Desk | None:
        """Return the people who are asked in *domain*."""
        return self.desks.get(self.engine.plan.system.domains[domain].approvers)

    def settled(self, credential: Credential) -> bool:
        """Return whether *credential* was approved as a whole, so that nobody is asked what is done with it."""
        return credential in self._approved

    def key(self, session: Session, group: int, domain: str) -> Credential | None:
        """Return the break-glass key that *session* has in *group*, while *domain* accepts it."""
        key = self._keys.get((session, group))
        return key if key is not None and self.engine.env.now < key.dies(domain) else None

    def keys_of(self, session: Session) -> list[Credential]:
        """Return every break-glass key that *session* has."""
        found = (self._keys.get((session, group)) for group in range(self.engine.broker.groups))
        now, dies = self.engine.env.now, self.engine.broker.dies
        return [key for key in found if key is not None and now < dies(key)]

    def decide(self, session: Session, permission: Permission, key: Credential) -> Decision:
        """Return what the strategy decides on a break-glass *key* in the hands of *session*; nobody is asked."""
        plan, scope = self.engine.plan, key.grant.scope
        asked = plan.authority.request(
            session.kind.seen[key.group], permission, scope, session.context.labels
        )
        decision = plan.authority.decide(asked)
        return decide_emergency(permission, scope) if decision.allowed else decision

    def work_asks(
        self, session: Session, call: CallPlan, credential: Credential, sleeper: Sleeper, nth: tuple[int, int]
    ) -> Generator[float, None, Answer | None]:
        """Have somebody approve a call, if that is needed, and wait for the answer; None if nobody need be asked.

        *nth* is the number of the call within its piece of work, and of the attempt.
        """
        engine, group = self.engine, call.group
        plan, permission, labels = engine.plan, call.call.permission, session.context.labels
        decide, scope = plan.decide, credential.grant.scope
        if call.drifts:  # what was allowed was covered, if only at the moment
            decide, scope = plan.ask, scope | {permission}
        decision = decide(call.declared or session.kind, permission, scope, labels)
        if not decision.approval or credential in self._approved:
            return None
        desk = self.desk(call.domain)
        if desk is None:
            return self._answer(session, call, credential, NOBODY)
        whole = desk.people.per == "credential" and not session.kind.standing[group]
        if whole:
            engine.broker.withhold(session, credential, engine.env.now)
        key = self.key(session, group, call.domain)
        if key is not None:
            return self._answer(session, call, key, GLASS)
        ticket = Ticket(
            ("work", session.kind.tasks[0].name, session.serial, *nth),
            (session.kind.task.agent, session.kind.task.name, permission), sleeper.wake, engine.env.now,
        )  # fmt: skip
        ticket.urgent = self._is_urgent(session)
        ticket.impatient = True
        desk.ask(ticket)
        if not ticket.outcome:
            yield inf
        return self._goes_on(session, call, credential, desk, ticket.outcome, whole)

    def _goes_on(
        self,
        session: Session,
        call: CallPlan,
        credential: Credential,
        desk: Desk,
        outcome: str,
        whole: bool,
    ) -> Answer:
        """Return what becomes of a call that waited: it goes on with a credential that is alive."""
        engine, group, now = self.engine, call.group, self.engine.env.now
        glass = desk.people.break_glass
        if outcome == GLASS and glass is not None:
            scope = engine.plan.authority.within(engine.policies.roles(session.kind.task.agent, now), group)
            key = engine.broker.emergency(session.kind.key, group, Grant(scope, ttl=glass.ttl), now)
            while self._keys and next(iter(self._keys.values())).expires <= now:
                del self._keys[next(iter(self._keys))]
            self._keys[session, group] = key
            return self._answer(session, call, key, GLASS)
        if outcome != APPROVED:
            return self._answer(session, call, credential, outcome, desk.people.name)
        if whole:
            credential = engine.broker.acquire(session, group, now) or credential
            while self._approved and next(iter(self._approved)).expires <= now:
                del self._approved[next(iter(self._approved))]
            self._approved[credential] = None
        elif credential.expires <= now:
            credential = engine.broker.acquire(session, group, now) or credential
            engine.tally.renewed += 1
        if now >= credential.dies(call.domain):
            reason = "expired" if now >= credential.expires else "revoked"
            return self._answer(session, call, credential, reason, "broker")
        return self._answer(session, call, credential, APPROVED, desk.people.name)

    def _answer(
        self, session: Session, call: CallPlan, credential: Credential, reason: str, policy: str = "approvers"
    ) -> Answer:
        allowed = reason in {APPROVED, GLASS}
        decision = Decision(allowed=allowed, reason=reason, policy=policy)
        row = self.engine.plan.row(session.kind, "worker", call.call.permission, call.domain, decision)
        return credential, allowed, row

    def intruder_asks(
        self, door: Door, nth: int, session: Session | None, agent: str, answered: Callable[[Decision], None]
    ) -> None:
        """Stand in the line for what an intruder wants at *door*; call *answered* when somebody has decided."""
        desk = self.desk(door.domain)
        if desk is None:
            answered(Decision(allowed=False, reason=NOBODY, policy="approvers"))
            return
        people = desk.people

        def wake() -> None:
            answered(Decision(ticket.outcome == APPROVED, ticket.outcome, people.name))

        task = session.kind.task.name if session else ""
        name = ("intruder", str(door.move), nth)
        ticket = Ticket(name, (agent, task, door.move.permission), wake, self.engine.env.now)
        ticket.urgent = session is not None and self._is_urgent(session)
        ticket.hostile = True
        desk.ask(ticket)
        if ticket.outcome == BUSY:
            wake()

    def _is_urgent(self, session: Session) -> bool:
        flow = self.engine.plan.system.workflows.get(session.kind.tasks[0].name)
        return flow is not None and flow.urgent

    def close(self) -> None:
        """Count those who still wait at the horizon."""
        for desk in self.desks.values():
            desk.close()
