"""The engine against theory: every number is worked out here once more, from its formula."""

import math
from functools import cache
from math import comb, exp, log
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.stats import chi2

import simlab
from simlab.verify import check

FOLDER = Path(__file__).parents[2] / "scenarios" / "theory"
FILES = sorted(FOLDER.glob("*.yaml"))
SEED = 1
PRECISION = {"mean": 0.005, "share": 0.005, "variance": 0.01}
"""Largest standard error, as a share of the value."""
LOOSER = {
    ("cf01-distinct-touches", "blast_radius", "share", 8): 0.03,
    ("cf10-honeytokens", "weighted_blast_radius", "mean", 0): 0.01,
    ("cf10-honeytokens", "weighted_blast_radius", "share", 20): 0.02,
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "mean", 0): 0.01,
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "share", 48): 0.06,
    ("cf21-decision-point", "decision_wait", "mean", 0): 0.015,
    ("cf21-decision-point", "decision_latency", "mean", 0): 0.012,
    ("cf22-full-pool", "undecided", "mean", 0): 0.01,
    ("cf24-retries", "tasks_failed", "mean", 0): 0.06,
    ("cf24-retries", "retry_wait", "mean", 0): 0.007,
    ("cf24-retries-into-a-line", "open_decisions", "mean", 0): 0.008,
    ("cf24-retries-into-a-line", "decision_latency", "mean", 0): 0.007,
    ("cf27-lost-push", "exposure_hours", "mean", 0): 0.017,
    ("cf27-slowest-replica", "attacker_uses", "mean", 0): 0.006,
    ("cf30-random-graph", "blast_radius", "share", 12): 0.08,
    ("cf31-noisy-and", "goal", "mean", 0): 0.01,
    ("cf50-uses-until-dead", "attacker_uses", "variance", 0): 0.018,
}
"""Tails, and long runs, for which more precision would take minutes."""


# --- leaked keys, time to live, detection -----------------------------------------------------------


def distinct_touches():
    R, lam, T = 20, 6.0, 1.0
    p = 1 - exp(-lam * T / R)
    tail = [comb(R, k) * p**k * (1 - p) ** (R - k) for k in range(8, R + 1)]
    some, many = 1 - exp(-lam * T), math.fsum(tail)
    return {"mean": R * p, "variance": R * p * (1 - p), "share 1": some, "share 8": many}


def detection():
    lam, R, d, T = 6.0, 20, 0.5, 1.0
    s = lam / R + d
    touched = lam * (1 / s - (1 - exp(-s * T)) / (s**2 * T))
    return {"touched": touched, "exposure": (1 / d) * (1 - (1 - exp(-d * T)) / (d * T))}


def slow_revocation():
    lam, R, d, T, r = 6.0, 20, 0.5, 1.0, 0.25

    def alive(t):
        return exp(-lam / R * t) * (1 - t / T) * exp(-d * max(t - r, 0.0))

    return lam * (quad(alive, 0, r, epsabs=1e-13)[0] + quad(alive, r, T, epsabs=1e-13)[0])


def alive_at_first_use(aged):
    mu, sigma, T, phi = log(0.5), 1.5, 1.0, NormalDist().cdf
    z = (log(T) - mu) / sigma
    return phi(z) - (exp(mu + sigma**2 / 2) * phi(z - sigma) / T if aged else 0.0)


def granted(H):
    n, nu, k, mu, T = 10, 0.5, 3, 2.0, 1.0
    e1 = (1 - exp(-mu * T)) / mu
    return n * nu * k * ((H - T) * e1 + (T - e1) / mu)


def live_agents():
    p = 1 - exp(-0.5 * (1 - exp(-2.0)) / 2)
    return {"mean": 10 * p, "variance": 10 * p * (1 - p)}


def deaf_honeytokens(q=0.8, R=50, h=2):
    seen = sum((1 - q) ** (j - 1) * q * j * (R - h) / (h + 1) for j in range(1, h + 1))
    return seen + (1 - q) ** h * (R - h)


# --- decision points ---------------------------------------------------------------------------------


def decision_point(lam=200.0, hit=0.8, fast=0.001, slow=0.01):
    service, square = hit * fast + (1 - hit) * slow, hit * fast**2 + (1 - hit) * 2 * slow**2
    wait = lam * square / (2 * (1 - lam * service))
    return {"wait": wait, "latency": wait + service}


def erlang_b(c, a):
    lost = 1.0
    for servers in range(1, c + 1):  # the recursion, not the sum that the file states
        lost = a * lost / (servers + a * lost)
    return lost


def retries(d=0.3, most=4, first=1800.0):
    done = math.fsum(d**k for k in range(most + 1))
    pauses = math.fsum(first * 2 ** (k - 1) * d**k for k in range(1, most + 1))
    return {"attempts": done, "failed": d ** (most + 1), "pauses": pauses}


# --- composition, attack graphs, races --------------------------------------------------------------


def layers(p=0.3, width=5, depth=4):
    sizes, reached = {1: 1.0}, 0.0
    for _ in range(depth):
        following = dict.fromkeys(range(width + 1), 0.0)
        for size, weight in sizes.items():
            hit = 1 - (1 - p) ** size
            for k in following:
                following[k] += weight * comb(width, k) * hit**k * (1 - hit) ** (width - k)
        sizes = following
        reached += math.fsum(k * weight for k, weight in sizes.items())
    return {"mean": reached, "last": 1 - sizes[0]}


def random_graph(n=12, p=0.1):
    S = {1: 1.0}
    for k in range(2, n + 1):
        S[k] = 1 - math.fsum(comb(k - 1, j - 1) * S[j] * (1 - p) ** (j * (k - j)) for j in range(1, k))
    law = {k: comb(n - 1, k - 1) * S[k] * (1 - p) ** (k * (n - k)) for k in S}
    assert math.isclose(math.fsum(law.values()), 1.0, rel_tol=1e-12)
    return {"mean": math.fsum(k * w for k, w in law.items()), "all": law[n], "more": 1 - (1 - p) ** (n - 1)}


def bridge(p=0.7):
    """All 32 worlds, one by one."""
    total = 0.0
    for world in range(32):
        sa, sb, ab, at, bt = (bool(world >> bit & 1) for bit in range(5))
        a, b = sa or (sb and ab), sb or (sa and ab)
        up = world.bit_count()
        total += p**up * (1 - p) ** (5 - up) * ((a and at) or (b and bt))
    return total


def noisy_or():
    return 1 - 0.98 * math.prod(1 - x * w for x, w in ((0.5, 0.4), (0.3, 0.9), (0.8, 0.2)))


def in_series(rates, t):
    """Return P(goal within t) and the restricted mean of the time to it."""
    size = len(rates) + 1
    Q = np.zeros((size, size))
    for i, rate in enumerate(rates):
        Q[i, i], Q[i, i + 1] = -rate, rate
    longer = np.zeros((size + 1, size + 1))  # one more state, which adds up the time before the goal
    longer[:size, :size] = Q
    longer[: size - 1, size] = 1.0
    by_then = expm(longer * t)[0]
    return by_then[size - 1], by_then[size]


def unseen(n=12, d=0.05):
    done = (1 - (1 - d) ** n) / d
    return {"never": (1 - d) ** n, "unseen": (1 - d) * done, "done": done}


RATES = (2.0, 1.0, 0.5, 0.25)

EXACT = {
    ("cf01-distinct-touches", "blast_radius", "mean", 0): distinct_touches()["mean"],
    ("cf01-distinct-touches", "blast_radius", "variance", 0): distinct_touches()["variance"],
    ("cf01-distinct-touches", "blast_radius", "share", 1): distinct_touches()["share 1"],
    ("cf01-distinct-touches", "blast_radius", "share", 8): distinct_touches()["share 8"],
    ("cf02-detection", "blast_radius", "mean", 0): detection()["touched"],
    ("cf02-detection", "exposure_hours", "mean", 0): detection()["exposure"],
    ("cf02-decoys", "weighted_blast_radius", "mean", 0): detection()["touched"],
    ("cf02-slow-revocation", "blast_radius", "mean", 0): slow_revocation(),
    ("cf05-first-use-fresh", "valid_at_first_use", "mean", 0): alive_at_first_use(aged=False),
    ("cf05-first-use-aged", "valid_at_first_use", "mean", 0): alive_at_first_use(aged=True),
    ("cf06-exposure", "granted_hours", "mean", 0): granted(720.0),
    ("cf06-short-horizon", "granted_hours", "mean", 0): granted(5.0),
    ("cf07-live-credential", "blast_radius", "mean", 0): live_agents()["mean"],
    ("cf07-live-credential", "blast_radius", "variance", 0): live_agents()["variance"],
    ("cf10-honeytokens", "weighted_blast_radius", "mean", 0): (50 - 2) / (2 + 1),
    ("cf10-honeytokens", "weighted_blast_radius", "share", 20): comb(50 - 20, 2) / comb(50, 2),
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "mean", 0): deaf_honeytokens(),
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "share", 48): 0.2**2
    + 0.32 / 49
    + 0.8**2 / comb(50, 2),
    ("cf21-decision-point", "decision_wait", "mean", 0): decision_point()["wait"],
    ("cf21-decision-point", "decision_latency", "mean", 0): decision_point()["latency"],
    ("cf22-full-pool", "undecided", "mean", 0): erlang_b(10, 7.0),
    ("cf24-retries", "decisions", "mean", 0): 100 * retries()["attempts"],
    ("cf24-retries", "tasks_failed", "mean", 0): 100 * retries()["failed"],
    ("cf24-retries", "retry_wait", "mean", 0): retries()["pauses"],
    ("cf24-retries-into-a-line", "open_decisions", "mean", 0): 4 / 7 / (1 - 4 / 7),
    ("cf24-retries-into-a-line", "decision_latency", "mean", 0): 1 / (10 - 4 / 0.7),
    ("cf24-retries-into-a-line", "undecided", "mean", 0): 0.3,
    ("cf27-lost-push", "exposure_hours", "mean", 0): 20 * 0.1 * 0.5 / 2,
    ("cf27-slowest-replica", "exposure_hours", "mean", 0): 0.5 * 6 / 7,
    ("cf27-slowest-replica", "exposure_hours", "variance", 0): 0.5**2 * 6 / (7**2 * 8),
    ("cf27-slowest-replica", "attacker_uses", "mean", 0): 1 - 0.25 / 0.5,
    ("cf28-layers", "weighted_blast_radius", "mean", 0): layers()["mean"],
    ("cf28-layers", "goal", "mean", 0): layers()["last"],
    ("cf30-random-graph", "blast_radius", "mean", 0): random_graph()["mean"],
    ("cf30-random-graph", "blast_radius", "share", 12): random_graph()["all"],
    ("cf30-random-graph", "blast_radius", "share", 2): random_graph()["more"],
    ("cf31-shared-cause", "goal", "mean", 0): 1 - (1 - 0.5 * (1 - 0.4 * 0.6)) * (1 - 0.1),
    ("cf31-bridge", "goal", "mean", 0): bridge(),
    ("cf31-noisy-or", "goal", "mean", 0): noisy_or(),
    ("cf31-noisy-and", "goal", "mean", 0): math.prod(x + (1 - x) * 0.1 for x in (0.5, 0.3, 0.8)),
    ("cf32-series", "time_to_goal", "mean", 0): math.fsum(1 / rate for rate in RATES),
    ("cf32-series", "time_to_goal", "variance", 0): math.fsum(1 / rate**2 for rate in RATES),
    ("cf32-series-8h", "goal", "mean", 0): in_series(RATES, 8.0)[0],
    ("cf32-series-8h", "time_to_goal", "mean", 0): in_series(RATES, 8.0)[1],
    ("cf32-equal-rates", "goal", "mean", 0): in_series((0.5,) * 4, 8.0)[0],
    ("cf35-unseen-steps", "time_to_detect", "share", 12): unseen()["never"],
    ("cf35-unseen-steps", "unseen_uses", "mean", 0): unseen()["unseen"],
    ("cf35-unseen-steps", "attacker_uses", "mean", 0): unseen()["done"],
    ("cf40-coupon-collector", "time_to_goal", "mean", 0): 20 / 6 * math.fsum(1 / k for k in range(1, 21)),
    ("cf50-uses-until-dead", "attacker_uses", "mean", 0): 1 / 0.1 + 6 * 0.5,
    ("cf50-uses-until-dead", "attacker_uses", "variance", 0): 0.9 / 0.1**2 + 6 * 0.5,
    ("cf51-leak-per-issuance-1h", "exposure_hours", "mean", 0): 0.5 * 240 / 2,
    ("cf51-leak-per-issuance-8h", "exposure_hours", "mean", 0): 0.5 * 240 / 2,
}
"""By file, metric, statistic and threshold."""


def key(path, expectation):
    return path.stem, expectation.metric, expectation.statistic, expectation.at_least


def random_numbers(path):
    return [item for item in load(path).expectations if item.statistic != "exactly"]


@cache
def load(path):
    return simlab.load(path).scenario


@cache
def outcomes(path):
    return tuple(check(load(path), seed=SEED))


def test_there_is_something_to_check():
    assert sum(len(random_numbers(path)) for path in FILES) >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_number_is_what_its_formula_gives(path):
    numbers = random_numbers(path)
    assert numbers
    for item in numbers:
        assert item.value == pytest.approx(EXACT[key(path, item)], rel=1e-9), key(path, item)
        assert item.formula, key(path, item)


def test_each_formula_is_used():
    used = {key(path, item) for path in FILES for item in random_numbers(path)}
    assert used == EXACT.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_engine_agrees_with_theory(path):
    for outcome in outcomes(path):
        assert outcome.holds, outcome


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_number_is_checked_precisely_enough(path):
    for outcome in outcomes(path):
        item = outcome.expectation
        if item.statistic != "exactly":
            bound = LOOSER.get(key(path, item), PRECISION[item.statistic])
            assert outcome.standard_error <= bound * item.value, outcome


def test_the_deviations_together_are_what_chance_would_give():
    checked = [outcome for path in FILES for outcome in outcomes(path)]
    z = [outcome.z for outcome in checked if outcome.expectation.statistic != "exactly"]
    total = math.fsum(value**2 for value in z)
    assert 1e-4 < chi2.sf(total, len(z)) < 1 - 1e-4
