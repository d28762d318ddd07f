"""The laws, where roles change during the run."""

from collections import Counter
from dataclasses import replace

from simlab.graph.reach import reach
from simlab.model.chance import Fixed
from simlab.model.enforcement import Replicas
from simlab.model.policy import PolicyChange
from simlab.strategies import parse
from tests.helpers import HORIZON, Dice, permissions_of, scenario, strategy, watch
from tests.laws.test_reach_bounds_every_run import beyond

STRATEGIES = ("static-rbac", "jit", "jit:ttl=5m,bound=true", "token-exchange", "intent", "jit+intent")


def changing(seed, *, late=True):
    """Return the random scenario of *seed*, whose agents lose and gain rights with their roles."""
    world, dice = scenario(seed), Dice("policies", seed)
    system = world.system
    times = sorted({HORIZON * dice.uniform() for _ in range(dice.whole(1, 3))})
    everything = permissions_of(list(system.resources))
    agents = {}
    for name, agent in system.agents.items():
        lost = frozenset(dice.some(sorted(agent.entitlements), 0.5))
        gained = frozenset(dice.some(everything, 0.3)) - agent.entitlements
        eras = {}
        for right in sorted(lost | gained):
            first, has = dice.whole(1, len(times)), right in lost
            eras[right] = frozenset(era for era in range(len(times) + 1) if (era < first) == has)
        agents[name] = replace(
            agent, entitlements=agent.entitlements - lost, changing=tuple(sorted(eras.items()))
        )
    domains = {
        name: replace(
            domain,
            revocation=Fixed(60.0 * dice.whole(0, 20)),
            replicas=Replicas(
                dice.whole(1, 3), 600.0 * dice.whole(0, 2), dice.uniform(), 300.0 * dice.whole(0, 1)
            ),
        )
        if late
        else replace(domain, revocation=Fixed(0.0), replicas=Replicas())
        for name, domain in system.domains.items()
    }
    policy = tuple(PolicyChange(time, "role") for time in times)
    return replace(world, system=replace(system, agents=agents, domains=domains, policy=policy))


def test_no_run_leaves_reach_which_is_the_union_of_all_policies():
    """Whatever is tried under whichever policy, the graph knew of it; the graph of the first policy alone did not."""
    moved = Counter()
    for seed in range(400):
        world, policy = changing(seed), strategy(seed)
        watched = watch(world, policy, seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        moved["touched"] += bool(watched.run.taken())
        moved["denied"] += any(event.reason == "role-changed" for event in watched.run.trace)
        moved["stale"] += watched.run.tally.stale > 0
        first = {
            name: replace(
                agent,
                entitlements=agent.entitlements.union(r for r, eras in agent.changing if 0 in eras),
                changing=(),
            )
            for name, agent in world.system.agents.items()
        }
        before = reach(
            replace(world.system, agents=first, policy=()), policy, watched.engine.plan.reach.foothold
        )
        moved["further"] += not watched.run.taken().keys() <= set(before.permissions)
    assert all(moved[what] > 5 for what in ("touched", "denied", "stale", "further")), moved


def test_work_is_the_same_with_and_without_changes():
    """What arrives, and the work that is drawn for it, do not depend on what roles mean."""
    drew = 0
    for seed in range(60):
        world = changing(seed)
        plain = {name: replace(agent, changing=()) for name, agent in world.system.agents.items()}
        still = replace(world, system=replace(world.system, agents=plain, policy=()))
        for text in STRATEGIES:
            with_them, without = (watch(one, parse(text), seed) for one in (world, still))
            assert with_them.work == without.work, (seed, text)
            drew += len(without.work)
    assert drew > 1000


def test_what_is_looked_up_is_never_stale_where_everybody_hears_at_once():
    """A role check at each request, or a decision online, meets the policy in force; the same run gives the same bytes."""
    stale = 0
    for seed in range(80):
        world = changing(seed, late=False)
        for text in ("static-rbac", "intent", "jit+intent", "jit:ttl=4h"):
            run = watch(world, parse(text), seed).run
            assert list(run.trace) == list(watch(world, parse(text), seed).run.trace), seed
            if text == "jit:ttl=4h":
                stale += run.tally.stale
            else:
                assert run.tally.stale == 0, (seed, text)
    assert stale > 5
