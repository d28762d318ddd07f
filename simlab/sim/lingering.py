"""Background work: requests that go on after a piece of work was reported done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.sim.broker import Session
from simlab.sim.compiled import CallPlan, FlowPlan

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


def linger(engine: Engine, flow: FlowPlan, session: Session, now: float) -> Iterator[float]:
    """Make the requests of *session* that come after its end at *now* [s]; yield each wait [s].

    What was issued for the task has ended with it, and the issuer does not know the task any more: nothing is
    issued anew. A standing credential goes on working.
    """
    streams, tally, name, serial = engine.streams, engine.tally, flow.flow.name, session.serial
    for number, call in enumerate(flow.lingers):
        wait = call.call.work.quantile(streams.uniform("lingers", name, serial, number))
        if call.decision:
            wait += call.decision(streams.uniform("lingering decision", name, serial, number))
        if wait:
            if flow.touchable:
                yield wait
            now += wait
        if now >= engine.broker.horizon:
            return
        tally.requests += 1
        tally.decisions += call.online
        if not _request(engine, session, call, now):
            tally.denied += 1
            engine.responder.refused(call.domain, session.kind.task.name, serial, -1 - number, 0)
            continue
        tally.after_end += 1
        context = session.context
        if call.label:
            context.labels |= call.label
            context.data |= {call.call.permission.resource}
        if call.watched:
            engine.intruder.exposed(session, call, -1 - number)
        if engine.intruder.controlled:
            engine.intruder.at_work(session)


def _request(engine: Engine, session: Session, call: CallPlan, now: float) -> bool:
    """Return whether *call* is allowed *now*, and write it down."""
    credential = session.credentials[call.group]
    if session.kind.standing[call.group] and (credential is None or now >= credential.dies(call.domain)):
        credential = engine.broker.acquire(session, call.group, now) or credential
    labels = session.context.labels
    allowed, static = call.answers.get(labels) or engine.plan.answer(session.kind, call, labels)
    reason = _lapsed(credential, call.domain, now)
    if allowed and reason:
        allowed = False
        static = engine.refusal(session.kind, "worker", call.call.permission, call.domain, reason)
    if engine.rows is not None:
        engine.rows += (now, static, credential.serial if credential else 0, session.serial)
    return allowed


def _lapsed(credential: Credential | None, domain: str, now: float) -> str:
    """Return why *credential* is of no use in *domain*, or nothing."""
    if credential is None:
        return "no-credential"
    if now >= credential.expires:
        return "expired"
    return "revoked" if now >= credential.dies(domain) else ""
