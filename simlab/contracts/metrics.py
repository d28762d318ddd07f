"""What every metric promises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from simlab.contracts.common import COMMON
from simlab.contracts.contract import Check, contract
from simlab.contracts.example import EXAMPLE
from simlab.model.events import Event, Run


def _runs() -> Iterator[Run]:
    """Yield a run in which nothing happened, and one in which something did."""
    yield Run("empty", "none", 0, 0, 3600.0)
    busy = Run("busy", "none", 0, 0, 3600.0, "read:inbox", EXAMPLE.resources, EXAMPLE.actions)
    what = (("strike", "hold", "shared"), ("request", "read", "inbox"), ("gain", "exfiltrate", "inbox"))
    for time, (kind, action, resource) in enumerate(what):
        where = ("intruder", "", "", "", action, resource, "home", "shared#1")
        busy.incident.append(Event._make((float(time), kind, *where, True, "", "", 0)))
    busy.tally.delays.extend([1.0, 2.0])
    busy.tally.requests, busy.tally.finished, busy.tally.tasks = 4, 2, 2
    busy.direct, busy.exposure, busy.loss = frozenset({"inbox"}), 60.0, 1.0
    yield busy


@contract
def says_what_it_measures(metric: Any) -> Iterator[str]:
    """It has a unit, a direction, and a side."""
    if not isinstance(metric.unit, str) or not metric.unit:
        yield "it has no unit"
    if metric.direction not in {"lower", "higher", "neither"}:
        yield f"direction is {metric.direction!r}"
    if metric.side not in {"harm", "friction", "governance"}:
        yield f"side is {metric.side!r}"


@contract
def is_a_number_of_any_run(metric: Any) -> Iterator[str]:
    """Of an empty run, too, it is a finite float; and looking does not change the run."""
    for run, same in zip(_runs(), _runs(), strict=True):
        number = metric.compute(run)
        if not isinstance(number, float) or not math.isfinite(number):
            yield f"of the {run.scenario} run it is {number!r}"
        if number != metric.compute(run):
            yield f"two looks at the {run.scenario} run differ"
        if run != same:
            yield f"it changes the {run.scenario} run"


METRIC_CHECKS: tuple[Check, ...] = (*COMMON, says_what_it_measures, is_a_number_of_any_run)
