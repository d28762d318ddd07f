"""What holds in every run in which agents improvise, go astray, set work going and go on after its end."""

from collections import Counter, defaultdict
from dataclasses import replace

from simlab.model.access import Intent, Permission
from simlab.model.chance import Exponential, Fixed
from simlab.model.conduct import Improvisation, Spawn
from simlab.model.counts import Poisson
from simlab.model.system import Agent, Call, Task, Tool, Workflow
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import Intent as IntentPolicy
from tests.helpers import HOUR, RESTLESS, reordered, scaled, scenario, strategy, unsigned, watch, with_system

RUNS = 300
GOVERNED = replace(RESTLESS, enforces=False)
CONTINUOUS = replace(RESTLESS, ties=False)


def pieces(run):
    """Return the rows of each piece of work, by workflow and serial number, in order of time."""
    rows = defaultdict(list)
    for event in run.trace:
        if event.actor == "worker":
            rows[event.task.partition("/")[0], event.serial].append(event)
    return rows


def test_each_request_of_work_that_has_ended_is_counted_once():
    """Also where requests fall away because one before them was denied, or was made instead."""
    seen = Counter()
    for seed in range(RUNS):
        run = watch(scenario(seed, RESTLESS), strategy(seed), seed).run
        tally, made, after = run.tally, 0, 0
        for rows in pieces(run).values():
            kinds = [event.kind for event in rows]
            assert kinds[0] == "arrive", seed
            if "finish" in kinds:
                end = kinds.index("finish")
                made += kinds.count("request")
                after += sum(event.allowed for event in rows[end + 1 :])
                assert rows[end].allowed or len(rows) == end + 1, seed  # nothing goes on after a failure
                seen["went on after a denial"] += rows[end].allowed and not all(
                    event.allowed for event in rows[:end]
                )
        assert tally.requests == made, seed
        assert tally.after_end == after, seed
        denied = [event for rows in pieces(run).values() for event in rows if event.kind == "request"]
        assert tally.denied == sum(not event.allowed for event in denied), seed
        assert tally.tasks == len(pieces(run)), seed
        seen["after the end"] += after
    assert min(seen.values()) > 300, seen


def test_each_decision_of_work_that_has_ended_is_counted_once():
    """Under intent everywhere, every request is decided at a decision point."""
    for seed in range(RUNS):
        tally = watch(scenario(seed, GOVERNED), IntentPolicy(), seed).run.tally
        assert tally.decisions == tally.requests, seed


def test_another_unit_of_time_changes_nothing_but_the_unit():
    """L6, as far as what is made up goes: powers of two, under strategies that have no times of their own."""
    for seed in range(RUNS):
        world = scenario(seed, replace(RESTLESS, threats=("nothing",), enforces=False))
        for policy in (IntentPolicy(),):
            one = simulate(Plan(world, policy), seed, trace=True)
            other = simulate(Plan(scaled(world, 4.0), policy), seed, trace=True)
            assert [event._replace(time=event.time * 4.0) for event in one.trace] == list(other.trace), seed


def test_the_order_of_lists_means_nothing():
    """L7. Condition: nothing happens at the same instant as something else."""
    for seed in range(RUNS):
        world, policy = scenario(seed, CONTINUOUS), strategy(seed)
        one, other = (
            simulate(Plan(each, policy), seed, trace=True) for each in (world, reordered(world, seed))
        )
        assert sorted(one.trace) == sorted(other.trace), seed
        assert one.tally == other.tally, seed


def test_l17_one_harmless_restless_agent_more_changes_exactly_its_own_rows():
    """L17. It improvises, goes astray, sets its own work going and goes on after the end; nobody can talk to it."""
    rows = 0
    for seed in range(RUNS):
        world, policy = unsigned(scenario(seed, RESTLESS)), strategy(seed)
        system = world.system
        # What others put into a queue is theirs: who takes it from them is not harmless.
        names = [name for name, resource in system.resources.items() if not resource.consumed]
        if len(names) < 2:
            continue
        one, two = (Permission("read", name) for name in names[:2])
        task = Task("w99", "owner", ("z",), Intent("read", frozenset({one})), frozenset({one}))
        call = Call(0, one, Exponential(60.0), "t98")
        flow = Workflow(
            "w99", (task,), (call,), Exponential(HOUR),
            improvises=(
                Improvisation(0.5, ((Call(0, two, Fixed(5.0), "t99"),),), 0.3, tuple(sorted((one, two)))),
            ),
            spawns=(Spawn("w99#1", "w99", Poisson(0.5)),),
            lingers=(Call(0, one, Fixed(60.0), "t98"),),
        )  # fmt: skip
        more = with_system(
            world,
            tools={**system.tools, "t98": Tool("t98", (one,)), "t99": Tool("t99", (two,))},
            agents={
                **system.agents,
                "z": Agent("z", frozenset({one, two}), tuple(sorted((one, two))), "z", 0.0),
            },
            workflows={**system.workflows, "w99": flow},
        )
        plain, changed = (simulate(Plan(each, policy), seed, trace=True) for each in (world, more))
        own = [event for event in changed.trace if event.agent == "z"]
        assert [event for event in changed.trace if event.agent != "z"] == list(plain.trace), seed
        assert all(event.task == "w99" and event.actor == "worker" for event in own), seed
        rows += len(own)
    assert rows > 10 * RUNS
