"""How much privilege was granted for tasks."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class GrantedHours:
    """Permissions in credentials issued for tasks, times the hours for which they live within the horizon.

    Original.

    Examples
    --------
    >>> GrantedHours().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "granted_hours"
    unit = "privilege-hours"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [privilege-hours]."""
        return run.tally.granted
