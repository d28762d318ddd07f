"""How often a full line turned a request away."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalsBusy:
    """Requests for approval that came when there were too many already.

    Original.

    Examples
    --------
    >>> ApprovalsBusy().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approvals_busy"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.approvals_busy)
