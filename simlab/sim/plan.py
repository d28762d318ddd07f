"""A scenario under one strategy, compiled once and shared by all its replications.

Everything that does not change from run to run is settled here: which group decides a call, what a kind of
task holds, what the answer to each question is. Decisions are pure, so each is asked once and remembered by
exactly what a policy can see.
"""

from __future__ import annotations

import dataclasses
import math
from functools import cached_property
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
from simlab.model.system import CONTROL, HOLD, STEER, Call, Task, Workflow
from simlab.sim.compiled import Answer, CallPlan, FlowPlan, KindPlan
from simlab.strategies import describe
from simlab.strategies.authority import Authority, undecided


class Plan:
    """A scenario under a strategy, ready to run."""

    def __init__(self, scenario: Scenario, strategy: Strategy) -> None:
        """Compile *scenario* under *strategy*."""
        self.scenario = scenario
        self.system = scenario.system
        self.strategy = strategy
        self.label = describe(strategy)
        self.authority = Authority(scenario.system, strategy)
        self.world: World = explore(scenario.system)
        self.book: Rulebook = self.world.rulebook()
        self.lacking = self.book.counts()
        self.statics: list[Static] = []
        self._interned: dict[Static, int] = {}
        self._kinds: dict[tuple[Task, ...], KindPlan] = {}
        self.threats = _identify(scenario.threats)
        self.plantable = {
            (agent, resource.name)
            for resource in self.system.resources.values()
            for agent in resource.obeyed_by
        }
        self.footholds = {name: threat.strike(self.system) for name, threat in self.threats.items()}
        self.leakable = _leakable(scenario)
        self.unsteady = frozenset(
            name
            for name, domain in self.system.domains.items()
            if domain.unsteady and self.authority.groups[self.authority.group_of[name]].online
        )
        """Domains whose decisions depend on load, on failures or on a cache."""
        flows = sorted(self.system.workflows.values(), key=lambda flow: flow.name)
        self.flows = tuple(self._flow(flow) for flow in flows)
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
        derived = len(tasks) > 1 and task.mode == "on-behalf-of"
        grants: list[Grant | None] = []
        standing = []
        for group in range(len(self.authority.groups)):
            grant = self.authority.held(task, group)
            scope = self.authority.scope(tasks, group)
            grants.append(None if grant is None or scope is None else dataclasses.replace(grant, scope=scope))
            standing.append(bool(grant and grant.standing and not derived))
        agent = self.system.agents[task.agent]
        return KindPlan(
            tasks, agent.key or agent.name, tuple(grants), tuple(standing),
            tuple(len(grant.scope) / 3600.0 if grant else 0.0 for grant in grants),
            tuple(group for group, held in enumerate(standing) if grants[group] and not held),
            self.kind(tasks[:-1]) if derived else None,
        )  # fmt: skip

    def decide(
        self, kind: KindPlan, permission: Permission, scope: Scope, labels: frozenset[str]
    ) -> Decision:
        """Return what is decided when a task of *kind* asks; asked once, then remembered."""
        decision = kind.answers.get((permission, labels))
        if decision is None:
            request = self.authority.request(kind.task, permission, scope, labels)
            decision = kind.answers[permission, labels] = self.authority.decide(request)
        return decision

    def answer(self, kind: KindPlan, call: CallPlan, labels: frozenset[str]) -> Answer:
        """Return the answer to a worker's call, with the row that records it."""
        permission = call.call.permission
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
            chain=">".join(kind.task.chain),
            task=kind.task.name,
            permission=permission,
            domain=domain,
            allowed=decision.allowed,
            reason=decision.reason,
            policy=decision.policy,
            key=key or kind.key,
        )

    def _flow(self, flow: Workflow) -> FlowPlan:
        kinds = tuple((self.kind(flow.lineage(index)), task.parent) for index, task in enumerate(flow.tasks))
        last = {
            flow.tasks.index(task): index
            for index, call in enumerate(flow.calls)
            for task in flow.lineage(call.task)
        }
        calls = tuple(
            self._call(flow, call, tuple(kind for kind, end in last.items() if end == index))
            for index, call in enumerate(flow.calls)
        )
        agent = flow.tasks[0].agent
        return FlowPlan(
            flow=flow,
            kinds=kinds,
            calls=calls,
            steps=tuple(
                (call.kind, call.group, call.issuance, call.decision, call.domain, call.answers, call)
                for call in calls
            ),
            works=tuple(
                (None, law.value) if isinstance(law := call.call.work, Fixed) else (law.quantile, 0.0)
                for call in calls
            ),
            issues=any(call.issuance for call in calls),
            online=any(call.decision or call.unsteady for call in calls),
            keys=tuple(dict.fromkeys(kind.key for kind, _ in kinds if kind.issued)),
            numbers=2 * len(calls) * len(kinds),
            touchable=self._touchable(tuple(kind for kind, _ in kinds), calls),
            online_calls=(0, *accumulate(self.authority.groups[call.group].online for call in calls)),
            arrive=self.intern("arrive", "worker", agent=agent, task=flow.name),
            finish=(
                self.intern("finish", "worker", agent=agent, task=flow.name, allowed=False, reason="failed"),
                self.intern("finish", "worker", agent=agent, task=flow.name, reason="done"),
            ),
        )

    def _touchable(self, kinds: tuple[KindPlan, ...], calls: tuple[CallPlan, ...]) -> bool:
        """Return whether anything outside a piece of work can change what becomes of it.

        No run leaves reach. So where no key, session or workload of the work is in reach, nothing of it is
        ever revoked or steered. Keys that rotate are shared by pieces of work in order of time, and so is a
        line of those who wait for an issuer.
        """
        facts = self.reach.steps
        return any(call.watched or call.queued or call.unsteady for call in calls) or any(
            f"{CONTROL}:{kind.task.agent}" in facts
            or f"{STEER}:{kind.task.agent}" in facts
            or f"{HOLD}:{kind.key}" in facts
            or any(grant and grant.standing and grant.ttl < math.inf for grant in kind.grants)
            for kind in kinds
        )

    def _call(self, flow: Workflow, call: Call, closes: tuple[int, ...]) -> CallPlan:
        resource = self.system.resources[call.permission.resource]
        domain = self.system.domains[resource.domain]
        group = self.authority.group(call.permission)
        agent = self.system.agents[flow.tasks[call.task].agent]
        reads = self.system.reads(call.permission)
        kind = self.kind(flow.lineage(call.task))
        online = self.authority.groups[group].online
        unsteady = domain.name in self.unsteady
        label = frozenset({resource.label}) if reads and resource.label else frozenset()
        watched = any(threat.exposes(agent, call) for threat in self.scenario.threats) or (
            reads and (agent.name, resource.name) in self.plantable
        )
        return CallPlan(
            call=call,
            kind=call.task,
            group=group,
            domain=domain.name,
            issuance=None if kind.standing[group] or domain.issuance == ZERO else domain.issuance.quantile,
            decision=domain.decision.quantile
            if online and domain.decision != ZERO and not unsteady
            else None,
            label=label,
            closes=closes,
            watched=watched,
            queued=(domain.issuers > 0 or domain.fails("issuer")) and not kind.standing[group],
            unsteady=unsteady,
            differ=domain.replicas.differ,
            plain=not label and not closes and not watched,
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
