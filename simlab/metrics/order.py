"""Order statistics of what one run saw."""

from __future__ import annotations

import math
from collections.abc import Sequence


def rank(values: Sequence[float], level: float) -> float:
    """Return the smallest of *values* that at least a share *level* of them does not exceed; 0 of none.

    Examples
    --------
    >>> rank([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    if not values:
        return 0.0
    return sorted(values)[max(math.ceil(level * len(values)) - 1, 0)]


def mean(values: Sequence[float]) -> float:
    """Return the average of *values*; 0 of none.

    Examples
    --------
    >>> mean([1.0, 2.0])
    1.5
    """
    return math.fsum(values) / len(values) if values else 0.0
