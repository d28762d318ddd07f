"""What one would like to be a law and is none: each counter-example is run, and the reversal is seen.

The numbers come from the runs of scenarios/reference/not-laws, not from formulas. N2, N6 and N10 have tests where
their mechanisms are. N11 to N13 are about how laws are tested, and need no scenario of their own.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

import simlab
from simlab.attackers import Opportunist
from simlab.metrics import METRICS
from simlab.model.chance import Exponential, LogNormal
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.sim.streams import Streams
from simlab.strategies import StaticRBAC, parse
from simlab.verify import check
from tests.helpers import ALONE, HORIZON, took, with_system
from tests.helpers import scenario as random_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FOLDER = SCENARIOS / "reference" / "not-laws"
FILES = sorted(FOLDER.glob("*.yaml"))
SEED = 1
SEPARATE = "static-rbac+separate-duties:first=author:change,second=approve:review"


@cache
def load(name):
    folder = FOLDER if name.startswith("n0") else SCENARIOS / "theory"
    return simlab.load(folder / f"{name}.yaml").scenario


def values(name, metric, strategy="static-rbac", runs=1, first=0):
    """Return what *metric* is in each of so many runs."""
    plan = Plan(load(name), parse(strategy))
    return [METRICS[metric].compute(simulate(plan, SEED, number)) for number in range(first, first + runs)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_says_what_is_tempting_and_why_it_fails(path):
    text = path.read_text(encoding="utf-8")
    header = text[: text.index("simlab: 1")].splitlines()
    assert len(header) >= 3
    assert all(line.startswith("#") for line in header)
    assert header[0].startswith(tuple(f"# N{int(path.stem[1:3])}{sign}" for sign in " ,"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_holds(path):
    for outcome in check(simlab.load(path).scenario, seed=SEED):
        assert outcome.holds, outcome


def test_n1_a_shorter_life_loses_more_keys_and_exposes_as_much():
    """Where issuing leaks, eight times as many keys are lost; the exposure is equal up to chance."""
    runs = 60
    long = ("n01-shorter-life-8h", "static-rbac:rotation=8h")
    short = ("n01-shorter-life", "static-rbac:rotation=1h")
    lost, exposed = (
        [fmean(values(name, metric, strategy, runs)) for name, strategy in (long, short)]
        for metric in ("credentials_lost", "exposure_hours")
    )
    assert 7 * lost[0] < lost[1] < 9 * lost[0]
    assert exposed[1] == pytest.approx(exposed[0], rel=0.12)


def test_n3_a_narrower_scope_reaches_more():
    wide, narrow = (load(f"n03-{scope}-scope") for scope in ("wider", "narrower"))
    assert narrow.system.agents["bot"].entitlements < wide.system.agents["bot"].entitlements
    assert values("n03-narrower-scope", "blast_radius", SEPARATE) > values(
        "n03-wider-scope", "blast_radius", SEPARATE
    )
    assert values("n03-narrower-scope", "blast_radius") < values("n03-wider-scope", "blast_radius")


def test_n4_split_keys_lose_as_much_and_four_times_as_often():
    """In the mean over runs; the worst run is better."""
    one, eight = (
        values(f"n04-{keys}", "weighted_blast_radius", runs=3000) for keys in ("shared-key", "split-keys")
    )
    assert fmean(eight) == pytest.approx(fmean(one), rel=0.1)
    assert np.mean(np.array(eight) > 0) > 4 * np.mean(np.array(one) > 0)
    assert np.quantile(eight, 0.95) < np.quantile(one, 0.95)


def test_n5_a_shorter_life_has_the_larger_conditional_mean():
    """Of those who used the key, the short life shows only the thorough: 200 against 105 files."""
    short, long = (
        values("n05-conditional-mean", "weighted_blast_radius", f"static-rbac:rotation={life}", 1000)
        for life in ("2h", "126m")
    )
    assert set(short) == {0.0, 200.0}
    assert set(long) == {10.0, 200.0}
    assert fmean(value for value in short if value) == 200
    assert fmean(long) == pytest.approx(105, rel=0.1)  # nobody is left out
    assert all(less <= more for less, more in zip(short, long, strict=True))  # and yet L1 holds in every run


def test_n7_faster_detection_loses_more_keys():
    lost = [values(f"n07-{speed}-detection", "credentials_lost")[0] for speed in ("no", "slow", "fast")]
    assert lost == [2.0, 4.0, 13.0]


def test_n8_a_harder_attack_has_the_smaller_mean_of_those_that_got_there():
    """The restricted mean and P(goal) keep the order."""
    runs = 500
    times = {ease: values(f"n08-{ease}-attack", "time_to_goal", runs=runs) for ease in ("easier", "harder")}
    there = {ease: [time for time in row if time < 8] for ease, row in times.items()}
    assert fmean(there["harder"]) < fmean(there["easier"]) / 3
    assert fmean(times["harder"]) > fmean(times["easier"])
    assert len(there["harder"]) < len(there["easier"]) == runs
    assert all(hard >= easy for easy, hard in zip(*times.values(), strict=True))


def test_n8_cf46b_what_one_would_report_without_the_runs_that_were_cut_off():
    """Mean of the uncensored runs: 4.77389807 h; the restricted mean that is reported: 5.94765822 h."""
    times = np.array(values("cf32-series-8h", "time_to_goal", runs=12_000))
    there = times[times < 8]
    error = there.std(ddof=1) / np.sqrt(len(there))
    assert error < 0.006 * 4.774
    assert abs(there.mean() - 4.77389807) < 4.5 * error
    assert abs(times.mean() - 5.94765822) < 4.5 * times.std(ddof=1) / np.sqrt(len(times))


def test_n9_a_narrower_scope_has_the_larger_ratio():
    """It halves what is touched, and more than doubles the ratio."""
    radius, ratio = (
        [values(f"n09-{scope}-scope", metric)[0] for scope in ("wider", "narrower")]
        for metric in ("blast_radius", "amplification")
    )
    assert radius == [8.0, 4.0]
    assert ratio == [1.6, 4.0]


class OneStream(Streams):
    """All chance of one replication from one row of numbers, taken in the order of asking: how not to do it."""

    __slots__ = ("_row",)

    def __init__(self, seed, replication):
        super().__init__(seed, replication)
        self._row = super().stream("all")

    def uniform(self, *names):
        return next(self._row)

    def stream(self, *names):
        return self._row


def _breaks_l1(seed):
    """Return whether a shorter life of secrets let an attacker get something that it did not get before."""
    world = random_scenario(seed, replace(ALONE, secrets=3))
    if not world.system.secrets:
        return False
    lives = []
    for share in (0.2, 1.0):
        secrets = {
            name: replace(one, ttl=HORIZON * 0.5 * share) for name, one in world.system.secrets.items()
        }
        lives.append(took(simulate(Plan(with_system(world, secrets=secrets), StaticRBAC()), seed)))
    short, long = lives
    return any(fact not in long or time < long[fact] for fact, time in short.items())


def test_n11_with_one_shared_stream_no_law_holds_in_every_run(monkeypatch):
    """L1 holds for every seed with keyed streams. With one, a draw not made shifts all later ones: 8 of 150 break it."""
    seeds = range(150)
    assert not any(map(_breaks_l1, seeds))
    monkeypatch.setattr("simlab.sim.engine.Streams", OneStream)
    assert sum(map(_breaks_l1, seeds)) >= 2


def test_n12_families_of_laws_take_one_number_each_here_and_not_in_numpy():
    """A sampler that rejects takes more than one now and then, and what is drawn after it differs."""
    after = []
    for draw in ("standard_normal", "standard_exponential"):
        generator = np.random.default_rng(1)
        getattr(generator, draw)(1000)
        after.append(generator.random())
    assert after[0] != after[1]
    world = random_scenario(3, ALONE)
    first = []
    for pace in (Exponential(600.0), LogNormal(600.0, 1.0)):
        run = simulate(Plan(replace(world, attacker=Opportunist(pace, hands=0)), StaticRBAC()), 5)
        first.append([event.time for event in run.incident if event.kind == "strike"])
    assert first[0] == first[1] != []


def test_n13_means_of_few_unpaired_runs_reverse_a_true_order():
    """More is touched in 66 minutes than in an hour. Ten runs with other seeds often say otherwise, pairs never."""
    size, groups = 10, 60
    short, long, other = (
        np.array(
            values("cf02-detection", "blast_radius", f"static-rbac:rotation={life}", size * groups, first)
        )
        for life, first in (("1h", 0), ("66m", 0), ("66m", size * groups))
    )
    means = [row.reshape(groups, size).mean(axis=1) for row in (short, long, other)]
    assert np.all(means[0] <= means[1])
    assert 2 <= np.sum(means[0] > means[2]) < groups / 2
