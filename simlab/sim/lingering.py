"""Background work: requests that go on after a piece of work was reported done."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.sim.broker import Session
from simlab.sim.clock import Sleeper
from simlab.sim.compiled import CallPlan, FlowPlan
from simlab.sim.meeting import Who, ask, meet
from simlab.sim.policies import in_excess

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


def linger(
    engine: Engine, flow: FlowPlan, session: Session, now: float, sleeper: Sleeper | None
) -> Iterator[float]:
    """Make the requests of *session* that come after its end at *now* [s]; yield each wait [s].

    What was issued for the task has ended with it, and the issuer does not know the task any more: nothing is
    issued anew. A standing credential goes on working. The *sleeper* drives it, if it may have to ask.
    """
    tally, serial = engine.tally, session.serial
    for number, call in enumerate(flow.lingers):
        who = (flow.flow.name, serial, -1 - number, 0)
        now, silent = yield from _arrive(engine, flow, session, number, now)
        if now >= engine.broker.horizon:
            return
        tally.requests += 1
        tally.decisions += call.online
        credential, allowed, static, reason = _request(engine, session, call, now, silent, who)
        if sleeper and allowed and call.asks and credential is not None and not silent:
            asked = yield from engine.asking.work_asks(session, call, credential, sleeper, (-1 - number, 0))
            if asked:
                credential, allowed, static = asked
                now = engine.env.now
        if engine.rows is not None:
            engine.rows += (now, static, credential.serial if credential else 0, serial)
        if not allowed:
            tally.denied += 1
            engine.account.refused_after_end(call, "" if silent else reason)
            engine.responder.refused(call.domain, session.kind.task.name, serial, -1 - number, 0)
            continue
        tally.after_end += 1
        tally.flagged += call.flagged
        engine.account.after_end(flow, call)
        _follow(engine, session, call, number)


def _arrive(
    engine: Engine, flow: FlowPlan, session: Session, number: int, now: float
) -> Generator[float, None, tuple[float, str]]:
    """Return when the call *number* gets its answer [s], and why no decision point gives one, if none does."""
    call = flow.lingers[number]
    streams, what = engine.streams, (flow.flow.name, session.serial, number)
    wait = call.call.work.quantile(streams.uniform("lingers", *what))
    if call.decision:
        wait += call.decision(streams.uniform("lingering decision", *what))
    if wait:
        if flow.touchable:
            yield wait
        now += wait
    if now >= engine.broker.horizon or not call.unsteady:
        return now, ""
    u = streams.uniform("lingering decision", *what)
    silent, extra = yield from ask(engine, session, call, now, u, (*what[:2], -1 - number, 0))
    return now + extra, silent


def _follow(engine: Engine, session: Session, call: CallPlan, number: int) -> None:
    """Let what follows from the allowed *call* follow."""
    context = session.context
    if call.label:
        context.labels |= call.label
        context.data |= {call.call.permission.resource}
    if call.carries:
        engine.stores.work(session, call.call.permission)
    if call.watched:
        engine.intruder.exposed(session, call, -1 - number)
    if engine.intruder.controlled:
        engine.intruder.at_work(session)


def _request(
    engine: Engine, session: Session, call: CallPlan, now: float, silent: str, who: Who
) -> tuple[Credential | None, bool, int, str]:
    """Return what is presented *now*, whether it is allowed, why, and for what the broker refuses it.

    *silent* says why no decision point answers, if none does.
    """
    credential = session.credentials[call.group]
    if session.kind.standing[call.group] and (credential is None or now >= credential.dies(call.domain)):
        credential = engine.broker.acquire(session, call.group, now) or credential
    labels = session.context.labels
    allowed, static = call.answers.get(labels) or engine.plan.answer(session.kind, call, labels)
    if silent:
        allowed, static = engine.plan.unanswered(session.kind, call, silent)
    if not allowed and call.drifts:
        allowed, static = in_excess(engine, session, call, credential, (now, static, silent), who)
    reason = "no-credential"
    if credential is not None:
        late = now >= credential.dies(call.domain)
        if call.differ:
            credential, late = meet(engine, session, call, credential, now, who)
        reason = credential.why_refused(now) if late else ""
    if allowed and reason:
        allowed = False
        static = engine.refusal(session.kind, "worker", call.call.permission, call.domain, reason)
    return credential, allowed, static, reason
