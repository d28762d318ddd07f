"""Quiet work: nothing can come in between, every call is allowed, and nothing follows from it but rows and counts.

Most work is like that: no intruder can touch it. So it needs no events, no sessions and no credentials that anybody
could hold, only the times and numbers that they would have had. What it comes to is what :mod:`simlab.sim.workers`
would make of it, bit for bit.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from simlab.sim.compiled import FlowPlan, Law
from simlab.strategies.authority import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simlab.sim.broker import Broker
    from simlab.sim.engine import Engine
    from simlab.sim.plan import Plan

Draws = tuple["Iterator[float]", "Iterator[float]", "Iterator[float]"]
"""Uniform numbers for the work, the times to issue and the times to decide."""


class Slot(NamedTuple):
    """A credential of one kind of task in one group, as far as it matters here."""

    key: str
    group: int
    standing: bool
    ttl: float
    """[s] from issue to expiry."""
    grace: float
    """[s]."""
    rate: float
    """[privilege-hours per second]."""
    caller: int
    """The slot that it is made from; -1 for none."""


class Step(NamedTuple):
    """One call: what it presents, what takes time, how it is written down, and which slots end with it."""

    slot: int
    issuance: Law | None
    decision: Law | None
    static: int
    ends: tuple[int, ...]


class Quiet(NamedTuple):
    """One workflow whose work is quiet."""

    slots: tuple[Slot, ...]
    steps: tuple[Step, ...]


def quiet(plan: Plan, flow: FlowPlan) -> Quiet | None:
    """Return *flow* as quiet work; None where it is not."""
    if (
        flow.touchable
        or flow.troubled
        or flow.turns
        or flow.beyond
        or any(kind.kept for kind, _ in flow.kinds)
    ):
        return None
    if any(grant and grant.excess for kind, _ in flow.kinds for grant in kind.grants):
        return None
    labels, answers = NOTHING, []
    for call in flow.calls:
        kind, _ = flow.kinds[call.kind]
        grant = kind.grants[call.group]
        if grant is None or grant.refresh or call.single_use:
            return None
        allowed, static = plan.answer(kind, call, labels)
        if not allowed:
            return None
        labels |= call.label
        answers.append(static)
    groups = len(plan.authority.groups)
    slots = _slots(flow, groups)
    if slots is None:
        return None
    steps = []
    for number, (call, static) in enumerate(zip(flow.calls, answers, strict=True), start=1):
        over = number == len(flow.calls)
        ends = tuple(
            index * groups + group
            for index in call.closes
            for kind in (flow.kinds[index][0],)
            for group in (*kind.issued, *(kind.lasting if over else ()))
        )
        steps.append(Step(call.kind * groups + call.group, call.issuance, call.decision, static, ends))
    return Quiet(slots, tuple(steps))


def _slots(flow: FlowPlan, groups: int) -> tuple[Slot, ...] | None:
    """Return a slot for each kind of task and group; None where one is made from what nobody holds."""
    slots = []
    for kind, parent in flow.kinds:
        for group in range(groups):
            grant, derived = kind.grants[group], kind.derived[group]
            if grant is None:
                slots.append(Slot(kind.key, group, False, 0.0, 0.0, 0.0, -1))
                continue
            if derived and (parent < 0 or flow.kinds[parent][0].grants[group] is None or grant.refresh):
                return None
            caller = parent * groups + group if derived else -1
            slots.append(
                Slot(kind.key, group, kind.standing[group], grant.ttl, grant.grace, kind.rates[group], caller)
            )
    return tuple(slots)


class Held:
    """What one piece of work holds, by slot."""

    __slots__ = ("expires", "serials")

    def __init__(self, slots: int) -> None:
        """Begin with nothing."""
        self.expires = [0.0] * slots
        self.serials = [0] * slots

    def obtain(self, broker: Broker, slots: tuple[Slot, ...], index: int, now: float) -> None:
        """Have the credential of the slot *index* issued *now*, and before it what it is made from."""
        key, group, standing, ttl, grace, rate, caller = slots[index]
        if standing:
            credential = broker.standing(key, group, now)
            if credential is not None:
                self.serials[index], self.expires[index] = credential.serial, credential.expires
            return
        expires = now + ttl + grace
        if caller >= 0:
            if self.expires[caller] <= now:
                self.obtain(broker, slots, caller, now)
            expires = min(expires, self.expires[caller])
        self.serials[index] = broker.serials[key] = broker.serials[key] + 1
        self.expires[index] = expires
        broker.tally.issued += 1
        end = min(broker.horizon, expires)
        if now < end:
            broker.hours[key] += rate * (end - now)

    def end(self, broker: Broker, slots: tuple[Slot, ...], ends: tuple[int, ...], now: float) -> None:
        """Give back what is in the slots that *ends* names."""
        for index in ends:
            expires = self.expires[index]
            end = min(broker.horizon, expires)
            if now < end:
                slot = slots[index]
                broker.hours[slot.key] -= slot.rate * (end - now)
                self.expires[index] = now


def quietly(engine: Engine, flow: FlowPlan, work: Quiet, serial: int, draws: Draws) -> None:
    """Do the piece of work *serial*, which arrives now, up to the horizon."""
    before = [engine.broker.serials[key] for key in flow.keys]
    engine.tally.tasks += 1
    if engine.rows is not None:
        engine.rows += (engine.env.now, flow.arrive, 0, serial)
    now, delay = _call_by_call(engine, flow, work, serial, draws)
    if now < engine.broker.horizon:
        _finish(engine, flow, serial, now, delay)
    engine.broker.leave_room(flow, before)


def _call_by_call(
    engine: Engine, flow: FlowPlan, work: Quiet, serial: int, draws: Draws
) -> tuple[float, float]:
    """Return when the work is done [s], and the delay that controls added to it [s]."""
    working, issuing, deciding = draws
    waits = [law(next(working)) if law else fixed for law, fixed in flow.works]
    issuances = list(islice(issuing, len(waits))) if flow.issues else ()
    decisions = list(islice(deciding, len(waits))) if flow.online else ()
    broker, rows = engine.broker, engine.rows
    now, horizon, slots = engine.env.now, broker.horizon, work.slots
    held = Held(len(slots))
    expires, serials = held.expires, held.serials
    delay = 0.0
    for number, (slot, issuance, decision, static, ends) in enumerate(work.steps):
        wait = waits[number]
        if expires[slot] <= now:
            extra = issuance(issuances[number]) if issuance else 0.0
            held.obtain(broker, slots, slot, now + extra)
            wait += extra
            delay += extra
        if decision:
            extra = decision(decisions[number])
            wait += extra
            delay += extra
        now += wait
        if expires[slot] <= now < horizon:
            extra = issuance(issuances[number]) if issuance else 0.0
            held.obtain(broker, slots, slot, now + extra)
            engine.tally.renewed += 1
            delay += extra
            now += extra
        if now >= horizon:
            break
        if rows is not None:
            rows += (now, static, serials[slot], serial)
        if ends:
            held.end(broker, slots, ends, now)
    return now, delay


def _finish(engine: Engine, flow: FlowPlan, serial: int, now: float, delay: float) -> None:
    """Count a piece of work that is done *now*."""
    tally, count = engine.tally, len(flow.calls)
    tally.finished += 1
    tally.delays.append(delay)
    tally.requests += count
    tally.decisions += flow.online_calls[count]
    if flow.flags:
        tally.flagged += flow.flags[count]
    engine.account.ended[flow][count] += 1
    if engine.rows is not None:
        engine.rows += (now, flow.finish[True], 0, serial)
