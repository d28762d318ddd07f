"""Law L15: the order in which things came to be due at one instant plays no part."""

import random

import pytest

import simlab.sim.engine
from simlab.sim.clock import Clock
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from tests.helpers import scenario, strategy

SEEDS = 600


class Shuffled(Clock):
    """A clock on which what ranks alike at one instant happens in an order of chance."""

    def __init__(self):
        super().__init__()
        self._tie = iter(random.Random(1).random, None)  # noqa: S311 (no secret)


def told(plan, seed):
    """Return all that there is to tell of one run; what happened at one instant in an order of its own."""
    run = simulate(plan, seed, trace=True)
    return sorted(map(repr, run.trace)), repr(run.tally), repr(run.governance), run.loss, run.exposure


def shuffled(plan, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simlab.sim.engine, "Clock", Shuffled)
        return told(plan, seed)


@pytest.mark.parametrize("part", range(4))
def test_shuffling_what_is_due_at_one_instant_changes_nothing(part):
    """All times of these worlds lie on a grid of minutes or are drawn; much is due at one instant."""
    for seed in range(part, SEEDS, 4):
        plan = Plan(scenario(seed), strategy(seed))
        assert told(plan, seed) == shuffled(plan, seed), f"{seed} under {plan.label}"
