"""What an estimate is: a value, its interval, and whether to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simlab.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LARGEST = 1e150
"""Size of a value [its unit] whose square still fits into a float."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence interval [low, high]; an infinite bound means that side is open."""

    low: float
    high: float
    level: float
    """Nominal cover, dimensionless, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, its interval, and whether the interval can be trusted."""

    value: float
    interval: Interval
    n: int
    """Number of runs behind the value."""
    reliable: bool
    """Whether the cover may be taken for the nominal level."""
    warning: str
    """What a reader must know before using the interval; empty if nothing."""


@dataclass(frozen=True, slots=True)
class RestrictedMean(Estimate):
    """A mean time up to a horizon, and how many runs never got there."""

    censored_share: float
    """Share of runs with time >= horizon, dimensionless."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What a does to a metric relative to b, seed by seed."""

    difference: float
    """Mean of a - b, in the unit of the metric."""
    interval: Interval
    n: int
    """Number of pairs."""
    correlation: float
    """Of a and b over the seeds; nan if either is constant."""
    p_value: float
    """Two-sided paired t test that the difference is 0; not adjusted."""
    changed: int
    """Number of pairs in which a and b differ."""
    lower: int
    """Number of pairs in which a is below b."""
    variance_ratio: float
    """Variance with independent seeds over variance with common seeds; nan if undefined."""
    reliable: bool
    """Whether the interval's cover may be taken for the nominal level."""
    warning: str
    """What a reader must know before using the interval; empty if nothing."""


def sample(values: ArrayLike, *, never: bool = False) -> NDArray[np.float64]:
    """Return *values* as a checked one-dimensional array of floats.

    Raises
    ------
    ParameterError
        If there is no value, one is not a number, or (unless *never* allows ``inf``) not finite.

    Examples
    --------
    >>> sample([1, 2])
    array([1., 2.])
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0:
        raise ParameterError(f"need a flat list of at least one value, got shape {x.shape}")
    wrong = np.isnan(x) if never else ~(np.abs(x) < LARGEST)
    if wrong.any():
        place = int(np.argmax(wrong))
        hint = "write inf for 'never'" if never else f"must be finite and below {LARGEST:g}"
        raise ParameterError(f"value {place} is {x[place]}; {hint}")
    return x


def checked_level(level: float) -> float:
    """Return the nominal cover *level* if it lies strictly between 0 and 1.

    Raises
    ------
    ParameterError
        If it does not.

    Examples
    --------
    >>> checked_level(0.95)
    0.95
    """
    if not 0 < level < 1:
        raise ParameterError(f"level(={level}) must be between 0 and 1, such as 0.95")
    return level


def moments(x: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return mean [unit of x], standard deviation [unit of x] and skewness [dimensionless].

    The same doubles come back for every order of *x*; equal values have no spread at all.

    References
    ----------
    Shewchuk 1997 (exact summation, as in ``math.fsum``).

    Examples
    --------
    >>> moments(np.array([1.0, 2.0, 3.0]))
    (2.0, 1.0, 0.0)
    """
    if x.min() == x.max():
        return float(x[0]) + 0.0, 0.0, 0.0
    n = x.size
    mean = math.fsum(x.tolist()) / n
    scale = float(np.abs(x - mean).max())
    z = (x - mean) / scale
    square = math.fsum((z * z).tolist()) / n
    cube = math.fsum((z * z * z).tolist()) / n
    return mean, scale * math.sqrt(square * n / (n - 1)), cube / square**1.5


def correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return Pearson's correlation of *x* and *y*, dimensionless, or nan if either is constant.

    References
    ----------
    Pearson 1895.

    Examples
    --------
    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    1.0
    """
    if x.min() == x.max() or y.min() == y.max():
        return math.nan
    u, v = x - moments(x)[0], y - moments(y)[0]
    u, v = u / np.abs(u).max(), v / np.abs(v).max()
    norm = math.sqrt(math.fsum((u * u).tolist()) * math.fsum((v * v).tolist()))
    return max(-1.0, min(1.0, math.fsum((u * v).tolist()) / norm))
