"""What the attacker's access cost."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Loss:
    """Where the scenario prices access: once, and for each hour until access ends or the horizon.

    Original.

    Examples
    --------
    >>> Loss().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "loss"
    unit = "currency"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [currency]."""
        return run.loss
