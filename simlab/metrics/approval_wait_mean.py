"""How long a request for approval stands in the line."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.metrics.order import mean
from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalWaitMean:
    """The mean over the requests of the organisation's own work; who still waits has waited until the horizon.

    Original.

    Examples
    --------
    >>> ApprovalWaitMean().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approval_wait_mean"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return mean(run.tally.approval_waits)
