"""How long a piece of work waited before it tried again."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class RetryWait:
    """Mean over all pieces of work, those that failed in the end included.

    Original.

    Examples
    --------
    >>> RetryWait().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "retry_wait"
    unit = "seconds"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return run.tally.backoff / run.tally.tasks if run.tally.tasks else 0.0
