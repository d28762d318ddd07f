"""Paired comparison of two strategies on common random numbers, and the verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from simlab.errors import ParameterError
from simlab.experiment.estimates import (
    Estimate,
    Interval,
    Paired,
    RestrictedMean,
    correlation,
    moments,
    sample,
)
from simlab.experiment.intervals import (
    mean_interval,
    proportion_interval,
    quantile_interval,
    restricted_mean,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = [
    "Estimate",
    "Interval",
    "Paired",
    "RestrictedMean",
    "holm",
    "mean_interval",
    "paired",
    "proportion_interval",
    "quantile_interval",
    "restricted_mean",
    "verdict",
]

ENOUGH_CHANGED = 10
"""Changed pairs from which the t test decides without the sign test."""


def paired(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Paired:
    """Return how *a* differs from *b*, run by run on the same seeds, in the unit of the metric.

    Entry i of both must come from the same seed. Constant non-zero differences have p = 0; one
    pair proves nothing and has p = 1.

    Raises
    ------
    ParameterError
        If the lengths differ, are 0, or a value is not finite.

    References
    ----------
    Student 1908; Law, Simulation Modeling and Analysis, 2015, section 11.2.

    Examples
    --------
    >>> result = paired([5, 7, 9], [4, 5, 6])
    >>> result.difference, round(result.p_value, 4), result.changed, result.variance_ratio
    (2.0, 0.0742, 3, 5.0)
    """
    x, y = sample(a), sample(b)
    if x.size != y.size:
        raise ParameterError(f"pairs need equal lengths, got {x.size} and {y.size}")
    gap = x - y
    mean = mean_interval(gap, level)
    spread = moments(gap)[1]
    return Paired(
        difference=mean.value,
        interval=mean.interval,
        n=mean.n,
        correlation=correlation(x, y),
        p_value=_p_value(mean.value, spread, mean.n),
        changed=int(np.count_nonzero(gap)),
        lower=int(np.count_nonzero(gap < 0)),
        variance_ratio=_squared(moments(x)[1], spread) + _squared(moments(y)[1], spread),
        reliable=mean.reliable,
        warning=mean.warning,
    )


def _squared(above: float, below: float) -> float:
    """Return (above / below)^2, or nan if below is 0."""
    ratio = above / below if below else math.nan
    return ratio * ratio


def _p_value(mean: float, spread: float, n: int) -> float:
    """Return the two-sided p-value of Student's t test that the mean is 0."""
    from scipy.special import stdtr  # type: ignore[import-untyped, unused-ignore]

    if mean == 0 or n == 1:
        return 1.0
    if spread == 0:
        return 0.0
    return 2 * float(stdtr(n - 1, -abs(mean / spread) * math.sqrt(n)))


def _checked_p(p: float) -> float:
    """Return *p* if it is a probability, else raise."""
    if not 0 <= p <= 1:
        raise ParameterError(f"p-value(={p}) must lie in 0..1")
    return float(p)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for how many there are, in the order given, dimensionless.

    Rejecting those <= alpha keeps the chance of any false alarm <= alpha, whatever their dependence.

    Raises
    ------
    ParameterError
        If a p-value is nan or outside [0, 1].

    References
    ----------
    Holm 1979.

    Examples
    --------
    >>> holm([0.5, 0.01, 0.25])
    [0.5, 0.03, 0.5]
    """
    raw = [_checked_p(p) for p in p_values]
    adjusted = list(raw)
    floor = 0.0
    for rank, place in enumerate(sorted(range(len(raw)), key=raw.__getitem__)):
        floor = max(floor, min(1.0, (len(raw) - rank) * raw[place]))
        adjusted[place] = floor
    return adjusted


def _sign_test(lower: int, changed: int) -> float:
    """Return the exact two-sided p-value of the sign test (Dixon & Mood 1946)."""
    rare = min(lower, changed - lower)
    tail = sum(math.comb(changed, k) for k in range(rare + 1))
    return min(1.0, tail * 0.5 ** (changed - 1))


def verdict(
    comparison: Paired,
    adjusted_p: float,
    direction: Literal["lower", "higher"],
    alpha: float = 0.05,
) -> Literal["better", "worse", "undecided", "identical"]:
    """Return what a is relative to b, when *direction* names the good side of the metric.

    Better or worse needs adjusted_p <= alpha and, with fewer than 10 changed pairs, also a sign
    test below alpha: six pairs that all point one way are the least that can decide at .05.

    Raises
    ------
    ParameterError
        If the direction is neither, or a probability is outside [0, 1].

    References
    ----------
    Holm 1979; Dixon & Mood 1946 (sign test).

    Examples
    --------
    >>> jit, static = [1.0] * 8, [4.0] * 8
    >>> verdict(paired(jit, static), 0.0, "lower")
    'better'
    >>> verdict(paired(jit[:5], static[:5]), 0.0, "lower")
    'undecided'
    """
    if direction not in ("lower", "higher"):
        raise ParameterError(f"direction(={direction!r}) must be 'lower' or 'higher'")
    doubtful = _checked_p(adjusted_p) > _checked_p(alpha) or comparison.difference == 0
    if comparison.changed == 0:
        return "identical"
    if comparison.changed < ENOUGH_CHANGED:
        doubtful = doubtful or _sign_test(comparison.lower, comparison.changed) >= alpha
    if doubtful:
        return "undecided"
    return "better" if (comparison.difference < 0) == (direction == "lower") else "worse"
