"""What holds where data travel through stores, with their labels or without."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from simlab.attackers import Opportunist
from simlab.graph import reach
from simlab.model.access import Intent, Permission
from simlab.model.attack import Foothold, When
from simlab.model.chance import Exponential, Fixed
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Call, Delegation, Domain, Resource, System, Task, Tool, Workflow
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import DataFlow, Layered, StaticRBAC, parse
from simlab.threats import CompromisedTool, KeyLeak, PromptInjection
from tests.helpers import (
    ANY,
    HOUR,
    LAW,
    MINUTE,
    MODES,
    RESTLESS,
    Dice,
    policies,
    reordered,
    scenario,
    scenarios,
    seeds,
    strategy,
    watch,
    with_system,
)
from tests.laws.test_reach_bounds_every_run import HIJACKED, RESTLESS_HIJACKED, beyond

SHAPES = (ANY, RESTLESS, HIJACKED, RESTLESS_HIJACKED)
STORES = ("memory", "queue")
FLOWS = Layered((StaticRBAC(), DataFlow()))
POLICIES = tuple(
    map(parse, ("static-rbac", "static-rbac+data-flow", "intent", "jit+data-flow", "jit:ttl=1h"))
)


def stored(world, seed, kinds=("nothing", "data", "labels")):
    """Return *world*, in which some resources are stores, drawn apart so that nothing else changes."""
    dice = Dice("stores", seed)
    resources = {
        name: replace(resource, carries=dice.one(kinds)) for name, resource in world.system.resources.items()
    }
    return with_system(world, resources=resources)


def gossip(seed, carries=None, **changes):
    """Return a small world of agents that read, remember and send; what its stores carry is drawn, or *carries*."""
    dice, drawn = Dice("gossip", seed), Dice("gossip stores", seed)
    places = (
        Resource("inbox", "d", untrusted=True),
        Resource("crm", "d", label="pii"),
        Resource("repo", "d", label=dice.one(("", "code"))),
        Resource("web", "d", outward=True),
        *(
            Resource(name, "d", consumed=dice.chance(0.1), retained=dice.one((math.inf, HOUR)))
            for name in STORES
        ),
    )
    resources = {
        each.name: replace(each, carries=carries or drawn.one(("nothing", "data", "labels")))
        if each.name in STORES
        else replace(each, holds=("b",) if dice.chance(0.1) else ())
        for each in places
    }
    rights = [Permission("read", name) for name in resources if name != "web"]
    rights += [Permission("write", name) for name in ("web", *STORES)]
    agents = {}
    for name in ("a", "b", "c"):
        menu = tuple(sorted({*dice.some(rights, 0.6), rights[0]}))
        agents[name] = Agent(name, frozenset(menu), menu, name)
    obeying = {name: tuple(dice.some(list(agents), 0.3)) for name in STORES}
    resources = {name: replace(each, obeyed_by=obeying.get(name, ())) for name, each in resources.items()}
    edges = tuple(
        Delegation(one, other, dice.one(MODES))
        for one in agents
        for other in agents
        if one != other and dice.chance(0.2)
    )
    flows = {f"w{name}": _chat(dice, f"w{name}", agents[name], agents, edges) for name in agents}
    when = When(dice.one(("clock", "at-work")), Fixed(HOUR * dice.uniform()))
    threat = dice.one((PromptInjection("inbox", when), CompromisedTool("t", when), KeyLeak("a", when=when)))
    attacker = Opportunist(Exponential(5 * MINUTE), hands=dice.one((0, 1)), revisits=dice.chance(0.3))
    system = System(
        {"d": Domain("d")}, resources, {"t": Tool("t", tuple(rights))}, agents=agents, delegations=edges,
        workflows=flows,
    )  # fmt: skip
    world = Scenario(f"gossip-{seed}", "?", 8 * HOUR, system, (threat,), attacker)
    return replace(world, **changes)


def _chat(dice, name, agent, agents, edges):
    """Return a workflow of *agent*, which may have another agent do a part of it."""
    parts, calls = [agent.name], []
    callees = [edge for edge in edges if edge.caller == agent.name]
    tasks = [Task(name, "owner", (agent.name,), Intent("chat", frozenset(agent.menu)), frozenset(agent.menu))]
    if callees:
        edge = dice.one(callees)
        menu = frozenset(agents[edge.callee].menu)
        chain = (agent.name, edge.callee) if edge.mode == "on-behalf-of" else (edge.callee,)
        tasks.append(Task(f"{name}/1", "owner", chain, Intent("chat", menu), menu, edge.mode, 0))
        parts.append(edge.callee)
    for index, part in enumerate(parts):
        calls += [
            Call(index, dice.one(agents[part].menu), Exponential(4 * MINUTE), "t")
            for _ in range(dice.whole(3, 7))
        ]
    return Workflow(name, tuple(tasks), tuple(calls), Exponential(40 * MINUTE))


def all_of(world):
    """Return the foothold of all threats of *world* together."""
    whole = Foothold()
    for threat in world.threats:
        whole |= threat.strike(world.system)
    return whole


def test_no_run_leaves_reach_in_400_random_worlds_with_stores():
    """L1. Data go from work to work by way of stores, and an intruder takes part in it."""
    for seed in range(400):
        watched = watch(stored(scenario(seed, SHAPES[seed % 4]), seed), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))


def test_no_run_leaves_reach_in_600_worlds_of_gossip():
    """L1. The same where all of it is about reading, remembering and sending."""
    seen = Counter()
    for seed in range(600):
        policy = POLICIES[seed % len(POLICIES)]
        watched, without = (watch(each, policy, seed) for each in (gossip(seed), gossip(seed, "nothing")))
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        seen["out by way of a store"] += any(
            fact.startswith("exfiltrate:") for fact in watched.facts - without.facts
        )
        seen["more denied"] += watched.run.tally.denied > without.run.tally.denied
    assert min(seen.values()) > 25, seen


@LAW
@given(scenarios(RESTLESS_HIJACKED), policies, seeds)
def test_no_run_with_stores_leaves_reach_wherever_hypothesis_looks(world, policy, seed):
    """The same cases, but Hypothesis makes a failing one small."""
    assert not any(beyond(watch(stored(world, seed), policy, seed)).values())


def test_reach_grows_with_stores_and_shrinks_with_labels():
    """A store that carries data reaches all that one that carries nothing does, and one that keeps labels lies between."""
    wider = narrower = 0
    for seed in range(300):
        policy = POLICIES[seed % len(POLICIES)]
        nothing, kept, lost = (
            {
                fact
                for fact in reach(world.system, policy, all_of(world)).facts
                if not fact.startswith(("travel:", "launder:"))
            }
            for world in (gossip(seed, word) for word in ("nothing", "labels", "data"))
        )
        assert nothing <= kept <= lost, seed
        wider += nothing < kept
        narrower += kept < lost
    assert wider > 20, wider
    assert narrower > 5, narrower


def test_a_store_changes_nothing_where_nobody_asks_for_labels_and_nobody_attacks():
    """Work, its times and its answers are the same under a strategy that does not look at what was read."""
    for seed in range(200):
        world = scenario(seed, replace(SHAPES[seed % 4], threats=("nothing",), enforces=False))
        plain, kept = (
            simulate(Plan(each, StaticRBAC()), seed, trace=True)
            for each in (world, stored(world, seed, ("labels",)))
        )
        assert sorted(rows(plain)) == sorted(rows(kept)), seed


def test_stores_that_keep_labels_only_ever_deny_more_work():
    """Under a rule on flows, where nobody attacks and no work depends on what became of other work."""
    more = 0
    for seed in range(200):
        nothing, lost, kept = (
            simulate(Plan(gossip(seed, word, threats=()), FLOWS), seed).tally
            for word in ("nothing", "data", "labels")
        )
        assert nothing.denied == lost.denied <= kept.denied, seed
        more += lost.denied < kept.denied
    assert more > 8, more


@pytest.mark.parametrize("policy", ["static-rbac+data-flow", "intent", "jit+data-flow"])
def test_work_that_touches_no_store_is_still_done_at_once_and_comes_out_the_same(policy):
    """And work that touches one is done in order of time."""
    spared = 0
    for seed in range(60):
        world = stored(scenario(seed, SHAPES[seed % 2]), seed)
        quick, slow = Plan(world, parse(policy)), Plan(world, parse(policy))
        slow.flows = tuple(replace(flow, touchable=True) for flow in slow.flows)
        for flow in quick.flows:
            calls = flow.flow.possible_calls()
            assert flow.touchable or not any(world.system.is_store(call.permission) for call in calls)
        spared += sum(not flow.touchable for flow in quick.flows)
        one, other = (simulate(plan, seed, trace=True) for plan in (quick, slow))
        assert sorted(rows(one)) == sorted(rows(other)), seed
    assert spared > 0


def test_the_order_of_lists_means_nothing():
    """L7. Condition: nothing happens at the same instant as something else."""
    for seed in range(150):
        world, policy = gossip(seed), POLICIES[seed % len(POLICIES)]
        one, other = (
            simulate(Plan(each, policy), seed, trace=True) for each in (world, reordered(world, seed))
        )
        assert sorted(one.trace) == sorted(other.trace), seed


def test_equal_inputs_give_equal_runs():
    """L8: nothing of a run is left in the plan."""
    for seed in range(40):
        plan = Plan(gossip(seed), FLOWS)
        first, _, again = (simulate(plan, number, trace=True) for number in (seed, seed + 1, seed))
        assert list(first.trace) == list(again.trace), seed
        assert first.tally == again.tally


def rows(run):
    """Return the rows of *run* without the numbers of credentials."""
    return [event._replace(credential=event.credential.partition("#")[0]) for event in run.trace]
