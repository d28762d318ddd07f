"""Statistics against theory: by hand, against scipy, and by measured cover."""

import math
from dataclasses import FrozenInstanceError, fields, replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simlab.errors import ParameterError
from simlab.experiment.statistics import (
    Interval,
    Paired,
    holm,
    mean_interval,
    paired,
    proportion_interval,
    quantile_interval,
    restricted_mean,
    verdict,
)

NUMBER = st.floats(-1e6, 1e6)
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=40)
OPPOSITE = {"better": "worse", "worse": "better", "undecided": "undecided", "identical": "identical"}


def generator(*seed: int) -> np.random.Generator:
    """Return a fresh stream, so that no test depends on another."""
    return np.random.default_rng(seed)


def assert_within(values: np.ndarray, expected: float) -> None:
    """Assert |z| < 4.5 at a standard error of at most 0.5 %."""
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    assert error <= 0.005 * expected
    assert abs(float(np.mean(values)) - expected) < 4.5 * error


# --- means ------------------------------------------------------------------------------------


def test_the_mean_interval_of_one_two_three_is_worked_by_hand() -> None:
    """Mean 2, sd 1, t(.975; 2 df) = 4.302653, half width 4.302653 / sqrt(3)."""
    estimate = mean_interval([1, 2, 3])
    assert (estimate.value, estimate.n, estimate.interval.level) == (2.0, 3, 0.95)
    assert estimate.interval.low == pytest.approx(2 - 2.484138, abs=1e-6)
    assert estimate.interval.high == pytest.approx(2 + 2.484138, abs=1e-6)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_the_mean_interval_agrees_with_scipy(level: float) -> None:
    """The textbook formula in scipy's words."""
    x = generator(1).exponential(3, 57)
    low, high = stats.t.interval(level, 56, np.mean(x), stats.sem(x))
    interval = mean_interval(x, level).interval
    assert (interval.low, interval.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))


def test_two_runs_are_enough_for_an_interval() -> None:
    """1 and 3: mean 2, sd sqrt(2), t(.975; 1 df) = 12.7062, half width 12.7062."""
    assert mean_interval([1, 3]).interval.high == pytest.approx(14.7062, abs=1e-4)


def test_results_cannot_be_changed() -> None:
    """A number in a report is the number that was computed."""
    for result in (Interval(0, 1, 0.95), mean_interval([1]), restricted_mean([1], 2), paired([1], [2])):
        with pytest.raises(FrozenInstanceError):
            setattr(result, fields(result)[0].name, 5)


def test_one_run_gives_an_open_interval_and_a_warning() -> None:
    """No spread can be seen in one run."""
    estimate = mean_interval([7])
    assert estimate.interval == Interval(-math.inf, math.inf, 0.95)
    assert estimate.value == 7
    assert not estimate.reliable
    assert "one run" in estimate.warning


def test_equal_values_are_reliable_but_say_what_could_be_unseen() -> None:
    """200 equal values: an other one of probability 1 - .05^(1/200) = .0149 is missed 1 time in 20."""
    estimate = mean_interval([0.1] * 200)
    assert estimate.interval == Interval(0.1, 0.1, 0.95)
    assert estimate.reliable
    assert estimate.warning == "all 200 values are equal; others could hide in 0.015 of all runs"


@pytest.mark.parametrize(("nonzero", "reliable"), [(49, False), (50, True)])
def test_fifty_non_zero_runs_are_the_least_for_a_reliable_mean(nonzero: int, reliable: bool) -> None:
    """One more non-zero value makes the difference; the skewness is 0 throughout."""
    values = [(-1.0) ** i for i in range(nonzero)] + [0.0] * 100
    estimate = mean_interval(values)
    assert estimate.reliable is reliable
    assert estimate.warning == (
        "" if reliable else f"interval unreliable: {nonzero} non-zero runs, 50 are needed"
    )


def two_points(n: int) -> list[float]:
    """Return n values, one in ten of them 2 and the others 1: skewness .8 / sqrt(.09) = 8/3."""
    return [2.0] * (n // 10) + [1.0] * (n - n // 10)


@pytest.mark.parametrize(("n", "reliable"), [(170, False), (180, True)])
def test_cochran_asks_for_25_runs_per_squared_skewness(n: int, reliable: bool) -> None:
    """Skewness 8/3 needs 25 x 64/9 = 177.8 runs."""
    estimate = mean_interval(two_points(n))
    assert estimate.reliable is reliable
    assert estimate.warning == ("" if reliable else "interval unreliable: skewness 2.67 needs n >= 178")


def test_the_skewness_counts_whichever_way_it_points() -> None:
    """A long left tail spoils the interval as much as a long right one."""
    assert not mean_interval(-np.array(two_points(170))).reliable


def test_the_t_interval_covers_a_normal_mean_as_often_as_it_says() -> None:
    """4,000 samples of 12 normal values; the nominal .95 has a standard error of .0034."""
    draws = generator(2).normal(5, 3, (4000, 12))
    intervals = [mean_interval(x).interval for x in draws]
    assert 0.94 <= np.mean([i.low <= 5 <= i.high for i in intervals]) <= 0.96


def test_the_reliable_flag_refuses_the_samples_whose_cover_is_poor() -> None:
    """95 % zeros at n = 20 cover .57 only, and not one is called reliable."""
    stream = generator(3)
    draws = stream.exponential(1, (1000, 20)) * (stream.random((1000, 20)) < 0.05)
    estimates = [mean_interval(x) for x in draws]
    assert np.mean([e.interval.low <= 0.05 <= e.interval.high for e in estimates]) < 0.7
    assert not any(e.reliable and e.interval.high > 0 for e in estimates)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(NUMBER, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_the_runs_does_not_matter_to_the_last_bit(values: list[float], chance) -> None:
    """Workers return runs in any order; the table must not change."""
    shuffled = list(values)
    chance.shuffle(shuffled)
    assert repr(mean_interval(shuffled)) == repr(mean_interval(values))


def test_zeros_of_both_signs_have_one_mean() -> None:
    """-0.0 and 0.0 are equal, so their order must not show in the sign of the mean."""
    assert repr(mean_interval([0.0, -0.0]).value) == repr(mean_interval([-0.0, 0.0]).value) == "0.0"


# --- shares -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 100), (3, 40), (20, 40), (999, 1000), (7, 7)]
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_share_interval_agrees_with_scipys_wilson(successes: int, n: int, level: float) -> None:
    """Wilson 1927 in scipy's words."""
    expected = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
    interval = proportion_interval(successes, n, level).interval
    assert interval.low == pytest.approx(expected.low, abs=1e-12)
    assert interval.high == pytest.approx(expected.high, abs=1e-12)


@pytest.mark.parametrize("n", [1, 10, 10_000, 10_000_000])
def test_no_event_in_n_runs_never_means_never(n: int) -> None:
    """The upper bound is z^2 / (n + z^2) > 0, and the lower one exactly 0; the mirror holds for n of n."""
    none, every = proportion_interval(0, n), proportion_interval(n, n)
    assert none.interval.low == 0
    assert none.interval.high == pytest.approx(3.8414588 / (n + 3.8414588), rel=1e-6)
    assert every.interval.high == 1
    assert every.interval.low == pytest.approx(n / (n + 3.8414588), rel=1e-6)
    assert none.reliable
    assert every.reliable


@pytest.mark.parametrize(
    ("successes", "reliable"), [(0, True), (1, False), (3, False), (4, True), (96, True), (97, False)]
)
def test_one_to_three_events_are_too_few_for_a_firm_bound(successes: int, reliable: bool) -> None:
    """The same holds for one to three runs without the event."""
    estimate = proportion_interval(successes, 100)
    assert estimate.reliable is reliable
    assert bool(estimate.warning) is not reliable
    assert (estimate.value, estimate.n) == (successes / 100, 100)


def test_a_reliable_share_interval_covers_rare_events() -> None:
    """Exact cover over 1,500 rare probabilities: .84 at worst for all, above .925 where called reliable."""
    n, events = 1000, np.arange(80)
    estimates = [proportion_interval(int(k), n) for k in events]
    low, high = (np.array([getattr(e.interval, side) for e in estimates]) for side in ("low", "high"))
    warned = np.array([not e.reliable for e in estimates])
    plain, honest = [], []
    for p in np.linspace(0.01, 15, 1500) / n:
        covered = (low <= p) & (p <= high)
        weights = stats.binom.pmf(events, n, p)
        plain.append(weights @ covered)
        honest.append(weights @ (covered | warned))
    assert min(plain) < 0.85
    assert min(honest) > 0.925


# --- quantiles --------------------------------------------------------------------------------


def test_the_median_of_ten_lies_between_the_second_and_ninth_value() -> None:
    """P(2 <= Bin(10, .5) <= 8) = 1 - 22/1024 = .9785; one step in would give .891."""
    estimate = quantile_interval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 0.5)
    assert estimate.interval == Interval(2.0, 9.0, 0.95)
    assert (estimate.value, estimate.n, estimate.reliable, estimate.warning) == (5.0, 10, True, "")


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("q", [0.01, 0.25, 0.5, 0.9, 0.95, 0.99])
def test_the_quantile_interval_covers_at_least_its_level_and_no_rank_is_wasted(
    q: float, level: float
) -> None:
    """Exact binomial cover at 60 sizes, and each tail is the smallest that keeps (1 - level) / 2."""
    tail = (1 - level) / 2
    for n in [*range(1, 58), 299, 1000, 2995]:
        interval = quantile_interval(range(1, n + 1), q, level).interval
        low = 0 if interval.low == -math.inf else int(interval.low)
        high = n + 1 if interval.high == math.inf else int(interval.high)
        law = stats.binom(n, q)
        assert law.cdf(high - 1) - law.cdf(low - 1) >= level - 1e-12
        assert law.cdf(low) > tail - 1e-12  # one rank higher would be too high
        assert high == n + 1 or law.sf(high - 2) > tail - 1e-12


def test_the_quantile_interval_covers_in_simulation_too() -> None:
    """The p90 of 4,000 skewed samples of 50; nominal .95, a standard error of .0034."""
    truth = math.log(10)
    draws = generator(4).exponential(1, (4000, 50))
    intervals = [quantile_interval(x, 0.9).interval for x in draws]
    assert np.mean([i.low <= truth <= i.high for i in intervals]) >= 0.95


@pytest.mark.parametrize(
    ("q", "needed", "name"), [(0.95, 72, "p95"), (0.99, 368, "p99"), (0.999, 3688, "p99.9")]
)
def test_too_few_runs_leave_the_upper_side_open(q: float, needed: int, name: str) -> None:
    """Needed is the least n with q^n <= .025: both sides share the .05."""
    assert q**needed <= 0.025 < q ** (needed - 1)
    few, enough = (quantile_interval(range(n), q) for n in (needed - 1, needed))
    assert few.interval.high == math.inf
    assert few.interval.low > 0
    assert not few.reliable
    assert few.warning == f"n = {needed - 1} is too few for {name}: bounds at level 0.95 need n >= {needed}"
    assert enough.interval.high == needed - 1
    assert enough.reliable
    assert enough.warning == ""


def test_too_few_runs_leave_the_lower_side_of_a_low_quantile_open() -> None:
    """The 5th percentile is the mirror of the 95th."""
    few = quantile_interval(range(71), 0.05)
    assert few.interval.low == -math.inf
    assert few.interval.high < 70
    assert few.warning == "n = 71 is too few for p5: bounds at level 0.95 need n >= 72"
    enough = quantile_interval(range(72), 0.05)
    assert (enough.interval.low, enough.reliable, enough.warning) == (0, True, "")


def test_a_quantile_of_times_that_may_never_come_can_be_never() -> None:
    """Four in ten runs never get there: the median is seen, the p90 is infinite."""
    times = [1.0, 2.0, 3.0] * 20 + [math.inf] * 40
    assert quantile_interval(times, 0.5).value == 3.0
    assert quantile_interval(times, 0.9).value == math.inf


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(NUMBER, min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_the_quantile_is_a_value_that_was_seen_inside_its_interval(values: list[float], q: float) -> None:
    """An order statistic between two others."""
    estimate = quantile_interval(values, q)
    assert estimate.value in values
    assert estimate.interval.low <= estimate.value <= estimate.interval.high


def test_the_seventh_percentile_of_a_hundred_is_the_seventh_value() -> None:
    """100 x .07 is 7.000000000000001 in floats; rounding must not make it the eighth."""
    assert quantile_interval(range(1, 101), 0.07).value == 7


# --- pairs ------------------------------------------------------------------------------------


def test_three_pairs_are_worked_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, t = 2 sqrt(3), p(2 df) = 1 - t / sqrt(2 + t^2) = .0741799."""
    result = paired([5, 7, 9], [4, 5, 6])
    assert result.difference == 2
    assert result.interval.low == pytest.approx(2 - 2.484138, abs=1e-6)
    assert result.p_value == pytest.approx(1 - math.sqrt(12 / 14), rel=1e-12)
    assert (result.n, result.changed, result.lower, result.correlation) == (3, 3, 0, 1.0)
    assert result.variance_ratio == pytest.approx((4 + 1) / 1)
    assert not result.reliable
    assert result.warning == "interval unreliable: 3 non-zero runs, 50 are needed"


@pytest.mark.parametrize("shift", [0.0, 0.1, 3.0])
def test_pairs_agree_with_scipys_related_t_test(shift: float) -> None:
    """The p-value, the interval and the correlation in scipy's words; also far in the tail."""
    stream = generator(5)
    b = stream.normal(0, 1, 80)
    a = b * 0.8 + stream.normal(shift, 0.3, 80)
    expected, result = stats.ttest_rel(a, b), paired(a, b, 0.9)
    bounds = expected.confidence_interval(0.9)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert result.interval.low == pytest.approx(bounds.low, rel=1e-9)
    assert result.interval.high == pytest.approx(bounds.high, rel=1e-9)
    assert result.interval.level == 0.9
    assert result.correlation == pytest.approx(stats.pearsonr(a, b).statistic, rel=1e-12)
    assert result.variance_ratio == pytest.approx((np.var(a) + np.var(b)) / np.var(a - b), rel=1e-12)
    assert result.changed == 80
    assert result.lower == np.sum(a < b)


def test_equal_pairs_have_no_difference_and_p_one() -> None:
    """Nothing changed; the correlation is 1 and common random numbers bought nothing measurable."""
    result = paired([1.0, 2.0, 4.0], [1.0, 2.0, 4.0])
    assert (result.difference, result.p_value, result.changed, result.lower) == (0, 1.0, 0, 0)
    assert result.interval == Interval(0.0, 0.0, 0.95)
    assert result.correlation == 1
    assert math.isnan(result.variance_ratio)


def test_a_constant_difference_is_certain() -> None:
    """p is 0 and the interval a point."""
    result = paired([2.0, 3.0, 5.0], [4.0, 5.0, 7.0])
    assert (result.difference, result.p_value, result.lower, result.reliable) == (-2, 0.0, 3, True)
    assert result.interval == Interval(-2.0, -2.0, 0.95)
    assert math.isnan(result.variance_ratio)


def test_one_pair_proves_nothing() -> None:
    """p is 1 and the interval open."""
    result = paired([1.0], [9.0])
    assert (result.difference, result.p_value, result.changed) == (-8, 1.0, 1)
    assert result.interval == Interval(-math.inf, math.inf, 0.95)
    assert math.isnan(result.correlation)
    assert not result.reliable


@pytest.mark.parametrize(("a", "b"), [([1.0, 1.0], [2.0, 3.0]), ([2.0, 3.0], [1.0, 1.0])])
def test_the_correlation_with_a_constant_is_undefined(a: list[float], b: list[float]) -> None:
    """Such as a strategy that denies everything."""
    result = paired(a, b)
    assert math.isnan(result.correlation)
    assert result.variance_ratio == pytest.approx(1)


def test_rounding_never_takes_a_correlation_beyond_one() -> None:
    """On 300 straight lines, some of which come to 1.0000000000000002 before the cut."""
    stream = generator(7)
    for x in stream.random((300, 7)):
        up, down = paired(x, 3 * x + 0.1).correlation, paired(x, 0.1 - 3 * x).correlation
        assert (up, down) == (pytest.approx(1), pytest.approx(-1))
        assert up <= 1
        assert down >= -1


def test_cf48_common_random_numbers_divide_the_variance_by_five() -> None:
    """CF48: residual lives under TTL 1 and 2 on one uniform: 1/12, correlation 1; independent 5/12."""
    stream = generator(48)
    u, v = stream.random(200_000), stream.random(200_000)
    common, independent = paired(u, 2 * u), paired(u, 2 * v)
    assert common.correlation == pytest.approx(1, abs=1e-12)
    assert common.variance_ratio == pytest.approx(5, rel=1e-9)
    assert independent.correlation == pytest.approx(0, abs=4.5 / math.sqrt(200_000))
    assert independent.variance_ratio == pytest.approx(1, abs=0.02)
    assert_within((u - 2 * u + 0.5) ** 2, 1 / 12)
    assert_within((u - 2 * v + 0.5) ** 2, 5 / 12)
    for result, variance in ((common, 1 / 12), (independent, 5 / 12)):
        half = (result.interval.high - result.interval.low) / 2
        assert half == pytest.approx(1.96 * math.sqrt(variance / 200_000), rel=0.01)


@settings(deadline=None)  # a busy machine is no failure
@given(PAIRS)
def test_swapping_the_two_strategies_only_turns_the_sign(pairs: list[tuple[float, float]]) -> None:
    """paired(a, b) = -paired(b, a), to the last bit."""
    a, b = zip(*pairs, strict=True)
    forth, back = paired(a, b), paired(b, a)
    turned = replace(
        back,
        difference=0.0 - back.difference,
        interval=Interval(0.0 - back.interval.high, 0.0 - back.interval.low, 0.95),
        lower=back.changed - back.lower,
        correlation=0.0,  # compared below: not a number equals nothing, itself included
        variance_ratio=0.0,
        warning=forth.warning,
    )
    assert turned == replace(forth, correlation=0.0, variance_ratio=0.0)
    assert repr(back.correlation) == repr(forth.correlation)
    assert back.variance_ratio == pytest.approx(forth.variance_ratio, nan_ok=True)
    assert back.warning.replace("-", "") == forth.warning.replace("-", "")


@settings(deadline=None)  # a busy machine is no failure
@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter_to_the_last_bit(
    pairs: list[tuple[float, float]], chance
) -> None:
    """As long as partners stay together."""
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert repr(paired(*zip(*shuffled, strict=True))) == repr(paired(*zip(*pairs, strict=True)))


# --- many comparisons -------------------------------------------------------------------------


def test_holm_is_worked_by_hand() -> None:
    """Sorted .01 .02 .03 .04 times 4 3 2 1 is .04 .06 .06 .04, and adjusted values never fall."""
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06], rel=1e-12)
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([0.05]) == [0.05]
    assert holm([0.0, 1.0]) == [0.0, 1.0]
    assert holm([]) == []


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_value_nor_changes_the_order(p_values: list[float]) -> None:
    """Between the raw p and Bonferroni's, and monotone."""
    adjusted = holm(p_values)
    assert all(p <= h <= min(1, len(p_values) * p) for p, h in zip(p_values, adjusted, strict=True))
    order = sorted(zip(p_values, adjusted, strict=True))
    assert all(first[1] <= second[1] for first, second in pairwise(order))


def test_holm_keeps_ten_equal_strategies_from_a_false_alarm() -> None:
    """45 pairs, 500 studies of 20 runs: any raw p <= .05 in more than half, after Holm in at most 5 %."""
    studies, raw, kept = 500, 0, 0
    upper = [(i, j) for i, j in combinations(range(10), 2)]
    for study in range(studies):
        stream = generator(6, study)
        runs = stream.normal(0, 1, (10, 20)) + stream.normal(0, 1, 20)  # the seeds in common
        p_values = [paired(runs[i], runs[j]).p_value for i, j in upper]
        raw += min(p_values) <= 0.05
        kept += min(holm(p_values)) <= 0.05
    assert raw / studies > 0.5
    assert kept / studies <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / studies)


# --- verdicts ---------------------------------------------------------------------------------


def few_changed(lower: int, higher: int, n: int = 40) -> Paired:
    """Return n pairs of which so many differ, by sizes that are not all equal."""
    steps = [-1.0 - i / 10 for i in range(lower)] + [1.0 + i / 10 for i in range(higher)]
    return paired(steps + [0.0] * (n - len(steps)), [0.0] * n)


@pytest.mark.parametrize(("direction", "expected"), [("lower", "better"), ("higher", "worse")])
def test_the_direction_says_which_side_is_good(direction, expected: str) -> None:
    """Twelve of forty runs fell, none rose."""
    comparison = few_changed(12, 0)
    assert comparison.p_value < 0.01
    assert verdict(comparison, comparison.p_value, direction) == expected


def test_no_change_at_all_is_identical_even_at_p_zero() -> None:
    """Identical is a statement about the runs, not a test."""
    same = paired([1.0, 2.0], [1.0, 2.0])
    assert verdict(same, same.p_value, "lower") == "identical"
    assert verdict(same, 0.0, "higher") == "identical"
    assert verdict(paired([3.0], [3.0]), 1.0, "lower") == "identical"


def test_the_adjusted_p_decides_and_not_the_raw_one() -> None:
    """A p of .05 is enough at alpha .05, a hair more is not."""
    comparison = few_changed(12, 0)
    assert verdict(comparison, 0.05, "lower") == "better"
    assert verdict(comparison, 0.0501, "lower") == "undecided"
    assert verdict(comparison, 0.02, "lower", alpha=0.01) == "undecided"


@pytest.mark.parametrize(
    ("lower", "higher", "expected"),
    [
        (5, 0, "undecided"),
        (6, 0, "better"),
        (0, 6, "worse"),
        (8, 1, "better"),
        (7, 1, "undecided"),
        (7, 3, "better"),
    ],
)
def test_few_changed_pairs_need_a_sign_test_too(lower: int, higher: int, expected: str) -> None:
    """Two-sided sign p: 5/0 .0625, 6/0 .03125, 8/1 .0391, 7/1 .0703; ten changed pairs need none."""
    comparison = few_changed(lower, higher)
    sign = stats.binomtest(lower, lower + higher).pvalue
    assert verdict(comparison, 0.001, "lower") == expected
    assert (sign < 0.05) == (expected != "undecided") or comparison.changed == 10


@pytest.mark.parametrize("changed", range(1, 10))
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_the_sign_test_is_scipys_at_every_split(changed: int, alpha: float) -> None:
    """Exact binomial at one half; the mean is set apart so that only the sign test speaks."""
    for lower in range(changed + 1):
        comparison = replace(few_changed(lower, changed - lower), difference=-1.0)
        decided = bool(stats.binomtest(lower, changed).pvalue < alpha)
        assert (verdict(comparison, 0.0, "lower", alpha) == "better") is decided


def test_a_sign_test_at_alpha_exactly_is_not_below_it() -> None:
    """5 of 5 has p = .0625."""
    assert verdict(few_changed(5, 0), 0.001, "lower", alpha=0.0625) == "undecided"
    assert verdict(few_changed(5, 0), 0.001, "lower", alpha=0.0626) == "better"


def test_a_constant_gain_in_two_runs_is_not_yet_a_verdict() -> None:
    """p is 0, and two runs are still two runs; six decide."""
    assert verdict(paired([1.0] * 2, [2.0] * 2), 0.0, "lower") == "undecided"
    assert verdict(paired([1.0] * 6, [2.0] * 6), 0.0, "lower") == "better"


def test_changes_that_cancel_are_undecided_whatever_the_p_value() -> None:
    """With a mean of exactly 0 neither side is lower."""
    comparison = paired([0.0, 1.0] * 20, [1.0, 0.0] * 20)
    assert comparison.difference == 0
    assert comparison.p_value == 1
    assert verdict(comparison, 0.0, "lower") == verdict(comparison, 0.0, "higher") == "undecided"


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=40),
    st.sampled_from(["lower", "higher"]),
)
def test_verdicts_are_symmetric(pairs: list[tuple[int, int]], direction) -> None:
    """If a is better than b then b is worse than a, and the other direction turns both."""
    a, b = zip(*pairs, strict=True)
    forth, back = paired(a, b), paired(b, a)
    mirrored = "higher" if direction == "lower" else "lower"
    result = verdict(forth, forth.p_value, direction)
    assert verdict(back, back.p_value, direction) == OPPOSITE[result]
    assert verdict(forth, forth.p_value, mirrored) == OPPOSITE[result]
    assert (result == "identical") is (a == b)


# --- censored times ---------------------------------------------------------------------------


def test_the_restricted_mean_of_three_times_is_worked_by_hand() -> None:
    """1, 3, never, 8 up to 8 h: (1 + 3 + 8 + 8) / 4, and two of four did not get there before 8."""
    result = restricted_mean([1, 3, math.inf, 8], 8)
    assert (result.value, result.censored_share, result.n) == (5.0, 0.5, 4)
    clipped = mean_interval([1, 3, 8, 8])
    assert (result.interval, result.reliable, result.warning) == (
        clipped.interval,
        clipped.reliable,
        clipped.warning,
    )
    assert restricted_mean([1, 3], 8, 0.8).interval.level == 0.8
    assert restricted_mean([0, 0.25, 1], 0.5).value == 0.25  # at once is a time, and .5 h a horizon


def test_a_study_in_which_nobody_got_there_says_so() -> None:
    """All censored: the mean is the horizon and the warning names what could be unseen."""
    result = restricted_mean([math.inf] * 100, 8)
    assert (result.value, result.censored_share) == (8.0, 1.0)
    assert "all 100 values are equal" in result.warning


def test_cf46_the_restricted_mean_is_right_and_the_mean_of_the_uncensored_is_not() -> None:
    """CF46: read 2/h, write 1/h, deploy .5/h, exfiltrate .25/h in series, censored at 8 h."""
    times = generator(46).exponential(1 / np.array([2, 1, 0.5, 0.25]), (200_000, 4)).sum(axis=1)
    reached = times[times < 8]
    result, biased = restricted_mean(times, 8), mean_interval(reached)
    assert_within(np.minimum(times, 8), 5.94765822)
    assert_within(reached, 4.77389807)
    assert result.value == pytest.approx(np.mean(np.minimum(times, 8)), rel=1e-12)
    assert result.interval.low < 5.94765822 < result.interval.high
    assert biased.interval.low < 4.77389807 < biased.interval.high
    assert result.reliable
    share = 1 - 0.63616768  # CF32c
    assert abs(result.censored_share - share) < 4.5 * math.sqrt(share * (1 - share) / 200_000)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_interval([]), "at least one value"),
        (lambda: mean_interval([[1, 2]]), "flat list"),
        (lambda: mean_interval([1, math.nan]), "value 1 is nan; must be finite"),
        (lambda: mean_interval([1, 2, -math.inf]), "value 2 is -inf; must be finite"),
        (lambda: mean_interval([1e200]), "must be finite and below 1e"),
        (lambda: mean_interval([1, 2], 1), "level"),
        (lambda: mean_interval([1], 95), "level"),
        (lambda: proportion_interval(1, 2, 0), "level"),
        (lambda: proportion_interval(0, 0), "positive"),
        (lambda: proportion_interval(-1, 5), "successes"),
        (lambda: proportion_interval(6, 5), "successes"),
        (lambda: quantile_interval([1, 2], 95), "q"),
        (lambda: quantile_interval([1, 2], 0), "q"),
        (lambda: quantile_interval([1, 2], 1), "q"),
        (lambda: quantile_interval([1, 2], 0.5, 95), "level"),
        (lambda: quantile_interval([math.nan], 0.5), "write inf for 'never'"),
        (lambda: paired([1, 2], [1]), "got 2 and 1"),
        (lambda: paired([], []), "at least one value"),
        (lambda: holm([0.5, math.nan]), "p-value"),
        (lambda: holm([1.5]), "p-value"),
        (lambda: holm([-0.1]), "p-value"),
        (lambda: verdict(paired([1], [2]), math.nan, "lower"), "p-value"),
        (lambda: verdict(paired([1], [1]), 0.5, "lower", 5), "p-value"),
        (lambda: verdict(paired([1], [2]), 0.5, "up"), "direction"),
        (lambda: restricted_mean([1], 0), "horizon"),
        (lambda: restricted_mean([1], math.inf), "horizon"),
        (lambda: restricted_mean([1, -1], 8), "-1"),
        (lambda: restricted_mean([1, math.nan], 8), "write inf for 'never'"),
    ],
)
def test_nonsense_is_refused_with_the_value_in_the_message(call, message: str) -> None:
    """A wrong input never turns into a number."""
    with pytest.raises(ParameterError, match=message):
        call()


def test_values_at_the_edge_of_floats_neither_overflow_nor_vanish() -> None:
    """Squares of 1e149 and of 1e-200 leave the range of floats, intervals of them do not."""
    for size in (1e149, 1e-200):
        interval = mean_interval([size, 2 * size, 3 * size]).interval
        assert interval.high / size == pytest.approx(4.484138, abs=1e-6)
        assert paired([size, 2 * size], [0.0, 0.0]).p_value == pytest.approx(0.204833, abs=1e-6)
