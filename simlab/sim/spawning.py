"""Work that sets work going: a family of pieces from each arrival."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from simlab.errors import BudgetError
from simlab.model.conduct import Spawn
from simlab.sim.clock import WORK
from simlab.sim.compiled import FlowPlan

if TYPE_CHECKING:
    from simlab.sim.workers import Workers

MOST_ALIVE = 100_000
"""Pieces of work that may live at once, of workflows that set work going; a count."""


@dataclass(eq=False, slots=True)
class Family:
    """All pieces of work that one arrival leads to."""

    size: int = 1
    """A count."""


@dataclass(eq=False, slots=True)
class Birth:
    """Where a piece of work stands in its family."""

    depth: int = 0
    """Generations from the work that arrived; a count."""
    family: Family = field(default_factory=Family)
    over: bool = False
    """Whether it has ended."""


class Spawning:
    """Everything that is set going by other work in one run."""

    def __init__(self, workers: Workers) -> None:
        """Begin with nothing alive."""
        self.workers = workers
        self.engine = workers.engine
        self.flows = {flow.flow.name: flow for flow in self.engine.plan.flows}
        self.alive = 0

    def begins(self, flow: FlowPlan, serial: int, birth: Birth) -> None:
        """Let the piece of work *serial* live, and set work going while it does."""
        self.alive += birth.depth == 0  # the others count from when they are set going
        for rule in flow.flow.spawns:
            if rule.every is not None:
                process = self._while_it_lives(flow, rule, serial, birth)
                self.engine.env.drive(process, WORK, flow.rank, serial, rule.name)

    def ends(self, flow: FlowPlan, serial: int, birth: Birth, *, well: bool) -> None:
        """Let the piece of work *serial* end, and set going what is to follow it if it ended *well*."""
        self.alive -= 1
        birth.over = True
        for rule in flow.flow.spawns if well else ():
            if rule.every is None:
                count = rule.count.quantile(
                    self.engine.streams.uniform("spawns", flow.flow.name, serial, rule.name)
                )
                self._spawn(flow, rule, serial, birth, range(count))

    def _while_it_lives(self, flow: FlowPlan, rule: Spawn, serial: int, birth: Birth) -> Iterator[float]:
        if rule.every is None or rule.depth == birth.depth:
            return
        streams, name, before = self.engine.streams, flow.flow.name, 0
        for wait, often in zip(
            streams.stream("spawns every", name, serial, rule.name),
            streams.stream("spawns", name, serial, rule.name),
            strict=True,
        ):
            yield rule.every.quantile(wait)
            if birth.over:
                return
            count = rule.count.quantile(often)
            self._spawn(flow, rule, serial, birth, range(before, before + count))
            before += count

    def _spawn(self, flow: FlowPlan, rule: Spawn, serial: int, birth: Birth, numbers: range) -> None:
        """Set a piece of work going for each of *numbers*, at this instant, unless that is too many."""
        child, family = self.flows[rule.workflow], birth.family
        if self.engine.env.now >= self.engine.leavers.stops(child.flow):
            return
        if rule.depth is not None and birth.depth >= rule.depth:
            return
        for number in numbers:
            if rule.most is not None and family.size >= rule.most:
                return
            family.size += 1
            if child.flow.spawns:
                self._one_more()
            name = _serial(flow.flow.name, serial, rule.name, number)
            draws = self.workers.draws(child, rule.workflow, name)
            new = Birth(birth.depth + 1, family)
            # As an event: a long line of descendants must not be a deep stack.
            begin = partial(self.workers.begin, child, name, draws, new)
            self.engine.after(0.0, begin, WORK, child.rank, name, rule.name)

    def _one_more(self) -> None:
        self.alive += 1
        if self.alive > MOST_ALIVE:
            msg = (
                f"E302 more than {MOST_ALIVE} pieces of work alive at {self.engine.env.now:g} s: work sets more "
                f"work going than ends (lower `count`, or set `depth` or `most`)"
            )
            raise BudgetError(msg)


def _serial(*names: object) -> int:
    """Return the number of a piece of work that another one set going.

    It depends on nothing but where it comes from. A count would depend on what else was set going before it,
    and so on the strategy.
    """
    return int.from_bytes(blake2b("\x1f".join(map(str, names)).encode(), digest_size=6).digest(), "little")
