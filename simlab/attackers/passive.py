"""An attacker who does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simlab.model.attack import Move, View
from simlab.model.chance import ZERO, Distribution


@dataclass(frozen=True, slots=True)
class Passive:
    """Never tries anything: the baseline of what a foothold is worth by itself (original)."""

    goal: str = field(default="", metadata={"names": "fact"})
    """The fact whose absence is to be shown."""

    name = "passive"
    pace: Distribution = field(default=ZERO, init=False)
    hands: int = field(default=1, init=False)
    revisits: bool = field(default=False, init=False)

    def next_move(self, view: View, chance: Callable[[str], float]) -> Move | None:  # noqa: ARG002
        """Return None."""
        return None
