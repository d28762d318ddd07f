"""Whatever an intruder reached in a run, the run itself says from which strike on, and by what."""

import math
from collections import Counter

from simlab.model.path import path_to, when
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from tests.helpers import scenario, strategy

RUNS = 600


def test_every_resource_that_was_reached_has_a_way_that_begins_with_a_strike():
    """Random systems under random strategies: each thing has earlier causes, down to strikes of threats."""
    seen = Counter()
    for seed in range(RUNS):
        run = simulate(Plan(scenario(seed), strategy(seed)), seed, trace=True)
        told = [event for event in run.incident if event.kind in {"request", "gain"} and event.allowed]
        facts = {f"{event.action}:{event.resource}" for event in told}
        for target in sorted({permission.resource for permission in run.taken()} | facts):
            path = path_to(run, target)
            assert path.time == when(run, target) < math.inf, (seed, target)
            for cause in path.causes():
                assert (cause.sort == "strike") == (not cause.because), (seed, cause)
                assert all(run.causes[number].time <= cause.time for number in cause.because), (seed, cause)
                seen[cause.sort] += 1
            seen["hops", min(len(path.hops), 3)] += 1
        for target in run.resources:
            assert (path_to(run, target) is None) == math.isinf(when(run, target))
    least = {
        "strike": 300,
        "ask": 300,
        "find": 200,
        "control": 80,
        "steer": 80,
        "rule": 20,
        "obey": 3,
        "carry": 10,
    }
    assert all(seen[sort] >= number for sort, number in least.items()), seen
    assert seen["hops", 3] > 20, seen


def test_each_hop_rests_on_the_very_credential_or_session_that_it_used():
    """A find gave just the credential that was presented; a session is of the agent that the way begins with."""
    seen = Counter()
    for seed in range(RUNS):
        run = simulate(Plan(scenario(seed), strategy(seed)), seed, trace=True)
        for cause in run.causes:
            if cause.sort != "ask":
                continue
            (before,) = (run.causes[number] for number in cause.because)
            via, name = cause.by.split(":")
            if via == "hold":
                assert before.sort == "find", (seed, cause)
                assert before.terms.credential == cause.terms.credential == cause.event.credential
            elif via == "mint":
                assert before.sort == "rule", (seed, cause)
                assert before.fact == cause.by
            else:
                assert before.sort in {"steer", "control"}, (seed, cause)
                assert before.fact.split(":")[1] == name.split(">")[0]
            assert cause.terms.issued <= cause.time < cause.terms.expires
            seen[before.sort] += 1
    assert all(seen[sort] > 50 for sort in ("find", "steer", "control")), seen


def test_keeping_account_changes_nothing_in_the_run():
    """Without a trace there is no account, and the incident is the same."""
    for seed in range(100):
        plan = Plan(scenario(seed), strategy(seed))
        told, plain = simulate(plan, seed, trace=True), simulate(plan, seed)
        assert plain.causes == []
        assert plain.incident == told.incident
