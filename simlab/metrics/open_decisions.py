"""How many requests are at decision points, on the average over time."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class OpenDecisions:
    """Requests of workers, at points with a limit, a cache or failures: those in line and those being decided.

    Original; the mean number of queueing theory.

    Examples
    --------
    >>> OpenDecisions().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "open_decisions"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return run.tally.deciding / run.horizon
