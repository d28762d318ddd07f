"""One change that a defender can make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, Self, runtime_checkable

from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@runtime_checkable
class Control(Protocol):
    """Turns a scenario and a strategy into those with one thing changed; it knows no clock and no chance."""

    @property
    def name(self) -> str:
        """Return the kind, in kebab-case, unique among controls."""

    @property
    def removes(self) -> bool:
        """Return whether it only takes something away, so that nothing more can be reached with it."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agents that it changes; none where it changes the whole estate."""

    @property
    def says(self) -> str:
        """Return what is to be done, in a few words."""

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[Self]:
        """Yield those that apply to the way that an intruder went."""

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return both with the change made."""
