"""Hold a scenario to its own expectations: reach, exact runs, and closed forms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simlab.api import Lab
from simlab.metrics import METRICS
from simlab.model.scenario import Expectation, Scenario

LARGEST_Z = 4.5
"""Standard errors by which a simulated number may miss its theory: 150 such tests fail once in a thousand seeds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one expectation."""

    expectation: Expectation
    observed: float
    n: int
    """Runs."""
    standard_error: float = 0.0
    z: float = 0.0
    """Standard errors between observed and expected; dimensionless."""
    holds: bool = True


def check(scenario: Scenario, seed: int = 1, replications: int | None = None) -> list[Outcome]:
    """Return the outcome of every expectation of *scenario*.

    Exact ones must be met exactly, in every run; the others within 4.5 standard errors.

    Parameters
    ----------
    replications
        Instead of the number that each expectation states.
    """
    lab, seen = Lab(scenario), dict[tuple[str, int], list[dict[str, float]]]()
    return [_check(lab, expectation, seed, replications, seen) for expectation in scenario.expectations]


def _check(
    lab: Lab,
    expectation: Expectation,
    seed: int,
    replications: int | None,
    seen: dict[tuple[str, int], list[dict[str, float]]],
) -> Outcome:
    if expectation.metric == "reach":
        found = float(len(lab.reach(expectation.strategy).resources))
        return Outcome(expectation, found, 1, holds=found == expectation.value)
    n = replications or expectation.replications
    key = (expectation.strategy, n)
    wanted = {item.metric for item in lab.scenario.expectations if item.metric in METRICS}
    if key not in seen:
        runs = (lab.run(expectation.strategy, seed, number) for number in range(n))
        seen[key] = [{name: METRICS[name].compute(run) for name in sorted(wanted)} for run in runs]
    values = np.array([row[expectation.metric] for row in seen[key]])
    return judge(expectation, values)


def judge(expectation: Expectation, values: np.ndarray) -> Outcome:
    """Return whether *values*, one a run, agree with *expectation*."""
    n = len(values)
    if expectation.statistic == "exactly":
        worst = max(values, key=lambda value: abs(value - expectation.value))
        holds = math.isclose(worst, expectation.value, rel_tol=1e-12, abs_tol=1e-12)
        return Outcome(expectation, float(worst), n, holds=holds)
    if expectation.statistic == "variance":
        centred = (values - values.mean()) ** 2
        observed = float(centred.sum() / (n - 1))
        error = float(centred.std(ddof=1) / math.sqrt(n))
    elif expectation.statistic == "share":
        observed = float((values >= expectation.at_least).mean())
        error = math.sqrt(expectation.value * (1 - expectation.value) / n)
    else:
        observed = math.fsum(values) / n
        error = float(values.std(ddof=1) / math.sqrt(n))
    z = (
        (observed - expectation.value) / error
        if error
        else math.copysign(math.inf, observed - expectation.value)
    )
    if observed == expectation.value:
        z = 0.0
    return Outcome(expectation, observed, n, error, z, holds=abs(z) < LARGEST_Z)
