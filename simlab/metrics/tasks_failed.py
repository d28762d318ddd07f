"""How many pieces of work a denial ended."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class TasksFailed:
    """Pieces of work of the organisation's own agents, hijacked or not.

    Original.

    Examples
    --------
    >>> TasksFailed().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "tasks_failed"
    unit = "tasks"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [tasks]."""
        return float(run.tally.failed)
