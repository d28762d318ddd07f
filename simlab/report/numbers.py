"""Numbers as text: a value never stands without its interval, its unit and the number of runs."""

from __future__ import annotations

import math

from simlab.experiment.statistics import proportion_interval

MINUS = "−"


def number(value: float, digits: int | None = None) -> str:
    """Return *value* as short text: three significant digits, or *digits* after the point.

    Examples
    --------
    >>> number(1234567.0), number(0.21345), number(-3.0), number(2.5, 2)
    ('1,234,567', '0.213', '−3', '2.50')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if digits is None:
        whole = value == round(value)
        digits = 0 if whole else max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{digits}f}" if digits <= 6 else f"{value:.2g}"
    return ("0" if float(text.replace(",", "")) == 0 else text).replace("-", MINUS)


def scale(largest: float, unit: str) -> tuple[float, str]:
    """Return the factor and the name of the unit in which a size up to *largest* is read best.

    Examples
    --------
    >>> scale(0.2, "seconds"), scale(0.5, "probability"), scale(3.0, "resources")
    ((1000.0, 'ms'), (100.0, '%'), (1.0, 'resources'))
    """
    if unit == "seconds":
        return (1000.0, "ms") if 0 < largest < 1 else (1.0, "s") if largest < 600 else (1 / 60, "min")
    plain = {"probability": (100.0, "%"), "hours": (1.0, "h"), "ratio": (1.0, ""), "currency": (1.0, "")}
    return plain.get(unit, (1.0, unit))


def spread(value: float, low: float, high: float, unit: str, *, sign: bool = False) -> str:
    """Return a value and its interval as text, with as many digits as the interval deserves.

    Examples
    --------
    >>> spread(0.213455, 0.2112, 0.2157, "seconds"), spread(-3.0, -3.0, -3.0, "resources")
    ('213.5 [211.2, 215.7] ms', '−3 [−3, −3] resources')
    >>> spread(1.5, 0.25, 2.75, "tasks", sign=True)
    '+1.5 [0.2, 2.8] tasks'
    >>> spread(-0.13, -0.2, -0.06, "probability", sign=True)
    '−13.0 [−20.0, −6.0] points'
    """
    ends = [abs(end) for end in (value, low, high) if math.isfinite(end)]
    factor, name = scale(max(ends, default=0.0), unit)
    half = (high - low) / 2 * factor
    digits = None
    if 0 < half < math.inf:
        finest = 3 - math.floor(math.log10(max(ends) * factor))  # four significant digits are enough
        digits = min(max(min(1 - math.floor(math.log10(half)), finest), 0), 6)
    first, *bounds = (number(item * factor, digits) for item in (value, low, high))
    plus = "+" if sign and value > 0 else ""
    name = "points" if sign and name == "%" else name
    return f"{plus}{first} [{', '.join(bounds)}] {name}".rstrip()


def share(count: int, n: int) -> str:
    """Return how often something happened: never a bare 0 %, because n runs cannot show that it never does.

    Examples
    --------
    >>> share(0, 60), share(12, 60)
    ('in none of 60 runs (at most 6.0 %)', 'in 12 of 60 runs (20 % [12 %, 32 %])')
    """
    if n == 0:
        return "in no run that ended"
    interval = proportion_interval(count, n).interval
    if count == 0:
        return f"in none of {n} runs (at most {100 * interval.high:.1f} %)"
    if count == n:
        return f"in all {n} runs (at least {100 * interval.low:.1f} %)"
    low, high = (_percent(end) for end in (interval.low, interval.high))
    return f"in {count} of {n} runs ({_percent(count / n)} [{low}, {high}])"


def unseen(n: int) -> str:
    """Return how often a value could differ although *n* runs were all equal.

    Examples
    --------
    >>> unseen(60)
    '4.9 %'
    """
    return f"{100 * (1 - 0.05 ** (1 / n)):.1f} %"


def _percent(part: float) -> str:
    text = f"{100 * part:.0f}"
    return f"{100 * part:.1f} %" if text in {"0", "100"} else f"{text} %"


def plural(count: int, noun: str) -> str:
    """Return *count* and *noun* in the number that agrees.

    Examples
    --------
    >>> plural(1, "resource"), plural(3, "resource")
    ('1 resource', '3 resources')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(names: list[str], most: int = 4) -> str:
    """Return *names* as a phrase.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d", "e", "f"])
    ('a, b and c', 'a, b, c and 3 more')
    """
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1] if shown else "") if part)
