"""The work: arrivals, and one process for each piece of work.

Waits with nothing observable between them are one wait, so a request costs one event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simlab.model.events import Row
from simlab.sim.broker import Context, Session
from simlab.sim.clock import Alarm
from simlab.sim.plan import CallPlan, FlowPlan

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Workers:
    """Everything that the organisation's own agents do in one run."""

    def __init__(self, engine: Engine) -> None:
        """Start the arrivals of every workflow."""
        self.engine = engine
        self.env = engine.env
        for flow in engine.plan.flows:
            Alarm(self.env, self._arrivals(flow))

    def _arrivals(self, flow: FlowPlan) -> Iterator[float]:
        streams, name = self.engine.streams, flow.flow.name
        work, issuance, decision = (
            streams.stream(purpose, name) for purpose in ("work", "issuance", "decision")
        )
        for serial, wait in enumerate(self._waits(flow, name), start=1):
            yield wait
            # Drawn at arrival, in an order that no strategy can change.
            waits = [call.draw_work(work()) if call.draw_work else call.work for call in flow.calls]
            issuances = [issuance() for _ in flow.calls] if flow.issues else None
            decisions = [decision() for _ in flow.calls] if flow.online else None
            Alarm(self.env, self._work(flow, serial, waits, issuances, decisions))

    def _waits(self, flow: FlowPlan, name: str) -> Iterator[float]:
        if flow.flow.arrivals is None:
            now = 0.0
            for time in flow.flow.at:
                yield time - now
                now = time
            return
        draw, quantile = self.engine.streams.stream("arrival", name), flow.flow.arrivals.quantile
        while True:
            yield quantile(draw())

    def _work(
        self,
        flow: FlowPlan,
        serial: int,
        waits: list[float],
        issuances: list[float] | None,
        decisions: list[float] | None,
    ) -> Iterator[float]:
        """Do one piece of work, call by call; yield each wait [s]."""
        engine = self.engine
        env, plan, broker, intruder, tally, rows = (
            engine.env, engine.plan, engine.broker, engine.intruder, engine.tally, engine.rows,
        )  # fmt: skip
        context = Context()
        sessions: list[Session | None] = [None] * len(flow.kinds)
        tally.tasks += 1
        if rows is not None:
            rows.append((env.now, flow.arrive, 0, serial))
        delay = 0.0
        number = 0
        for call in flow.calls:
            wait = waits[number]
            session = sessions[call.kind] or self._open(flow, call.kind, sessions, context, serial)
            credential = session.credentials[call.group]
            if credential is None or credential.expires <= env.now:
                extra = call.issuance(issuances[number]) if call.issuance and issuances else 0.0
                credential = broker.acquire(session, call.group, env.now + extra)
                wait += extra
                delay += extra
            if call.decision and decisions:
                extra = call.decision(decisions[number])
                wait += extra
                delay += extra
            number += 1
            if wait:
                yield wait
            now = env.now
            if credential is not None and credential.expires <= now:
                extra = call.issuance(issuances[number - 1]) if call.issuance and issuances else 0.0
                credential = broker.acquire(session, call.group, now + extra)
                tally.renewed += 1
                if extra:
                    delay += extra
                    yield extra
                    now = env.now
            allowed, static = call.answers.get(context.labels) or plan.answer(
                session.kind, call, context.labels
            )
            presented = 0
            if credential is None:
                if allowed:
                    allowed, static = False, self._refused(session, call, "no-credential")
            else:
                presented = credential.serial
                if (credential.revoked or credential.parent) and now >= credential.dies(call.domain):
                    allowed, static = False, self._refused(session, call, "revoked")
            if rows is not None:
                rows.append((now, static, presented, serial))
            if not allowed:
                tally.denied += 1
                break
            if call.label:
                context.labels |= call.label
                context.data.add(call.call.permission.resource)
            if call.watched:
                intruder.exposed(session, call, number)
            if intruder.controlled:
                intruder.at_work(session)
            for kind in call.closes:
                self._close(sessions[kind], now)
        else:
            tally.finished += 1
            tally.delays.append(delay)
            tally.requests += number
            tally.decisions += self._online(flow, number)
            if rows is not None:
                rows.append((env.now, flow.finish[1], 0, serial))
            return
        self._failed(flow, sessions, serial, number, rows)

    def _failed(
        self, flow: FlowPlan, sessions: list[Session | None], serial: int, number: int, rows: list[Row] | None
    ) -> None:
        tally, now = self.engine.tally, self.env.now
        tally.failed += 1
        tally.requests += number
        tally.decisions += self._online(flow, number)
        for session in sessions:
            self._close(session, now)
        if rows is not None:
            rows.append((now, flow.finish[0], 0, serial))

    def _online(self, flow: FlowPlan, number: int) -> int:
        groups = self.engine.plan.authority.groups
        return sum(groups[call.group].online for call in flow.calls[:number])

    def _open(
        self, flow: FlowPlan, kind: int, sessions: list[Session | None], context: Context, serial: int
    ) -> Session:
        """Return a new session for the *kind*-th task, and for the tasks it descends from."""
        above = None
        parent = flow.flow.tasks[kind].parent
        if parent >= 0:
            above = sessions[parent] or self._open(flow, parent, sessions, context, serial)
        session = Session(flow.kinds[kind], context, serial, above, self.engine.broker.groups)
        sessions[kind] = session
        return session

    def _close(self, session: Session | None, now: float) -> None:
        if session is None:
            return
        session.running = False
        if not session.captured:
            self.engine.broker.give_back(session, now)

    def _refused(self, session: Session, call: CallPlan, reason: str) -> int:
        return self.engine.refusal(session.kind, "worker", call.call.permission, call.domain, reason)
