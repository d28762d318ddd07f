"""Laws of counts, by inversion like the others."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Poisson:
    """How many of very many things happen, each for itself and seldom.

    Examples
    --------
    >>> Poisson(0.9).quantile(0.4), Poisson(0.9).quantile(0.5)
    (0.0, 1.0)
    """

    average: float
    """At most 500: beyond, the chance of none is too small for a float."""
    step: float = 1.0
    """What one of them counts."""

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        count, weight = 0, math.exp(-self.average)
        total = weight
        while u >= total and weight > 0.0:  # where rounding keeps the sum below *u*, the weights run out
            count += 1
            weight *= self.average / count
            total += weight
        return count * self.step

    def mean(self) -> float:
        """Return the expectation."""
        return self.average * self.step

    def scaled(self, factor: float) -> Poisson:
        """Return the law of *factor* times the count."""
        return Poisson(self.average, self.step * factor)
