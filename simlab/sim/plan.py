"""A scenario under one strategy, compiled once and shared by all its replications.

Everything that does not change from run to run is settled here: which group decides a call, what a kind of
task holds, what the answer to each question is. Decisions are pure, so each is asked once and remembered by
exactly what a policy can see.
"""

from __future__ import annotations

import dataclasses
import math
from functools import cached_property, lru_cache
from itertools import accumulate

from simlab.graph.map import distances
from simlab.graph.reach import Reach, reach
from simlab.lookup import parameters
from simlab.model.access import Decision, Grant, Permission, Scope, Strategy
from simlab.model.attack import Foothold, ThreatEvent
from simlab.model.chance import ZERO, Fixed
from simlab.model.composition import Rulebook
from simlab.model.doors import World, explore
from simlab.model.events import Actor, Kind, Static
from simlab.model.scenario import Scenario
from simlab.model.system import CONTROL, HOLD, MINT, STEER, Call, Task, Workflow
from simlab.sim import unplanned
from simlab.sim.account import coverage
from simlab.sim.compiled import Answer, CallPlan, FlowPlan, KindPlan
from simlab.sim.leavers import revocable
from simlab.sim.moods import Mood, mood_of, moods_of
from simlab.sim.quiet import quiet
from simlab.strategies import describe
from simlab.strategies.authority import authority_over, undecided


class Plan:
    """A scenario under a strategy, ready to run."""

    def __init__(self, scenario: Scenario, strategy: Strategy) -> None:
        """Compile *scenario* under *strategy*."""
        self.scenario = scenario
        self.system = scenario.system
        self.strategy = strategy
        self.label = describe(strategy)
        self.authority = authority_over(scenario.system, strategy)
        self.drifting = tuple(agent for _, agent in sorted(scenario.system.agents.items()) if agent.excess)
        self.revocable = revocable(scenario.system)
        self.coverage = lru_cache(maxsize=64)(lambda furthest: coverage(self, furthest))
        self.world: World = explore(scenario.system)
        self.book: Rulebook = self.world.rulebook()
        self.lacking = self.book.counts()
        self.statics: list[Static] = []
        self._interned: dict[Static, int] = {}
        self._kinds: dict[tuple[Task, ...], KindPlan] = {}
        self._standing_scopes: dict[str, Scope] = {}
        self.threats = _identify(scenario.threats)
        self.plantable = {
            (agent, resource.name)
            for resource in self.system.resources.values()
            for agent in resource.obeyed_by
        }
        self.footholds = {name: threat.strike(self.system) for name, threat in self.threats.items()}
        self.leakable = _leakable(scenario)
        self.stores = any(each.carries != "nothing" for each in self.system.resources.values())
        """Whether data travel from one piece of work to another."""
        self.unsteady = frozenset(
            name
            for name, domain in self.system.domains.items()
            if domain.unsteady and self.authority.groups[self.authority.group_of[name]].online
        )
        """Domains whose decisions depend on load, on failures or on a cache."""
        flows = sorted(self.system.workflows.values(), key=lambda flow: flow.name)
        self.flows = tuple(self._flow(flow, rank) for rank, flow in enumerate(flows))
        self.domains = tuple(self.system.domains.values())
        self.distance = distances(self.world, self.book, scenario.goal)

    @cached_property
    def reach(self) -> Reach:
        """Return what all threats together lead to: the bound of every run."""
        foothold = Foothold()
        for part in self.footholds.values():
            foothold |= part
        return reach(self.system, self.strategy, foothold)

    @cached_property
    def direct(self) -> frozenset[str]:
        """Return the resources that the foothold's own grants cover, before anything adds up."""
        steps = self.reach.steps
        start = {fact for fact, step in steps.items() if not step.needs}
        # Control of a workload is, from the first moment, its sessions and whom they can task.
        start |= {
            fact for fact, step in steps.items() if fact.startswith("steer:") and set(step.needs) <= start
        }
        return frozenset(
            permission.resource
            for permission in self.reach.permissions
            if set(steps[str(permission)].needs) <= start
        )

    @cached_property
    def reachable(self) -> int:
        """Return how many resources all threats together lead to."""
        return len(self.reach.resources)

    @cached_property
    def granted_standing(self) -> int:
        """Return how many permissions standing credentials grant, added up over agents."""
        return sum(len(self.standing_scope(agent)) for agent in self.system.agents)

    def standing_scope(self, agent: str) -> Scope:
        """Return what the standing credentials of *agent* cover."""
        key = self.system.agents[agent].key or agent
        if key not in self._standing_scopes:
            grants = (self.authority.standing(key, group) for group in range(len(self.authority.groups)))
            self._standing_scopes[key] = frozenset().union(*(grant.scope for grant in grants if grant))
        return self._standing_scopes[key]

    def intern(  # noqa: PLR0913 (one argument a column)
        self,
        kind: Kind,
        actor: Actor,
        *,
        agent: str = "",
        chain: str = "",
        task: str = "",
        permission: tuple[str, str] = ("", ""),
        domain: str = "",
        allowed: bool = True,
        reason: str = "",
        policy: str = "",
        key: str = "",
    ) -> int:
        """Return the index of these static columns."""
        static = (kind, actor, agent, chain, task, *permission, domain, allowed, reason, policy, key)
        index = self._interned.get(static)
        if index is None:
            index = self._interned[static] = len(self.statics)
            self.statics.append(static)
        return index

    def kind(self, tasks: tuple[Task, ...]) -> KindPlan:
        """Return the plan of the last of *tasks*, which are a chain of delegations, root first."""
        plan = self._kinds.get(tasks)
        if plan is None:
            plan = self._kinds[tasks] = self._new_kind(tasks)
        return plan

    def _new_kind(self, tasks: tuple[Task, ...]) -> KindPlan:
        task = tasks[-1]
        derived = tuple(self.authority.derives(tasks, group) for group in range(len(self.authority.groups)))
        grants: list[Grant | None] = []
        standing = []
        for group in range(len(self.authority.groups)):
            grant = self.authority.held(task, group)
            scope = self.authority.scope(tasks, group)
            excess = self.authority.excess(tasks, group)
            grants.append(
                None
                if grant is None or scope is None
                else dataclasses.replace(grant, scope=scope, excess=excess)
            )
            standing.append(bool(grant and grant.standing and not derived[group]))
        agent = self.system.agents[task.agent]
        return KindPlan(
            tasks, agent.key or agent.name, tuple(grants), tuple(standing),
            tuple(len(grant.scope) / 3600.0 if grant else 0.0 for grant in grants),
            _ending(grants, standing, "task"),
            derived,
            tuple(self.authority.seen(tasks, group) for group in range(len(derived))),
            _ending(grants, standing, "workflow"),
            _ending(grants, standing, "session"),
        )  # fmt: skip

    def decide(
        self, kind: KindPlan, permission: Permission, scope: Scope, labels: frozenset[str]
    ) -> Decision:
        """Return what is decided when a task of *kind* asks; asked once, then remembered."""
        decision = kind.answers.get((permission, labels))
        if decision is None:
            decision = kind.answers[permission, labels] = self.ask(kind, permission, scope, labels)
        return decision

    def ask(self, kind: KindPlan, permission: Permission, scope: Scope, labels: frozenset[str]) -> Decision:
        """Return what is decided when a task of *kind* asks and presents *scope*, whatever it usually has."""
        task = kind.seen[self.authority.group(permission)]
        return self.authority.decide(self.authority.request(task, permission, scope, labels))

    def carries_chain(self, kind: KindPlan, group: int) -> bool:
        """Return whether decisions in *group* on a task of *kind* see an unbroken chain to a principal.

        Each delegation must have kept the chain. A decision point is shown it; else the credential must tell,
        and a standing one tells only whose it is.
        """
        seen = kind.seen[group]
        if not seen.principal or len(seen.chain) < len(kind.tasks):
            return False
        if self.authority.groups[group].online:
            return True
        links = (self.kind(kind.tasks[:length]) for length in range(1, len(kind.tasks) + 1))
        return not any(link.standing[group] for link in links)

    def answer(self, kind: KindPlan, call: CallPlan, labels: frozenset[str]) -> Answer:
        """Return the answer to a worker's call, with the row that records it."""
        permission = call.call.permission
        kind = call.declared or kind
        grant = kind.grants[call.group]
        scope: Scope = grant.scope if grant else frozenset()
        decision = self.decide(kind, permission, scope, labels)
        static = self.row(kind, "worker", permission, call.domain, decision)
        call.answers[labels] = answer = (decision.allowed, static)
        return answer

    def unanswered(self, kind: KindPlan, call: CallPlan, reason: str) -> Answer:
        """Return what comes of a worker's call that no decision point answers, with the row that records it."""
        grant = kind.grants[call.group]
        permission, domain = call.call.permission, self.system.domains[call.domain]
        decision = undecided(domain, permission, grant.scope if grant else frozenset(), reason)
        return decision.allowed, self.row(kind, "worker", permission, call.domain, decision)

    def row(
        self,
        kind: KindPlan,
        actor: Actor,
        permission: Permission,
        domain: str,
        decision: Decision,
        key: str = "",
    ) -> int:
        """Return the static columns of a request that a task of *kind* makes."""
        return self.intern(
            "request",
            actor,
            agent=kind.task.agent,
            chain=">".join(kind.seen[self.authority.group_of[domain]].chain),
            task=kind.task.name,
            permission=permission,
            domain=domain,
            allowed=decision.allowed,
            reason=decision.reason,
            policy=decision.policy,
            key=key or kind.key,
        )

    def _flow(self, flow: Workflow, rank: int) -> FlowPlan:
        kinds = tuple((self.kind(flow.lineage(index)), task.parent) for index, task in enumerate(flow.tasks))
        moods = moods_of(self, flow)
        last = {
            flow.tasks.index(task): index
            for index, call in enumerate(flow.calls)
            for task in flow.lineage(call.task)
        }
        calls = tuple(
            self._call(flow, call, tuple(kind for kind, end in last.items() if end == index), moods[index])
            for index, call in enumerate(flow.calls)
        )
        if calls and any(kind.lasting for kind, _ in kinds):  # the last call ends what has lasted till then
            calls = (*calls[:-1], dataclasses.replace(calls[-1], closes=tuple(range(len(kinds)))))
        agent = flow.tasks[0].agent
        turns = unplanned.turns(flow, calls, self._other_call)
        lingers = tuple(self._other_call(flow, call, ()) for call in flow.lingers)
        every = (*calls, *unplanned.requests(turns), *lingers)
        compiled = FlowPlan(
            flow=flow,
            rank=rank,
            kinds=kinds,
            calls=calls,
            steps=tuple(call.step for call in calls),
            works=tuple(
                (None, law.value) if isinstance(law := call.call.work, Fixed) else (law.quantile, 0.0)
                for call in calls
            ),
            varies=any(not isinstance(call.call.work, Fixed) for call in calls),
            issues=any(call.issuance for call in every),
            online=any(call.decision or call.unsteady for call in every),
            keys=tuple(dict.fromkeys(kind.key for kind, _ in kinds if kind.issued or kind.lasting)),
            numbers=2 * (len(calls) + sum(map(unplanned.most, turns)) + len(lingers)) * len(kinds),
            asks=any(call.asks for call in every),
            touchable=bool(flow.spawns) or self._touchable(tuple(kind for kind, _ in kinds), every),
            chained=(
                0,
                *accumulate(
                    self.carries_chain(self.kind(flow.lineage(call.call.task)), call.group) for call in calls
                ),
            ),
            online_calls=(0, *accumulate(call.online for call in calls)),
            flags=(0, *accumulate(call.flagged for call in calls)) if any(c.flagged for c in calls) else (),
            arrive=self.intern("arrive", "worker", agent=agent, task=flow.name),
            finish=(
                self.intern("finish", "worker", agent=agent, task=flow.name, allowed=False, reason="failed"),
                self.intern("finish", "worker", agent=agent, task=flow.name, reason="done"),
            ),
            troubled=any(call.unsteady or call.differ for call in every),
            turns=turns,
            lingers=lingers,
            beyond=bool(flow.spawns or lingers),
        )
        compiled.quiet = quiet(self, compiled)
        return compiled

    def _other_call(self, flow: Workflow, call: Call, closes: tuple[int, ...]) -> CallPlan:
        """Return the plan of a call that is none of those planned: nothing was declared before it."""
        return self._call(flow, call, closes, mood_of(self, flow, call))

    @cached_property
    def _minted(self) -> frozenset[str]:
        """Return the agents in whose name an intruder could ever have credentials issued."""
        mints = (fact for fact in self.reach.steps if fact.startswith(f"{MINT}:"))
        return frozenset(fact.partition(":")[2].partition("@")[0] for fact in mints)

    def _touchable(self, kinds: tuple[KindPlan, ...], calls: tuple[CallPlan, ...]) -> bool:
        """Return whether anything outside a piece of work can change what becomes of it.

        No run leaves reach. So where no key, session or workload of the work is in reach, nothing of it is
        ever revoked or steered. Keys that rotate are shared by pieces of work in order of time, and so are
        credentials that nobody ends, and a line of those who wait for an issuer or for an approval.
        """
        facts = self.reach.steps
        return any(call.shared for call in calls) or any(
            f"{HOLD}:{kind.key}" in facts
            or any(self._turned(user) for user in self.authority.users[kind.key])
            or kind.key in self.revocable
            or any(grant and grant.standing and grant.ttl < math.inf for grant in kind.grants)
            for kind in kinds
        )

    def _turned(self, agent: str) -> bool:
        """Return whether *agent* can be steered, or be set going by one that is: then its key can be revoked."""
        ways = (f"{CONTROL}:{agent}", f"{STEER}:{agent}", *self.world.leading.get(agent, ()))
        return agent in self._minted or any(way in self.reach.steps for way in ways)

    def _call(self, flow: Workflow, call: Call, closes: tuple[int, ...], mood: Mood) -> CallPlan:
        resource = self.system.resources[call.permission.resource]
        domain = self.system.domains[resource.domain]
        group = self.authority.group(call.permission)
        agent = self.system.agents[flow.tasks[call.task].agent]
        reads = self.system.reads(call.permission)
        kind = self.kind(flow.lineage(call.task))
        online = self.authority.groups[group].online
        grant = kind.grants[group]
        scope: Scope = grant.scope if grant else frozenset()
        unsteady = domain.name in self.unsteady
        label = frozenset({resource.label}) if reads and resource.label else frozenset()
        held = kind.grants[group]
        single_use = held is not None and held.single_use and not kind.standing[group]
        watched = any(threat.exposes(agent, call) for threat in self.scenario.threats) or bool(
            reads
            and ((agent.name, resource.name) in self.plantable or (resource.consumed and resource.obeyed_by))
        )
        carries = self.system.is_store(call.permission)
        return CallPlan(
            call=call,
            kind=call.task,
            group=group,
            domain=domain.name,
            issuance=None if kind.standing[group] or domain.issuance == ZERO else domain.issuance.quantile,
            decision=mood.wait(domain.decision.quantile)
            if online and domain.decision != ZERO and not unsteady
            else None,
            label=label,
            closes=closes,
            watched=watched,
            queued=(domain.issuers > 0 or domain.fails("issuer")) and not kind.standing[group],
            unsteady=unsteady,
            differ=domain.replicas.differ,
            single_use=single_use,
            kept=group in kind.kept,
            declared=mood.declared,
            asks=self.authority.asks(
                kind.seen[group],
                call.permission,
                scope.union(right for right, _ in grant.excess) if grant else scope,
            ),
            drifts=call.permission in dict(grant.excess if grant else ()),
            plain=not (label or closes or watched or single_use or flow.improvises or carries),
            carries=carries,
            online=online * (1 + mood.declares),
            flagged=mood.flagged,
        )


def _ending(grants: list[Grant | None], standing: list[bool], life: str) -> tuple[int, ...]:
    """Return the groups in which a credential is issued for the task, and ends as *life* says.

    One that is made from a caller's, on terms that are those of a standing one, ends with its task.
    """
    return tuple(
        group
        for group, grant in enumerate(grants)
        if grant and not standing[group] and ("task" if grant.standing else grant.life) == life
    )


def _identify(threats: tuple[ThreatEvent, ...]) -> dict[str, ThreatEvent]:
    """Return the threats by a name that does not depend on their order: kind and target."""
    named: dict[str, ThreatEvent] = {}
    for threat in threats:
        fields = (item for item in parameters(threat) if "names" in item.metadata)
        target = [str(getattr(threat, item.name)) for item in fields]
        name = base = " ".join((threat.name, *target))
        twin = 1
        while name in named:
            twin += 1
            name = f"{base} #{twin}"
        named[name] = threat
    return dict(sorted(named.items()))


def _leakable(scenario: Scenario) -> frozenset[str]:
    """Return the keys whose live credentials somebody may ever get hold of."""
    system = scenario.system
    keys = {key for resource in system.resources.values() for key in resource.holds}
    keys |= {key for threat in scenario.threats for key in threat.strike(system).keys}
    gives = (fact for rule in system.compositions for fact in rule.gives)
    return frozenset(keys | {fact.partition(":")[2] for fact in gives if fact.startswith("hold:")})
