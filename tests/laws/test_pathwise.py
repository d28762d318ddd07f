"""Laws L1 to L14, L17 and L18: pathwise, under common random numbers, within their conditions.

A law that never moves anything tests nothing, so each counts the pairs in which the result really changed.
Where a law needs each try to have a clock of its own, the attacker has `hands=0`: a first-passage race.

Not here: L11 (closure) is in tests/oracles; L15 and L16 are in test_ties.py and test_same_bytes.py.
"""

import math
from dataclasses import replace

from simlab.attackers import Opportunist
from simlab.model import access as model
from simlab.model.access import Permission
from simlab.model.attack import Response, When
from simlab.model.chance import NEVER, ZERO, Exponential, Fixed
from simlab.model.scenario import Scenario
from simlab.model.system import (
    Agent,
    Call,
    Composition,
    Domain,
    Principal,
    Resource,
    Secret,
    System,
    Task,
    Telemetry,
    Tool,
    Workflow,
)
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import JIT, AllowAll, DataFlow, Intent, Layered, StaticRBAC
from simlab.threats import KeyLeak, PromptInjection
from tests.helpers import (
    ALONE,
    ANY,
    HORIZON,
    HOUR,
    Dice,
    Named,
    Refusing,
    reordered,
    scaled,
    scenario,
    span,
    strategy,
    took,
    unsigned,
    watch,
    with_system,
)

PAIRS = 500
CONTINUOUS = replace(ANY, ties=False)
KEYS_ONLY = replace(ALONE, compositions=0, holds=False, enforces=False)


def run(world, policy, seed):
    return watch(world, policy, seed).run


def compare(less, more, *, later=True):
    """Check that *less* is a part of *more*, and no earlier; return whether they differ."""
    for fact, time in less.items():
        assert fact in more, fact
        if later:
            assert time >= more[fact], fact
    return less != more


# --- monotone laws ----------------------------------------------------------------------------------


def test_l1_a_shorter_life_of_secrets_is_a_part_of_the_harm():
    """L1. Condition: the leaks do not depend on the time to live (they come by the clock), no way to ask again."""
    changed = 0
    for seed in range(PAIRS):
        dice = Dice("L1", seed)
        world = scenario(seed, replace(ALONE, secrets=3))
        ttl = {name: HORIZON * dice.uniform() for name in world.system.secrets}
        lives = [
            with_system(
                world,
                secrets={
                    name: replace(one, ttl=ttl[name] * share) for name, one in world.system.secrets.items()
                },
            )
            for share in (dice.uniform(), 1.0)
        ]
        changed += compare(*(took(run(life, StaticRBAC(), seed)) for life in lives))
    assert changed > 50


def test_l1_a_shorter_life_of_task_credentials_is_a_part_of_the_harm():
    """L1 under JIT. Condition: what leaks was issued just then, at the first call; not a renewed credential."""
    shape = replace(
        ANY, threats=("key-leak",), timings=("at-work",), attackers=("first-passage",), compositions=0, holds=False,
        obeying=False, labels=False, response=False, latencies=False, enforces=False,
    )  # fmt: skip
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, shape)
        flows = {
            name: replace(
                flow, calls=tuple(replace(call, work=call.work.scaled(10.0)) for call in flow.calls)
            )
            for name, flow in world.system.workflows.items()
        }
        world = replace(
            with_system(world, workflows=flows),
            threats=tuple(replace(threat, when=When("at-work")) for threat in world.threats),
            attacker=Opportunist(Exponential(HOUR / 4), hands=0),
        )
        changed += compare(*(took(run(world, JIT(ttl=ttl), seed)) for ttl in (HOUR / 4, 4 * HOUR)))
    assert changed > 10


def without_something(world, dice):
    """Return *world* without one right, edge, tool, finding or rule."""
    system, kind = world.system, dice.whole(1, 5)
    if kind == 1:
        agent = dice.one(list(system.agents.values()))
        fewer = agent.entitlements - set(dice.some(sorted(agent.entitlements), 0.5))
        return with_system(world, agents={**system.agents, agent.name: replace(agent, entitlements=fewer)})
    if kind == 2:
        agent = dice.one(list(system.agents.values()))
        menu = tuple(dice.some(agent.menu, 0.5))
        return with_system(world, agents={**system.agents, agent.name: replace(agent, menu=menu)})
    if kind == 3:
        return with_system(world, delegations=tuple(dice.some(system.delegations, 0.3)))
    if kind == 4:
        resources = {
            name: replace(resource, holds=tuple(dice.some(resource.holds, 0.3)))
            for name, resource in system.resources.items()
        }
        return with_system(world, resources=resources)
    return with_system(world, compositions=tuple(dice.some(system.compositions, 0.5)))


def test_l2_less_scope_or_fewer_edges_are_a_part_of_the_harm():
    """L2. Condition: no negative rules (flows, hops), nobody asks again; here: no work, so no second session."""
    policies = (StaticRBAC(), AllowAll(), Intent(flows=False, attested=False))
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, ALONE)
        less = without_something(world, Dice("L2", seed))
        changed += compare(*(took(run(one, policies[seed % 3], seed)) for one in (less, world)))
    assert changed > 40


def test_l3_another_enforcement_point_is_a_part_of_the_harm():
    """L3. Condition: it fails closed; here a layer that asks for an attested purpose, too."""
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, replace(ALONE, enforces=False))
        layered = Layered((StaticRBAC(), Intent(flows=False, attested=bool(seed % 2))))
        refusing = Layered((StaticRBAC(), Refusing(0.3, seed)))
        without = took(run(world, StaticRBAC(), seed))
        changed += compare(took(run(world, layered, seed)), without)
        changed += compare(took(run(world, refusing, seed)), without)
    assert changed > 150


def test_l3_a_higher_chance_of_denial_is_a_part_of_the_harm():
    """L3. Condition: a threshold on one uniform number for each permission."""
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, replace(ALONE, enforces=False))
        policies = (Layered((AllowAll(), Refusing(share, seed))) for share in (0.6, 0.2))
        changed += compare(*(took(run(world, policy, seed)) for policy in policies))
    assert changed > 100


def test_l4_an_owner_who_notices_sooner_sees_a_part_of_the_harm():
    """L4. Condition: the attacker does not react, detection does not depend on it, nothing is replaced."""
    changed = 0
    for seed in range(PAIRS):
        dice = Dice("L4", seed)
        world = scenario(seed, ALONE)
        noticed, triage, lag = (span(dice, mean) for mean in (2 * HOUR, HOUR, HOUR / 4))

        def faster(factor, world=world, noticed=noticed, triage=triage, lag=lag):
            domains = {
                name: replace(domain, revocation=lag.scaled(factor))
                for name, domain in world.system.domains.items()
            }
            return replace(
                with_system(world, domains=domains),
                threats=tuple(replace(threat, noticed=noticed.scaled(factor)) for threat in world.threats),
                response=Response(triage=triage.scaled(factor), replace=NEVER),
            )

        changed += compare(*(took(run(faster(factor), StaticRBAC(), seed)) for factor in (0.3, 1.0)))
    assert changed > 50


def test_l4_better_telemetry_is_a_part_of_the_harm():
    """L4. Condition: as above, and one key: with more of them, whoever gets further is also seen sooner."""
    changed = 0
    for seed in range(PAIRS):
        dice = Dice("L4 telemetry", seed)
        world = scenario(seed, KEYS_ONLY)
        coverage, lag, triage = 0.25 * dice.uniform(), span(dice, HOUR / 2), span(dice, HOUR / 4)

        def seen(factor, world=world, coverage=coverage, lag=lag, triage=triage):
            domains = {
                name: replace(domain, telemetry=Telemetry(coverage / factor, lag.scaled(factor)))
                for name, domain in world.system.domains.items()
            }
            return replace(
                with_system(world, domains=domains),
                threats=world.threats[:1],
                response=Response(triage=triage.scaled(factor), replace=NEVER),
            )

        changed += compare(*(took(run(seen(factor), StaticRBAC(), seed)) for factor in (0.25, 1.0)))
    assert changed > 30


def test_l5_splitting_a_shared_key_is_a_part_of_the_harm():
    """L5. Condition: the clock of a leak belongs to the holder, not to the key."""
    shape = replace(ALONE, compositions=0, shared=False, secrets=0, resources=5)
    changed = 0
    for seed in range(PAIRS):
        split = scenario(seed, shape)
        system = split.system
        leaks = tuple(
            KeyLeak(threat.key, when=When("clock", Fixed(threat.when.delay.quantile(0.4))), use=ZERO)
            for threat in split.threats
        )
        split = replace(split, threats=leaks, attacker=Opportunist(Fixed(600.0), hands=0))
        shared = replace(
            with_system(
                split,
                agents={name: replace(agent, key="shared") for name, agent in system.agents.items()},
                resources={
                    name: replace(resource, holds=("shared",) if resource.holds else ())
                    for name, resource in system.resources.items()
                },
            ),
            threats=tuple(replace(leak, key="shared") for leak in leaks),
        )
        changed += compare(*(took(run(one, StaticRBAC(), seed)) for one in (split, shared)))
    assert changed > 200


def test_l10_a_faster_attacker_does_all_that_a_slow_one_does():
    """L10. Condition: nobody detects it, so that only windows close behind it."""
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, replace(ALONE, secrets=3))
        slow = replace(world, attacker=Opportunist(world.attacker.pace.scaled(3.0), hands=0))
        changed += compare(*(took(run(one, StaticRBAC(), seed)) for one in (slow, world)))
    assert changed > 100


def test_l14_more_honeytokens_never_mean_more_real_touches():
    """L14. Condition: one key, one domain that revokes it, one hand, tries by a priority drawn for each."""
    changed = 0
    shape = replace(KEYS_ONLY, attackers=("opportunist",), resources=8, domains=1)
    for seed in range(PAIRS):
        dice = Dice("L14", seed)
        world = scenario(seed, shape)
        system = world.system
        world = replace(
            with_system(
                world,
                domains={
                    name: replace(domain, telemetry=Telemetry(0.0)) for name, domain in system.domains.items()
                },
            ),
            threats=world.threats[:1],
            attacker=Opportunist(span(dice, 600.0, ties=False)),
            response=Response(triage=span(dice, 300.0), replace=NEVER),
        )
        baits = [f"bait{number}" for number in range(1, dice.whole(2, 4))]
        rights = frozenset(Permission("read", bait) for bait in baits)
        where = dice.one(list(system.domains))
        baited = with_system(
            world,
            resources={
                **system.resources,
                **{bait: Resource(bait, where, honeytoken=True) for bait in baits},
            },
            agents={
                name: replace(agent, entitlements=agent.entitlements | rights)
                for name, agent in system.agents.items()
            },
            secrets={name: replace(one, scope=one.scope | rights) for name, one in system.secrets.items()},
        )
        touched = took(run(baited, StaticRBAC(), seed))
        real = {fact: time for fact, time in touched.items() if not fact.startswith("read:bait")}
        changed += compare(real, took(run(world, StaticRBAC(), seed)))
    assert changed > 100


def test_l18_likelier_compositions_do_all_that_unlikelier_ones_do():
    """L18. Condition: one uniform number for each composition, of which the probability is a threshold."""
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, replace(ALONE, compositions=8))
        likely = [
            with_system(
                world,
                compositions=tuple(replace(rule, probability=p) for rule in world.system.compositions),
            )
            for p in (0.4, 0.9)
        ]
        changed += compare(*(took(run(one, StaticRBAC(), seed)) for one in likely))
    assert changed > 40


def test_l18_more_susceptible_agents_do_all_that_others_do():
    """L18. Condition: each agent does one kind of task, under a standing key, so that all its sessions are alike."""
    shape = replace(
        ANY, threats=("prompt-injection",), timings=("at-work",), attackers=("first-passage",), labels=False,
        response=False, latencies=False, compositions=0, holds=True, agents=4, workflows=4, resources=4,
    )  # fmt: skip
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, shape)
        flows = {}
        for name, flow in world.system.workflows.items():
            calls = tuple(call for call in flow.calls if call.task == 0)
            if calls and flow.tasks[0].agent not in {one.tasks[0].agent for one in flows.values()}:
                flows[name] = replace(flow, tasks=flow.tasks[:1], calls=calls)
        threats = tuple(PromptInjection(one.through, one.when) for one in world.threats)
        world = replace(with_system(world, workflows=flows), threats=threats)
        weak = [
            with_system(
                world,
                agents={
                    name: replace(agent, susceptibility=q) for name, agent in world.system.agents.items()
                },
            )
            for q in (0.15, 0.8)
        ]
        changed += compare(*(took(run(one, StaticRBAC(), seed)) for one in weak))
    assert changed > 30


def test_l18_rights_that_survive_with_a_higher_chance_do_all_that_others_do():
    """L18. Condition: one uniform number for each agent and right, of which the chance is a threshold."""
    changed = 0
    for seed in range(PAIRS):
        world = scenario(seed, ALONE)
        kept = []
        for p in (0.4, 0.8):
            agents = {
                name: replace(
                    agent,
                    entitlements=frozenset(
                        right for right in agent.menu if Dice("L18", seed, name, right).uniform() < p
                    ),
                )
                for name, agent in world.system.agents.items()
            }
            kept.append(with_system(world, agents=agents))
        changed += compare(*(took(run(one, StaticRBAC(), seed)) for one in kept))
    assert changed > 50


# --- laws of identity -------------------------------------------------------------------------------


def without_default_times(world):
    """Return *world* where no domain falls back to a strategy that has a time of its own."""
    domains = world.system.domains.items()
    kept = {
        name: replace(domain, fallback="static-rbac") if domain.fallback == "jit" else domain
        for name, domain in domains
    }
    return with_system(world, domains=kept)


def test_l6_another_unit_of_time_changes_nothing_but_the_unit():
    """L6. Powers of two, bit by bit: everything that a scenario may contain, and every strategy."""
    moved = 0
    for seed in range(PAIRS):
        world, policy = without_default_times(scenario(seed)), strategy(seed)
        factor = (2.0, 0.5, 8.0, 0.25)[seed % 4]
        one, other = run(world, policy, seed), run(scaled(world, factor), scaled(policy, factor), seed)
        assert [event._replace(time=event.time * factor) for event in one.trace] == list(other.trace), seed
        assert [delay * factor for delay in one.tally.delays] == list(other.tally.delays), seed
        assert one.exposure * factor == other.exposure, seed
        assert one.tally.standing * factor == other.tally.standing, seed
        moved += bool(one.taken())
    assert moved > 100


def test_l6_minutes_for_seconds_change_nothing_but_the_unit():
    """L6. Times 60 is no power of two: the same rows, with times equal to one part in a million million."""
    for seed in range(PAIRS):
        world, policy = without_default_times(scenario(seed, CONTINUOUS)), strategy(seed)
        one, other = run(world, policy, seed), run(scaled(world, 60.0), scaled(policy, 60.0), seed)
        rows, others = list(one.trace), list(other.trace)
        assert [row[1:] for row in rows] == [row[1:] for row in others], seed
        assert all(
            math.isclose(row.time * 60.0, another.time, rel_tol=1e-12)
            for row, another in zip(rows, others, strict=True)
        ), seed


def test_l7_the_order_of_lists_means_nothing():
    """L7. Condition: nothing happens at the same instant as something else (test_ties.py), no twin threats."""
    for seed in range(PAIRS):
        world, policy = scenario(seed, CONTINUOUS), strategy(seed)
        one, other = run(world, policy, seed), run(reordered(world, seed), policy, seed)
        assert sorted(one.trace) == sorted(other.trace), seed
        assert sorted(one.incident) == sorted(other.incident), seed
        assert one.tally == other.tally, seed
        assert one.exposure == other.exposure, seed
        assert math.isclose(one.loss, other.loss), seed


def with_labels(policy, words):
    """Return *policy* with other words for the labels that it names."""
    if isinstance(policy, Layered):
        return Layered(tuple(with_labels(layer, words) for layer in policy.layers))
    if not isinstance(policy, DataFlow):
        return policy
    return replace(policy, labels="|".join(words[label] for label in policy.labels.split("|")))


def test_l7_names_for_the_eye_mean_nothing():
    """L7. Owners, purposes, labels of data, titles: other words for the same things, the same run."""
    for seed in range(PAIRS):
        world, policy = scenario(seed), strategy(seed)
        system = world.system
        words = {"": "", "pii": "secret", "code": "a label that sorts first"}
        teams = {"": "", "red": "a team that sorts first", "blue": "other"}
        resources = {
            name: replace(
                resource,
                label=words[resource.label],
                owner=teams[resource.owner],
                untrusted=not resource.untrusted,
            )
            for name, resource in system.resources.items()
        }
        flows = {
            name: replace(
                flow,
                tasks=tuple(
                    replace(task, intent=replace(task.intent, purpose="other")) for task in flow.tasks
                ),
            )
            for name, flow in system.workflows.items()
        }
        agents = {
            name: replace(
                agent,
                owner=teams[agent.owner],
                clearance=agent.clearance and tuple(words[label] for label in agent.clearance),
            )
            for name, agent in system.agents.items()
        }
        renamed = replace(
            with_system(world, resources=resources, workflows=flows, agents=agents),
            name="renamed", question="Other?", notes="Nothing.", currency="USD",
        )  # fmt: skip
        one, other = run(world, policy, seed), run(renamed, with_labels(policy, words), seed)
        assert list(one.trace) == list(other.trace), seed
        assert one.tally == other.tally, seed


def with_stranger(world):
    """Return *world* with a domain, work and secrets that have nothing to do with the rest."""
    system = world.system
    right = Permission("read", "r99")
    task = Task("w99", "stranger", ("z",), _intent(right), frozenset({right}))
    flow = Workflow("w99", (task,), (Call(0, right, Exponential(60.0), "t99"),), Exponential(HOUR))
    return with_system(
        world,
        domains={
            **system.domains,
            "d99": Domain("d99", telemetry=Telemetry(0.5), revocation=Fixed(5 * HOUR)),
        },
        resources={**system.resources, "r99": Resource("r99", "d99", holds=("s99",), outward=True)},
        tools={**system.tools, "t99": Tool("t99", (right,))},
        principals={**system.principals, "stranger": Principal("stranger")},
        agents={**system.agents, "z": Agent("z", frozenset({right}), (right,), "z")},
        secrets={**system.secrets, "s99": Secret("s99", frozenset({right}))},
        workflows={**system.workflows, "w99": flow},
        compositions=(*system.compositions, Composition("c99", ("read:r99",), ("deploy:r99",))),
    )


def _intent(right):
    return model.Intent("reading", frozenset({right}))


def test_l8_an_unrelated_component_changes_nothing_else():
    """L8. A whole other domain with an agent at work: every other row is the same, bit by bit."""
    moved = 0
    for seed in range(PAIRS):
        world, policy = scenario(seed), strategy(seed)
        one = run(world, policy, seed)
        other = run(with_stranger(world), policy, seed)
        assert list(one.trace) == [event for event in other.trace if event.agent != "z"], seed
        assert one.incident == other.incident, seed
        assert one.exposure == other.exposure, seed
        assert one.loss == other.loss, seed
        assert one.direct == other.direct, seed
        moved += other.tally.tasks - one.tally.tasks
    assert moved > PAIRS


def test_l9_what_happens_does_not_depend_on_how_long_one_looks():
    """L9. Up to half the horizon, a run is a run of half the horizon."""
    longer = 0
    for seed in range(PAIRS):
        world, policy = scenario(seed), strategy(seed)
        half = HORIZON / 2
        whole, part = run(world, policy, seed), run(replace(world, horizon=half), policy, seed)
        assert [event for event in whole.trace if event.time < half] == list(part.trace), seed
        longer += len(whole.incident) > len(part.incident)
    assert longer > 100


def test_l13_saying_it_twice_changes_nothing():
    """L13. A duplicate rule, and a strategy that only passes on what another one says."""
    for seed in range(PAIRS):
        world, policy = scenario(seed), strategy(seed)
        twice = with_system(world, compositions=(*world.system.compositions, *world.system.compositions))
        plain = [
            replace(
                one,
                system=replace(
                    one.system, domains={n: replace(d, enforces=None) for n, d in one.system.domains.items()}
                ),
            )
            for one in (world, twice)
        ]
        one, other = run(plain[0], policy, seed), run(plain[1], Named(policy), seed)
        assert list(one.trace) == list(other.trace), seed
        assert one.tally == other.tally, seed


def test_l13_a_duplicate_edge_changes_nothing():
    """L13. The same delegation, said twice. (A scenario file that says so is refused; an import may.)"""
    for seed in range(PAIRS):
        world, policy = scenario(seed), strategy(seed)
        twice = with_system(world, delegations=(*world.system.delegations, *world.system.delegations[:1]))
        one, other = run(world, policy, seed), run(twice, policy, seed)
        assert list(one.trace) == list(other.trace), seed


def test_l17_one_harmless_agent_more_changes_exactly_its_own_rows():
    """L17. It reads what others read, where others read it, and nobody can talk it into anything."""
    rows = 0
    for seed in range(PAIRS):
        world, policy = unsigned(scenario(seed)), strategy(seed)
        system = world.system
        right = Permission("read", "r1")
        task = Task("w99", "owner", ("z",), _intent(right), frozenset({right}))
        flow = Workflow("w99", (task,), (Call(0, right, Exponential(60.0), "t99"),), Exponential(HOUR))
        more = with_system(
            world,
            tools={**system.tools, "t99": Tool("t99", (right,))},
            agents={**system.agents, "z": Agent("z", frozenset({right}), (right,), "z", 0.0)},
            workflows={**system.workflows, "w99": flow},
        )
        one, other = run(world, policy, seed), run(more, policy, seed)
        own = [event for event in other.trace if event.agent == "z"]
        assert [event for event in other.trace if event.agent != "z"] == list(one.trace), seed
        assert all(event.task == "w99" and event.actor == "worker" for event in own), seed
        assert other.tally.tasks - one.tally.tasks == sum(event.kind == "arrive" for event in own), seed
        rows += len(own)
    assert rows > PAIRS


def queue(seed: int, issuers: int) -> Scenario:
    """Return a line before an issuer: random arrivals, services and issuers; no threat."""
    dice = Dice(seed)
    read = Permission("read", "db")
    domain = Domain("d", issuance=Exponential(20.0 + dice.uniform() * (200.0 - 20.0)), issuers=issuers)
    flows = {
        name: Workflow(
            name,
            (Task(name, "p", ("bot",), model.Intent(name, frozenset({read})), frozenset({read})),),
            (Call(0, read, Exponential(1.0 + dice.uniform() * (60.0 - 1.0))),),
            arrivals=Exponential(30.0 + dice.uniform() * (300.0 - 30.0)),
        )
        for name in ("w1", "w2", "w3")
    }
    system = System(
        domains={"d": domain}, resources={"db": Resource("db", "d")}, workflows=flows,
        agents={"bot": Agent("bot", frozenset({read}), (read,), "bot")},
    )  # fmt: skip
    return Scenario("queue", "?", 2 * HOUR, system)


def test_l12_one_more_issuer_never_delays_anybody():
    """First come, first served: with the same arrivals and services each is served no later than before."""
    moved = 0
    for seed in range(PAIRS):
        servers = 1 + seed % 3
        ends = []
        for issuers in (servers, servers + 1):
            run = simulate(Plan(queue(seed, issuers), JIT()), seed, trace=True)
            ends.append({(e.task, e.serial): e.time for e in run.trace if e.kind == "finish"})
        fewer, more = ends
        assert fewer.keys() <= more.keys(), seed
        assert all(more[work] <= time for work, time in fewer.items()), seed
        moved += any(more[work] < time for work, time in fewer.items())
    assert moved > PAIRS / 2
