"""How long a request was in line for a decision point."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class DecisionWait:
    """Mean over the requests of workers that go to a decision point with a limit, a cache or failures.

    Original; the waiting time of queueing theory.

    Examples
    --------
    >>> DecisionWait().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "decision_wait"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return run.tally.in_line / run.tally.asked if run.tally.asked else 0.0
