"""How long an alert waits for an analyst."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.metrics.order import mean
from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class SocWaitMean:
    """The mean over all alerts, false ones among them, where analysts have a line.

    Original.

    Examples
    --------
    >>> SocWaitMean().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "soc_wait_mean"
    unit = "seconds"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [seconds]."""
        return mean(run.tally.soc_waits)
