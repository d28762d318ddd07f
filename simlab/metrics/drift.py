"""How far permissions have moved from what was last certified."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Drift:
    """Permissions granted and not in the last certified set, averaged over time.

    Roles count as certified. A right in excess counts from when an agent comes to have it until a review removes
    or certifies it. It does not depend on whether the strategy makes use of it.

    Original.

    Examples
    --------
    >>> Drift().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "drift"
    unit = "permissions"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [permissions]."""
        return run.governance.drift
