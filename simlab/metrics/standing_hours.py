"""How much standing privilege there was."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class StandingHours:
    """Permissions in standing credentials, times the hours for which they exist.

    Original.

    Examples
    --------
    >>> StandingHours().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "standing_hours"
    unit = "privilege-hours"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [privilege-hours]."""
        return run.tally.standing
