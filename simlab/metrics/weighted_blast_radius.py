"""How much the touched resources matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class WeightedBlastRadius:
    """The sum of the sensitivities of the resources that the attacker touched.

    Original.

    Examples
    --------
    >>> WeightedBlastRadius().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "weighted_blast_radius"
    unit = "sensitivity"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [sensitivity]."""
        touched = {permission.resource for permission in run.taken()}
        return math.fsum(run.resources[name].sensitivity for name in sorted(touched))
