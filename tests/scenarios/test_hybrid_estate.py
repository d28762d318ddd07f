"""The numbers in the header of the hybrid estate hold at a smaller number of runs, and the weak domain is the same."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import simlab
from simlab.errors import UnknownNameError, UsageError
from simlab.experiment import as_good_as, between, compare, repairs

CASES = Path(__file__).parents[2] / "scenarios" / "cases"
SEED = 1
DIFFERENCE = -7.64
"""[resources] of the blast radius under jit+intent, uniform minus uneven, as the header has it."""


@cache
def load(name):
    return simlab.load(CASES / f"{name}.yaml").scenario


@cache
def results(name, strategy, runs):
    return compare(load(name), [strategy], runs, SEED)


def difference(strategy, metric, runs=30):
    table = between(
        results("hybrid-estate-uniform", strategy, runs), results("hybrid-estate", strategy, runs)
    )
    return table[table["metric"] == metric].iloc[0]


def test_in_the_uniform_estate_every_domain_is_as_good_as_the_best():
    domains = load("hybrid-estate-uniform").system.domains
    best = domains["aws"]
    assert best == load("hybrid-estate").system.domains["aws"]
    assert all(replace(domain, name="aws") == best for domain in domains.values())


def test_work_and_threats_of_the_two_are_the_same():
    """So that a pair of runs differs in what domains do, and in nothing else."""
    one, other = load("hybrid-estate"), load("hybrid-estate-uniform")
    assert one.system.workflows == other.system.workflows
    assert (one.threats, one.attacker, one.response) == (other.threats, other.attacker, other.response)
    first, second = (simlab.Lab(scenario).run("jit+intent", SEED, 0, trace=True) for scenario in (one, other))
    assert first.tally.tasks == second.tally.tasks


def test_uneven_enforcement_makes_one_strategy_worth_less():
    """The header's difference lies within the interval of 30 pairs."""
    row = difference("jit+intent", "blast_radius")
    assert row["low"] <= DIFFERENCE <= row["high"] < 0
    assert row["verdict"] == "better"
    assert row["n"] == 30


def test_the_crm_is_the_weak_domain():
    """It is touched most, and making only that one as good as the best helps most."""
    table = repairs(load("hybrid-estate"), "jit+intent", "aws", reps=20, seed=SEED)
    assert next(iter(table["domain"])) == "crm"
    assert set(table["domain"]) == {"azure", "gcp", "crm", "code"}
    assert table["touched"].idxmax() == 0
    assert table["high"][0] < table["low"][1]


def test_a_domain_takes_over_all_but_the_name():
    repaired = as_good_as(load("hybrid-estate"), "crm", "aws")
    domains = repaired.system.domains
    assert domains["crm"] == replace(domains["aws"], name="crm")
    assert domains["gcp"] == load("hybrid-estate").system.domains["gcp"]
    with pytest.raises(UnknownNameError, match="did you mean 'crm'"):
        as_good_as(load("hybrid-estate"), "crn", "aws")


def test_what_is_no_pair_is_not_compared():
    one = results("hybrid-estate", "jit+intent", 30)
    with pytest.raises(UsageError, match="two scenarios and one seed"):
        between(one, one)
    with pytest.raises(UsageError, match="no strategy in common"):
        between(one, results("hybrid-estate-uniform", "deny-all", 2))
