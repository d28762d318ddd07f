"""How many permissions agents have beyond their roles."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class OverPermissions:
    """Permissions in excess of roles, certified by a review or not, averaged over time.

    What a review has certified is no drift any more, but it is still there.

    Original.

    Examples
    --------
    >>> OverPermissions().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "over_permissions"
    unit = "permissions"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [permissions]."""
        return run.governance.excess
