"""Laws of whole numbers, by inversion like those of durations: one uniform number a draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class CountLaw(Protocol):
    """The law of a whole number that is not negative."""

    def quantile(self, u: float) -> int:
        """Return the least number that at least a share *u* in [0, 1) of the mass, and more, does not exceed."""

    def mean(self) -> float:
        """Return the expectation."""


@dataclass(frozen=True, slots=True)
class Always:
    """Always the same number.

    Examples
    --------
    >>> Always(2).quantile(0.3)
    2
    """

    value: int

    def quantile(self, u: float) -> int:  # noqa: ARG002 (the protocol hands it over)
        """Return the number."""
        return self.value

    def mean(self) -> float:
        """Return the number."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Poisson:
    """How many of many rare things happen: variance equal to the mean.

    Examples
    --------
    >>> [Poisson(0.6).quantile(u) for u in (0.5, 0.6, 0.9)]  # P(0) = 0.5488, P(at most 1) = 0.8781
    [0, 1, 2]
    """

    average: float

    def quantile(self, u: float) -> int:
        """Return the *u*-quantile, by adding up the masses."""
        number, mass = 0, math.exp(-self.average)
        total = mass
        # Beyond the mean, masses fall; where one no longer adds anything, neither do those after it.
        while u >= total and (number < self.average or total + mass > total):
            number += 1
            mass *= self.average / number
            total += mass
        return number

    def mean(self) -> float:
        """Return the mean."""
        return self.average


@dataclass(frozen=True, slots=True)
class Geometric:
    """How often something succeeds before it fails for the first time: variance ``m (1 + m)`` at mean m.

    Examples
    --------
    >>> [Geometric(1.0).quantile(u) for u in (0.49, 0.5, 0.75)]
    [0, 1, 2]
    """

    average: float

    def quantile(self, u: float) -> int:
        """Return the *u*-quantile: P(at least k) = q**k with q = m / (1 + m)."""
        if self.average == 0:
            return 0
        log_q = math.log(self.average) - math.log1p(self.average)
        return int(math.log1p(-u) / log_q)

    def mean(self) -> float:
        """Return the mean."""
        return self.average


@dataclass(frozen=True, slots=True)
class Amount:
    """A law of numbers: so many of something that counts *step* each."""

    count: CountLaw
    step: float = 1.0

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        return self.count.quantile(u) * self.step

    def mean(self) -> float:
        """Return the expectation."""
        return self.count.mean() * self.step

    def scaled(self, factor: float) -> Amount:
        """Return the law of *factor* times the number."""
        return Amount(self.count, self.step * factor)
