"""What a request of work meets before a policy is asked: a point in trouble, points that differ."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.sim.broker import Session
from simlab.sim.compiled import CallPlan

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

Who = tuple[object, ...]
"""Names the request: its workflow, its piece of work, its number and the attempt."""


def ask(
    engine: Engine, session: Session, call: CallPlan, now: float, u: float, who: Who
) -> Generator[float, None, tuple[str, float]]:
    """Ask a decision point; return why it did not answer, if it did not, and how long that took [s]."""
    tally = engine.tally
    what = (session.kind, call.call.permission, session.context.labels)
    visit = engine.points.visit(call.domain, now, what, u, who)
    tally.asked += 1
    tally.undecided += bool(visit.reason)
    tally.in_line += visit.waits
    tally.deciding += min(visit.takes, engine.broker.horizon - now)
    if visit.takes:
        yield visit.takes
    return visit.reason, visit.takes


def meet(
    engine: Engine, session: Session, call: CallPlan, credential: Credential, now: float, who: Who
) -> tuple[Credential, bool]:
    """Present *credential* to one of the enforcement points; return what was presented, and whether too late."""
    refuse = engine.replicas.refuse
    late = refuse(credential, call.domain, now, who)
    if late and session.kind.standing[call.group]:  # what has replaced it by now, if anything has
        credential = engine.broker.acquire(session, call.group, now) or credential
        late = refuse(credential, call.domain, now, who)
    return credential, late
