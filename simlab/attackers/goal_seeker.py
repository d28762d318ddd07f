"""An attacker who knows what it wants and has a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simlab.model.attack import Move, View
from simlab.model.chance import Distribution, LogNormal


@dataclass(frozen=True, slots=True)
class GoalSeeker:
    """Tries what leads to the goal in the fewest steps, on a map that does not show the policies (original).

    It knows how the estate is built, but not what the decision points will say: it finds out by asking.
    What leads nowhere it leaves alone.
    """

    goal: str = field(metadata={"names": "fact"})
    """The fact that it wants."""
    pace: Distribution = field(default=LogNormal(480.0, 0.5), metadata={"unit": "s"})
    """[s] one try takes. Default: 8 minutes (one AI-assisted intrusion, 2025, from start to administrator)."""
    hands: int = field(default=1, metadata={"low": 0})
    """Tries under way at once; a count, 0 for no limit."""

    name = "goal-seeker"
    revisits: bool = field(default=False, init=False)

    def next_move(self, view: View, chance: Callable[[str], float]) -> Move | None:
        """Return the move nearest to the goal, ties by priority."""
        useful = [move for move in view.moves if move.permission in view.distance]
        if not useful or self.goal in view.facts:
            return None
        return min(useful, key=lambda move: (view.distance[move.permission], chance(str(move))))
