"""How many requests of the attacker were allowed."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class AttackerUses:
    """Every allowed request counts, also one that repeats an earlier one.

    Original.

    Examples
    --------
    >>> AttackerUses().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "attacker_uses"
    unit = "requests"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(sum(event.allowed for event in run.incident if event.kind == "request"))
