"""Distributions: quantiles and means by hand and by numeric integration; coupling by one uniform number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import expon, lognorm, triang, uniform, weibull_min

from simlab.model.chance import (
    NEVER,
    ZERO,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Mixture,
    Triangular,
    Uniform,
    Weibull,
)
from tests.helpers import LAW

LAWS = (
    Fixed(900.0),
    Uniform(10.0, 30.0),
    Exponential(7200.0),
    LogNormal(840.0, 1.2),
    Weibull(3600.0, 1.5),
    Weibull(3600.0, 0.5),
    Triangular(1.0, 2.0, 4.0),
    Triangular(0.0, 0.0, 6.0),
    Triangular(0.0, 6.0, 6.0),
    Empirical((3.0, 1.0, 2.0, 2.0)),
    Mixture((0.8, 0.2), (LogNormal(240.0, 1.2), Exponential(86_400.0))),
    Mixture((0.5, 0.0, 0.5), (Fixed(1.0), Fixed(9.0), Uniform(2.0, 4.0))),
)
BY_SCIPY = (
    (Uniform(10.0, 30.0), uniform(10.0, 20.0)),
    (Exponential(7200.0), expon(scale=7200.0)),
    (LogNormal(840.0, 1.2), lognorm(1.2, scale=840.0)),
    (Weibull(3600.0, 1.5), weibull_min(1.5, scale=3600.0)),
    (Triangular(1.0, 2.0, 4.0), triang(1 / 3, 1.0, 3.0)),
)
levels = st.integers(0, 2**53 - 1).map(lambda word: word * 2.0**-53)
"""The numbers that a stream gives."""


def ids(value):
    return repr(value)[:40]


@pytest.mark.parametrize("law", LAWS, ids=ids)
def test_the_mean_is_the_integral_of_the_quantile(law):
    """E[X] is the area under the quantile function; a power transform tames the upper tail."""
    # u = 1 - v**8 has du = 8 v**7 dv: near v = 0 the integrand vanishes for all tails above.
    kinks = [(1 - u) ** 0.125 for u in (0.75, 0.5, 0.25, 0.8, 1 / 3)]
    area, _ = quad(
        lambda v: law.quantile(min(1 - v**8, 1 - 2.0**-53)) * 8 * v**7, 0.0, 1.0, points=kinks, limit=400
    )
    assert area == pytest.approx(law.mean(), rel=2e-5)


@pytest.mark.parametrize(("law", "known"), BY_SCIPY, ids=ids)
def test_quantiles_are_those_of_the_law_they_name(law, known):
    """Against scipy, at nine levels and in both tails."""
    for level in (1e-6, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1 - 1e-6):
        assert law.quantile(level) == pytest.approx(known.ppf(level), rel=1e-9)
    assert law.mean() == pytest.approx(known.mean(), rel=1e-9)


def test_quantiles_by_hand():
    """Numbers that a reader can check on paper."""
    assert Fixed(900.0).quantile(0.999) == 900.0
    assert Uniform(10.0, 30.0).quantile(0.25) == 15.0
    assert Exponential(10.0).quantile(1 - math.exp(-2)) == pytest.approx(20.0)
    assert LogNormal(840.0, 1.2).quantile(0.5) == 840.0
    assert Weibull(10.0, 2.0).quantile(1 - math.exp(-4)) == pytest.approx(20.0)
    assert Triangular(0.0, 1.0, 2.0).quantile(0.125) == 0.5
    assert Triangular(0.0, 1.0, 2.0).quantile(0.875) == 1.5
    assert Empirical((3.0, 1.0, 2.0, 2.0)).quantile(0.25) == 2.0
    assert Empirical((3.0, 1.0, 2.0, 2.0)).quantile(0.75) == 3.0


def test_a_mixture_spends_what_is_left_of_the_number_on_the_part():
    """0.5 lies in the second part, a third of the way into it: 2 + (0.5 - 0.25) / 0.75 * 3."""
    law = Mixture((0.25, 0.75), (Fixed(1.0), Uniform(2.0, 5.0)))
    assert [law.quantile(u) for u in (0.0, 0.2, 0.25, 0.5, 0.625)] == [1.0, 1.0, 2.0, 3.0, 3.5]


def test_a_mixture_whose_weights_fall_short_still_gives_a_value():
    """Weights that sum to 1 - 1e-10 are accepted; the last part takes what is left."""
    law = Mixture((0.5, 0.5 - 1e-10), (Fixed(1.0), Uniform(2.0, 3.0)))
    assert law.quantile(1 - 2.0**-53) == pytest.approx(3.0)


def test_the_extremes_of_the_uniform_are_finite():
    """0 and the largest float below 1 give numbers, not errors."""
    for law in LAWS:
        low, high = law.quantile(0.0), law.quantile(1 - 2.0**-53)
        assert 0.0 <= low <= high < math.inf


@pytest.mark.parametrize("law", LAWS, ids=ids)
@LAW
@given(levels, levels)
def test_quantiles_never_fall(law, one, other):
    """Monotone: so two scenarios that differ in a parameter stay coupled. (A mixture is only so part by part.)"""
    if isinstance(law, Mixture):
        return
    low, high = sorted((one, other))
    assert law.quantile(low) <= law.quantile(high)


@pytest.mark.parametrize("law", LAWS, ids=ids)
@LAW
@given(levels, st.sampled_from([2.0, 0.5, 4.0, 0.125, 1024.0]))
def test_a_power_of_two_scales_every_value_bit_by_bit(law, level, factor):
    """The law of another unit of time: L6 rests on this."""
    assert law.scaled(factor).quantile(level) == law.quantile(level) * factor
    assert law.scaled(factor).mean() == pytest.approx(law.mean() * factor)


def test_nothing_and_never_are_laws():
    """ZERO is now, NEVER is not within any horizon."""
    assert (ZERO.quantile(0.5), ZERO.mean()) == (0.0, 0.0)
    assert (NEVER.quantile(0.5), NEVER.scaled(2.0).mean()) == (math.inf, math.inf)


def test_laws_are_values():
    """Equal parameters make equal laws: so they can be keys, and scenarios can be compared."""
    assert Exponential(60.0) == Exponential(60.0)
    assert len({Exponential(60.0), Exponential(60.0), Fixed(60.0)}) == 2
