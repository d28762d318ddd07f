"""How many requests waited for a decision point."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Decisions:
    """Requests of workers that the strategy decides centrally, one by one.

    Original.

    Examples
    --------
    >>> Decisions().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "decisions"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.decisions)
