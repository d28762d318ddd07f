"""Which share of the actions was done in the name of a request that was over."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class AfterEndShare:
    """Allowed requests for a task whose root work had ended, divided by all allowed requests; see actions_after_end.

    Original.

    Examples
    --------
    >>> AfterEndShare().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "after_end_share"
    unit = "ratio"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        told = run.governance
        return told.late / told.allowed if told.allowed else 0.0
