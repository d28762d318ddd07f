"""How long the credentials that leaked lived in all."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class LeakedLifetime:
    """From issue, not from the leak, to the instant at which the last domain refuses it, cut at the horizon: the
    mean over the credentials that leaked, 0 where none did. A leak at a random time meets long lives more often
    than short ones (the inspection paradox).

    References
    ----------
    Feller, "An Introduction to Probability Theory and Its Applications", vol. II, 1971, ch. I.4 and XI.4.

    Examples
    --------
    >>> LeakedLifetime().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "leaked_lifetime"
    unit = "hours"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [hours]."""
        lives = [min(leak.ends, run.horizon) - leak.issued for leak in run.leaks]
        return math.fsum(lives) / len(lives) / 3600.0 if lives else 0.0
