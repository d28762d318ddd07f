"""How long an urgent request for approval stands in the line."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.metrics.order import mean
from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalWaitUrgent:
    """The mean over the requests of urgent work.

    Original.

    Examples
    --------
    >>> ApprovalWaitUrgent().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approval_wait_urgent"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return mean(run.tally.urgent_waits)
