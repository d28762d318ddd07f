"""No run leaves reach, and equal arguments give equal runs, where secrets are replaced and come in bundles."""

from dataclasses import replace

from simlab.model.access import Permission
from simlab.model.chance import Empirical, Exponential, Uniform
from simlab.model.counts import Poisson
from simlab.model.system import Secret
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from tests.helpers import HORIZON, HOUR, Dice, Shape, scenario, strategy, took, watch, with_system
from tests.laws.test_reach_bounds_every_run import beyond

RICH = Shape(secrets=4, resources=5, threats=("key-leak", "key-leak", "prompt-injection"))


def lively(seed):
    """Return a random world in which each secret is replaced, comes in bundles, or neither."""
    dice, world = Dice("lively", seed), scenario(seed, RICH)
    secrets = {}
    for name, one in world.system.secrets.items():
        lives = dice.one((Exponential(HOUR), Uniform(0.0, 2 * HOUR), Empirical((0.0, HORIZON / 3))))
        more = {"reveals": Poisson(0.8), "stale": dice.one((0.0, 0.5))}
        secrets[name] = replace(one, **dice.one(({"lifetime": lives}, {"lifetime": lives}, more, {})))
    return with_system(world, secrets=secrets)


def test_no_run_leaves_reach():
    found = 0
    for seed in range(400):
        watched = watch(lively(seed), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        issued = {leak.credential: leak.issued for leak in watched.run.leaks}
        assert all(time < HORIZON for time in issued.values())
        found += len(watched.run.found() - issued.keys()) > 1
    assert found > 25


def test_equal_arguments_give_equal_runs():
    for seed in range(60):
        plan = Plan(lively(seed), strategy(seed))
        one, other = (simulate(plan, seed, 3, trace=True) for _ in range(2))
        assert list(one.trace) == list(other.trace)
        assert one.leaks == other.leaks


def test_a_secret_that_nobody_can_get_hold_of_changes_nothing():
    """L8: it has streams of its own."""
    for seed in range(60):
        world, policy = lively(seed), strategy(seed)
        spare = Secret("spare", frozenset({Permission("read", "r1")}), lifetime=Exponential(HOUR))
        richer = with_system(world, secrets={**world.system.secrets, "spare": spare})
        assert took(simulate(Plan(world, policy), seed)) == took(simulate(Plan(richer, policy), seed))
