"""How often nobody answered in time."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ApprovalsExpired:
    """Requests for approval that were withdrawn after waiting too long.

    Original.

    Examples
    --------
    >>> ApprovalsExpired().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approvals_expired"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.approvals_expired)
