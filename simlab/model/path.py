"""The way that an intruder went in one run, hop by hop, from the strike to one thing that it reached."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from simlab.model.access import Permission
from simlab.model.causes import Cause
from simlab.model.events import Run
from simlab.model.system import HOLD, STEER


@dataclass(frozen=True, slots=True)
class Hop:
    """A strike, or a request that was allowed, and what of it the next hops needed."""

    cause: Cause
    gave: tuple[Cause, ...] = ()
    """Keys found, sessions and workloads taken over, rules that came off, data carried out."""


@dataclass(frozen=True, slots=True)
class Path:
    """Everything that led to one thing, in the order in which it happened."""

    target: str
    """A resource, or a fact."""
    hops: tuple[Hop, ...]

    @property
    def time(self) -> float:
        """Return when the target was reached [s]."""
        return max(cause.time for cause in self.causes())

    def causes(self) -> Iterator[Cause]:
        """Yield every cause along the way."""
        for hop in self.hops:
            yield hop.cause
            yield from hop.gave

    @property
    def asks(self) -> tuple[Cause, ...]:
        """Return the requests along the way."""
        return tuple(cause for cause in self.causes() if cause.sort == "ask")

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return the delegations along the way, caller and callee, each once."""
        chains = [tuple(cause.by.partition(":")[2].split(">")) for cause in self.asks if _inside(cause)]
        chains += [tuple(cause.event.chain.split(">")) for cause in self.causes() if cause.event]
        return tuple(dict.fromkeys(edge for chain in chains for edge in pairwise(chain)))

    @property
    def used(self) -> tuple[tuple[str, Permission], ...]:
        """Return who used which permission at work or steered along the way, each once; no outsiders."""
        found = []
        for cause in self.causes():
            steered = cause.sort == "ask" and _inside(cause)
            turned = cause.sort in {"strike", "obey"} and cause.fact.startswith(f"{STEER}:")
            if cause.event and (steered or turned):
                found.append((cause.event.agent, cause.event.permission))
        return tuple(dict.fromkeys(found))

    @property
    def stolen(self) -> tuple[Cause, ...]:
        """Return the requests that presented a credential away from its workload."""
        return tuple(cause for cause in self.asks if cause.by.startswith(f"{HOLD}:"))


def _inside(cause: Cause) -> bool:
    return cause.by.startswith(f"{STEER}:")


def reaches(run: Run, fact: str, target: str) -> bool:
    """Return whether to have *fact* is to have reached *target*: a resource, or a fact itself."""
    if ":" in target:
        return fact == target
    permission = Permission.parse(fact)
    return permission.resource == target and permission.action in run.classes and target in run.resources


def when(run: Run, target: str) -> float:
    """Return when *target*, a resource or a fact, was first reached in *run* [s], or infinity."""
    if ":" in target:
        return run.reached(target)
    return min((time for right, time in run.taken().items() if right.resource == target), default=math.inf)


def path_to(run: Run, target: str) -> Path | None:
    """Return how *run*, which was traced, came to *target*; None where it did not."""
    last = next((c for c in run.causes if _gives(c) and reaches(run, c.fact, target)), None)
    if last is None:
        return None
    wanted, stack = set[int](), [last.number]
    while stack:
        number = stack.pop()
        if number not in wanted:
            wanted.add(number)
            stack.extend(run.causes[number].because)
    return Path(target, _hops([run.causes[number] for number in sorted(wanted)]))


def _gives(cause: Cause) -> bool:
    """Return whether *cause* gave its fact: a rule says where to look for a key, and may find none."""
    return cause.sort != "strike" and not (cause.sort == "rule" and cause.fact.startswith(f"{HOLD}:"))


def _hops(along: list[Cause]) -> tuple[Hop, ...]:
    """Return the hops, each with what it gave: what rests on it and on no later hop."""
    hops: list[tuple[Cause, list[Cause]]] = []
    place: dict[int, int] = {}
    for cause in along:
        rests_on = [place[number] for number in cause.because]
        if cause.sort in {"strike", "ask"} or not rests_on:
            place[cause.number] = len(hops)
            hops.append((cause, []))
        else:
            place[cause.number] = max(rests_on)
            if not _is_said_by_another(cause, along):
                hops[place[cause.number]][1].append(cause)
    return tuple(Hop(cause, tuple(gave)) for cause, gave in hops)


def _is_said_by_another(cause: Cause, along: list[Cause]) -> bool:
    """Return whether another cause tells the same: that a key was found, or that content was obeyed."""
    if cause.sort == "steer":
        return any(other.sort == "obey" and other.number in cause.because for other in along)
    return cause.sort == "rule" and any(
        cause.number in other.because
        and (other.sort == "obey" or (other.sort == "find" and other.by == cause.by))
        for other in along
    )
