"""How often people were asked in an hour."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalsPerHour:
    """Requests for approval, an attacker's among them, over the hours of the run.

    Original.

    Examples
    --------
    >>> ApprovalsPerHour().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approvals_per_hour"
    unit = "requests/hour"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests/hour]."""
        return run.tally.approvals / (run.horizon / 3600.0)
