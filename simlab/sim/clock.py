"""The clock: SimPy's, with events that cost little, and a guard against time that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

from simpy import Environment
from simpy.core import EmptySchedule
from simpy.events import NORMAL, URGENT, Event, EventPriority

from simlab.errors import NoProgressError

BLOCK = 1024
"""Events between two looks at the clock: fewer would cost time, more would notice too late."""
LAST = EventPriority(NORMAL + 1)
"""For what gives way to everything that happens at the same instant."""
STUCK = 100_000
"""Events at one instant after which time is taken to stand still."""


class Alarm(Event):
    """An event that rings again and again: cheaper than a new one for each wait."""

    __slots__ = ()

    def __init__(self, env: Environment, process: Iterator[float]) -> None:
        """Run *process*, which yields how long to wait [s], until it ends."""
        super().__init__(env)
        self._ok = True
        self._value = None
        schedule = env.schedule

        def ring(_: Event) -> None:
            for delay in process:
                self.callbacks = callbacks
                schedule(self, NORMAL, delay)
                return
            callbacks.clear()  # breaks the circle, so that nothing waits for the garbage collector

        callbacks: list[Callable[[Event], None]] = [ring]
        ring(self)


class Sleeper(Event):
    """An alarm whose process may also yield infinity: then nothing rings until somebody wakes it."""

    __slots__ = ("wake",)

    def __init__(self, env: Environment) -> None:
        """Wait for a process to drive."""
        super().__init__(env)
        self._ok = True
        self._value = None
        self.wake: Callable[[], None] = _nothing

    def drive(self, process: Iterator[float]) -> None:
        """Run *process*, which yields how long to wait [s], until it ends."""
        schedule = self.env.schedule

        def ring(_: Event | None = None) -> None:
            for delay in process:
                if delay < inf:
                    self.callbacks = callbacks
                    schedule(self, NORMAL, delay)
                return
            callbacks.clear()
            self.wake = _nothing

        callbacks: list[Callable[[Event], None]] = [ring]
        self.wake = ring
        ring()


class Reminder(Event):
    """Something that is done once, after everything else that is due at that instant."""

    __slots__ = ()

    def __init__(self, env: Environment, delay: float, action: Callable[[], object]) -> None:
        """Do *action* after *delay* [s]."""
        super().__init__(env)
        self._ok = True
        self._value = None

        def act(_: Event) -> None:
            action()

        self.callbacks = [act]
        env.schedule(self, LAST, delay)


def _nothing() -> None:
    pass


class Horizon(Event):
    """The end of the run: before everything else that is due at that instant."""

    __slots__ = ()

    def __init__(self, env: Environment, horizon: float) -> None:
        """End the run at *horizon* [s]."""
        super().__init__(env)
        self._ok = True
        self._value = None
        self.callbacks = [_stop]
        env.schedule(self, URGENT, horizon)


class _HorizonReached(Exception):  # noqa: N818 (a signal, not an error)
    pass


def _stop(_: Event) -> None:
    raise _HorizonReached


def run_until(env: Environment, horizon: float) -> None:
    """Let everything happen that is due before *horizon* [s].

    Raises
    ------
    NoProgressError
        If time stands still.
    """
    Horizon(env, horizon)
    step, stuck = env.step, 0
    try:
        while True:
            before = env.now
            for _ in range(BLOCK):
                step()
            stuck = stuck + BLOCK if env.now == before else 0
            if stuck >= STUCK:
                msg = f"E301 time stands still at {before:g} s: {stuck} events and no progress"
                raise NoProgressError(msg)
    except (_HorizonReached, EmptySchedule):
        return
