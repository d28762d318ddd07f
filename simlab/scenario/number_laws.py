"""The same laws of plain numbers, for prices: only the types of the fields change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from simlab.model.chance import Distribution
from simlab.model.counts import Amount as CountedAmount
from simlab.model.counts import Poisson
from simlab.scenario.fields import Amount, PositiveAmount, fault
from simlab.scenario.laws import (
    Empirical,
    Exponential,
    Fixed,
    Law,
    LogNormal,
    Mixture,
    Triangular,
    Uniform,
    Weibull,
    outermost,
    written_as,
)

MOST_POISSON = 500.0
"""Largest mean of a Poisson law: beyond, the chance of none is too small for a float."""


class FixedNumber(Fixed):
    """Always the same number."""

    value: Amount


class UniformNumber(Uniform):
    """Any number between two bounds, equally likely."""

    low: Amount
    high: Amount


class ExponentialNumber(Exponential):
    """An exponential law of numbers."""

    mean: PositiveAmount


class LogNormalNumber(LogNormal):
    """A log-normal law of numbers."""

    median: PositiveAmount


class WeibullNumber(Weibull):
    """A Weibull law of numbers."""

    scale: PositiveAmount


class TriangularNumber(Triangular):
    """Least, most likely and greatest number."""

    low: Amount
    mode: Amount
    high: Amount


class EmpiricalNumber(Empirical):
    """One of the numbers that were seen, each equally likely."""

    values: Annotated[list[Amount], Field(min_length=1)]


def _check_poisson(value: float) -> float:
    if not 0 < value <= MOST_POISSON:
        raise fault("E114", f"the mean must be more than 0 and at most {MOST_POISSON:g}")
    return value


class PoissonNumber(Law):
    """How many of very many things happen, each for itself and seldom."""

    dist: Literal["poisson"]
    mean: Annotated[float, AfterValidator(_check_poisson)]
    """The mean."""

    def law(self) -> Distribution:
        """Return the law."""
        return CountedAmount(Poisson(self.mean))


class MixtureNumber(Mixture):
    """One of several laws of numbers, with given weights."""

    of: Annotated[list[NumberLaw], Field(min_length=1)]  # type: ignore[assignment]


NumberLaw = Annotated[
    FixedNumber
    | UniformNumber
    | ExponentialNumber
    | LogNormalNumber
    | WeibullNumber
    | TriangularNumber
    | EmpiricalNumber
    | PoissonNumber
    | MixtureNumber,
    Field(discriminator="dist"),
]
MixtureNumber.model_rebuild()

NumberSpec = Annotated[
    Annotated[Amount, Tag("bare")] | Annotated[NumberLaw, Tag("law")],
    Discriminator(written_as),
    AfterValidator(outermost),
]
"""A number, or a law of numbers."""
