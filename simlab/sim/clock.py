"""The clock: a SimPy environment whose events have a place at each instant, and cost little.

What is due is kept as (time, rank, process). The rank is made of names and numbers that no order of scheduling
can change, so two things that are due at one instant happen in the same order however they came to be due. SimPy's
own events, processes and resources work on it as on any other environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf

from simpy import Environment
from simpy.core import EmptySchedule
from simpy.events import NORMAL, Event, EventPriority

from simlab.errors import NoProgressError

BLOCK = 1024
"""Events between two looks at the clock: fewer would cost time, more would notice too late."""
STUCK = 100_000
"""Events at one instant after which time is taken to stand still."""

Rank = tuple[object, ...]
"""The place of something among all that is due at one instant: its sort, then names and numbers."""
Due = tuple[float, Rank, Iterator[float]]
"""When [s], its place at that instant, and what then goes on."""

# The sorts, in the order in which they come at one instant. What is revoked, expires or is noticed at an instant
# is known before anything is used at it.
END, REVOKE, REPLACE, RIGHTS, ALARM, STRIKE, ANSWER, WORK, RULE, OPEN, TRY, OTHER, LAST = range(13)


LOOK = -1
"""Among tries: that the intruder looks what it can try. It comes first, and twice is as good as once."""


class Clock(Environment):
    """The time of one run, and all that is due."""

    now: float
    """[s] of simulated time."""
    _queue: list[Due]  # type: ignore[assignment]

    __slots__ = ("_tie", "now")

    def __init__(self) -> None:
        """Begin at 0, with nothing due."""
        super().__init__()
        self.now = 0.0
        self._tie: Iterator[float] = count()
        """For what is alike to the last: in whatever order it happens, the same comes of it."""

    def drive(self, process: Iterator[float], *rank: object) -> None:
        """Run *process* now, and again after each wait [s] that it yields; *rank* is nobody else's."""
        for delay in process:
            heappush(self._queue, (self.now + delay, rank, process))
            return

    def after(self, delay: float, action: Callable[[], object], *rank: object) -> None:
        """Do *action* after *delay* [s]."""
        heappush(self._queue, (self.now + delay, (*rank, next(self._tie)), _once(action)))

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0.0) -> None:
        """Let one of SimPy's own events happen after *delay* [s]."""
        heappush(self._queue, (self.now + delay, (OTHER, priority, next(self._tie)), _happen(event)))

    def step(self) -> None:
        """Let the next thing happen.

        Raises
        ------
        EmptySchedule
            If nothing is due any more.
        """
        if not self._queue:
            raise EmptySchedule
        self.now, rank, process = heappop(self._queue)
        self.drive(process, *rank)

    def run_until(self, horizon: float) -> None:
        """Let everything happen that is due before *horizon* [s].

        Raises
        ------
        NoProgressError
            If time stands still.
        """
        self.drive(_end(horizon), END)
        queue, stuck = self._queue, 0
        try:
            while True:
                before = self.now
                for _ in range(BLOCK):  # `step`, written out: it is most of what a request costs
                    time, rank, process = heappop(queue)
                    self.now = time
                    for delay in process:
                        heappush(queue, (time + delay, rank, process))
                        break
                stuck = stuck + BLOCK if self.now == before else 0
                if stuck >= STUCK:
                    msg = f"E301 time stands still at {before:g} s: {stuck} events and no progress"
                    raise NoProgressError(msg)
        except _HorizonReached:
            return


class Sleeper:
    """Something whose process may also yield infinity: then it does not go on until somebody wakes it."""

    __slots__ = ("_clock", "_process", "_rank")

    def __init__(self, clock: Clock, *rank: object) -> None:
        """Wait for a process to drive."""
        self._clock = clock
        self._rank = rank
        self._process: Iterator[float] = iter(())

    def drive(self, process: Iterator[float]) -> None:
        """Run *process*, which yields how long to wait [s], until it ends."""
        self._process = process
        self.wake()

    def wake(self) -> None:
        """Let the process go on now."""
        self._clock.drive(self._until_asleep(), *self._rank)

    def _until_asleep(self) -> Iterator[float]:
        for delay in self._process:
            if delay == inf:
                return
            yield delay


def _once(action: Callable[[], object]) -> Iterator[float]:
    action()
    yield from ()


def _happen(event: Event) -> Iterator[float]:
    """Do what SimPy does when *event* is due."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    failure = event.value
    if not event.ok and not event.defused and isinstance(failure, BaseException):
        raise failure
    yield from ()


class _HorizonReached(Exception):  # noqa: N818 (a signal, not an error)
    pass


def _end(horizon: float) -> Iterator[float]:
    """Come to the end of the run at *horizon* [s], before everything else that is due at that instant."""
    yield horizon
    raise _HorizonReached
