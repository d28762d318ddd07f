"""No strategy wins everywhere: for each of them a scenario in which it is the wrong choice."""

from functools import cache
from pathlib import Path

import pytest

import simlab
from simlab.api import Lab
from simlab.metrics import METRICS
from simlab.strategies import STRATEGIES, parse
from simlab.strategies.layers import Layered

FOLDER = Path(__file__).parents[2] / "scenarios" / "reference"
HERE = "where-it-fails/"

TABLE = """
allow-all                         | reach           | where-it-fails/key-at-rest          | 4 | static-rbac            | 3
deny-all                          | tasks_failed    | where-it-fails/summary-to-customer  | 1 | static-rbac            | 0
static-rbac                       | attacker_uses   | where-it-fails/key-at-rest          | 3 | jit                    | 0
static-rbac                       | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
right-sized-rbac                  | tasks_failed    | where-it-fails/once-a-year          | 1 | static-rbac            | 0
right-sized-rbac                  | attacker_uses   | where-it-fails/key-at-rest          | 2 | jit                    | 0
abac                              | attacker_uses   | where-it-fails/key-at-rest          | 3 | jit                    | 0
abac                              | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
abac                              | tasks_failed    | where-it-fails/other-teams-fire     | 1 | static-rbac            | 0
abac                              | reach           | transitive/recruiting-a-stronger-agent | 4 | token-exchange      | 1
jit:ttl=3h                        | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
jit                               | latency_p50     | long-task-renews                    | 24 | static-rbac           | 0
jit                               | reach           | transitive/own-identity-is-the-confused-deputy | 2 | token-exchange | 1
jit:ttl=3h,bound=true             | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
jit:ttl=3h,life=session           | attacker_uses   | where-it-fails/key-at-rest          | 2 | jit:ttl=3h             | 0
jit:ttl=1h,life=workflow          | attacker_uses   | life-of-a-credential                | 3 | jit:ttl=1h             | 0
jit:ttl=1h,life=session           | attacker_uses   | life-of-a-credential                | 4 | jit:ttl=1h,life=workflow | 3
jit:scope=intent                  | tasks_failed    | where-it-fails/rare-need            | 2 | jit                    | 0
token-exchange                    | tasks_failed    | where-it-fails/strong-callee        | 1 | jit                    | 0
token-exchange:ttl=3h             | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
intent                            | tasks_failed    | where-it-fails/rare-need            | 2 | jit                    | 0
intent                            | tasks_failed    | transitive/chain-kept-or-lost       | 1 | token-exchange+intent  | 0
intent:attested=false             | attacker_uses   | where-it-fails/key-at-rest          | 3 | jit                    | 0
intent:drift=soft                 | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
intent:drift=soft                 | flagged         | where-it-fails/rare-need            | 3 | jit                    | 0
intent:drift=redeclare            | attacker_uses   | where-it-fails/inside-the-job       | 1 | intent                 | 0
intent:drift=redeclare            | tasks_failed    | where-it-fails/rare-need            | 1 | intent:drift=soft      | 0
static-rbac+data-flow             | attacker_uses   | where-it-fails/inside-the-job       | 2 | intent                 | 0
static-rbac+data-flow             | tasks_failed    | where-it-fails/summary-to-customer  | 1 | static-rbac            | 0
static-rbac+data-flow             | tasks_failed    | where-it-fails/label-creep          | 4 | static-rbac            | 0
intent                            | tasks_failed    | where-it-fails/label-creep          | 4 | intent:flows=false     | 0
static-rbac+separate-duties       | tasks_failed    | where-it-fails/one-on-call          | 1 | static-rbac            | 0
static-rbac+separate-duties       | attacker_uses   | where-it-fails/key-at-rest          | 3 | jit                    | 0
static-rbac+human-approval:sensitivity=1 | tasks_failed | approvals-expire                | 1 | static-rbac            | 0
static-rbac+human-approval:sensitivity=1 | latency_p50  | approvals-quorum                | 300 | static-rbac          | 0
"""
"""Strategy, metric, scenario and its number; the strategy that does better there, and its number."""

ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]


@cache
def lab(name):
    return Lab(simlab.load(FOLDER / f"{name}.yaml").scenario)


def measured(name, strategy, metric):
    """Return what *metric* is under *strategy*; nothing in these scenarios is left to chance."""
    if metric == "reach":
        return len(lab(name).reach(strategy).resources)
    return METRICS[metric].compute(lab(name).run(strategy, 1, 0))


@pytest.mark.parametrize(("strategy", "metric", "name", "worse", "other", "better"), ROWS)
def test_it_is_the_wrong_choice_there(strategy, metric, name, worse, other, better):
    """More reach, more harm or more friction than a named other strategy, on the same scenario."""
    assert metric == "reach" or METRICS[metric].direction == "lower"
    assert measured(name, strategy, metric) == float(worse)
    assert measured(name, other, metric) == float(better)
    assert float(worse) > float(better)


def test_every_strategy_is_the_wrong_choice_somewhere():
    """A new strategy needs a row, too: one that wins everywhere lacks a mechanism."""
    seen = set()
    for row in ROWS:
        strategy = parse(row[0])
        seen |= {layer.name for layer in (strategy.layers if isinstance(strategy, Layered) else (strategy,))}
    assert seen == set(STRATEGIES)


def test_every_parameter_that_makes_another_strategy_has_a_row():
    """Lives of credentials and ways to treat drift are treatments of their own."""
    texts = " ".join(row[0] for row in ROWS)
    assert all(word in texts for word in ("bound=true", "life=session", "life=workflow", "soft", "redeclare"))


def test_every_scenario_of_the_folder_is_used():
    """And none is forgotten."""
    files = {f"{HERE}{path.stem}" for path in (FOLDER / HERE).glob("*.yaml")}
    assert files == {row[2] for row in ROWS if row[2].startswith(HERE)}
