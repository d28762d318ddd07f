"""Labels that travel through a memory, worked out from their formulas."""

from math import exp


def forgets(l=1.0, m=10.0, e=0.5, horizon=1000.0):
    """Letters denied where a label lasts *e* [h], notes come at *l* and letters at *m* an hour."""
    return m * (horizon * (1 - exp(-l * e)) - (1 - exp(-l * e) * (1 + l * e)) / l)


def for_good(l=0.1, m=5.0, horizon=20.0):
    """Letters denied where a label lasts for ever."""
    return m * (horizon - (1 - exp(-l * horizon)) / l)


def renewed(l=0.1, m=4.0, e=0.5, horizon=3000.0):
    """Letters denied where each letter writes back what it has read; its parts, too.

    A labelled period B is gaps shorter than e, as many as come before one that is longer, and e. The gaps are
    exponential of rate L = l + m, cut off at e; their number is geometric.
    """
    rate = l + m
    longer = exp(-rate * e)
    number, square = (1 - longer) / longer, (1 - longer) * (2 - longer) / longer**2
    gap = (1 - longer * (1 + rate * e)) / (rate * (1 - longer))
    gap2 = (2 - longer * (2 + 2 * rate * e + (rate * e) ** 2)) / (rate**2 * (1 - longer))
    total, total2 = number * gap, number * (gap2 - gap**2) + square * gap**2
    busy, busy2 = total + e, total2 + 2 * e * total + e**2
    cycle, cycle2 = busy + 1 / l, busy2 + 2 * busy / l + 2 / l**2
    start = busy * cycle2 / (2 * cycle**2) - (busy / l + busy2 / 2) / cycle
    return {
        "busy": busy,
        "share": busy / cycle,
        "start": start,
        "denied": m * (horizon * busy / cycle + start),
    }


TRAVELLING = {
    ("labels-in-memory", "denied", "mean", 0): forgets(),
    ("labels-in-memory", "tasks_failed", "mean", 0): forgets(),
    ("labels-for-good", "denied", "mean", 0): for_good(),
    ("label-creep-renewed", "denied", "mean", 0): renewed()["denied"],
}
"""By file, metric, statistic and threshold."""
