"""How large a share of requests no decision point answered."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Undecided:
    """Requests of workers that found their decision point down, full or failing.

    Original; the loss of queueing theory.

    Examples
    --------
    >>> Undecided().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "undecided"
    unit = "share"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [share]."""
        return run.tally.undecided / run.tally.asked if run.tally.asked else 0.0
