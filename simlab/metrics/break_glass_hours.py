"""How much privilege lay in break-glass keys."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class BreakGlassHours:
    """Permissions in break-glass keys, times the hours for which they live within the horizon.

    Original.

    Examples
    --------
    >>> BreakGlassHours().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "break_glass_hours"
    unit = "privilege-hours"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [privilege-hours]."""
        return run.tally.glass_hours
