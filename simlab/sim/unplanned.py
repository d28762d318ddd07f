"""Unplanned requests: compiled with a plan, and written into each piece of work on its arrival.

What an agent will do is settled before anybody decides on it, each part by a number of its own. So it is the
same under every strategy, and the planned requests keep the numbers that they would have had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from simlab.model.chance import Distribution
from simlab.model.system import Call, Workflow
from simlab.sim.compiled import CallPlan, FlowPlan, Step, Turn
from simlab.sim.streams import Streams

Compile = Callable[[Workflow, Call, tuple[int, ...]], CallPlan]


Script = tuple[list[float], list[float], list[float], tuple[Step, ...], tuple[int, ...]]
"""One piece of work, written out, as a plain tuple because there is one for each: the work before each request [s], the
uniform numbers that its time to issue and its time to decide come from (empty where that takes none), its step, and
how many of the first so many requests are decided online."""


def turns(flow: Workflow, calls: tuple[CallPlan, ...], compile_call: Compile) -> tuple[Turn, ...]:
    """Return, for each planned call of *flow*, what may come unplanned."""
    if not flow.improvises:
        return ()
    return tuple(_turn(flow, call, compile_call) for call in calls)


def _turn(flow: Workflow, planned: CallPlan, compile_call: Compile) -> Turn:
    may = flow.improvises[planned.kind]
    others = tuple(
        replace(
            compile_call(flow, replace(planned.call, permission=other), planned.closes),
            plain=False,
            replans=may.replans,
            if_allowed=1,
        )
        for other in may.astray(planned.call)
    )
    tools = []
    for requests in may.calls if may.chance else ():
        if requests and requests[0].tool != planned.call.tool:
            left = range(len(requests) - 1, -1, -1)
            tools.append(
                tuple(
                    replace(compile_call(flow, call, ()), replans=may.replans, if_denied=rest)
                    for call, rest in zip(requests, left, strict=True)
                )
            )
    return Turn(may.chance if tools else 0.0, tuple(tools), may.strays if others else 0.0, others)


def requests(turns: tuple[Turn, ...]) -> Iterator[CallPlan]:
    """Yield every request that can come unplanned."""
    for turn in turns:
        yield from turn.others
        for tool in turn.tools:
            yield from tool


def most(turn: Turn) -> int:
    """Return the most requests that can come unplanned at *turn*; a count."""
    return max(map(len, turn.tools), default=0) + bool(turn.others)


class Writer:
    """Writes one piece of work out."""

    def __init__(self, streams: Streams, flow: FlowPlan, serial: int) -> None:
        """Write the piece *serial* of *flow*."""
        self.streams, self.flow, self.serial = streams, flow, serial
        self.waits: list[float] = []
        self.issuances: list[float] = []
        self.decisions: list[float] = []
        self.calls: list[CallPlan] = []

    def write(self, waits: list[float], issuances: list[float], decisions: list[float]) -> Script:
        """Return it with all that comes unplanned, given what was drawn for what is planned."""
        flow = self.flow
        for number, (turn, planned) in enumerate(zip(flow.turns, flow.calls, strict=True)):
            wait = waits[number]
            if turn.chance and self._draw("improvises", number) < turn.chance:
                tool = turn.tools[int(self._draw("improvised tool", number) * len(turn.tools))]
                for place, call in enumerate(tool):
                    self._add(call, self._work(call.call.work, number, place), "improvised", number, place)
            if turn.strays and self._draw("strays", number) < turn.strays:
                other = turn.others[int(self._draw("astray", number) * len(turn.others))]
                self._add(other, wait, "astray", number, 0)
                wait = 0.0
            self.calls.append(planned)
            self.waits.append(wait)
            self.issuances += issuances[number : number + 1]
            self.decisions += decisions[number : number + 1]
        online = [0]
        for call in self.calls:
            online.append(online[-1] + call.online)
        steps = tuple(call.step for call in self.calls)
        return self.waits, self.issuances, self.decisions, steps, tuple(online)

    def _draw(self, purpose: str, *place: int) -> float:
        return self.streams.uniform(purpose, self.flow.flow.name, self.serial, *place)

    def _work(self, law: Distribution, *place: int) -> float:
        return law.quantile(self._draw("improvised work", *place))

    def _add(self, call: CallPlan, wait: float, why: str, *place: int) -> None:
        self.calls.append(call)
        self.waits.append(wait)
        if self.flow.issues:
            self.issuances.append(self._draw(f"{why} issuance", *place))
        if self.flow.online:
            self.decisions.append(self._draw(f"{why} decision", *place))
