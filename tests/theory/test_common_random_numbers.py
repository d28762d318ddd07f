"""CF48: what the pairing of runs is worth, measured on two scenarios that differ in one life."""

from pathlib import Path

import numpy as np
import pytest

import simlab
from simlab.metrics import METRICS
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse

FOLDER = Path(__file__).parents[2] / "scenarios" / "theory"
RUNS = 6000


def residuals(name, strategy, seed):
    """Return how long the leaked key lived on in each run [h]."""
    plan = Plan(simlab.load(FOLDER / f"{name}.yaml").scenario, parse(strategy))
    return np.array(
        [METRICS["exposure_hours"].compute(simulate(plan, seed, number)) for number in range(RUNS)]
    )


@pytest.fixture(scope="module")
def pair():
    """The same seeds for both."""
    return (
        residuals("cf48-one-hour", "static-rbac:rotation=1h", 1),
        residuals("cf48-two-hours", "static-rbac:rotation=2h", 1),
    )


def variance(values):
    """Return the variance and its standard error."""
    centred = (values - values.mean()) ** 2
    return values.var(ddof=1), centred.std(ddof=1) / np.sqrt(len(values))


def test_cf48a_under_common_random_numbers_the_variance_of_the_difference_is_a_twelfth(pair):
    short, long = pair
    found, error = variance(long - short)
    assert error < 0.015 / 12
    assert abs(found - 1 / 12) < 4.5 * error
    assert np.corrcoef(short, long)[0, 1] == pytest.approx(1, abs=1e-12)
    assert long == pytest.approx(2 * short, rel=1e-9, abs=1e-12)  # one uniform number, two lives


def test_cf48b_with_streams_of_their_own_it_is_five_twelfths(pair):
    other = residuals("cf48-two-hours", "static-rbac:rotation=2h", 2)
    found, error = variance(other - pair[0])
    assert error < 0.02 * 5 / 12
    assert abs(found - 5 / 12) < 4.5 * error
    assert abs(np.corrcoef(pair[0], other)[0, 1]) < 4.5 / np.sqrt(RUNS)
