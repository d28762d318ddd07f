"""What agents do beyond what they were asked: improvise, and set further work going.

All of it is a part of a workflow, settled as data: which requests could come, and how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simlab.model.chance import Distribution
from simlab.model.counts import CountLaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simlab.model.access import Permission
    from simlab.model.system import Call


@dataclass(frozen=True, slots=True)
class Improvisation:
    """What one task of a workflow may do that nobody planned.

    References
    ----------
    Original. That tools are chosen at run time, and not when the work is reviewed: ReAct, arXiv 2210.03629.
    """

    chance: float = 0.0
    """Chance that another tool is called before a planned call; dimensionless."""
    calls: tuple[tuple[Call, ...], ...] = ()
    """By tool: the requests of one unplanned call."""
    strays: float = 0.0
    """Chance that a planned call goes to another resource than planned; dimensionless."""
    others: tuple[Permission, ...] = ()
    """Where it may go astray to: all that its roles or tools name; sorted."""
    replans: bool = True
    """Whether it goes on with the plan when that is denied, instead of failing."""

    def astray(self, call: Call) -> tuple[Permission, ...]:
        """Return what *call* may ask for instead: the same action on another resource."""
        planned = call.permission
        return tuple(
            other
            for other in (self.others if self.strays else ())
            if other.action == planned.action and other.resource != planned.resource
        )

    def requests(self) -> Iterator[Call]:
        """Yield every request of an unplanned call."""
        for tool in self.calls if self.chance else ():
            yield from tool


@dataclass(frozen=True, slots=True)
class Spawn:
    """Further work that a piece of work sets going, and for which nobody waits.

    A piece that ends well sets going so many at its end (a Galton-Watson process); with `every`, so many again
    and again while it lives (with exponential waits, a Yule process).
    """

    name: str
    """Stable identifier within its workflow; chance is keyed by it."""
    workflow: str
    """The workflow of which a piece is set going."""
    count: CountLaw
    """How many; a count."""
    every: Distribution | None = None
    """[s] between the times at which it does so while it lives; None for once, at its end."""
    depth: int | None = None
    """Most generations from the work that arrived, 0 for none at all; None for no limit."""
    most: int | None = None
    """Most pieces of work in one family, the first included; None for no limit."""
