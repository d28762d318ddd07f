"""Intervals for means, shares, quantiles and censored times, with a warning where they fail."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simlab.errors import ParameterError
from simlab.experiment.estimates import (
    LARGEST,
    Estimate,
    Interval,
    RestrictedMean,
    checked_level,
    moments,
    sample,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ENOUGH_NONZERO = 50
"""Non-zero values below which a t interval misses its cover (found by simulation)."""
COCHRAN = 25
"""Runs needed per squared skewness before a t interval holds (Cochran 1977)."""
FEW_EVENTS = 3
"""Events up to which Wilson's bound is too tight (Brown, Cai & DasGupta 2001)."""


def _doubt(x: NDArray[np.float64], skewness: float, level: float) -> tuple[bool, str]:
    """Return whether a t interval over *x* is reliable, and what to say about it."""
    if x.size == 1:
        return False, "one run shows no spread: the interval is open"
    if x.min() == x.max():
        unseen = 1 - (1 - level) ** (1 / x.size)
        return True, f"all {x.size} values are equal; others could hide in {unseen:.2g} of all runs"
    nonzero = int(np.count_nonzero(x))
    if nonzero < ENOUGH_NONZERO:
        return False, f"interval unreliable: {nonzero} non-zero runs, {ENOUGH_NONZERO} are needed"
    needed = COCHRAN * skewness**2
    if x.size < needed:
        return False, f"interval unreliable: skewness {skewness:.3g} needs n >= {needed:.0f}"
    return True, ""


def mean_interval(x: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean of *x* with Student's t interval, both in the unit of *x*.

    Not reliable with fewer than 50 non-zero values or n < 25 skewness^2. Equal values have the
    interval of width zero and a warning that says how rare an unseen value would have to be.

    Raises
    ------
    ParameterError
        If *x* is empty or holds a value that is not finite.

    References
    ----------
    Student 1908; Cochran, Sampling Techniques, 1977, section 2.15; Shewchuk 1997 (fsum).

    Examples
    --------
    >>> estimate = mean_interval([1, 2, 3])
    >>> estimate.value, round(estimate.interval.high, 3), estimate.reliable
    (2.0, 4.484, False)
    """
    from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

    values = sample(x)
    n = values.size
    mean, deviation, skewness = moments(values)
    half = math.inf
    if n > 1:
        half = float(stdtrit(n - 1, (1 + checked_level(level)) / 2)) * deviation / math.sqrt(n)
    interval = Interval(mean - half, mean + half, checked_level(level))
    return Estimate(mean, interval, n, *_doubt(values, skewness, level))


def proportion_interval(successes: int, n: int, level: float = 0.95) -> Estimate:
    """Return the share *successes* / *n* with Wilson's score interval, dimensionless.

    No events still leave an upper bound above 0. With 1 to 3 events (or non-events) the bound
    next to 0 (or 1) is too tight, its cover down to .84, so the estimate is not reliable.

    Raises
    ------
    ParameterError
        If not 0 <= successes <= n, or n < 1.

    References
    ----------
    Wilson 1927; Brown, Cai & DasGupta 2001.

    Examples
    --------
    >>> estimate = proportion_interval(0, 100)
    >>> estimate.value, estimate.interval.low, round(estimate.interval.high, 4)
    (0.0, 0.0, 0.037)
    """
    from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

    if not 0 <= successes <= n or n < 1:
        raise ParameterError(f"successes(={successes}) must lie in 0..n, and n(={n}) be positive")
    z = float(ndtri((1 + checked_level(level)) / 2))
    share, weight = successes / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / weight
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / weight
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    rare = min(successes, n - successes)
    few = 1 <= rare <= FEW_EVENTS
    warning = f"{rare} of {n} is too few for a firm bound" if few else ""
    return Estimate(share, Interval(low, high, level), n, not few, warning)


def quantile_interval(x: ArrayLike, q: float, level: float = 0.95) -> Estimate:
    """Return the *q*-quantile of *x* between two order statistics, in the unit of *x*.

    The cover is at least *level* for every law. A side that n runs cannot bound is open (infinite).
    ``inf`` may stand for "never".

    Raises
    ------
    ParameterError
        If *x* is empty or holds nan, or *q* is not strictly between 0 and 1.

    References
    ----------
    Thompson 1936; David & Nagaraja, Order Statistics, 2003, section 7.1.

    Examples
    --------
    >>> estimate = quantile_interval(range(1, 101), 0.95)
    >>> estimate.value, estimate.interval.low, estimate.interval.high
    (95.0, 90.0, 100.0)
    >>> quantile_interval([1, 2, 3], 0.95).warning
    'n = 3 is too few for p95: bounds at level 0.95 need n >= 72'
    """
    from scipy.special import bdtr  # type: ignore[import-untyped, unused-ignore]

    if not 0 < q < 1:
        raise ParameterError(f"q(={q}) must be between 0 and 1, such as 0.95")
    tail = (1 - checked_level(level)) / 2
    ordered = np.sort(sample(x, never=True))
    n = ordered.size
    law = bdtr(np.arange(n), n, q)  # law[k] = P(at most k of n values lie below the quantile)
    below = int(np.searchsorted(law, tail, side="right"))
    above = int(np.searchsorted(law, 1 - tail, side="left")) + 1
    low = float(ordered[below - 1]) if below >= 1 else -math.inf
    high = float(ordered[above - 1]) if above <= n else math.inf
    value = float(ordered[max(math.ceil(round(n * q, 9)), 1) - 1])
    needed = math.ceil(math.log(tail) / math.log(max(q, 1 - q)))
    warning = f"n = {n} is too few for p{100 * q:g}: bounds at level {level:g} need n >= {needed}"
    closed = below >= 1 and above <= n
    return Estimate(value, Interval(low, high, level), n, closed, "" if closed else warning)


def restricted_mean(times: ArrayLike, horizon: float, level: float = 0.95) -> RestrictedMean:
    """Return the mean of min(time, horizon) [unit of *times*] and the share censored.

    Unlike the mean of the runs that got there, it does not fall when fewer of them do. A time at
    the horizon counts as censored; ``inf`` means never.

    Raises
    ------
    ParameterError
        If a time is negative or nan, or the horizon is not positive and finite.

    References
    ----------
    Irwin 1949; Royston & Parmar 2013.

    Examples
    --------
    >>> result = restricted_mean([1, 3, float("inf")], horizon=8)
    >>> result.value, round(result.censored_share, 2)
    (4.0, 0.33)
    """
    if not 0 < horizon < LARGEST:
        raise ParameterError(f"horizon(={horizon}) must be positive and finite")
    x = sample(times, never=True)
    if x.min() < 0:
        raise ParameterError(f"a time(={x.min()}) must not be negative")
    mean = mean_interval(np.minimum(x, horizon), level)
    censored = float(np.count_nonzero(x >= horizon)) / x.size
    return RestrictedMean(mean.value, mean.interval, mean.n, mean.reliable, mean.warning, censored)
