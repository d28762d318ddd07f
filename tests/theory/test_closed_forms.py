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
from scipy.optimize import brentq
from scipy.stats import chi2

import simlab
from simlab.verify import check
from tests.theory.renewal import RENEWAL, RENEWAL_LOOSER
from tests.theory.travelling import TRAVELLING

FOLDER = Path(__file__).parents[2] / "scenarios" / "theory"
FILES = sorted(FOLDER.glob("*.yaml"))
SEED = 1
PRECISION = {"mean": 0.005, "share": 0.005, "variance": 0.01}
"""Largest standard error, as a share of the value."""
LOOSER = {
    ("cf44-three-before-none", "tasks_failed", "share", 1): 0.018,
    ("cf44-four-before-none", "tasks_failed", "share", 1): 0.026,
    ("label-creep-renewed", "denied", "mean", 0): 0.009,
    ("cf01-distinct-touches", "blast_radius", "share", 8): 0.03,
    ("cf10-honeytokens", "weighted_blast_radius", "mean", 0): 0.01,
    ("cf10-honeytokens", "weighted_blast_radius", "share", 20): 0.02,
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "mean", 0): 0.01,
    ("cf10-deaf-honeytokens", "weighted_blast_radius", "share", 48): 0.06,
    ("cf18-line-of-approval", "approval_wait_mean", "mean", 0): 0.02,
    ("cf18-second-request", "approval_wait_mean", "mean", 0): 0.01,
    ("cf19-three-approvers", "approval_wait_mean", "mean", 0): 0.025,
    ("cf19-three-approvers", "glass_broken", "mean", 0): 0.01,
    ("cf19-long-waits", "glass_broken", "mean", 0): 0.025,
    ("cf19-soc", "soc_wait_mean", "mean", 0): 0.025,
    ("cf20-full-line", "approvals_busy", "mean", 0): 0.01,
    ("improvised-calls", "denied", "variance", 0): 0.011,
    ("probing", "time_to_detect", "share", 12): 0.014,
    ("probing", "time_to_detect", "mean", 0): 0.0095,
    ("cf14-delegation", "tasks", "mean", 0): 0.006,
    ("cf14-delegation", "tasks", "variance", 0): 0.03,
    ("cf14-delegation", "tasks", "share", 10): 0.025,
    ("cf14-geometric", "tasks", "mean", 0): 0.007,
    ("cf14-geometric", "tasks", "variance", 0): 0.035,
    ("cf14-depth", "tasks", "mean", 0): 0.008,
    ("cf14-extinction", "tasks", "share", 80): 0.01,
    ("cf42-yule", "tasks", "variance", 0): 0.02,
    ("cf42-yule", "tasks", "share", 10): 0.015,
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
    ("cf36-quorum", "waved_through", "mean", 0): 0.06,
    ("cf36-quorum", "blast_radius", "mean", 0): 0.06,
    ("cf50-uses-until-dead", "attacker_uses", "variance", 0): 0.018,
    **RENEWAL_LOOSER,
    ("cf52-urgent-first", "approval_wait_urgent", "mean", 0): 0.01,
    ("cf52-urgent-first", "approval_wait_mean", "mean", 0): 0.02,
    ("stale-policy", "stale_uses", "variance", 0): 0.02,
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


# --- work that sets work going -----------------------------------------------------------------------


def borel(n, m):
    """Return the chance that a family with Poisson(m) children each comes to n in all."""
    return exp(-m * n + (n - 1) * log(m * n) - math.lgamma(n + 1))


def dies_out(m):
    """Return the smaller root of s = exp(m(s - 1))."""
    return brentq(lambda s: s - exp(m * (s - 1)), 0.0, 1 - 1e-3, xtol=1e-16)


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


# --- people in a line -------------------------------------------------------------------------------


def erlang_c(c=3, a=2.5):
    """Return the share of requests that wait for one of *c* people, of whom *a* are busy on average."""
    full = a**c / math.factorial(c) / (1 - a / c)
    return full / (math.fsum(a**k / math.factorial(k) for k in range(c)) + full)


def full_line(arrive=5.0, serve=4.0, places=6, hours=2000):
    """Return how many are turned away, and the mean wait of the others [s]."""
    weights = [(arrive / serve) ** n for n in range(places + 1)]
    p = [weight / math.fsum(weights) for weight in weights]
    number = math.fsum(n * share for n, share in enumerate(p))
    sojourn = number / (arrive * (1 - p[-1]))
    return {"away": arrive * hours * p[-1], "wait": 3600 * (sojourn - 1 / serve)}


def priority(urgent=0.2, normal=0.6, serve=1.0):
    """Return the mean wait of urgent requests and of all [s]; non-preemptive."""
    w0 = (urgent + normal) / serve / serve
    first = w0 / (1 - urgent / serve)
    second = w0 / ((1 - urgent / serve) * (1 - (urgent + normal) / serve))
    return {"urgent": 3600 * first, "all": 3600 * (urgent * first + normal * second) / (urgent + normal)}


def over_permissions(gamma=3, P=30, K=12, overlooked=0.2):
    left = [math.fsum(overlooked**j for j in range(1, k + 1)) for k in range(K)]
    return gamma * P / 2 + gamma * P / K * math.fsum(left)


RATES = (2.0, 1.0, 0.5, 0.25)

EXACT = {
    **RENEWAL,
    **TRAVELLING,
    ("cf44-three-before-none", "tasks_failed", "share", 1): (3 - 1) / (3**3 - 1),
    ("cf44-four-before-none", "tasks_failed", "share", 1): (3 - 1) / (3**4 - 1),
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
    ("cf18-line-of-approval", "approval_wait_mean", "mean", 0): 3600 * 0.8 / (10 - 8),
    ("cf18-second-request", "approval_wait_mean", "mean", 0): 3600 * 8 / (10 * (8 + 10)) / 2,
    ("cf19-three-approvers", "approval_wait_mean", "mean", 0): 3600 * erlang_c() / (3 * 4 - 10),
    ("cf19-three-approvers", "glass_broken", "mean", 0): erlang_c() * 10 * 1000,
    ("cf19-long-waits", "glass_broken", "mean", 0): erlang_c() * exp(-(3 * 4 - 10) * 0.5) * 10 * 1000,
    ("cf19-soc", "soc_wait_mean", "mean", 0): 3600 * erlang_c() / (3 * 4 - 10),
    ("cf20-full-line", "approvals_busy", "mean", 0): full_line()["away"],
    ("cf20-full-line", "approval_wait_mean", "mean", 0): full_line()["wait"],
    ("cf14-delegation", "tasks", "mean", 0): 1 / (1 - 0.6),
    ("cf14-delegation", "tasks", "variance", 0): 0.6 / (1 - 0.6) ** 3,
    ("cf14-delegation", "tasks", "share", 10): 1 - math.fsum(borel(n, 0.6) for n in range(1, 10)),
    ("cf14-geometric", "tasks", "mean", 0): 1 / (1 - 0.6),
    ("cf14-geometric", "tasks", "variance", 0): 0.6 * 1.6 / (1 - 0.6) ** 3,
    ("cf14-depth", "tasks", "mean", 0): math.fsum(1.5**k for k in range(5)),
    ("cf14-extinction", "tasks", "share", 80): 1 - dies_out(1.5),
    ("cf42-yule", "tasks", "mean", 0): exp(0.8 * 2),
    ("cf42-yule", "tasks", "variance", 0): exp(0.8 * 2) * (exp(0.8 * 2) - 1),
    ("cf42-yule", "tasks", "share", 10): (1 - exp(-0.8 * 2)) ** 9,
    ("probing", "time_to_detect", "share", 12): (1 - 0.15) ** 8,
    ("probing", "time_to_detect", "mean", 0): math.fsum(0.15 * 0.85**k * k / 2 for k in range(8))
    + 12 * 0.85**8,
    ("improvised-calls", "denied", "mean", 0): 12 * 0.1 + 12 * 0.05,
    ("improvised-calls", "denied", "variance", 0): 12 * 0.1 * 0.9 + 12 * 0.05 * 0.95,
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
    ("cf36-quorum", "waved_through", "mean", 0): 100
    * math.fsum(comb(5, k) * 0.1**k * 0.9 ** (5 - k) for k in (3, 4, 5)),
    ("cf36-quorum", "blast_radius", "mean", 0): 100
    * math.fsum(comb(5, k) * 0.1**k * 0.9 ** (5 - k) for k in (3, 4, 5)),
    ("cf38-drift", "drift", "mean", 0): 3 * 30 / 2,
    ("cf38-careless-review", "over_permissions", "mean", 0): over_permissions(),
    ("cf38-unseen-domain", "drift", "mean", 0): 3 * 40 / 2,
    ("cf40-coupon-collector", "time_to_goal", "mean", 0): 20 / 6 * math.fsum(1 / k for k in range(1, 21)),
    ("cf50-uses-until-dead", "attacker_uses", "mean", 0): 1 / 0.1 + 6 * 0.5,
    ("cf50-uses-until-dead", "attacker_uses", "variance", 0): 0.9 / 0.1**2 + 6 * 0.5,
    ("cf51-leak-per-issuance-1h", "exposure_hours", "mean", 0): 0.5 * 240 / 2,
    ("cf51-leak-per-issuance-8h", "exposure_hours", "mean", 0): 0.5 * 240 / 2,
    ("cf52-urgent-first", "approval_wait_urgent", "mean", 0): priority()["urgent"],
    ("cf52-urgent-first", "approval_wait_mean", "mean", 0): priority()["all"],
    ("stale-policy", "stale_uses", "mean", 0): 2 * 0.5 * 30 / 2,
    ("stale-policy", "stale_uses", "variance", 0): 15 + 2**2 * (0.5 * 30**2 / 3 - (0.5 * 30 / 2) ** 2) / 20,
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


def test_the_most_that_a_family_may_come_to_hides_no_extinction_that_could_be_seen():
    """CF14f stops families at 80: those that would have died out later are rarer than the test can see."""
    later = math.fsum(borel(n, 1.5) for n in range(80, 3000))
    seen = next(each for each in outcomes(FOLDER / "cf14-extinction.yaml"))
    assert later < 0.001 * seen.standard_error


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
