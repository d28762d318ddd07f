"""How much authorisation slows down an ordinary task."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.metrics.order import rank
from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class LatencyP50:
    """The median, over finished tasks of one run, of the time spent on issuing and deciding.

    Original.

    Examples
    --------
    >>> LatencyP50().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "latency_p50"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return rank(run.tally.delays, 0.5)
