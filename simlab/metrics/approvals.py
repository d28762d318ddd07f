"""How often people were asked."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Approvals:
    """Requests for approval, an attacker's among them.

    Original.

    Examples
    --------
    >>> Approvals().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "approvals"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.approvals)
