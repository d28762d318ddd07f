"""An attacker who follows a script: for worked examples and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simlab.model.access import Permission
from simlab.model.attack import Move, View
from simlab.model.chance import Distribution, Fixed


@dataclass(frozen=True, slots=True)
class Scripted:
    """Tries the permissions of a script, in order, by whatever way is open (original).

    Where no way is open for the next line, it waits.
    """

    script: tuple[str, ...] = field(metadata={"names": "permission"})
    """The permissions to try."""
    pace: Distribution = field(default=Fixed(600.0), metadata={"unit": "s"})
    """[s] one try takes."""
    repeat: bool = False
    """Begin again at the end."""
    goal: str = field(default="", metadata={"names": "fact"})
    """The fact that is counted as success."""

    name = "scripted"
    hands: int = field(default=1, init=False)
    revisits: bool = field(default=True, init=False)

    def next_move(self, view: View, chance: Callable[[str], float]) -> Move | None:  # noqa: ARG002
        """Return the first way to do the next line of the script."""
        if not self.script or (view.tries >= len(self.script) and not self.repeat):
            return None
        wanted = Permission.parse(self.script[view.tries % len(self.script)])
        return next((move for move in view.moves if move.permission == wanted), None)
