"""What one strategy makes of one system: who holds what, and how each request is decided.

Pure, and shared: the graph asks it what could be allowed, the simulation what is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, combinations
from typing import TYPE_CHECKING

from simlab.model.access import (
    Claims,
    Decision,
    DelegationMode,
    Grant,
    Intent,
    Permission,
    Request,
    Scope,
    Strategy,
)
from simlab.model.system import Agent, Domain, System, Task, Workflow
from simlab.strategies import describe, enforced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOTHING: frozenset[str] = frozenset()
NOTHING_AT_ALL: Scope = frozenset()
MOST_COMBINED = 10
"""Most labels whose every combination is asked about."""
FAIL_OPEN, FAIL_CLOSED = "fail-open", "fail-closed"
"""Policies, so to say, of a domain in which no decision point answers."""


def idle(agent: str) -> Task:
    """Return the task of an agent that has none: no principal, no intent, nothing to call."""
    return Task(name="", principal="", chain=(agent,), intent=Intent(""), template=frozenset())


def ad_hoc(
    task: Task, callee: str, mode: DelegationMode, menu: Iterable[Permission], passes: Scope = NOTHING_AT_ALL
) -> Task:
    """Return the task that *callee* is given when whoever steers *task* asks it for help.

    Nobody declared it, so it inherits the intent of *task*, and its job may call every tool of the callee. Whoever
    steers it has it ask for as much as it could pass on, too: *passes*.
    """
    kept = mode == "on-behalf-of"
    return Task(
        name=f"{task.name}>{callee}",
        principal="" if mode == "impersonation" else task.principal,
        chain=(*task.chain, callee) if kept else (callee,),
        intent=task.intent,
        template=frozenset(menu),
        mode=mode,
        passes=passes,
    )


@dataclass(eq=False)
class Authority:
    """One strategy over one system, domain by domain.

    Domains that enforce the same layers form a *group*; a credential covers one group.
    """

    system: System
    strategy: Strategy
    entitled: Mapping[str, Agent] | None = None
    """The agents as grants are made for them, where that is not as their roles say."""

    def __post_init__(self) -> None:
        """Cache what is asked for again and again."""
        self.standing = lru_cache(maxsize=None)(self._standing)
        self.held = lru_cache(maxsize=None)(self._held)
        self.mintable = lru_cache(maxsize=None)(self._mintable)
        self._seen_below = lru_cache(maxsize=None)(self._see)
        self.emergency = lru_cache(maxsize=None)(self._emergency)

    @cached_property
    def agents(self) -> Mapping[str, Agent]:
        """Return the agents as grants are made for them."""
        return self.entitled or self.system.agents

    @cached_property
    def groups(self) -> tuple[Strategy, ...]:
        """Return the strategy that each group of domains really enforces."""
        return tuple(strategy for strategy, _ in self._grouped)

    @cached_property
    def group_of(self) -> dict[str, int]:
        """Return the group of each domain."""
        return {name: group for group, (_, names) in enumerate(self._grouped) for name in names}

    @cached_property
    def _grouped(self) -> tuple[tuple[Strategy, tuple[str, ...]], ...]:
        """Return each group: what is enforced there, and in which domains."""
        by: dict[Strategy, list[str]] = {}
        for domain in self.system.domains.values():
            by.setdefault(enforced(self.strategy, domain), []).append(domain.name)
        groups: list[tuple[Strategy, tuple[str, ...]]] = []
        for strategy in sorted(by, key=describe):  # not in the order of a file, which means nothing
            names = tuple(sorted(by[strategy]))
            narrow = len(names) > 1 and self._audience(strategy)
            groups += [(strategy, (name,)) for name in names] if narrow else [(strategy, names)]
        return tuple(groups)

    def _audience(self, strategy: Strategy) -> bool:
        """Return whether *strategy* issues to anybody what only one domain accepts."""
        return any(
            strategy.grant(agent, task).audience
            for agent in self.system.agents.values()
            for task in (idle(agent.name), *(lineage[-1] for _, lineage in self.sessions[agent.name]))
        )

    @cached_property
    def users(self) -> dict[str, tuple[str, ...]]:
        """Return the agents that use each key."""
        keys: dict[str, list[str]] = {}
        for agent in self.system.agents.values():
            keys.setdefault(agent.key or agent.name, []).append(agent.name)
        return {key: tuple(sorted(names)) for key, names in keys.items()}

    @cached_property
    def sessions(self) -> dict[str, list[tuple[Workflow, tuple[Task, ...]]]]:
        """Return, by agent, every kind of task that it can be given."""
        return self.system.sessions()

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return every label that data can carry."""
        return frozenset(resource.label for resource in self.system.resources.values()) - {""}

    def group(self, permission: Permission) -> int:
        """Return the group in which *permission* is decided."""
        return self.group_of[self.system.resources[permission.resource].domain]

    def within(self, scope: Scope, group: int) -> Scope:
        """Return the part of *scope* that is decided in *group*."""
        if len(self.groups) == 1:
            return scope
        return frozenset(permission for permission in scope if self.group(permission) == group)

    def _standing(self, key: str, group: int) -> Grant | None:
        """Return the terms of the standing credential of *key* in *group*: the union over its users."""
        grants = [
            grant
            for name in self.users.get(key, ())
            if (grant := self.groups[group].grant(self.agents[name], idle(name))).standing
        ]
        scope = self.within(frozenset().union(*(grant.scope for grant in grants)), group)
        return replace(grants[0], scope=scope) if grants and scope else None

    def _held(self, task: Task, group: int) -> Grant | None:
        """Return the terms on which the agent of *task* holds authority by itself; None for nothing at all."""
        agent = self.agents[task.agent]
        grant = self.groups[group].grant(agent, task)
        if grant.standing:
            return self.standing(agent.key or agent.name, group)
        scope = self.within(grant.scope, group)
        return replace(grant, scope=scope, ttl=min(grant.ttl, task.ttl)) if scope and task.name else None

    def _mintable(self, agent: str, group: int, signed: bool) -> tuple[Grant, ...]:
        """Return the terms on which whoever passes for *agent* has credentials issued to himself in *group*.

        An issuer wants to see the caller's credential for what is done on behalf of another; who signs for
        himself (*signed*) asks nobody. Binding is no hindrance: it binds to the thief.
        """
        key = self.system.agents[agent].key or agent
        lineages = sorted((lineage for _, lineage in self.sessions[agent]), key=lambda tasks: tasks[-1].name)
        own = [tasks[-1] for tasks in lineages if signed or not self.derives(tasks, group)]
        grants = (self.standing(key, group), *(self.held(task, group) for task in own))
        return tuple(dict.fromkeys(replace(grant, bound=False, replay=0.0) for grant in grants if grant))

    def derives(self, tasks: tuple[Task, ...], group: int) -> bool:
        """Return whether *group* makes the credential of the last of *tasks* from its caller's."""
        return len(tasks) > 1 and self.seen(tasks, group).mode == "on-behalf-of"

    def seen(self, tasks: tuple[Task, ...], group: int) -> Task:
        """Return the last of *tasks* as *group* sees it: a strategy can rule how callees act."""
        return tasks[0] if len(tasks) == 1 else self._seen_below(tasks, group)

    def _see(self, tasks: tuple[Task, ...], group: int) -> Task:
        task = tasks[-1]
        ruled = self.groups[group].grant(self.system.agents[task.agent], task).mode
        above = self.seen(tasks[:-1], group)
        if ruled in {None, task.mode} and above is tasks[-2]:
            return task
        mode = ruled or task.mode
        return replace(
            task,
            mode=mode,
            principal="" if mode == "impersonation" else above.principal,
            chain=(*above.chain, task.agent) if mode == "on-behalf-of" else (task.agent,),
        )

    def scope(self, tasks: tuple[Task, ...], group: int) -> Scope | None:
        """Return what the last of *tasks* may use: the intersection over those done on behalf of another.

        *tasks* are a chain of delegations, root first. None where nobody issues anything.
        """
        grant = self.held(tasks[-1], group)
        if grant is None:
            return None
        if not self.derives(tasks, group):
            return grant.scope
        above = self.scope(tasks[:-1], group)
        return None if above is None else grant.scope & above

    def asks(self, task: Task, permission: Permission, scope: Scope) -> bool:
        """Return whether *task* may have to wait for an approval to use *permission*, whatever it has read."""
        labels = sorted(self.labels)
        if len(labels) > MOST_COMBINED:  # to wait for the answer where it is needed is right in any case
            return True
        contexts = chain.from_iterable(combinations(labels, size) for size in range(len(labels) + 1))
        return any(
            self.decide(self.request(task, permission, scope, frozenset(context))).approval
            for context in contexts
        )

    def _emergency(self, agent: str, group: int) -> Scope:
        """Return what a break-glass key of *agent* covers in *group*; nothing where it can come to take none."""
        for flow, lineage in self.sessions[agent]:
            rights = self.system.agents[agent].in_roles
            for call in flow.calls:
                domain = self.system.domains[self.system.resources[call.permission.resource].domain]
                people = self.system.approvers.get(domain.approvers)
                if (
                    people is not None
                    and people.break_glass is not None
                    and flow.tasks[call.task] == lineage[-1]
                    and self.group_of[domain.name] == group
                    and self.asks(self.seen(lineage, group), call.permission, rights)
                ):
                    return self.within(rights, group)
        return NOTHING_AT_ALL

    def excess(self, tasks: tuple[Task, ...], group: int) -> Claims:  # noqa: ARG002 (nobody has any)
        """Return what the last of *tasks* may use, too, while somebody has it in excess of roles."""
        return ()

    def request(self, task: Task, permission: Permission, scope: Scope, labels: frozenset[str]) -> Request:
        """Return the question that a decision point is asked."""
        lost = not task.name or not task.principal
        return Request(
            principal=task.principal,
            chain=task.chain,
            agent=self.system.agents[task.agent],
            task=task.name,
            intent=None if lost else task.intent,
            permission=permission,
            resource=self.system.resources[permission.resource],
            scope=scope,
            labels=labels,
            writes=self.system.writes(permission),
            executes=self.system.executes(permission),
        )

    def decide(self, request: Request) -> Decision:
        """Return what the request's domain decides."""
        return self.groups[self.group_of[request.resource.domain]].decide(request)

    def possible(self, request: Request) -> Decision:
        """Return the best that can come of *request*: what is decided, or what passes where nobody decides."""
        decision = self.decide(request)
        domain = self.system.domains[request.resource.domain]
        if decision.allowed or not domain.leaves_open or not self.groups[self.group_of[domain.name]].online:
            return decision
        return undecided(domain, request.permission, request.scope, "pdp-down")


@dataclass(eq=False)
class DriftingAuthority(Authority):
    """Authority over agents that come to have rights in excess of their roles, or whose roles change.

    Grants are as the roles say, and name besides what they cover while somebody has it in excess. An agent
    that can come to have something has a credential from the start, even if it covers nothing yet. A right that
    roles do not allow in every era of the run is treated alike: it is there while they do. Policies
    know an agent by its roles: what nobody wrote down, they do not see.
    """

    def __post_init__(self) -> None:
        """Look up what could be granted at the most."""
        super().__post_init__()
        self.most = Authority(self.system, self.strategy, self.system.drifted())

    def _standing(self, key: str, group: int) -> Grant | None:
        own, most = super()._standing(key, group), self.most.standing(key, group)
        return self._with_excess(own, most, self.users.get(key, ()))

    def _held(self, task: Task, group: int) -> Grant | None:
        own, most = super()._held(task, group), self.most.held(task, group)
        if own and own.standing:
            return own  # from `standing`, so it has all that it needs
        return self._with_excess(own, most, (task.agent,))

    def _with_excess(self, own: Grant | None, most: Grant | None, names: tuple[str, ...]) -> Grant | None:
        if most is None:
            return own
        grant = own or replace(most, scope=NOTHING_AT_ALL)
        claims = ((right, self._gainers(names, right)) for right in sorted(most.scope - grant.scope))
        return replace(grant, excess=tuple((right, (who,)) for right, who in claims if who))

    def _gainers(self, names: tuple[str, ...], right: Permission) -> tuple[str, ...]:
        agents = (self.system.agents[name] for name in names)
        return tuple(
            agent.name
            for agent in agents
            if (agent.excess and right in agent.excess.rights) or right in dict(agent.changing)
        )

    def excess(self, tasks: tuple[Task, ...], group: int) -> Claims:
        """Return what the last of *tasks* may use, too, while all in its chain that lack it have it in excess."""
        own = self.held(tasks[-1], group)
        if own is None:
            return ()
        if not self.derives(tasks, group):
            return own.excess
        scope, mine = self.scope(tasks[:-1], group) or NOTHING_AT_ALL, dict(own.excess)
        theirs = dict(self.excess(tasks[:-1], group))
        both = (own.scope | mine.keys()) & (scope | theirs.keys())
        return tuple(
            (right, (*theirs.get(right, ()), *mine.get(right, ())))
            for right in sorted(both - (own.scope & scope))
        )


def authority_over(system: System, strategy: Strategy) -> Authority:
    """Return the authority of *strategy* over *system*, with rights that come and go where there are any."""
    drifts = any(agent.excess or agent.changing for agent in system.agents.values())
    return DriftingAuthority(system, strategy) if drifts else Authority(system, strategy)


def decide_secret(permission: Permission, scope: Scope) -> Decision:
    """Return what a domain decides on a secret that no strategy governs: its scope, and nothing else."""
    if permission in scope:
        return Decision(allowed=True, reason="secret", policy="secret")
    return Decision(allowed=False, reason="outside-secret", policy="secret")


def decide_emergency(permission: Permission, scope: Scope) -> Decision:
    """Return what a domain decides on a break-glass key: its scope, and nothing else, so that it always opens."""
    if permission in scope:
        return Decision(allowed=True, reason="break-glass", policy="break-glass")
    return Decision(allowed=False, reason="outside-break-glass", policy="break-glass")


def undecided(domain: Domain, permission: Permission, scope: Scope, reason: str) -> Decision:
    """Return what *domain* does with a request that no decision point answers, for *reason*."""
    if not domain.fails_open:
        return Decision(allowed=False, reason=reason, policy=FAIL_CLOSED)
    return Decision(allowed=permission in scope, reason=reason, policy=FAIL_OPEN)
