"""A control that only takes something away leaves nothing in reach that was not there before."""

from collections import Counter

from simlab.controls import along
from simlab.controls.change import layers
from simlab.model.path import path_to
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from tests.helpers import scenario, strategy

RUNS = 400


def test_no_control_that_removes_enlarges_reach():
    """Each control along the way to each thing that was reached in random runs."""
    seen = Counter()
    for seed in range(RUNS):
        world, policy = scenario(seed), strategy(seed)
        if any(
            layer.name == "separate-duties" for layer in layers(policy)
        ):  # who loses the one may do the other
            continue
        run = simulate(Plan(world, policy), seed, trace=True)
        before = set(Plan(world, policy).reach.facts)
        for target in sorted({permission.resource for permission in run.taken()}):
            for control in along(path_to(run, target), world, policy):
                changed, other = control.apply(world, policy)
                more = set(Plan(changed, other).reach.facts) - before
                assert not (control.removes and more), (seed, control, sorted(more))
                seen[control.name] += 1
    assert len(seen) >= 12, seen
    assert min(seen.values()) >= 3, seen
