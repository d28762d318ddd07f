"""The laws where domains have limits, fail, keep answers, and hear of revocations unevenly."""

from collections import Counter
from dataclasses import replace

from simlab.model.chance import Exponential, Fixed
from simlab.model.enforcement import Cache, Outage, Replicas
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import JIT, Intent, Layered, StaticRBAC
from tests.helpers import (
    ANY,
    HORIZON,
    HOUR,
    MINUTE,
    Dice,
    Shape,
    scenario,
    strategy,
    took,
    watch,
    with_system,
)

STEERED = Shape(threats=("prompt-injection", "compromised-tool", "key-leak"), attackers=("opportunist",))
SERVICES = ("decisions", "issuer", "revocation", "telemetry")


def troubled(world, seed):
    """Return *world* with trouble in its domains, each of its own kind."""

    def trouble(domain):
        dice = Dice("trouble", seed, domain.name)
        limited = dice.chance(0.4)
        return replace(
            domain,
            deciders=dice.whole(1, 2) if limited else 0,
            waiting=dice.whole(0, 2) if limited else domain.waiting,
            decision=Fixed(dice.one((30.0, 10 * MINUTE))) if limited else domain.decision,
            errors=dice.one((0.0, 0.3, 1.0)),
            cache=Cache(dice.one((0.0, HOUR)), Fixed(1.0)),
            fails_open=dice.chance(0.6),
            issuer_refuses=dice.chance(0.5),
            outages=tuple(_outage(dice, what) for what in dice.some(SERVICES, 0.5)),
            replicas=Replicas(
                dice.whole(1, 3), dice.one((0.0, 20 * MINUTE)), dice.one((0.3, 1.0)), dice.one((0.0, 600.0))
            ),
            runbook=dice.one((1.0, 0.5)),
            manual=Fixed(HOUR),
        )

    return with_system(
        world, domains={name: trouble(domain) for name, domain in world.system.domains.items()}
    )


def _outage(dice, what):
    if dice.chance(0.5):
        return Outage(what, at=(Fixed(dice.uniform() * HORIZON),), lasts=Fixed(2 * HOUR))
    return Outage(what, every=Exponential(2 * HOUR), lasts=Exponential(HOUR))


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
