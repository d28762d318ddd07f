"""The laws where domains have limits, fail, keep answers, and hear of revocations unevenly."""

from collections import Counter
from dataclasses import replace

from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import JIT, Intent, Layered, StaticRBAC
from tests.helpers import ANY, HORIZON, Shape, scenario, strategy, took, watch
from tests.trouble import troubled

STEERED = Shape(threats=("prompt-injection", "compromised-tool", "key-leak"), attackers=("opportunist",))


def beyond(watched):
    known = watched.engine.plan.reach
    taken = {permission.resource for permission in watched.run.taken()}
    return (
        watched.facts - set(known.facts),
        set(took(watched.run)) - {str(permission) for permission in known.permissions},
        taken - known.resources,
    )


def test_no_run_leaves_reach():
    """Where a domain fails open, what a credential covers is possible; the graph knows."""
    moved = Counter()
    for seed in range(400):
        policy = (
            Intent(hops=1)
            if seed % 3 == 0
            else Layered((JIT(), Intent()))
            if seed % 3 == 1
            else strategy(seed)
        )
        watched = watch(troubled(scenario(seed, STEERED if seed % 2 else ANY), seed), policy, seed)
        assert not any(beyond(watched)), (seed, beyond(watched))
        moved["touched"] += bool(watched.run.taken())
        moved.update(
            {event.policy for event in watched.run.incident if event.allowed and event.kind == "request"}
        )
        moved.update({event.reason for event in watched.run.trace})
    assert moved["fail-open"] > 20
    assert min(moved[reason] for reason in ("pdp-down", "pdp-busy", "pdp-error")) > 10, moved


def test_nothing_is_used_after_the_last_point_has_heard():
    """Every allowed request comes before the credential has expired and before nobody accepts it any more."""
    seen = Counter()
    for seed in range(200):
        watched = watch(troubled(scenario(seed), seed), strategy(seed), seed)
        known = watched.by_name
        for event in watched.run.trace:
            if event.kind == "request" and event.allowed and event.credential:
                credential, expires = known[event.credential]
                assert credential.issued <= event.time < expires, (seed, event)
                # A revocation that the use itself sets off may come at the same instant, but after it.
                assert event.time <= (credential.revoked or {}).get(event.domain, expires), (seed, event)
                seen[event.actor] += 1
                seen["revoked"] += credential.revoked is not None
    assert min(seen.values()) > 20, seen


def test_work_arrives_as_it_always_does():
    """No strategy, and no trouble, disturbs a draw of the work."""
    for seed in range(30):
        plain = scenario(seed)
        for policy in (StaticRBAC(), JIT(), Layered((JIT(), Intent()))):
            calm, rough = (watch(world, policy, seed) for world in (plain, troubled(plain, seed)))
            assert sorted(calm.work) == sorted(rough.work)


def test_equal_arguments_give_equal_runs_and_a_later_horizon_changes_nothing_before():
    """Outages are drawn one after the other, each by its number."""
    for seed in range(40):
        world = troubled(scenario(seed), seed)
        policy = Layered((JIT(), Intent())) if seed % 2 else Intent()
        short = simulate(Plan(world, policy), seed, trace=True)
        again = simulate(Plan(world, policy), seed, trace=True)
        longer = simulate(Plan(replace(world, horizon=1.5 * HORIZON), policy), seed, trace=True)
        assert list(short.trace) == list(again.trace)
        before = [event._replace(credential="") for event in longer.trace if event.time < HORIZON]
        assert before == [event._replace(credential="") for event in short.trace], seed
