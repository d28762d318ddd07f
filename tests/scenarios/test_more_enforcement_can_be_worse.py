"""N6: a law that may fail, and does. Each number is worked out in the file; here the order is asserted."""

from pathlib import Path

import numpy as np
import pytest

import simlab
from simlab.metrics import METRICS
from simlab.verify import check

FOLDER = Path(__file__).parents[2] / "scenarios" / "reference" / "not-laws"
FILES = sorted(FOLDER.glob("n06-*.yaml"))


def goals(name, runs=200):
    lab = simlab.load(FOLDER / f"{name}.yaml")
    return np.array([METRICS["goal"].compute(lab.run("intent", 5, number)) for number in range(runs)])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_holds(path):
    for outcome in check(simlab.load(path).scenario):
        assert outcome.holds, outcome


def test_deciding_more_lets_more_through_and_deciding_less_often_lets_less_through():
    """On the same seeds: the stolen identity is let through in 0.5 %, 40 % and 0 % of runs."""
    few, more, kept = (
        goals(name) for name in ("n06-few-decisions", "n06-more-decisions", "n06-kept-answers")
    )
    assert more.mean() > few.mean() + 0.25
    assert kept.max() == 0.0
    assert more.sum() > 50
