"""An attacker who takes whatever there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simlab.model.attack import Move, View
from simlab.model.chance import Distribution, LogNormal


@dataclass(frozen=True, slots=True)
class Opportunist:
    """Tries everything that it can, in an order of its own, whatever it leads to (original).

    The order is a priority drawn for each move, so that adding a resource does not reshuffle the rest.
    With ``revisits`` each try picks among all moves anew, also those already made.
    """

    pace: Distribution = field(default=LogNormal(840.0, 1.2), metadata={"unit": "s"})
    """[s] one try takes. Default: a human at 14 minutes a hop (CrowdStrike 2026: mean breakout 29 minutes)."""
    hands: int = field(default=1, metadata={"low": 0})
    """Tries under way at once; a count, 0 for no limit."""
    revisits: bool = False
    """Touch again what was touched before."""
    goal: str = field(default="", metadata={"names": "fact"})
    """The fact that is counted as success; it does not guide the choice."""

    name = "opportunist"

    def next_move(self, view: View, chance: Callable[[str], float]) -> Move | None:
        """Return the move of highest priority, or any one where it revisits."""
        if not view.moves:
            return None
        if self.revisits:
            return view.moves[int(chance(f"choice {view.tries}") * len(view.moves))]
        return min(view.moves, key=lambda move: chance(str(move)))
