"""How often people approved what an attacker asked for."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class WavedThrough:
    """Requests of an attacker that were approved.

    Original.

    Examples
    --------
    >>> WavedThrough().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "waved_through"
    unit = "requests"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.waved_through)
