"""Distributions as a scenario writes them: a bare duration, or a mapping that says which ``dist``."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from simlab.model import chance
from simlab.scenario.fields import (
    Duration,
    FiniteDuration,
    PositiveDuration,
    Probability,
    Strict,
    fault,
)

# Beyond these bounds a sample no longer fits a float, or all of them are the same.
_WIDEST, _FLATTEST, _STEEPEST = 10.0, 0.05, 100.0


def _check_sigma(value: float) -> float:
    if not 0 < value <= _WIDEST:
        raise fault("E114", f"sigma must be more than 0 and at most {_WIDEST:g}")
    return value


def _check_shape(value: float) -> float:
    if not _FLATTEST <= value <= _STEEPEST:
        raise fault("E114", f"shape must be from {_FLATTEST:g} to {_STEEPEST:g}")
    return value


Sigma = Annotated[float, AfterValidator(_check_sigma)]
Shape = Annotated[float, AfterValidator(_check_shape)]


class Law(Strict):
    """What all laws share."""

    dist: str
    weight: Probability = 1.0
    """Only inside a mixture: the share of this part; dimensionless."""

    def law(self) -> chance.Distribution:
        """Return the law that the simulator draws from."""
        raise NotImplementedError


class Fixed(Law):
    """Always the same value."""

    dist: Literal["fixed"]
    value: Duration
    """The value."""

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Fixed(self.value)


class Uniform(Law):
    """Anything between two bounds, equally likely."""

    dist: Literal["uniform"]
    low: FiniteDuration
    """The least value."""
    high: FiniteDuration
    """The greatest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low > self.high:
            raise fault("E114", "low is more than high", "change them over")
        return self

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Uniform(self.low, self.high)


class Exponential(Law):
    """The wait for something that does not age."""

    dist: Literal["exponential"]
    mean: PositiveDuration
    """The mean."""

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Exponential(self.mean)


class LogNormal(Law):
    """Skewed to the right: half of all values lie below the median, a few far above it."""

    dist: Literal["lognormal"]
    median: PositiveDuration
    """The median."""
    sigma: Sigma
    """Standard deviation of the natural logarithm; dimensionless."""

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.LogNormal(self.median, self.sigma)


class Weibull(Law):
    """A wait whose hazard grows (shape above 1) or falls (below 1) with time."""

    dist: Literal["weibull"]
    scale: PositiveDuration
    """63 % of all values lie below it."""
    shape: Shape
    """How the hazard changes; dimensionless."""

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Weibull(self.scale, self.shape)


class Triangular(Law):
    """Least, most likely and greatest value."""

    dist: Literal["triangular"]
    low: FiniteDuration
    """The least value."""
    mode: FiniteDuration
    """The most likely value."""
    high: FiniteDuration
    """The greatest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high:
            raise fault("E114", "low, mode and high are not in order")
        return self

    def law(self) -> chance.Distribution:
        """Return the law."""
        if self.low == self.high:
            return chance.Fixed(self.low)
        return chance.Triangular(self.low, self.mode, self.high)


class Empirical(Law):
    """One of the values that were seen, each equally likely."""

    dist: Literal["empirical"]
    values: Annotated[list[FiniteDuration], Field(min_length=1)]
    """The values."""

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Empirical(tuple(self.values))


class Mixture(Law):
    """One of several laws, with given weights."""

    dist: Literal["mixture"]
    of: Annotated[list[DurationLaw], Field(min_length=1)]
    """The parts; their weights sum to 1."""

    @model_validator(mode="after")
    def _whole(self) -> Mixture:
        if any("weight" not in part.model_fields_set for part in self.of):
            raise fault("E102", "a part of the mixture has no weight", "add weight: 0.5")
        total = math.fsum(part.weight for part in self.of)
        if abs(total - 1) > 1e-9:
            raise fault("E109", f"the weights sum to {total:g}, not to 1")
        return self

    def law(self) -> chance.Distribution:
        """Return the law."""
        return chance.Mixture(tuple(part.weight for part in self.of), tuple(part.law() for part in self.of))


DurationLaw = Annotated[
    Fixed | Uniform | Exponential | LogNormal | Weibull | Triangular | Empirical | Mixture,
    Field(discriminator="dist"),
]
Mixture.model_rebuild()


def written_as(value: Any) -> str:
    """Return which branch of the union *value* belongs to."""
    return "law" if isinstance(value, dict | Law) else "bare"


def outermost(value: Any) -> Any:
    """Refuse a weight outside a mixture."""
    if isinstance(value, Law) and "weight" in value.model_fields_set:
        raise fault("E101", "a weight has a meaning only inside a mixture", "delete it")
    return value


DurationSpec = Annotated[
    Annotated[Duration, Tag("bare")] | Annotated[DurationLaw, Tag("law")],
    Discriminator(written_as),
    AfterValidator(outermost),
]
"""A duration, or a law of durations."""


def law(spec: float | Law) -> chance.Distribution:
    """Return the law that *spec* states; a bare value is a law with one value."""
    return spec.law() if isinstance(spec, Law) else chance.Fixed(float(spec))
