"""How many requests of the organisation's own agents were allowed, and flagged."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Flagged:
    """Requests of workers that a policy let pass and told somebody of: false alarms that a person looks at.

    Original.

    Examples
    --------
    >>> Flagged().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "flagged"
    unit = "requests"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.tally.flagged)
