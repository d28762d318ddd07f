"""Streams: golden integers, uniformity, independence; the numbers that every result rests on."""

from itertools import islice

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from simlab.sim.streams import RNG_VERSION, Streams

WORD = 2**53
"""A uniform number is a whole number of 53 bits, divided by this."""


def test_the_numbers_are_these():
    """Golden: with other numbers every published result would change, so RNG_VERSION would have to."""
    assert RNG_VERSION == 1
    assert Streams(1, 0).uniform("when", "key-leak bot") * WORD == 469214364583540
    assert Streams(1, 1).uniform("when", "key-leak bot") * WORD == 3360522356793452
    assert Streams(2, 0).uniform("when", "key-leak bot") * WORD == 1864040022247663
    assert Streams(1, 0).uniform("alert", "read:issues via hold:bot", 1) * WORD == 568485320381023


def test_the_numbers_of_a_stream_are_these():
    """Golden, across the border of the first short block (4) and of the first long one (516)."""
    numbers = [number * WORD for number in islice(Streams(1, 0).stream("arrival", "triage"), 600)]
    assert numbers[:6] == [
        99076487282737, 6346119459948721, 4233891125653426, 5055087387710071, 6676914358533783, 7497867384801428,
    ]  # fmt: skip
    assert numbers[515:517] == [6837236062876664, 7725366431014598]
    assert numbers[599] == 4913433923377265


def test_a_number_belongs_to_its_purpose_and_to_nobody_else():
    """Same key, same number; in whatever order, and however often it is asked for."""
    streams = Streams(7, 3)
    first = streams.uniform("pace", "read:db via hold:bot", 1)
    for name in range(100):
        streams.uniform("pace", name)
        next(streams.stream("arrival", name))
    assert streams.uniform("pace", "read:db via hold:bot", 1) == first
    assert Streams(7, 3).uniform("pace", "read:db via hold:bot", 1) == first


def test_names_are_kept_apart():
    """("ab", "c") is not ("a", "bc"); 1 and "1" are the same name, as in a file."""
    streams = Streams(0, 0)
    assert streams.uniform("ab", "c") != streams.uniform("a", "bc")
    assert streams.uniform("a", 1) == streams.uniform("a", "1")
    assert streams.uniform("a") != streams.uniform("a", "")


@pytest.mark.parametrize("which", ["names", "seeds", "replications", "stream"])
def test_numbers_are_uniform(which):
    """Chi-square over 100 cells and Kolmogorov-Smirnov, across names, seeds, replications and along a stream."""
    count = 20_000
    if which == "names":
        streams = Streams(1, 0)
        numbers = [streams.uniform("pace", f"read:r{name}", 1) for name in range(count)]
    elif which == "seeds":
        numbers = [Streams(seed, 0).uniform("pace", "read:r") for seed in range(count)]
    elif which == "replications":
        numbers = [Streams(1, replication).uniform("pace", "read:r") for replication in range(count)]
    else:
        numbers = list(islice(Streams(1, 0).stream("work", "triage"), count))
    cells = np.histogram(numbers, bins=100, range=(0.0, 1.0))[0]
    statistic = float(((cells - count / 100) ** 2 / (count / 100)).sum())
    assert chi2(99).ppf(1e-4) < statistic < chi2(99).ppf(1 - 1e-4)
    assert kstest(numbers, "uniform").pvalue > 1e-4


def test_streams_next_to_each_other_are_independent():
    """Correlation of pairs: neighbours in a stream, two streams, two seeds, two replications."""
    count = 20_000
    one = np.array(list(islice(Streams(1, 0).stream("work", "a"), count)))
    others = [
        np.roll(one, 1),
        np.array(list(islice(Streams(1, 0).stream("work", "b"), count))),
        np.array(list(islice(Streams(2, 0).stream("work", "a"), count))),
        np.array(list(islice(Streams(1, 1).stream("work", "a"), count))),
        np.array(list(islice(Streams(1, 0).stream("issuance", "a"), count))),
    ]
    for other in others:
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / np.sqrt(count)
        pairs = np.histogram2d(one, other, bins=10, range=[(0, 1), (0, 1)])[0]
        statistic = float(((pairs - count / 100) ** 2 / (count / 100)).sum())
        assert statistic < chi2(99).ppf(1 - 1e-5)


def test_numbers_lie_in_the_half_open_interval():
    """Never 1, so that log(1 - u) is finite; a multiple of 2**-53."""
    numbers = list(islice(Streams(5, 5).stream("x"), 5000))
    assert all(0.0 <= number < 1.0 and (number * WORD).is_integer() for number in numbers)
    assert max(numbers) > 0.99
