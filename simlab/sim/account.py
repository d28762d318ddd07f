"""Counts how authority was governed in one run, with one number a piece of work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simlab.model.access import Decision, Permission
from simlab.model.governance import Governance
from simlab.strategies.authority import FAIL_CLOSED, FAIL_OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simlab.sim.broker import Session
    from simlab.sim.compiled import CallPlan, FlowPlan
    from simlab.sim.engine import Engine
    from simlab.sim.plan import Plan

BEFORE_POLICY = frozenset({"expired", "revoked", "used", "not-holder", "no-credential"})
"""Reasons for which the broker refuses before anybody decides."""

Held = tuple[str, Permission]
"""An agent and what it may do."""


class Account:
    """What one run comes to."""

    def __init__(self, plan: Plan) -> None:
        """Begin with nothing."""
        self.plan = plan
        self.record = Governance()
        self.ended = {flow: [0] * (len(flow.calls) + 1) for flow in plan.flows}
        """By workflow: how many pieces of work ended after so many calls were allowed."""
        self._restless: dict[FlowPlan, set[CallPlan]] = {}
        """By workflow that improvises: the calls that were ever allowed."""

    def tried(self, decision: Decision, domain: str, session: Session | None = None) -> None:
        """Count what the intruder asked for: by way of *session*, or from outside."""
        record, group = self.record, self.plan.authority.group_of[domain]
        record.asked += 1
        online = self.plan.authority.groups[group].online and decision.policy not in {
            "secret",
            FAIL_OPEN,
            FAIL_CLOSED,
        }
        record.judged += online and decision.reason not in BEFORE_POLICY
        if decision.allowed:
            record.allowed += 1
            if session is not None:
                record.unbroken += self.plan.carries_chain(session.kind, group)
                record.late += _is_late(session)

    def made(self, flow: FlowPlan, calls: list[CallPlan]) -> None:
        """Count the *calls* that one piece of *flow* was allowed, in whatever order it improvised them."""
        self._restless.setdefault(flow, set()).update(calls)
        self.record.allowed += len(calls)
        self.record.unbroken += sum(self._chained(flow, call) for call in calls)

    def refused_after_end(self, call: CallPlan, reason: str) -> None:
        """Count a *call* that the broker refused after the end of its work, if it had a *reason* before any policy."""
        self.record.overruled += call.online if reason else 0

    def after_end(self, flow: FlowPlan, call: CallPlan) -> None:
        """Count a *call* of *flow* that was allowed after its end."""
        self.record.allowed += 1
        self.record.late += 1
        self.record.unbroken += self._chained(flow, call)

    def _chained(self, flow: FlowPlan, call: CallPlan) -> bool:
        return self.plan.carries_chain(flow.kinds[call.kind][0], call.group)

    def close(self, engine: Engine) -> Governance:
        """Return the record of the run, which is over."""
        record, tally = self.record, engine.tally
        for flow, ended in self.ended.items():
            record.allowed += sum(done * count for done, count in enumerate(ended))
            record.unbroken += sum(flow.chained[done] * count for done, count in enumerate(ended))
        standing: dict[Held, float] = {}
        if self.plan.drifting:
            record.drift, record.excess = engine.drift.averages()
            standing = self._standing_excess(engine)
            tally.standing = math.fsum((tally.standing, *standing.values()))
        if engine.policies.eras:
            standing |= (sometimes := engine.policies.standing_hours())
            tally.standing = math.fsum((tally.standing, *sometimes.values()))
        record.used, record.granted = self._coverage(frozenset(standing))
        record.orphaned = engine.leavers.orphaned()
        record.reachable = self.plan.reachable
        return record

    def _standing_excess(self, engine: Engine) -> dict[Held, float]:
        """Return the rights in excess that standing credentials covered, and for how long [privilege-hours]."""
        authority, covered = self.plan.authority, {}
        for (agent, right), hours in engine.drift.hours().items():
            user = self.plan.system.agents[agent]
            grant = authority.standing(user.key or user.name, authority.group(right))
            if grant is not None and right in dict(grant.excess):
                covered[agent, right] = hours
        return covered

    def _coverage(self, extra: frozenset[Held]) -> tuple[int, int]:
        """Return how many permissions were used, and how many were granted, each counted once an agent."""
        furthest = tuple(
            max((done for done, count in enumerate(ended) if count), default=-1)
            for ended in self.ended.values()
        )
        used, granted = self.plan.coverage(furthest)
        for flow, calls in self._restless.items():
            did, held = covered(self.plan, flow, calls)
            used, granted = used | did, granted | held
        return len(used), self.plan.granted_standing + len(granted | (extra - granted))


def coverage(plan: Plan, furthest: tuple[int, ...]) -> tuple[frozenset[Held], frozenset[Held]]:
    """Return what work used that got so far, and what it was granted for it beyond standing credentials."""
    used: set[Held] = set()
    issued: set[Held] = set()
    for flow, done in zip(plan.flows, furthest, strict=True):
        if done >= 0:
            used.update(_asked(flow, done))
            issued.update(_issued(flow, done))
    return frozenset(used), frozenset(
        (agent, right) for agent, right in issued | used if right not in plan.standing_scope(agent)
    )


def covered(plan: Plan, flow: FlowPlan, calls: Iterable[CallPlan]) -> tuple[frozenset[Held], frozenset[Held]]:
    """Return what *calls* of *flow* used, and what was granted for them beyond standing credentials."""
    used = {(flow.kinds[call.kind][0].task.agent, call.call.permission) for call in calls}
    issued = _granted(flow, calls)
    beyond = {(agent, right) for agent, right in issued | used if right not in plan.standing_scope(agent)}
    return frozenset(used), frozenset(beyond)


def _asked(flow: FlowPlan, done: int) -> set[Held]:
    return {(flow.kinds[call.kind][0].task.agent, call.call.permission) for call in flow.calls[:done]}


def _issued(flow: FlowPlan, done: int) -> set[Held]:
    # A call that was denied had its credential issued, too.
    return _granted(flow, flow.calls[: done + 1])


def _granted(flow: FlowPlan, calls: Iterable[CallPlan]) -> set[Held]:
    held = {(call.kind, call.group) for call in calls}
    kinds = [(flow.kinds[kind][0], group) for kind, group in held]
    return {
        (kind.task.agent, right)
        for kind, group in kinds
        if not kind.standing[group] and (grant := kind.grants[group])
        for right in grant.scope
    }


def _is_late(session: Session) -> bool:
    """Return whether the root work to which *session* belongs has ended."""
    while session.above is not None:
        session = session.above
    return bool(session.kind.task.name) and not session.running
