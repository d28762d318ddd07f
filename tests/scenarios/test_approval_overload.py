"""Tightening a control beyond a point raises harm: the case at a smaller number of runs."""

import math
from pathlib import Path

import pytest

import simlab
from simlab.metrics import METRICS

CASE = Path(__file__).parents[2] / "scenarios" / "cases" / "approval-overload.yaml"
RUNS = 16


@pytest.fixture(scope="module")
def seen():
    lab = simlab.load(CASE)
    settings = {"none": "jit", **{n: f"jit+human-approval:sensitivity={n}" for n in (7, 1)}}
    return {name: [lab.run(text, 1, number) for number in range(RUNS)] for name, text in settings.items()}


def mean(runs, metric):
    return math.fsum(METRICS[metric].compute(run) for run in runs) / len(runs)


def test_the_tightest_setting_is_worse_than_a_middle_one_and_than_none(seen):
    """Pair by pair, by more than three standard errors."""
    harm = {
        name: [METRICS["weighted_blast_radius"].compute(run) for run in runs] for name, runs in seen.items()
    }
    for better in (7, "none"):
        rises = [tight - other for tight, other in zip(harm[1], harm[better], strict=True)]
        average = math.fsum(rises) / RUNS
        error = math.sqrt(math.fsum((rise - average) ** 2 for rise in rises) / (RUNS - 1) / RUNS)
        assert average > 3 * error > 0, better


def test_keys_round_the_line_and_tired_answers_are_why(seen):
    assert mean(seen[7], "glass_broken") < 2
    assert mean(seen[1], "glass_broken") > 300
    assert mean(seen[1], "waved_through") > 2 * mean(seen[7], "waved_through")
    assert mean(seen[1], "valid_at_first_use") > mean(seen[7], "valid_at_first_use")


def test_friction_only_rises(seen):
    assert mean(seen["none"], "latency_p95") < mean(seen[7], "latency_p95") < mean(seen[1], "latency_p95")
