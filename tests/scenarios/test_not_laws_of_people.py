"""What one would like to be a law and is not: N2 and N10, with people in the control."""

import math
from functools import cache
from pathlib import Path

import pytest

import simlab
from simlab.verify import check

FOLDER = Path(__file__).parents[2] / "scenarios" / "reference" / "not-laws"
HOURS = 2000


def per_request(rate, life):
    """Return P(wait > 15 min) and what is granted in 2,000 h, with M/M/1 approvals at ten an hour [privilege-hours]."""
    p = rate / 10 * math.exp(-(10 - rate) / 4)
    whole = (1 - p) * (life * HOURS - life**2 / 2) + p * (24 * HOURS - 24**2 / 2)
    return {"glass_broken": rate * p * HOURS, "granted_hours": rate * whole}


NUMBERS = {
    ("n02-life-of-2h", "granted_hours"): per_request(4, 2)["granted_hours"],
    ("n02-life-of-2h", "glass_broken"): per_request(4, 2)["glass_broken"],
    ("n02-life-of-1h", "granted_hours"): per_request(8, 1)["granted_hours"],
    ("n02-life-of-1h", "glass_broken"): per_request(8, 1)["glass_broken"],
    ("n10-asked-once", "goal"): 0.1,
    ("n10-asked-ten-times", "goal"): 1 - 0.9**10,
    ("n10-asked-ten-times", "waved_through"): 1.0,
    ("n10-tired", "goal"): (0.1, 1 - (0.1 + 0.8 * math.exp(-20 / 20))),
}


@cache
def outcomes(name):
    return tuple(check(simlab.load(FOLDER / f"{name}.yaml").scenario))


@pytest.mark.parametrize(("name", "metric"), NUMBERS, ids=" ".join)
def test_it_is_what_theory_says(name, metric):
    found = [outcome for outcome in outcomes(name) if outcome.expectation.metric == metric]
    value = NUMBERS[name, metric]
    assert [outcome.expectation.value for outcome in found] == pytest.approx(
        value if isinstance(value, tuple) else [value]
    )
    assert all(outcome.holds for outcome in outcomes(name)), found
    assert all(outcome.standard_error <= 0.04 * outcome.expectation.value for outcome in found), found


def test_a_shorter_life_grants_more():
    """Privilege-hours granted per hour: 15.85 with two hours, 97.28 with one, near 240 with 48 minutes."""
    rates = [
        next(one.observed for one in outcomes(name) if one.expectation.metric == "granted_hours") / HOURS
        for name in ("n02-life-of-2h", "n02-life-of-1h")
    ]
    lab = simlab.load(FOLDER / "n02-life-of-48m.yaml")
    full = lab.run("jit:ttl=48m+human-approval:sensitivity=1", 1).tally.granted / HOURS
    assert rates == pytest.approx([15.85, 97.28], rel=0.1)
    assert 0.95 * 240 < full < 240
    assert rates[0] < rates[1] < full


def test_a_stricter_rule_lets_more_attacks_through():
    """Asked about everything she is tired, and six attacks in ten get through instead of one."""
    rested, tired = (one for one in outcomes("n10-tired") if one.expectation.metric == "goal")
    assert "sensitivity=9" in rested.expectation.strategy
    assert tired.observed > 5 * rested.observed
