"""How many requests of the attacker were denied."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class AttackerDenials:
    """Denials are good; they also mean that the attacker had something to try with.

    Original.

    Examples
    --------
    >>> AttackerDenials().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "attacker_denials"
    unit = "requests"
    direction = "neither"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(sum(not event.allowed for event in run.incident if event.kind == "request"))
