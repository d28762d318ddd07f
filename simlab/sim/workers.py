"""The work: arrivals, and one process for each piece of work.

Waits with nothing observable between them are one wait, so a request costs one event. A piece of work that
no intruder could ever touch needs none: it is done on arrival, with the times that it would have had.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from math import inf
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.sim.broker import Context, Session
from simlab.sim.clock import WORK, Sleeper
from simlab.sim.compiled import CallPlan, FlowPlan
from simlab.sim.lingering import linger
from simlab.sim.meeting import ask, meet
from simlab.sim.policies import in_excess
from simlab.sim.quiet import Draws, quietly
from simlab.sim.spawning import Birth, Spawning
from simlab.sim.unplanned import Script, Writer

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

NONE: Iterator[float] = iter(())


class Workers:
    """Everything that the organisation's own agents do in one run."""

    def __init__(self, engine: Engine) -> None:
        """Start the arrivals of every workflow."""
        self.engine = engine
        self.env = engine.env
        self.spawning = Spawning(self)
        for flow in engine.plan.flows:
            self.env.drive(self._arrivals(flow), WORK, flow.rank)

    def _arrivals(self, flow: FlowPlan) -> Iterator[float]:
        draws = self.draws(flow, flow.flow.name)
        for serial, wait in enumerate(self._waits(flow, flow.flow.name), start=1):
            yield wait
            self.begin(flow, serial, draws)

    def draws(self, flow: FlowPlan, *names: object) -> Draws:
        """Return the uniform numbers for the work, the times to issue and the times to decide, if any are needed."""
        stream = self.engine.streams.stream
        return (
            stream("work", *names) if flow.varies else NONE,
            stream("issuance", *names) if flow.issues else NONE,
            stream("decision", *names) if flow.online else NONE,
        )

    def begin(self, flow: FlowPlan, serial: int, draws: Draws, birth: Birth | None = None) -> None:
        """Begin the piece of work *serial*, which *birth* says who set going."""
        if flow.quiet:
            quietly(self.engine, flow, flow.quiet, serial, draws)
            return
        working, issuance, decision = draws
        # Drawn at arrival, in an order that no strategy can change.
        waits = [law(next(working)) if law else fixed for law, fixed in flow.works]
        issuances = list(islice(issuance, len(flow.calls))) if flow.issues else []
        decisions = list(islice(decision, len(flow.calls))) if flow.online else []
        if flow.flow.spawns:
            birth = birth or Birth()
            self.spawning.begins(flow, serial, birth)
        else:
            birth = None
        sleeper = Sleeper(self.env, WORK, flow.rank, serial) if flow.asks else None
        if flow.turns:
            script = Writer(self.engine.streams, flow, serial).write(waits, issuances, decisions)
        else:
            script = (waits, issuances, decisions, flow.steps, flow.online_calls)
        work = self._work(flow, serial, script, birth, sleeper)
        if sleeper:
            sleeper.drive(work)
        elif flow.touchable:
            self.env.drive(work, WORK, flow.rank, serial)
        else:
            self._at_once(flow, work)

    def _at_once(self, flow: FlowPlan, work: Iterator[float]) -> None:
        """Do work that nothing can come in between, with the times that it would have had."""
        broker = self.engine.broker
        before = [broker.serials[key] for key in flow.keys]
        deque(work, maxlen=0)
        broker.leave_room(flow, before)

    def _waits(self, flow: FlowPlan, name: str) -> Iterator[float]:
        waits, stops = self._all_waits(flow, name), self.engine.leavers.stops(flow.flow)
        return waits if stops == inf else _until(stops, waits)

    def _all_waits(self, flow: FlowPlan, name: str) -> Iterator[float]:
        if flow.flow.arrivals is None:
            now = 0.0
            for time in flow.flow.at:
                yield time - now
                now = time
            return
        draws, quantile = self.engine.streams.stream("arrival", name), flow.flow.arrivals.quantile
        yield from map(quantile, draws)

    def _work(
        self,
        flow: FlowPlan,
        serial: int,
        script: Script,
        birth: Birth | None,
        sleeper: Sleeper | None,
    ) -> Iterator[float]:
        """Do one piece of work, call by call; yield each wait [s]. The *sleeper* drives it, if it may have to ask."""
        waits, issuances, decisions, steps, online_calls = script
        engine = self.engine
        broker, intruder, tally, rows = engine.broker, engine.intruder, engine.tally, engine.rows
        acquire, obtain, controlled = broker.acquire, self._obtain, intruder.controlled
        touchable, troubled = flow.touchable, flow.troubled
        revoked = broker.revoked if touchable else ()
        now, horizon = engine.env.now, broker.horizon
        if rows is not None:
            rows += (now, flow.arrive, 0, serial)
        tally.tasks += 1
        context = Context()
        sessions: list[Session] = []
        for kind, parent in flow.kinds:
            above = sessions[parent] if parent >= 0 else None
            sessions.append(Session(kind, context, serial, above, broker.groups))
        delay = 0.0
        number = overruled = dropped = undecided = 0
        made: list[CallPlan] | None = [] if flow.turns else None
        todo = iter(steps)
        for index, group, issuance, decision, domain, answers, call in todo:
            wait = waits[number]
            session = sessions[index]
            credential = session.credentials[group]
            if credential is None or credential.expires <= now:
                credential, extra = obtain(session, call, now, issuances[number] if issuance else 0.0)
                wait += extra
                delay += extra
            if decision:
                extra = decision(decisions[number])
                wait += extra
                delay += extra
            number += 1
            if wait:
                if touchable:
                    yield wait
                now += wait
                if now >= horizon:
                    return
            silent = ""
            if troubled and call.unsteady:
                who = (flow.flow.name, serial, number, 0)
                silent, extra = yield from ask(engine, session, call, now, decisions[number - 1], who)
                delay += extra
                now += extra
                if now >= horizon:
                    return
            if credential is not None and credential.expires <= now:
                credential, extra = obtain(session, call, now, issuances[number - 1] if issuance else 0.0)
                tally.renewed += 1
                if extra:
                    delay += extra
                    yield extra
                    now += extra
                    if now >= horizon:
                        return
            attempt = 0
            while True:
                allowed, static = answers.get(context.labels) or engine.plan.answer(
                    session.kind, call, context.labels
                )
                if silent:
                    allowed, static = engine.plan.unanswered(session.kind, call, silent)
                if not allowed and call.drifts:
                    who = (flow.flow.name, serial, number, attempt)
                    allowed, static = in_excess(engine, session, call, credential, (now, static, silent), who)
                presented = 0
                if credential is None:
                    if allowed:
                        allowed, static = False, self._refused(session, call, "no-credential")
                        overruled += 0 if silent else online_calls[number] - online_calls[number - 1]
                else:
                    if troubled and call.differ:
                        who = (flow.flow.name, serial, number, attempt)
                        credential, late = meet(engine, session, call, credential, now, who)
                        if late:
                            allowed, static = False, self._refused(session, call, "revoked")
                            overruled += 0 if silent else online_calls[number] - online_calls[number - 1]
                    elif revoked and now >= credential.dies(domain):
                        if session.kind.standing[group]:  # what has replaced it by now, if anything has
                            credential = acquire(session, group, now) or credential
                        if now >= credential.dies(domain):
                            reason = "revoked" if credential.spent > now else "used"
                            allowed, static = False, self._refused(session, call, reason)
                            overruled += 0 if silent else online_calls[number] - online_calls[number - 1]
                    presented = credential.serial
                    if sleeper and allowed and call.asks and not silent:
                        asked = yield from engine.asking.work_asks(
                            session, call, credential, sleeper, (number, attempt)
                        )
                        if asked:
                            credential, allowed, static = asked
                            presented = credential.serial
                            delay += engine.env.now - now
                            now = engine.env.now
                if rows is not None:
                    rows += (now, static, presented, serial)
                if allowed:
                    break
                engine.responder.refused(domain, session.kind.task.name, serial, number, attempt)
                if attempt == flow.flow.retries or call.replans:
                    break
                pause = flow.flow.backoff * 2.0**attempt
                attempt += 1
                tally.denied += 1
                tally.backoff += min(pause, horizon - now)
                delay += pause
                if pause:
                    if touchable:
                        yield pause
                    now += pause
                    if now >= horizon:
                        return
                if troubled and call.unsteady:
                    who = (flow.flow.name, serial, number, attempt)
                    u = engine.streams.uniform("decision again", *who)
                    silent, extra = yield from ask(engine, session, call, now, u, who)
                    delay += extra
                    now += extra
                    if now >= horizon:
                        return
                if credential is None or credential.expires <= now:
                    credential, extra = obtain(session, call, now, issuances[number - 1] if issuance else 0.0)
                    if extra:
                        delay += extra
                        if touchable:
                            yield extra
                        now += extra
                        if now >= horizon:
                            return
            if attempt:
                tally.requests += attempt
                tally.decisions += attempt * (online_calls[number] - online_calls[number - 1])
            if not allowed:
                tally.denied += 1
                if call.replans:
                    skip = call.if_denied
                    deque(islice(todo, skip), maxlen=0)
                    dropped += skip
                    undecided += online_calls[number + skip] - online_calls[number]
                    number += skip
                    continue
                tally.failed += 1
                broker.close(sessions, now, over=True)
                break
            if call.plain:
                if controlled:
                    intruder.at_work(session)
                continue
            if made is not None:
                made.append(call)
            if call.single_use and credential is not None and credential.grant.single_use:
                broker.spend(session, credential, now)
            if call.label:
                context.labels |= call.label
                context.data |= {call.call.permission.resource}
            if call.carries:
                engine.stores.work(session, call.call.permission)
            if call.watched:
                intruder.exposed(session, call, number)
            if controlled:
                intruder.at_work(session)
            if call.closes:
                over = number + call.if_allowed == len(steps)
                broker.close([sessions[kind] for kind in call.closes], now, over=over)
            if call.if_allowed:
                skip = call.if_allowed
                deque(islice(todo, skip), maxlen=0)
                dropped += skip
                undecided += online_calls[number + skip] - online_calls[number]
                number += skip
        else:
            allowed = True
            tally.finished += 1
            tally.delays.append(delay)
        if made is not None:
            engine.account.made(flow, made)
            tally.flagged += sum(call.flagged for call in made)
        else:
            engine.account.ended[flow][number if allowed else number - 1] += 1
            if flow.flags:
                tally.flagged += flow.flags[number if allowed else number - 1]
        if overruled:
            engine.account.record.overruled += overruled
        tally.requests += number - dropped
        tally.decisions += online_calls[number] - undecided
        if rows is not None:
            rows += (now, flow.finish[allowed], 0, serial)
        if flow.beyond:
            if birth is not None:
                self.spawning.ends(flow, serial, birth, well=allowed)
            if allowed:
                yield from linger(engine, flow, sessions[0], now, sleeper)

    def _obtain(
        self, session: Session, call: CallPlan, now: float, u: float
    ) -> tuple[Credential | None, float]:
        """Return the credential with which *session* asks, and how long it waits for it [s].

        An earlier task may have left one. Else it is issued, and that may take time, drawn with *u*, and a place in
        line; whoever is turned away has none, at once.
        """
        broker = self.engine.broker
        left = broker.left_over(session, call.group, now) if call.kept else None
        if left is not None:
            return left, 0.0
        extra = call.issuance(u) if call.issuance else 0.0
        if call.queued:
            extra = broker.wait_in_line(call.domain, now, extra)
            if extra == inf:
                return None, 0.0
        return broker.acquire(session, call.group, now + extra), extra

    def _refused(self, session: Session, call: CallPlan, reason: str) -> int:
        return self.engine.refusal(session.kind, "worker", call.call.permission, call.domain, reason)


def _until(stops: float, waits: Iterator[float]) -> Iterator[float]:
    """Yield *waits* for as long as what they lead to comes before *stops* [s]."""
    now = 0.0
    for wait in waits:
        now += wait
        if now >= stops:
            return
        yield wait
