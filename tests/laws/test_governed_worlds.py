"""The laws, where agents drift, are reviewed, and leave."""

import math
from collections import Counter
from dataclasses import replace

from simlab.metrics import METRICS
from simlab.model.chance import NEVER, Exponential, Fixed
from simlab.model.governance import Excess, Offboarding, Review
from simlab.model.system import Principal
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse
from tests.helpers import HORIZON, HOUR, Dice, permissions_of, scenario, strategy, unsigned, watch
from tests.laws.test_every_run import ends
from tests.laws.test_reach_bounds_every_run import beyond
from tests.sim.test_untouchable_work import event_by_event, rows

STRATEGIES = (
    "static-rbac",
    "static-rbac:rotation=1h,grace=5m",
    "jit",
    "jit:ttl=5m,bound=true",
    "intent",
    "jit+intent",
)


def law(dice):
    return Fixed(600.0 * dice.whole(1, 12)) if dice.chance(0.5) else Exponential(HOUR)


def governed(seed, *, drifts=True, leaves=True):
    """Return the random scenario of *seed*, whose agents drift and leave, with reviews and offboarding."""
    world, dice = scenario(seed), Dice("governed", seed)
    system = world.system
    rights = permissions_of(list(system.resources))
    owners = ["", "platform", *system.principals, *system.agents]
    agents = {}
    for name, agent in system.agents.items():
        gains = tuple(sorted(set(dice.some(rights, 0.4)) - agent.entitlements))
        agents[name] = replace(
            agent,
            excess=Excess(law(dice), gains) if drifts and gains and dice.chance(0.8) else None,
            leaves=law(dice) if leaves and dice.chance(0.4) else NEVER,
            owner=dice.one(owners),
        )
    people = {
        name: Principal(name, leaves=law(dice) if leaves and dice.chance(0.4) else NEVER)
        for name in system.principals
    }
    secrets = {name: replace(secret, owner=dice.one(owners)) for name, secret in system.secrets.items()}
    sees = None if dice.chance(0.5) else frozenset(dice.some(list(system.domains), 0.5))
    review = Review(600.0 * dice.whole(1, 12), sees, dice.uniform())
    offboarding = Offboarding(law(dice), 0.3)
    return replace(
        world,
        system=replace(
            system,
            agents=agents,
            principals=people,
            secrets=secrets,
            reviews=review if dice.chance(0.7) else None,
            offboarding=offboarding if dice.chance(0.7) else None,
        ),
    )


def test_no_run_leaves_reach():
    """Whatever agents come to have, and whenever a thief comes to use it, the graph knew of it."""
    moved = Counter()
    for seed in range(500):
        world, policy = governed(seed, leaves=seed % 3 == 0), strategy(seed)
        watched = watch(world, policy, seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        moved["touched"] += bool(watched.run.taken())
        plain = replace(
            world,
            system=replace(
                world.system,
                agents={name: replace(one, excess=None) for name, one in world.system.agents.items()},
            ),
        )
        moved["further"] += bool(watched.run.taken().keys() - Plan(plain, policy).reach.permissions)
    assert moved["touched"] > 100
    assert moved["further"] > 10, moved  # than the graph without rights in excess says


def test_work_is_the_same_under_every_strategy():
    """Who leaves when, and so what arrives, is settled without it."""
    for seed in range(40):
        world = governed(seed)
        seen = [sorted(watch(world, parse(text), seed).work) for text in STRATEGIES]
        assert all(one == seen[0] for one in seen)


def test_nothing_is_used_after_it_expired_or_was_revoked():
    """Offboarding included."""
    offboarded = 0
    for seed in range(300):
        watched = watch(governed(seed), strategy(seed), seed)
        known = watched.by_name
        as_issued = {id(credential): expires for credential, expires in known.values()}
        for event in watched.run.trace:
            if event.kind == "request" and event.allowed and event.credential:
                credential, expires = known[event.credential]
                assert credential.issued <= event.time < expires, (seed, event)
                assert event.time <= ends(credential, event.domain, as_issued), (seed, event)
        offboarded += any(event.reason == "offboarded" for event in watched.run.incident)
        assert watched.run.tally.issued == len(watched.issued), seed
    assert offboarded > 50


def test_what_is_allowed_beyond_roles_somebody_has_in_excess():
    """A request with a standing key beyond its roles comes within a window of some user of the key."""
    seen = 0
    for seed in range(300):
        watched = watch(governed(seed, leaves=False), parse("static-rbac"), seed)
        engine = watched.engine
        for event in watched.run.trace:
            if event.kind != "request" or not event.allowed or event.policy in {"secret", "allow-all"}:
                continue
            credential, _ = watched.by_name[event.credential]
            if event.permission in credential.grant.scope or credential.parent is not None:
                continue
            users = engine.plan.authority.users[credential.key]
            holdings = [one for user in users for one in engine.drift._all.get((user, event.permission), ())]
            assert any(one.since <= event.time < one.until for one in holdings), (seed, event)
            seen += 1
    assert seen > 50


def test_untouchable_work_comes_out_as_if_done_event_by_event():
    """What drifts or may be revoked is touchable; the rest does not care."""
    spared = 0
    for text in ("static-rbac", "jit:ttl=5m", "intent"):
        for seed in range(40):
            quick, slow = (Plan(governed(seed), parse(text)) for _ in range(2))
            event_by_event(slow)
            spared += sum(not flow.touchable for flow in quick.flows)
            one, other = simulate(quick, seed, trace=True), simulate(slow, seed, trace=True)
            assert rows(one) == rows(other), seed
    assert spared > 0


def test_every_number_is_within_its_bounds():
    """Shares lie in [0, 1]; what is certified is no more than what is there; nothing outlives the run."""
    moved = Counter()
    shares = [
        name for name, metric in METRICS.items() if metric.unit == "ratio" and metric.side == "governance"
    ]
    for seed in range(300):
        watched = watch(governed(seed), strategy(seed), seed)
        value = {name: metric.compute(watched.run) for name, metric in METRICS.items()}
        assert all(math.isfinite(number) for number in value.values()), seed
        assert all(0 <= value[name] <= 1 for name in shares), (seed, value)
        told, system = watched.run.governance, watched.engine.plan.system
        assert 0 <= value["drift"] <= value["over_permissions"], seed
        assert told.used <= told.granted, seed
        assert told.unbroken + told.late <= 2 * told.allowed, seed
        keys = len(watched.engine.plan.authority.users) * watched.engine.broker.groups + len(system.secrets)
        assert 0 <= value["orphan_hours"] <= keys * HORIZON / HOUR + 1e-9, seed
        moved.update(name for name in value if value[name] > 0)
        ended = [event for event in watched.run.trace if event.kind == "finish"]
        done = {(event.task, event.serial) for event in ended}
        allowed = sum(
            event.allowed
            and (event.actor == "intruder" or (event.task.partition("/")[0], event.serial) in done)
            for event in watched.run.trace
            if event.kind == "request"
        )
        assert told.allowed == allowed, seed
    assert all(moved[name] > 5 for name in (*shares, "drift", "orphan_hours", "actions_after_end")), moved


def test_equal_arguments_give_equal_runs():
    """Twice the same seed is twice the same."""
    for seed in range(40):
        one, other = (simulate(Plan(governed(seed), strategy(seed)), seed, trace=True) for _ in range(2))
        assert one.incident == other.incident
        assert one.governance == other.governance
        assert list(one.trace) == list(other.trace)


def test_an_agent_that_drifts_and_does_nothing_disturbs_nobody():
    """A stranger more: every row stays as it is."""
    for seed in range(40):
        world = unsigned(scenario(seed))
        idle = replace(
            next(iter(world.system.agents.values())),
            name="zz", key="zz", entitlements=frozenset(), menu=(), identity="",
        )  # fmt: skip
        stranger = replace(
            idle, excess=Excess(Fixed(600.0), tuple(permissions_of(list(world.system.resources))))
        )
        more = replace(
            world,
            system=replace(
                world.system,
                agents={**world.system.agents, "zz": stranger},
                reviews=Review(3600.0, catches=0.5),
            ),
        )
        one, other = (simulate(Plan(each, parse("static-rbac")), seed, trace=True) for each in (world, more))
        assert list(one.trace) == list(other.trace)
