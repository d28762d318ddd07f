"""Whether the attacker got what it wanted."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Goal:
    """1 where the goal was reached before the horizon, else 0; 0 where there is no goal.

    Original.

    Examples
    --------
    >>> Goal().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "goal"
    unit = "probability"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [probability]."""
        return float(bool(run.goal) and run.reached(run.goal) < run.horizon)
