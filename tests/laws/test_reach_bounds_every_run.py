"""Law 1: no run reaches further than the graph says."""

import math
from collections import Counter
from dataclasses import replace

from hypothesis import given

from simlab.attackers import Opportunist
from simlab.graph import reach
from simlab.model.access import Intent, Permission
from simlab.model.attack import Foothold, When
from simlab.model.chance import Fixed
from simlab.model.conduct import Improvisation
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Call, Delegation, Domain, Resource, Secret, System, Task, Workflow
from simlab.sim.plan import Plan
from simlab.strategies import JIT, StaticRBAC
from simlab.threats import CompromisedTool, KeyLeak, PromptInjection
from tests.helpers import (
    LAW,
    RESTLESS,
    Shape,
    policies,
    scenario,
    scenarios,
    seeds,
    strategy,
    took,
    watch,
    with_system,
)

P = Permission.parse
HIJACKED = Shape(
    threats=("prompt-injection", "prompt-injection", "compromised-tool", "key-leak", "stolen-session"),
    attackers=("first-passage", "opportunist"),
    domains=2,
    compositions=1,
    enforces=False,
    latencies=False,
    response=False,
)
RESTLESS_HIJACKED = replace(HIJACKED, restless=True)


def beyond(watched):
    """Return what a run came to that the graph does not know of."""
    known = watched.engine.plan.reach
    return {
        "facts": watched.facts - set(known.facts),
        "actions": set(took(watched.run)) - {str(permission) for permission in known.permissions},
        "resources": {permission.resource for permission in watched.run.taken()} - known.resources,
        "sessions": {
            f"steer:{event.agent}"
            for event in watched.run.incident
            if event.kind == "strike" and event.reason == "hijacked"
        }
        - set(known.facts),
    }


def test_no_run_leaves_reach_in_500_random_worlds():
    """Whatever can be touched, carried out or controlled in a run is in the closure of the threats' footholds."""
    moved = Counter()
    for seed in range(500):
        watched = watch(scenario(seed), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        moved["touched"] += bool(watched.run.taken())
        moved["carried out"] += any(fact.startswith("exfiltrate:") for fact in watched.facts)
        moved["controlled"] += any(fact.startswith("control:") for fact in watched.facts)
    assert moved["touched"] > 100
    assert moved["carried out"] > 20
    assert moved["controlled"] > 50


def test_no_run_leaves_reach_in_500_worlds_of_hijacked_agents():
    """The same where agents are steered, share what they read, and ask each other."""
    moved = 0
    for seed in [*range(500), 1259]:
        watched = watch(scenario(seed, HIJACKED), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        moved += bool(watched.run.taken())
    assert moved > 100


def forged(seed):
    """Return a world where a secret that stands for every agent, or signs for a domain, leaks."""
    world = scenario(seed, replace(HIJACKED, secrets=1, enforces=True))
    secret = Secret("root", frozenset())
    agents, domains = world.system.agents, world.system.domains
    if seed % 2:
        agents = {name: replace(agent, identity="root") for name, agent in agents.items()}
    else:
        domains = {name: replace(domain, signing_key="root") for name, domain in list(domains.items())[:1]}
        domains = {**world.system.domains, **domains}
    system = replace(
        world.system, agents=agents, domains=domains, secrets={**world.system.secrets, "root": secret}
    )
    return replace(world, system=system, threats=(KeyLeak("root", when=When("clock")),))


def test_no_run_leaves_reach_in_300_worlds_of_forgers():
    """The same where credentials are issued in the names of agents to whoever holds a secret."""
    moved = Counter()
    for seed in range(300):
        watched = watch(forged(seed), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        moved[watched.run.strategy.partition(":")[0]] += bool(watched.run.taken())
    assert min(moved["static-rbac"], moved["jit"]) > 20, moved


def test_no_run_leaves_reach_in_1000_restless_worlds():
    """The same where agents improvise, go astray, set work going and go on after its end, and contents vanish."""
    moved = Counter()
    for seed in range(1000):
        watched = watch(scenario(seed, RESTLESS if seed % 2 else RESTLESS_HIJACKED), strategy(seed), seed)
        assert not any(beyond(watched).values()), (seed, beyond(watched))
        flows = watched.engine.plan.flows
        planned = {(flow.flow.name, len(flow.calls)) for flow in flows}
        moved["touched"] += bool(watched.run.taken())
        moved["unplanned"] += any((name, len(waits)) not in planned for name, _, waits in watched.work)
        moved["spawned"] += any(serial > 10**6 for _, serial, _ in watched.work)
        moved["after the end"] += watched.run.tally.after_end > 0
    assert min(moved.values()) > 250, moved


@LAW
@given(scenarios(RESTLESS), policies, seeds)
def test_no_restless_run_leaves_reach_wherever_hypothesis_looks(world, policy, seed):
    """The same cases, but Hypothesis makes a failing one small."""
    assert not any(beyond(watch(world, policy, seed)).values())


@LAW
@given(scenarios(), policies, seeds)
def test_no_run_leaves_reach_wherever_hypothesis_looks(world, policy, seed):
    """The same cases, but Hypothesis makes a failing one small."""
    assert not any(beyond(watch(world, policy, seed)).values())


@LAW
@given(scenarios(), policies)
def test_reach_of_more_is_more(world, policy):
    """A larger foothold reaches all that a smaller one does."""
    whole = Foothold()
    for threat in world.threats:
        whole |= threat.strike(world.system)
    all_of_it = set(reach(world.system, policy, whole).facts)
    for threat in world.threats:
        assert set(reach(world.system, policy, threat.strike(world.system)).facts) <= all_of_it


# --- worlds in which a run once reached further -----------------------------------------------------


def two_agents(tasks, calls, delegations, *, depth=0, more=(), **changes):
    """Return a world in which `a` can read personal data, and `b` can send mail."""
    a = {P("read:db"), P("read:site")}
    b = {P("post:mail"), P("read:site")}
    agents = {
        "a": Agent("a", frozenset(a), tuple(sorted(a)), "a"),
        "b": Agent("b", frozenset(b), tuple(sorted(b)), "b"),
    }
    resources = (Resource("db", "d", label="pii"), Resource("mail", "d", outward=True), Resource("site", "d"))
    system = System(
        domains={"d": Domain("d")},
        resources={resource.name: resource for resource in resources},
        agents=agents,
        delegations=delegations,
        workflows={flow.name: flow for flow in (Workflow("w", tasks, calls, at=(0.0,)), *more)},
        depth=depth,
    )
    return replace(
        Scenario(
            "two", "?", 36_000.0, system, (PromptInjection("site"),), Opportunist(Fixed(600.0), hands=0)
        ),
        **changes,
    )


READ = Intent("read", frozenset({P("read:site")}))


def test_agents_of_one_piece_of_work_share_what_they_read():
    """`a` reads the data, `b` sends them away: both are steered, and their sessions share a context."""
    tasks = (
        Task("w", "owner", ("a",), READ, frozenset({P("read:db"), P("read:site")})),
        Task("w/b", "owner", ("b",), READ, frozenset({P("post:mail"), P("read:site")}), "own-identity", 0),
    )
    calls = (Call(0, P("read:site")), Call(1, P("read:site")), Call(1, P("read:site"), Fixed(6000.0)))
    world = two_agents(tasks, calls, (Delegation("a", "b", "own-identity"),))
    for policy in (StaticRBAC(), JIT(ttl=36_000.0)):
        watched = watch(world, policy)
        assert "exfiltrate:db" in watched.facts
        assert not any(beyond(watched).values())


def test_a_controlled_workload_carries_what_a_colleague_read():
    """`b` is controlled; `a` reads for the same work; in a later session `b` sends the data away."""
    tasks = (
        Task("w", "owner", ("b",), READ, frozenset({P("read:site")})),
        Task("w/a", "owner", ("a",), READ, frozenset({P("read:db"), P("read:site")}), "own-identity", 0),
    )
    calls = (
        Call(0, P("read:site"), Fixed(30.0)),
        Call(1, P("read:site"), Fixed(60.0)),
        Call(1, P("read:site"), Fixed(6000.0)),
    )
    later = Workflow(
        "later",
        (Task("later", "owner", ("b",), READ, frozenset({P("read:site"), P("post:mail")})),),
        (Call(0, P("read:site")), Call(0, P("read:site"), Fixed(6000.0))),
        at=(3000.0,),
    )
    threats = (PromptInjection("site", When("clock")),)
    world = two_agents(tasks, calls, (Delegation("b", "a", "own-identity"),), more=(later,), threats=threats)
    for policy in (StaticRBAC(), JIT(ttl=36_000.0)):
        watched = watch(world, policy)
        assert "exfiltrate:db" in watched.facts
        assert not any(beyond(watched).values())


def test_a_credential_issued_for_an_intruder_can_be_found_by_it():
    """Under JIT nobody works as `b`; the intruder has `a` task `b`, then finds the credential in the vault."""
    a, b = {P("read:site"), P("read:vault")}, {P("read:db"), P("write:vault")}
    system = System(
        domains={"d": Domain("d")},
        resources={
            "site": Resource("site", "d"),
            "vault": Resource("vault", "d", holds=("b",)),
            "db": Resource("db", "d", label="pii"),
        },
        agents={
            "a": Agent("a", frozenset(a), tuple(sorted(a)), "a"),
            "b": Agent("b", frozenset(b), tuple(sorted(b)), "b"),
        },
        delegations=(Delegation("a", "b", "own-identity"),),
        workflows={
            "w": Workflow(
                "w",
                (Task("w", "owner", ("a",), READ, frozenset(a)),),
                (Call(0, P("read:site")), Call(0, P("read:site"), Fixed(36_000.0))),
                at=(0.0,),
            )
        },
    )
    attacker = Opportunist(Fixed(600.0), revisits=True)
    world = Scenario("found", "?", 36_000.0, system, (PromptInjection("site"),), attacker)
    plan = Plan(world, JIT(ttl=math.inf))
    seen = [watch(plan, seed=seed) for seed in range(10)]
    assert any("exfiltrate:db" in watched.facts for watched in seen)
    assert not any(any(beyond(watched).values()) for watched in seen)


def test_a_poisoned_tool_in_the_middle_of_a_chain_stays_within_reach():
    """A callee's workload is taken while it works for another; what it then asks for is known beforehand."""
    world = scenario(7, replace(HIJACKED, threats=("compromised-tool",), agents=4))
    tools = sorted({call.tool for flow in world.system.workflows.values() for call in flow.calls})
    for tool in tools:
        struck = replace(world, threats=(CompromisedTool(tool),))
        for policy in (StaticRBAC(), JIT()):
            assert not any(beyond(watch(struck, policy, 1)).values())


def test_what_an_agent_read_astray_can_be_carried_out():
    """`a` has no tool that reads the data, but its role does, and a call goes astray: then it is told to send them."""
    right = {P("read:db"), P("read:site"), P("post:mail")}
    menu = (P("post:mail"), P("read:site"))
    agents = {"a": Agent("a", frozenset(right), menu, "a")}
    task = Task("w", "owner", ("a",), READ, frozenset(right))
    calls = (
        Call(0, P("read:site")),
        Call(0, P("read:site"), Fixed(60.0)),
        Call(0, P("read:site"), Fixed(9000.0)),
    )
    astray = Improvisation(strays=0.5, others=tuple(sorted(right)))
    world = two_agents((task,), calls, ())
    flow = replace(world.system.workflows["w"], improvises=(astray,))
    world = with_system(world, agents=agents, workflows={"w": flow})
    for policy in (StaticRBAC(), JIT(ttl=36_000.0)):
        seen = [watch(world, policy, seed) for seed in range(20)]
        assert any("exfiltrate:db" in watched.facts for watched in seen)
        assert not any(any(beyond(watched).values()) for watched in seen)
