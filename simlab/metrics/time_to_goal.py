"""How long it took to reach the goal."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class TimeToGoal:
    """From the start of the run; the horizon where the goal was not reached, so that its mean is a restricted
    mean and attacks that failed are not left out.

    Original.

    Examples
    --------
    >>> TimeToGoal().compute(Run("empty", "none", 0, 0, 3600.0))
    1.0
    """

    name = "time_to_goal"
    unit = "hours"
    direction = "higher"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [hours]."""
        reached = run.reached(run.goal) if run.goal else run.horizon
        return min(reached, run.horizon) / 3600.0
