"""How often somebody who had waited too long went round the line."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class GlassBroken:
    """Break-glass keys that were taken.

    Original.

    Examples
    --------
    >>> GlassBroken().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "glass_broken"
    unit = "keys"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [keys]."""
        return float(run.tally.glass_broken)
