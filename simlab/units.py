"""Durations: ``15m`` in files, 900.0 seconds in code."""

from __future__ import annotations

import math
import re

_SECONDS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+")

DURATION_PATTERN = r"^(never|0|(\d+(\.\d+)?(ms|s|m|h|d|w))+)$"
"""What an editor accepts as a duration; the same language as :func:`seconds`."""

LONGEST = 100 * 365.25 * 86400.0
"""[s] no finite duration may exceed this; beyond it one float step is no longer small."""


def seconds(text: str) -> float:
    """Return the length of a duration such as ``250ms``, ``15m``, ``1h30m`` or ``never`` [s].

    Raises
    ------
    ValueError
        If *text* is not a duration, has no unit, or is longer than a century.

    Examples
    --------
    >>> seconds("1h30m"), seconds("never")
    (5400.0, inf)
    """
    if text == "never":
        return math.inf
    if text == "0":
        return 0.0
    if not _WHOLE.fullmatch(text):
        msg = f"not a duration: {text!r} (use 250ms, 15m, 1h30m, 90d or never)"
        raise ValueError(msg)
    total = math.fsum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    if total > LONGEST:
        msg = f"longer than a century: {text!r}"
        raise ValueError(msg)
    return total


def duration(value: float) -> str:
    """Return *value* [s] as short text that a person reads, to three significant units.

    Examples
    --------
    >>> duration(5400.0), duration(0.25), duration(float("inf"))
    ('1h30m', '250ms', 'never')
    """
    if math.isinf(value):
        return "never"
    if value < 0:
        return "-" + duration(-value)
    if value < 1:
        return f"{value * 1e3:.3g}ms"
    parts, rest = [], value
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _SECONDS[unit])
        if count:
            parts.append(f"{int(count)}{unit}")
    if rest and len(parts) < 2:
        parts.append(f"{rest:.4g}s")
    return "".join(parts[:3]) or "0"
