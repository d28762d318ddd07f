"""How long a decision took, the wait in line included."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class DecisionLatency:
    """Mean over the requests of workers that go to a decision point with a limit, a cache or failures.

    Original; the sojourn time of queueing theory. What is not done at the horizon counts up to it.

    Examples
    --------
    >>> DecisionLatency().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "decision_latency"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return run.tally.deciding / run.tally.asked if run.tally.asked else 0.0
