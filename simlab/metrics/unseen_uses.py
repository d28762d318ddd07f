"""How many of its allowed requests the attacker made before anybody knew."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class UnseenUses:
    """Allowed requests before the first detection; all of them where nothing was detected.

    Original.

    Examples
    --------
    >>> UnseenUses().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "unseen_uses"
    unit = "requests"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        first = min((event.time for event in run.incident if event.kind == "detect"), default=math.inf)
        uses = (event for event in run.incident if event.kind == "request" and event.allowed)
        return float(sum(event.time < first for event in uses))
