"""How long a request for approval stands in the line at its worst but one in twenty."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.metrics.order import rank
from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalWaitP95:
    """The 95th percentile over the requests of the organisation's own work.

    Original.

    Examples
    --------
    >>> ApprovalWaitP95().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approval_wait_p95"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return rank(run.tally.approval_waits, 0.95)
