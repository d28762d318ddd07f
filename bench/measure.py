"""Ratios of times, measured in pairs within one process."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import NamedTuple

RUNS = 7
"""Interleaved runs of which the median counts."""
TOO_LONG = 60.0
"""[s] that nothing timed may take: what would, if time grew as the square of size, is left out."""


class Row(NamedTuple):
    """One line of the table."""

    goal: str
    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    """None where no goal is set."""


def seconds(action: Callable[[], object]) -> float:
    """Return how long *action* takes [s]."""
    start = perf_counter()
    action()
    return perf_counter() - start


def interleaved(*actions: Callable[[], object], runs: int = RUNS) -> list[list[float]]:
    """Return the times [s] of each of *actions*, run in turn, *runs* times after one round to warm up."""
    rounds = [[seconds(action) for action in actions] for _ in range(runs + 1)]
    return [list(times) for times in zip(*rounds[1:], strict=True)]


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """Return the median, over the pairs, of this time over that."""
    return median(this / that for this, that in zip(these, those, strict=True))


def growth(make: Callable[[int], Callable[[], object]], sizes: Sequence[int]) -> dict[int, float]:
    """Return, by size, the median time [s] of what *make* returns for it; without sizes that take too long."""
    actions = {sizes[0]: make(sizes[0])}
    for smaller, size in pairwise(sizes):
        if seconds(actions[smaller]) * (size / smaller) ** 2 > TOO_LONG:
            break
        actions[size] = make(size)
    times = interleaved(*actions.values(), runs=5)
    return {size: median(each) for size, each in zip(actions, times, strict=True)}


def slope(sizes: Sequence[float], times: Sequence[float]) -> float:
    """Return the exponent with which *times* grow with *sizes*: the slope of a straight line in logarithms.

    >>> slope([1, 10, 100], [2, 20, 200])
    1.0
    """
    x, y = [math.log(size) for size in sizes], [math.log(time) for time in times]
    middle, height = sum(x) / len(x), sum(y) / len(y)
    across = sum((a - middle) ** 2 for a in x)
    return sum((a - middle) * (b - height) for a, b in zip(x, y, strict=True)) / across
