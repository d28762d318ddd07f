"""Distributions as data: each turns one uniform number into one value, by inversion.

One uniform a draw, whatever the family: two scenarios that differ in a parameter stay coupled, which is
what makes paired comparison sharp. A sampler that rejects some of its draws would break it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log1p
from statistics import NormalDist
from typing import Protocol

_inverse_normal = NormalDist().inv_cdf
_SMALLEST = 2.0**-54


class Distribution(Protocol):
    """The law of a non-negative quantity."""

    def quantile(self, u: float) -> float:
        """Return the value below which a share *u* in [0, 1) of the mass lies."""

    def mean(self) -> float:
        """Return the expectation."""

    def scaled(self, factor: float) -> Distribution:
        """Return the law of *factor* times the quantity."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same value.

    Examples
    --------
    >>> Fixed(900.0).quantile(0.3)
    900.0
    """

    value: float

    def quantile(self, u: float) -> float:  # noqa: ARG002 (the protocol hands it over)
        """Return the value."""
        return self.value

    def mean(self) -> float:
        """Return the value."""
        return self.value

    def scaled(self, factor: float) -> Fixed:
        """Return the law of *factor* times the value."""
        return Fixed(self.value * factor)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two bounds, equally likely."""

    low: float
    high: float

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        return self.low + u * (self.high - self.low)

    def mean(self) -> float:
        """Return the midpoint."""
        return (self.low + self.high) / 2

    def scaled(self, factor: float) -> Uniform:
        """Return the law of *factor* times the quantity."""
        return Uniform(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Exponential:
    """The wait for something that does not age."""

    average: float

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        return -self.average * log1p(-u)

    def mean(self) -> float:
        """Return the mean."""
        return self.average

    def scaled(self, factor: float) -> Exponential:
        """Return the law of *factor* times the quantity."""
        return Exponential(self.average * factor)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Skewed, with a median and a standard deviation of the natural logarithm."""

    median: float
    sigma: float

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        return self.median * exp(self.sigma * _inverse_normal(u or _SMALLEST))

    def mean(self) -> float:
        """Return ``median * exp(sigma**2 / 2)``."""
        return self.median * math.exp(self.sigma**2 / 2)

    def scaled(self, factor: float) -> LogNormal:
        """Return the law of *factor* times the quantity."""
        return LogNormal(self.median * factor, self.sigma)


@dataclass(frozen=True, slots=True)
class Weibull:
    """A wait whose hazard grows (shape above 1) or falls (below 1) with time."""

    scale: float
    shape: float

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        return float(self.scale * (-math.log1p(-u)) ** (1 / self.shape))

    def mean(self) -> float:
        """Return ``scale * Gamma(1 + 1 / shape)``."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    def scaled(self, factor: float) -> Weibull:
        """Return the law of *factor* times the quantity."""
        return Weibull(self.scale * factor, self.shape)


@dataclass(frozen=True, slots=True)
class Triangular:
    """Least, most likely and greatest value."""

    low: float
    mode: float
    high: float

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile."""
        width = self.high - self.low
        if u * width < self.mode - self.low:
            return self.low + math.sqrt(u * width * (self.mode - self.low))
        return self.high - math.sqrt((1 - u) * width * (self.high - self.mode))

    def mean(self) -> float:
        """Return the mean of the three."""
        return (self.low + self.mode + self.high) / 3

    def scaled(self, factor: float) -> Triangular:
        """Return the law of *factor* times the quantity."""
        return Triangular(self.low * factor, self.mode * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Empirical:
    """One of the values that were seen, each equally likely."""

    values: tuple[float, ...]

    def quantile(self, u: float) -> float:
        """Return the *u*-quantile of the values."""
        return sorted(self.values)[int(u * len(self.values))]

    def mean(self) -> float:
        """Return the average of the values."""
        return math.fsum(self.values) / len(self.values)

    def scaled(self, factor: float) -> Empirical:
        """Return the law of *factor* times the quantity."""
        return Empirical(tuple(value * factor for value in self.values))


@dataclass(frozen=True, slots=True)
class Mixture:
    """One of several laws, with given weights.

    Examples
    --------
    >>> Mixture((0.25, 0.75), (Fixed(1.0), Uniform(0.0, 4.0))).quantile(0.625)
    2.0
    """

    weights: tuple[float, ...]
    parts: tuple[Distribution, ...]

    def quantile(self, u: float) -> float:
        """Return the value that *u* picks: first the part, then, with what is left of *u*, its value."""
        edges = [0.0, *accumulate(self.weights)]
        which = min(bisect_right(edges, u), len(self.parts)) - 1
        rest = (u - edges[which]) / self.weights[which] if self.weights[which] else 0.0
        return self.parts[which].quantile(min(max(rest, 0.0), 1 - 2.0**-53))

    def mean(self) -> float:
        """Return the weighted mean of the parts."""
        return math.fsum(w * part.mean() for w, part in zip(self.weights, self.parts, strict=True))

    def scaled(self, factor: float) -> Mixture:
        """Return the law of *factor* times the quantity."""
        return Mixture(self.weights, tuple(part.scaled(factor) for part in self.parts))


ZERO = Fixed(0.0)
NEVER = Fixed(math.inf)
