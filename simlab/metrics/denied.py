"""How many requests of the organisation's own agents were denied."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Denied:
    """Requests of workers only; those of the attacker count as attacker_denials.

    Original.

    Examples
    --------
    >>> Denied().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "denied"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.denied)
