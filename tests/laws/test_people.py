"""The laws of every run, where people approve: random worlds with desks, keys of those who broke the glass, and SOCs."""

import math
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from simlab.metrics import METRICS
from simlab.model.chance import Exponential, Fixed
from simlab.model.people import Approvers, BreakGlass, Fatigue, Hours
from simlab.sim.plan import Plan
from simlab.strategies import HumanApproval, Layered, StaticRBAC
from tests.helpers import HOUR, MINUTE, Dice, scenario, strategy, watch, with_system

RUNS = 600


def people(dice, name, other):
    """Return approvers with a little of everything."""
    count = dice.whole(1, 3)
    asks = dice.whole(1, count)
    return Approvers(
        name,
        catches=dice.one((0.0, 0.5, 0.9)),
        count=count,
        service=dice.one((Fixed(0.0), Fixed(MINUTE), Exponential(10 * MINUTE))),
        hours=dice.one((None, None, Hours(HOUR, 5 * HOUR, 7))),
        per=dice.one(("request", "credential")),
        asks=asks,
        needs=dice.whole(1, asks),
        batch=dice.one((1, 1, 3)),
        limit=dice.one((0, 0, 4)),
        patience=dice.one((math.inf, 30 * MINUTE)),
        escalate_after=dice.one((math.inf, 15 * MINUTE)),
        escalate_to=other,
        fatigue=dice.one((None, Fatigue(5.0, HOUR, 0.0))),
        wrongly_denies=dice.one((0.0, 0.1)),
        break_glass=dice.one((None, BreakGlass(0.0, 4 * HOUR), BreakGlass(10 * MINUTE, 2 * HOUR))),
    )


def with_people(seed):
    """Return a random world in which people are asked in most domains."""
    dice, world = Dice("people", seed), scenario(seed)
    domains = {
        name: replace(domain, enforces=None, approvers=dice.one(("one", "one", "two", "")))
        for name, domain in world.system.domains.items()
    }
    flows = {name: replace(flow, urgent=dice.chance(0.3)) for name, flow in world.system.workflows.items()}
    desks = {"one": people(dice, "one", "two"), "two": people(dice, "two", "one")}
    response = replace(world.response, analysts=dice.whole(0, 2), false_alarms=Exponential(HOUR))
    world = replace(world, response=response)
    return with_system(world, domains=domains, workflows=flows, approvers=desks)


def policy(seed):
    dice = Dice("policy", seed)
    asks = HumanApproval(dice.one((0.0, 1.0, 2.0)), dice.one(("all", "change", "write")), dice.chance(0.5))
    below = strategy(seed)
    layers = below.layers if isinstance(below, Layered) else (below,)
    return Layered((*layers, asks))


@cache
def run(seed):
    return watch(Plan(with_people(seed), policy(seed)), seed=seed)


def test_no_run_leaves_reach():
    """Tired people say yes, and break-glass keys leak: the graph knows of both."""
    seen = Counter()
    for seed in range(RUNS):
        watched = run(seed)
        known = watched.engine.plan.reach
        assert watched.facts <= set(known.facts), seed
        assert {str(right) for right in watched.run.taken()} <= {str(right) for right in known.permissions}, (
            seed
        )
        tally = watched.run.tally
        seen["approvals"] += tally.approvals
        seen["waved through"] += tally.waved_through
        seen["glass"] += tally.glass_broken
        seen["by a key of glass"] += sum(
            event.actor == "intruder" and event.reason == "break-glass" for event in watched.run.incident
        )
    assert seen["approvals"] > 3000
    assert min(seen["waved through"], seen["glass"], seen["by a key of glass"]) > 20, seen


def test_every_request_for_an_approval_has_one_outcome():
    """Pieces of work end once; tries are uses or denials; nobody waits for less than no time."""
    for seed in range(RUNS):
        watched = run(seed)
        tally = watched.run.tally
        value = {name: metric.compute(watched.run) for name, metric in METRICS.items()}
        assert value["attacker_uses"] + value["attacker_denials"] == watched.engine.intruder.tries.made, seed
        assert tally.finished + tally.failed <= tally.tasks, seed
        assert tally.finished == len(tally.delays), seed
        assert all(wait >= 0 for wait in (*tally.delays, *tally.approval_waits, *tally.soc_waits)), seed
        assert tally.approvals_busy + tally.approvals_expired + tally.waved_through <= tally.approvals, seed
        assert tally.granted >= tally.glass_hours - 1e-9 >= -1e-9, seed
        for desk in watched.engine.asking.desks.values():
            waiting = [ticket for line in desk.lines for ticket in line]
            assert desk.inside >= len(waiting), seed
            assert not any(ticket.over for ticket in waiting), seed
            assert len(desk.free) <= desk.people.count, seed


def test_credentials_are_used_while_they_live():
    """By workers and intruders, after whatever wait for an approval."""
    used = Counter()
    for seed in range(RUNS):
        watched = run(seed)
        for event in watched.run.trace:
            if event.kind == "request" and event.allowed and event.credential:
                key = event.credential.partition("#")[0]
                if key in watched.engine.plan.system.secrets:
                    continue
                credential, expires = watched.by_name[event.credential]
                assert credential.issued <= event.time, (seed, event)
                assert event.time <= max(expires, credential.expires), (
                    seed,
                    event,
                )  # given back at that instant
                used[event.actor, event.reason] += 1
    assert used["worker", "approved"] > 1000
    assert used["worker", "break-glass"] > 30
    assert used["intruder", "approved"] > 20


@pytest.mark.parametrize("seed", range(60))
def test_work_and_draws_are_those_without_people(seed):
    """Each piece of work arrives when it always does, and is the work that it always is."""
    assert sorted(run(seed).work) == sorted(watch(Plan(with_people(seed), StaticRBAC()), seed=seed).work)


@pytest.mark.parametrize("seed", range(40))
def test_equal_arguments_give_equal_runs(seed):
    again = watch(Plan(with_people(seed), policy(seed)), seed=seed)
    assert list(again.run.trace) == list(run(seed).run.trace)
    assert again.run.tally == run(seed).run.tally


@pytest.mark.parametrize("seed", range(40))
def test_people_of_whom_nobody_asks_change_nothing(seed):
    """A world with approvers, under a strategy that asks nobody, is the world without."""
    world = scenario(seed)
    domains = {name: replace(domain, approvers="one") for name, domain in world.system.domains.items()}
    desks = {"one": people(Dice("people", seed), "one", "one")}
    other = watch(Plan(with_system(world, domains=domains, approvers=desks), strategy(seed)), seed=seed)
    assert list(other.run.trace) == list(watch(Plan(world, strategy(seed)), seed=seed).run.trace)
