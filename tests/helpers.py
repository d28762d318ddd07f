"""Builders that tests share: random scenarios from an integer, strategies, and runs that are watched.

Everything is drawn through a keyed hash, so that a seed builds the same scenario on every machine.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from simlab.attackers import GoalSeeker, Opportunist, Passive, Scripted
from simlab.model.access import Credential, Decision, Grant, Intent, Permission, Request, Strategy
from simlab.model.attack import NO_RESPONSE, Attacker, Price, Response, ThreatEvent, When
from simlab.model.chance import (
    NEVER,
    ZERO,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Mixture,
    Triangular,
    Uniform,
    Weibull,
)
from simlab.model.conduct import Improvisation, Spawn
from simlab.model.counts import Always, Geometric, Poisson
from simlab.model.events import Run
from simlab.model.scenario import Scenario
from simlab.model.system import (
    Agent,
    Call,
    Composition,
    Delegation,
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
from simlab.model.usage import with_usage
from simlab.sim.broker import Broker
from simlab.sim.engine import Engine
from simlab.sim.plan import Plan
from simlab.sim.workers import Workers
from simlab.strategies import (
    ABAC,
    JIT,
    AllowAll,
    DataFlow,
    DenyAll,
    Layered,
    RightSizedRBAC,
    StaticRBAC,
    TokenExchange,
)
from simlab.strategies import Intent as IntentPolicy
from simlab.threats import CompromisedTool, KeyLeak, Nothing, PromptInjection, StolenSession

MINUTE, HOUR = 60.0, 3600.0
HORIZON = 8 * HOUR
VERBS = ("read", "write", "deploy")
MODES = ("on-behalf-of", "own-identity", "impersonation")

LAW = settings(
    derandomize=True, deadline=None, database=None, max_examples=100, suppress_health_check=list(HealthCheck)
)
"""Laws are tested on the same cases every time: what fails here fails everywhere."""


# --- chance -----------------------------------------------------------------------------------------


class Dice:
    """Chance for building things; each name has dice of its own."""

    def __init__(self, *names: object) -> None:
        self._key = "\x1f".join(map(str, names)).encode()
        self._rolls = 0

    def uniform(self) -> float:
        """Return the next number in [0, 1)."""
        self._rolls += 1
        digest = blake2b(self._rolls.to_bytes(4, "little"), key=self._key[:64], digest_size=8).digest()
        return (int.from_bytes(digest, "little") >> 11) * 2.0**-53

    def chance(self, p: float) -> bool:
        """Return true with probability *p*."""
        return self.uniform() < p

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def one(self, items: Sequence[Any]) -> Any:
        """Return one of *items*."""
        return items[int(self.uniform() * len(items))]

    def some(self, items: Sequence[Any], p: float) -> list[Any]:
        """Return each of *items* with probability *p*, in their order."""
        return [item for item in items if self.chance(p)]

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        """Return *items* in another order."""
        ranked = sorted((self.uniform(), place) for place in range(len(items)))
        return [items[place] for _, place in ranked]


def span(dice: Dice, mean: float, *, ties: bool = True) -> Distribution:
    """Return some law of durations of about *mean* [s]; on a grid of minutes where *ties* are wanted."""
    if ties and dice.chance(0.4):
        return Fixed(MINUTE * dice.whole(0, max(round(2 * mean / MINUTE), 1)))
    return dice.one(
        (
            Exponential(mean),
            LogNormal(0.8 * mean, 0.6),
            Uniform(0.0, 2 * mean),
            Weibull(mean, 1.5),
            Weibull(mean, 0.8),
            Triangular(0.0, mean, 2 * mean),
            Empirical((0.31 * mean, 0.97 * mean, 1.73 * mean)) if ties else Uniform(0.5 * mean, 1.5 * mean),
            Mixture((0.7, 0.3), (Exponential(mean), LogNormal(2 * mean, 0.5))),
        )
    )


# --- scenarios --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """What random scenarios may contain."""

    domains: int = 3
    resources: int = 6
    agents: int = 4
    secrets: int = 2
    workflows: int = 3
    compositions: int = 3
    threats: tuple[str, ...] = (
        "key-leak", "key-leak", "key-leak", "prompt-injection", "prompt-injection", "compromised-tool", "nothing",
    )  # fmt: skip
    """Named twice, drawn twice as often; so with timings and attackers."""
    timings: tuple[str, ...] = ("clock", "at-work", "per-issuance")
    attackers: tuple[str, ...] = (
        "opportunist", "opportunist", "opportunist", "first-passage", "first-passage", "goal-seeker", "goal-seeker",
        "scripted", "passive",
    )  # fmt: skip
    modes: tuple[str, ...] = MODES
    needs: int = 3
    """Most preconditions of a composition."""
    chances: bool = True
    """Compositions that may fail."""
    labels: bool = True
    honeytokens: bool = True
    obeying: bool = True
    holds: bool = True
    shared: bool = True
    """Keys that several agents use."""
    enforces: bool = True
    """Domains that do not enforce everything."""
    latencies: bool = True
    """Time to issue and to decide."""
    response: bool = True
    forging: bool = True
    """Secrets that stand for an identity or sign for a domain, and word of a revocation that goes hop by hop."""
    ties: bool = True
    restless: bool = False
    """Agents that improvise, go astray, set work going and go on after its end; contents that do not stay."""


ANY = Shape()
RESTLESS = replace(ANY, restless=True)
ALONE = Shape(
    workflows=0,
    threats=("key-leak",),
    timings=("clock",),
    attackers=("first-passage",),
    labels=False,
    honeytokens=False,
    obeying=False,
    response=False,
    latencies=False,
    forging=False,
)
"""No work, no defenders, one clock for each try: who gets where first is a question of shortest paths."""


def scenario(seed: int, shape: Shape = ANY) -> Scenario:
    """Return the random scenario that belongs to *seed*."""
    dice = Dice("scenario", seed)
    system = random_system(dice, shape)
    if shape.forging:
        system = _forgeable(Dice("forging", seed), system, shape)
    if shape.restless:
        system = _restless(Dice("restless", seed), shape, system)
    threats = _threats(dice, shape, system)
    return Scenario(
        name=f"random-{seed}",
        question="Does the law hold?",
        horizon=HORIZON,
        system=with_usage(_with_attributes(system, seed), HORIZON),
        threats=threats,
        attacker=_attacker(dice, shape, system),
        response=_response(dice, shape),
        prices=_prices(dice, system),
        currency="EUR",
    )


def _with_attributes(system: System, seed: int) -> System:
    """Return *system* with teams, clearances and ceilings, drawn apart so that nothing else changes."""
    dice = Dice("attributes", seed)
    agents = {
        name: replace(
            agent,
            owner=dice.one(("", "red", "blue")),
            clearance=dice.one((None, None, (), ("pii",))),
            ceiling=dice.one((math.inf, math.inf, 3.0)),
        )
        for name, agent in system.agents.items()
    }
    resources = {
        name: replace(resource, owner=dice.one(("", "red", "blue")))
        for name, resource in system.resources.items()
    }
    return replace(system, agents=agents, resources=resources)


def permissions_of(resources: Sequence[str]) -> list[Permission]:
    """Return every permission on *resources*."""
    return [Permission(verb, name) for name in resources for verb in VERBS]


def random_system(dice: Dice, shape: Shape) -> System:
    """Return a random system."""
    domains = {name: _domain(dice, shape, name) for name in _names("d", dice.whole(1, shape.domains))}
    resource_names = _names("r", dice.whole(2, shape.resources))
    rights = permissions_of(resource_names)
    tools = {
        f"t{number}": Tool(f"t{number}", tuple(dict.fromkeys((right, *dice.some(rights, 0.05)))))
        for number, right in enumerate(rights, 1)
    }
    agent_names = _names("a", dice.whole(1, shape.agents))
    toolboxes = {name: sorted(dice.some(list(tools), 0.35)) or ["t1"] for name in agent_names}
    agents = {
        name: _agent(dice, shape, name, [tools[tool] for tool in toolboxes[name]], rights)
        for name in agent_names
    }
    secrets = {
        name: Secret(
            name,
            frozenset(dice.some(rights, 0.2) or rights[:1]),
            dice.one((math.inf, math.inf, HOUR * dice.whole(1, 8), HORIZON * dice.uniform())),
        )
        for name in _names("s", dice.whole(0, shape.secrets))
    }
    keys = sorted({agent.key for agent in agents.values()} | set(secrets))
    resources = {
        name: _resource(dice, shape, name, sorted(domains), keys, agent_names) for name in resource_names
    }
    delegations = tuple(
        Delegation(caller, callee, dice.one(shape.modes))
        for caller in agent_names
        for callee in agent_names
        if caller != callee and dice.chance(0.35)
    )
    principals = {"owner": Principal("owner")}
    system = System(
        domains, resources, tools, principals, agents, secrets, delegations, depth=dice.whole(0, 3)
    )
    flows = {
        name: _Flow(dice, shape, system, toolboxes).build(name)
        for name in _names("w", dice.whole(min(1, shape.workflows), shape.workflows))
    }
    system = replace(system, workflows=flows)
    return replace(system, compositions=_compositions(dice, shape, system, rights, keys))


def _forgeable(dice: Dice, system: System, shape: Shape) -> System:
    """Return *system* with identities by secret, keys that sign, credentials of limited life and slow word of ends."""
    secrets = sorted(system.secrets)
    agents = {
        name: replace(agent, identity=dice.one(secrets)) if secrets and dice.chance(0.25) else agent
        for name, agent in system.agents.items()
    }
    domains = {
        name: replace(
            domain,
            signing_key=dice.one(secrets) if secrets and dice.chance(0.15) else "",
            cascade=dice.one((ZERO, span(dice, 10 * MINUTE, ties=shape.ties))),
        )
        for name, domain in system.domains.items()
    }
    flows = {
        name: replace(
            flow,
            tasks=tuple(
                replace(task, ttl=dice.one((math.inf, math.inf, 10 * MINUTE))) if task.parent >= 0 else task
                for task in flow.tasks
            ),
        )
        for name, flow in system.workflows.items()
    }
    return replace(system, agents=agents, domains=domains, workflows=flows)


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, count + 1)]


def _domain(dice: Dice, shape: Shape, name: str) -> Domain:
    enforces, fallback = None, "static-rbac"
    if shape.enforces and dice.chance(0.35):
        newer = Dice("newer", dice._key, name)
        enforces = (
            *dice.some(("static-rbac", "jit", "intent"), 0.5),
            *newer.some(("right-sized-rbac", "abac", "token-exchange", "data-flow"), 0.5),
        )
        fallback = dice.one(("static-rbac", "static-rbac", "jit", "deny-all", "allow-all"))
    slow = shape.latencies and dice.chance(0.6)
    return Domain(
        name,
        enforces,
        fallback,
        issuance=span(dice, 30.0, ties=shape.ties) if slow else ZERO,
        decision=span(dice, 5.0, ties=shape.ties) if slow else ZERO,
        telemetry=Telemetry(dice.one((0.0, 0.2, 0.7, 1.0)), span(dice, 5 * MINUTE, ties=shape.ties)),
        revocation=dice.one((ZERO, span(dice, 10 * MINUTE, ties=shape.ties))),
    )


def _resource(
    dice: Dice, shape: Shape, name: str, domains: list[str], keys: list[str], agents: list[str]
) -> Resource:
    return Resource(
        name,
        dice.one(domains),
        sensitivity=float(dice.whole(0, 5)),
        label=dice.one(("", "pii", "code")) if shape.labels else "",
        untrusted=dice.chance(0.3),
        outward=dice.chance(0.35),
        honeytoken=shape.honeytokens and dice.chance(0.1),
        holds=tuple(dice.some(keys, 0.15)) if shape.holds else (),
        obeyed_by=tuple(dice.some(agents, 0.2)) if shape.obeying else (),
    )


def _agent(dice: Dice, shape: Shape, name: str, tools: list[Tool], rights: list[Permission]) -> Agent:
    menu = tuple(sorted({right for tool in tools for right in tool.does}))
    return Agent(
        name,
        entitlements=frozenset((*dice.some(menu, 0.85), *dice.some(rights, 0.1))),
        menu=menu,
        key="shared" if shape.shared and dice.chance(0.3) else name,
        susceptibility=dice.one((0.0, 0.3, 0.7, 1.0)),
    )


class _Flow:
    """Writes one workflow, as the loader would."""

    def __init__(self, dice: Dice, shape: Shape, system: System, toolboxes: dict[str, list[str]]) -> None:
        self.dice, self.shape, self.system, self.toolboxes = dice, shape, system, toolboxes
        self.tasks: list[Task] = []
        self.calls: list[Call] = []

    def build(self, name: str) -> Workflow:
        dice, ties = self.dice, self.shape.ties
        agent = dice.one(list(self.system.agents))
        root = Task(name, dice.one(("owner", "anyone", "")), (agent,), self._intent(agent), frozenset())
        self._add(root, 0)
        if dice.chance(0.3) and ties:
            return Workflow(name, tuple(self.tasks), tuple(self.calls), at=tuple(sorted(
                MINUTE * dice.whole(0, 400) for _ in range(dice.whole(1, 6))
            )))  # fmt: skip
        mean = dice.one((40 * MINUTE, 90 * MINUTE))
        arrivals = Fixed(mean) if ties and dice.chance(0.3) else Exponential(mean)
        return Workflow(name, tuple(self.tasks), tuple(self.calls), arrivals)

    def _intent(self, agent: str) -> Intent:
        return Intent("work", frozenset(self.dice.some(self.system.agents[agent].menu, 0.7)))

    def _add(self, task: Task, level: int) -> frozenset[Permission]:
        """Add *task* with its steps; return what its job may call, and must be able to pass on."""
        dice, number = self.dice, len(self.tasks)
        self.tasks.append(task)
        box = self.toolboxes[task.agent]
        scope = {right for tool in dice.some(box, 0.3) for right in self.system.tools[tool].does}
        edges = [edge for edge in self.system.delegations if edge.caller == task.agent]
        for _ in range(dice.whole(1, 3)):
            if edges and level < 2 and dice.chance(0.4):
                edge = dice.one(edges)
                passed = self._add(self._delegated(task, number, edge), level + 1)
                if edge.mode == "on-behalf-of":
                    scope |= passed
            else:
                scope |= self._call(number, dice.one(box))
        self.tasks[number] = replace(task, template=frozenset(scope))
        return frozenset(scope)

    def _call(self, task: int, tool: str) -> set[Permission]:
        does = self.system.tools[tool].does
        work = self.dice.one((ZERO, span(self.dice, 8 * MINUTE, ties=self.shape.ties)))
        for right in does:
            self.calls.append(Call(task, right, work, tool))
            work = ZERO
        return set(does)

    def _delegated(self, caller: Task, number: int, edge: Delegation) -> Task:
        taken = {task.name for task in self.tasks}
        name = free = f"{self.tasks[0].name}/{edge.callee}"
        twin = 1
        while free in taken:
            twin += 1
            free = f"{name}#{twin}"
        return Task(
            free,
            "" if edge.mode == "impersonation" else caller.principal,
            (*caller.chain, edge.callee) if edge.mode == "on-behalf-of" else (edge.callee,),
            caller.intent if self.dice.chance(0.5) else self._intent(edge.callee),
            frozenset(),
            edge.mode,
            number,
        )


def _restless(dice: Dice, shape: Shape, system: System) -> System:
    """Return *system* with work that nobody planned."""
    resources = {
        name: replace(
            resource,
            consumed=dice.chance(0.4),
            retained=dice.one((math.inf, math.inf, HOUR * dice.whole(1, 4), HOUR * dice.uniform())),
        )
        for name, resource in system.resources.items()
    }
    domains = {
        name: replace(
            domain,
            telemetry=replace(
                domain.telemetry, denials=dice.one((None, 0.0, 0.9)), false_alarms=dice.one((0.0, 0.5))
            ),
        )
        for name, domain in system.domains.items()
    }
    flows = {name: _unplanned(dice, shape, system, flow) for name, flow in system.workflows.items()}
    return replace(system, resources=resources, domains=domains, workflows=flows)


def _unplanned(dice: Dice, shape: Shape, system: System, flow: Workflow) -> Workflow:
    improvises = tuple(_improvisation(dice, shape, system, index, flow) for index in range(len(flow.tasks)))
    lingers = []
    for tool in dice.some(_tools_of(system, flow.tasks[0].agent), 0.3):
        wait = span(dice, 10 * MINUTE, ties=shape.ties)
        for right in tool.does:
            lingers.append(Call(0, right, wait, tool.name))
            wait = ZERO
    spawns = tuple(
        Spawn(
            f"{name}#1",
            name,
            dice.one((Poisson(0.6), Geometric(0.6), Always(1))),
            span(dice, HOUR, ties=False) if dice.chance(0.4) else None,
            dice.whole(0, 3),
            dice.one((None, 12)),
        )
        for name in dice.some(sorted(system.workflows), 0.3)
    )
    return replace(
        flow,
        improvises=improvises if dice.chance(0.8) else (),
        lingers=tuple(lingers),
        spawns=spawns,
    )


def _tools_of(system: System, agent: str) -> list[Tool]:
    menu = set(system.agents[agent].menu)
    return [tool for name, tool in sorted(system.tools.items()) if menu.issuperset(tool.does)]


def _improvisation(dice: Dice, shape: Shape, system: System, index: int, flow: Workflow) -> Improvisation:
    agent = system.agents[flow.tasks[index].agent]
    work = span(dice, 5 * MINUTE, ties=shape.ties)
    return Improvisation(
        dice.one((0.0, 0.2, 0.6, 1.0)),
        tuple(
            tuple(
                Call(index, right, ZERO if place else work, tool.name)
                for place, right in enumerate(tool.does)
            )
            for tool in _tools_of(system, agent.name)
        ),
        dice.one((0.0, 0.2, 0.6)),
        tuple(sorted({*agent.menu, *agent.entitlements})),
        dice.chance(0.7),
    )


def _compositions(
    dice: Dice, shape: Shape, system: System, rights: list[Permission], keys: list[str]
) -> tuple[Composition, ...]:
    done = [str(right) for right in rights]
    had = [*(f"hold:{key}" for key in keys), *(f"control:{agent}" for agent in system.agents)]
    steered = [f"steer:{agent}" for agent in system.agents] if shape.workflows else []
    out = [f"exfiltrate:{name}" for name in system.resources] if shape.labels else []
    return tuple(
        Composition(
            name,
            needs=tuple(dice.one((*done, *had, *steered, *out)) for _ in range(dice.whole(1, shape.needs))),
            gives=tuple(dice.one((*done, *had, *steered, *out)) for _ in range(dice.whole(1, 2))),
            probability=dice.one((1.0, 1.0, 0.5)) if shape.chances else 1.0,
            duration=dice.one((ZERO, span(dice, 20 * MINUTE, ties=shape.ties))),
        )
        for name in _names("c", dice.whole(0, shape.compositions))
    )


def _threats(dice: Dice, shape: Shape, system: System) -> tuple[ThreatEvent, ...]:
    keys = sorted({agent.key for agent in system.agents.values()} | set(system.secrets))
    threats: dict[tuple[str, str], ThreatEvent] = {}
    for _ in range(dice.whole(1, 4)):
        kind = dice.one(shape.threats)
        timing = dice.one(
            [timing for timing in shape.timings if timing != "per-issuance" or kind == "key-leak"]
        )
        ties = shape.ties
        when = When(timing, span(dice, HOUR, ties=ties), dice.one((0.1, 0.5, 1.0)))
        first, noticed = dice.one((ZERO, span(dice, 20 * MINUTE, ties=ties))), NEVER
        if shape.response:
            noticed = dice.one((NEVER, span(dice, 2 * HOUR, ties=ties)))
        lasts = dice.one((NEVER, span(dice, HOUR, ties=ties)))
        if kind == "key-leak":
            target = dice.one(keys)
            threats[kind, target] = KeyLeak(target, when=when, use=first, noticed=noticed)
        elif kind == "prompt-injection":
            target = dice.one(list(system.resources))
            threats[kind, target] = PromptInjection(target, when, lasts, first, noticed)
        elif kind == "stolen-session":
            target = dice.one(list(system.agents))
            threats[kind, target] = StolenSession(target, when.delay, first, noticed, lasts)
        elif kind == "compromised-tool":
            target = dice.one(list(system.tools))
            threats[kind, target] = CompromisedTool(target, when, first, noticed, lasts)
        else:
            threats[kind, ""] = Nothing()
    return tuple(threats.values())


def goals_of(system: System) -> list[str]:
    """Return facts that an attacker might want."""
    done = [str(right) for right in permissions_of(list(system.resources))]
    return [
        *done,
        *(f"exfiltrate:{name}" for name in system.resources),
        *(f"control:{name}" for name in system.agents),
    ]


def _attacker(dice: Dice, shape: Shape, system: System) -> Attacker:
    kind, pace = dice.one(shape.attackers), span(dice, 10 * MINUTE, ties=shape.ties)
    if isinstance(pace, Fixed) and pace.value == 0:
        pace = Fixed(MINUTE)
    goal = dice.one(goals_of(system))
    if kind == "goal-seeker":
        return GoalSeeker(goal, pace, dice.one((0, 1, 2)))
    if kind == "scripted":
        return Scripted(
            tuple(str(dice.one(permissions_of(list(system.resources)))) for _ in range(6)), pace, goal=goal
        )
    if kind == "passive":
        return Passive(goal)
    if kind == "first-passage":
        return Opportunist(pace, hands=0, goal=goal)
    return Opportunist(pace, dice.one((1, 1, 2)), dice.chance(0.3), goal)


def _response(dice: Dice, shape: Shape) -> Response:
    if not shape.response or dice.chance(0.3):
        return NO_RESPONSE
    ties = shape.ties
    return Response(
        triage=dice.one((ZERO, span(dice, 10 * MINUTE, ties=ties))),
        quarantine=dice.chance(0.7),
        replace=dice.one((ZERO, NEVER, span(dice, HOUR, ties=ties))),
        roots=Dice("roots", dice.uniform()).chance(0.3),
    )


def _prices(dice: Dice, system: System) -> dict[str, Price]:
    wanted = dice.some(goals_of(system), 0.05)
    return {fact: Price(Uniform(0.0, 10.0), Fixed(2.0)) for fact in wanted}


# --- strategies -------------------------------------------------------------------------------------


def strategy(seed: int) -> Strategy:
    """Return the random strategy that belongs to *seed*."""
    dice = Dice("strategy", seed)
    rotation = dice.one((math.inf, HOUR, 90 * MINUTE + 0.5))
    static = StaticRBAC(rotation, dice.one((0.0, 10 * MINUTE)))
    jit = JIT(
        dice.one((5 * MINUTE, 15 * MINUTE, 2 * HOUR)), dice.chance(0.3), dice.one(("job", "intent", "roles"))
    )
    terms = Dice("terms", seed)  # dice of its own: new terms do not change what a seed has built so far
    jit = replace(
        jit,
        replay=terms.one((0.0, 0.0, 0.3)),
        audience=terms.chance(0.3),
        single_use=terms.chance(0.3),
        refresh=terms.one((0.0, 0.0, HOUR)),
    )
    intent = IntentPolicy(dice.chance(0.7), dice.chance(0.7), dice.one((0, 1, 8)), rotation)
    newer = Dice("newer strategy", seed)
    if newer.chance(0.4):
        return _newer(newer, rotation, jit, intent)
    return dice.one(
        (
            static, static, jit, jit, jit, intent, intent, Layered((jit, intent)), Layered((static, intent)),
            Layered((static, jit)), AllowAll(), DenyAll(), Layered((AllowAll(), jit)),
        )
    )  # fmt: skip


def _newer(dice: Dice, rotation: float, jit: JIT, intent: IntentPolicy) -> Strategy:
    """Return a strategy of the kinds that came later, so that those that came first are drawn as ever."""
    sized = RightSizedRBAC(
        dice.one((30 * MINUTE, HOUR, 90 * 86400.0)), rotation, dice.one((0.0, 10 * MINUTE))
    )
    abac = ABAC(dice.one(("all", "read", "none")), dice.one((0, 1, 8)), rotation)
    exchange = TokenExchange(
        dice.one((5 * MINUTE, 2 * HOUR)), dice.one(("job", "intent")), dice.one((0, 1, 3)), dice.chance(0.2)
    )
    flow = DataFlow(dice.one(("", "pii", "pii|code")))
    lasting = replace(jit, life=dice.one(("session", "workflow")))
    drifting = replace(intent, drift=dice.one(("soft", "redeclare")))
    return dice.one(
        (
            sized, abac, exchange, exchange, lasting, lasting, drifting, drifting, flow,
            Layered((jit, flow)), Layered((exchange, intent)), Layered((exchange, drifting)),
            Layered((lasting, drifting)), Layered((drifting, lasting)), Layered((sized, abac)),
            Layered((lasting, exchange, flow)),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A strategy that only passes on what another one says."""

    inner: Strategy
    name: str = "named"

    @property
    def online(self) -> bool:
        return self.inner.online

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.inner.reasons

    def grant(self, agent: Agent, task: Task) -> Grant:
        return self.inner.grant(agent, task)

    def decide(self, request: Request) -> Decision:
        return self.inner.decide(request)


@dataclass(frozen=True)
class Refusing:
    """Allows all but a share of the permissions, chosen by one uniform number for each."""

    share: float
    seed: int = 0
    name = "refusing"
    online = False
    reasons = ("drawn", "refused")

    def grant(self, agent: Agent, task: Task) -> Grant:
        return Grant(agent.entitlements | frozenset(agent.menu) | task.template, standing=True)

    def decide(self, request: Request) -> Decision:
        refused = Dice("refusing", self.seed, request.permission).uniform() < self.share
        return Decision(not refused, "refused" if refused else "drawn", self.name)


# --- the same scenario, changed ---------------------------------------------------------------------


def scaled(thing: Any, factor: float) -> Any:
    """Return *thing* with every time in it multiplied by *factor*."""
    if isinstance(thing, Scenario):
        # Prices are no times; a price by the hour would have to be divided.
        return replace(
            thing,
            horizon=thing.horizon * factor,
            system=scaled(thing.system, factor),
            threats=tuple(scaled(threat, factor) for threat in thing.threats),
            attacker=scaled(thing.attacker, factor),
            response=scaled(thing.response, factor),
        )
    if isinstance(thing, Workflow):
        flow = replace(
            thing,
            at=tuple(time * factor for time in thing.at),
            tasks=tuple(replace(task, ttl=task.ttl * factor) for task in thing.tasks),
            calls=scaled(thing.calls, factor),
            improvises=scaled(thing.improvises, factor),
            lingers=scaled(thing.lingers, factor),
            spawns=scaled(thing.spawns, factor),
        )
        return flow if thing.arrivals is None else replace(flow, arrivals=thing.arrivals.scaled(factor))
    if isinstance(thing, dict):
        return {name: scaled(value, factor) for name, value in thing.items()}
    if isinstance(thing, tuple) and not isinstance(thing, Permission):
        return tuple(scaled(value, factor) for value in thing)
    if hasattr(thing, "scaled"):
        return thing.scaled(factor)
    if isinstance(thing, Secret | Resource):
        name = "ttl" if isinstance(thing, Secret) else "retained"
        lasts = {"lifetime": thing.lifetime.scaled(factor)} if isinstance(thing, Secret) else {}
        return replace(thing, **{name: getattr(thing, name) * factor}, **lasts)
    if not dataclasses.is_dataclass(thing):
        return thing
    changed = {
        item.name: value * factor
        if item.metadata.get("unit") == "s" and isinstance(value, float)
        else scaled(value, factor)
        for item in dataclasses.fields(thing)
        if item.init and (value := getattr(thing, item.name)) is not None
    }
    return replace(thing, **changed)


def unsigned(world: Scenario) -> Scenario:
    """Return *world* where no stolen key signs for a domain: there, one agent more is one door more."""
    domains = world.system.domains.items()
    return with_system(world, domains={name: replace(domain, signing_key="") for name, domain in domains})


def reordered(thing: Scenario, seed: int) -> Scenario:
    """Return *thing* with everything that a file lists in another order."""
    dice, system = Dice("order", seed), thing.system

    def mixed(mapping: Any) -> dict[str, Any]:
        return dict(dice.shuffled(list(mapping.items())))

    resources = {
        name: replace(
            resource,
            holds=tuple(dice.shuffled(resource.holds)),
            obeyed_by=tuple(dice.shuffled(resource.obeyed_by)),
        )
        for name, resource in system.resources.items()
    }
    compositions = [
        replace(rule, needs=tuple(dice.shuffled(rule.needs)), gives=tuple(dice.shuffled(rule.gives)))
        for rule in system.compositions
    ]
    domains = {
        name: domain
        if domain.enforces is None
        else replace(domain, enforces=tuple(dice.shuffled(domain.enforces)))
        for name, domain in system.domains.items()
    }
    return replace(
        thing,
        system=replace(
            system,
            domains=mixed(domains),
            resources=mixed(resources),
            tools=mixed(system.tools),
            principals=mixed(system.principals),
            agents=mixed(system.agents),
            secrets=mixed(system.secrets),
            delegations=tuple(dice.shuffled(system.delegations)),
            workflows=mixed(system.workflows),
            compositions=tuple(dice.shuffled(compositions)),
        ),
        threats=tuple(dice.shuffled(thing.threats)),
        prices=mixed(thing.prices),
    )


def with_system(thing: Scenario, **changes: Any) -> Scenario:
    """Return *thing* with its system changed."""
    return replace(thing, system=replace(thing.system, **changes))


# --- runs that are watched --------------------------------------------------------------------------


@dataclass
class Watched:
    """A run, and what the engine did on the way."""

    engine: Engine
    run: Run
    issued: list[tuple[Credential, float]] = field(default_factory=list)
    """Every credential, with its expiry as issued [s]: giving one back brings that forward."""
    work: list[tuple[str, int, tuple[float, ...]]] = field(default_factory=list)
    """Workflow, serial number and drawn work [s] of each arrival."""

    @property
    def facts(self) -> set[str]:
        """Return what the intruder came to have."""
        return self.engine.intruder.facts

    def credential(self, name: str) -> Credential:
        """Return the credential that a row calls *name*."""
        return self.by_name[name][0]

    @property
    def by_name(self) -> dict[str, tuple[Credential, float]]:
        """Return every credential with its expiry as issued, under ``key#serial``."""
        known = {f"{one.key}#{one.serial}": (one, expires) for one, expires in self.issued}
        secrets = self.engine.broker._secrets
        return known | {f"{name}#1": (one, one.expires) for name, one in secrets.items()}


@contextmanager
def _spies() -> Iterator[tuple[list[Any], list[Any]]]:
    issued: list[Any] = []
    work: list[Any] = []
    plain_issue, plain_work = Broker.issue, Workers._work

    def issue(self: Broker, *given: Any, **named: Any) -> Credential:
        place = len(issued)
        issued.append(None)  # who is issued first is written first, whatever it sets off
        credential = plain_issue(self, *given, **named)
        issued[place] = (credential, credential.expires)
        return credential

    def working(self: Workers, flow: Any, serial: int, script: Any, *rest: Any) -> Any:
        work.append((flow.flow.name, serial, tuple(script[0])))
        return plain_work(self, flow, serial, script, *rest)

    with patch.object(Broker, "issue", issue), patch.object(Workers, "_work", working):
        yield issued, work


@contextmanager
def _nothing_quiet(plan: Plan) -> Iterator[None]:
    """Have workers do quiet work, too, so that it can be watched: it comes out the same (test_untouchable_work.py)."""
    before = [flow.quiet for flow in plan.flows]
    for flow in plan.flows:
        flow.quiet = None
    try:
        yield
    finally:
        for flow, quiet in zip(plan.flows, before, strict=True):
            flow.quiet = quiet


def watch(plan: Plan | Scenario, policy: Strategy | None = None, seed: int = 0) -> Watched:
    """Return one replication of *plan*, watched and traced."""
    compiled = plan if isinstance(plan, Plan) else Plan(plan, policy or StaticRBAC())
    with _nothing_quiet(compiled), _spies() as (issued, work):
        engine = Engine(compiled, seed, 0, trace=True)
        engine.run()
    return Watched(engine, engine.result(seed, 0), issued, work)


def took(run: Run) -> dict[str, float]:
    """Return what the attacker brought about, and when first [s]."""
    return {str(permission): time for permission, time in run.taken().items()}


# --- for Hypothesis ---------------------------------------------------------------------------------

seeds = st.integers(0, 2**32 - 1)


def scenarios(shape: Shape = ANY) -> st.SearchStrategy[Scenario]:
    """Return a search strategy of scenarios of *shape*."""
    return seeds.map(lambda seed: scenario(seed, shape))


policies = seeds.map(strategy)
"""A search strategy of authorisation strategies."""
