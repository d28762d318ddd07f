"""Laws of whole numbers: quantiles by hand and against scipy; coupling by one uniform number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import geom, poisson

from simlab.model.counts import Always, Geometric, Poisson
from tests.helpers import LAW

levels = st.integers(0, 2**53 - 1).map(lambda word: word * 2.0**-53)
"""The numbers that a stream gives."""
LEVELS = (0.0, 1e-9, 0.05, 0.3, 0.51, 0.5488, 0.5489, 0.7, 0.9, 0.99, 1 - 1e-9)


@pytest.mark.parametrize("mean", [0.01, 0.6, 1.0, 1.5, 7.3, 100.0])
def test_quantiles_are_those_of_the_laws_they_name(mean):
    """The least number whose cumulative mass is more than the level; scipy's geometric law begins at 1."""
    for level in LEVELS[1:]:
        assert Poisson(mean).quantile(level) == poisson(mean).ppf(level)
        assert Geometric(mean).quantile(level) == geom(1 / (1 + mean)).ppf(level) - 1
    assert Poisson(mean).mean() == Geometric(mean).mean() == mean


def test_quantiles_by_hand():
    """P(0) of Poisson(0.6) is 0.54881; a geometric law of mean 1 halves from number to number."""
    assert [Poisson(0.6).quantile(u) for u in (0.0, 0.5488, 0.5489, 0.878, 0.8782)] == [0, 0, 1, 1, 2]
    assert [Geometric(1.0).quantile(u) for u in (0.0, 0.49, 0.5, 0.74, 0.76, 0.88)] == [0, 0, 1, 1, 2, 3]
    assert [Always(3).quantile(u) for u in LEVELS] == [3] * len(LEVELS)
    assert Always(3).mean() == 3.0


def test_nothing_is_a_law_too():
    assert [law(0.0).quantile(u) for law in (Poisson, Geometric) for u in LEVELS] == [0] * 2 * len(LEVELS)


@LAW
@given(levels, levels, st.floats(0.0, 100.0))
def test_more_chance_is_never_fewer_and_a_greater_mean_is_never_fewer(one, other, mean):
    """Monotone in the uniform number and in the mean: that is what keeps two scenarios coupled."""
    low, high = sorted((one, other))
    for law in (Poisson, Geometric):
        assert law(mean).quantile(low) <= law(mean).quantile(high)
        assert law(mean).quantile(high) <= law(mean * 1.1).quantile(high)


@pytest.mark.parametrize("law", [Poisson(0.6), Poisson(100.0), Geometric(0.6), Geometric(100.0)], ids=repr)
def test_the_last_number_of_a_stream_gives_a_number(law):
    """Where masses no longer add up to more, counting ends."""
    most = law.quantile(1 - 2.0**-53)
    assert law.mean() < most < 200 + 40 * law.mean()
    assert math.isfinite(most)
