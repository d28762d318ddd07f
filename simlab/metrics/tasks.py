"""How many pieces of work there were."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Tasks:
    """Pieces of work that arrived, or were set going by other work; finished or not.

    Original.

    Examples
    --------
    >>> Tasks().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "tasks"
    unit = "tasks"
    direction = "neither"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [tasks]."""
        return float(run.tally.tasks)
