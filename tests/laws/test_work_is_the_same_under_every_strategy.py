"""Law 2: arrivals and draws of the work are keyed, so no strategy and no stranger disturbs them."""

from collections import defaultdict
from dataclasses import replace

from hypothesis import given

from simlab.sim.plan import Plan
from simlab.strategies import (
    ABAC,
    JIT,
    AllowAll,
    DataFlow,
    DenyAll,
    Intent,
    Layered,
    RightSizedRBAC,
    StaticRBAC,
    TokenExchange,
)
from tests.helpers import ANY, LAW, RESTLESS, policies, scenario, scenarios, seeds, watch, with_system

STRATEGIES = (
    AllowAll(),
    DenyAll(),
    StaticRBAC(),
    StaticRBAC(rotation=3600.0, grace=60.0),
    JIT(),
    JIT(ttl=60.0, bound=True, scope="intent"),
    Intent(),
    Layered((JIT(), Intent())),
    RightSizedRBAC(),
    ABAC(),
    JIT(life="session"),
    JIT(life="workflow"),
    Intent(drift="soft"),
    Intent(drift="redeclare"),
    TokenExchange(),
    Layered((TokenExchange(), Intent())),
    Layered((JIT(), DataFlow())),
)
SIMPLE = replace(ANY, latencies=False)
RESTLESS_SIMPLE = replace(RESTLESS, latencies=False)


def arrivals(watched):
    return [(event.time, event.task, event.serial) for event in watched.run.trace if event.kind == "arrive"]


def requests(watched):
    """Return the times of each piece of work's requests [s], by workflow and serial number."""
    times = defaultdict(list)
    for event in watched.run.trace:
        if event.kind == "request" and event.actor == "worker":
            times[event.task.partition("/")[0], event.serial].append(event.time)
    return times


def test_arrivals_and_work_are_the_same_under_many_strategies():
    """Sixty random worlds: each piece of work arrives when it always does, with the work that it always is."""
    for seed in range(60):
        world = scenario(seed)
        seen = [watch(Plan(world, policy), seed=seed) for policy in STRATEGIES]
        assert seen[0].work
        for other in seen[1:]:
            assert sorted(other.work) == sorted(seen[0].work)
            assert sorted(arrivals(other)) == sorted(arrivals(seen[0]))


def test_requests_come_at_the_same_times_where_authority_costs_no_time():
    """A strategy may end a piece of work by a denial; until then, its requests are where they always are."""
    shorter = 0
    for seed in range(100):
        world = scenario(seed, SIMPLE)
        seen = [requests(watch(Plan(world, policy), seed=seed)) for policy in STRATEGIES]
        longest = {name: max((one[name] for one in seen if name in one), key=len) for name in seen[0]}
        for one in seen:
            assert set(one) == set(longest)
            for name, times in one.items():
                assert times == longest[name][: len(times)]
                shorter += len(times) < len(longest[name])
    assert shorter > 1000


def test_what_is_made_up_is_the_same_under_eight_strategies():
    """Sixty restless worlds in which nothing goes wrong: what arrives by itself arrives as it always does.

    Work that is set going by other work is there only where that ended well, and then it is what it always is: the
    same number, at the same time, with the same requests, planned or not. All of it is there where all is allowed.
    """
    spawned = fewer = 0
    for seed in range(60):
        world = without_limits(replace(scenario(seed, RESTLESS_SIMPLE), threats=()))
        seen = [watch(Plan(world, policy), seed=seed) for policy in STRATEGIES]
        roots = [sorted(each for each in arrivals(watched) if each[2] < 10**6) for watched in seen]
        assert all(each == roots[0] for each in roots)
        everything = set(arrivals(seen[0])), set(seen[0].work)
        for watched in seen[1:]:
            assert set(arrivals(watched)) <= everything[0], seed
            assert set(watched.work) <= everything[1], seed
            fewer += len(watched.work) < len(seen[0].work)
            spawned += len(watched.work) - len(roots[0])
    assert spawned > 500
    assert fewer > 50


def without_limits(world):
    """Return *world* without limits of families, for which the order of what ends means something."""
    flows = {
        name: replace(flow, spawns=tuple(replace(rule, most=None) for rule in flow.spawns))
        for name, flow in world.system.workflows.items()
    }
    return with_system(world, workflows=flows)


@LAW
@given(scenarios(), policies, policies, seeds)
def test_any_two_strategies_see_the_same_work(world, one, other, seed):
    """The same, for whatever pair of strategies Hypothesis comes up with."""
    assert sorted(watch(world, one, seed).work) == sorted(watch(world, other, seed).work)


def test_another_seed_is_other_work():
    """The law above would hold, too, if nothing were random."""
    differ = 0
    for seed in range(30):
        plan = Plan(scenario(seed), StaticRBAC())
        one, other = (sorted(watch(plan, seed=draw).work) for draw in (1, 2))
        differ += one != other
    assert differ > 20
