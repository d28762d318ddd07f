"""What one strategy makes of one system: who holds what, and how each request is decided.

Pure, and shared: the graph asks it what could be allowed, the simulation what is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from simlab.model.access import Decision, DelegationMode, Grant, Intent, Permission, Request, Scope, Strategy
from simlab.model.system import Domain, System, Task, Workflow
from simlab.strategies import describe, enforced

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTHING: frozenset[str] = frozenset()
FAIL_OPEN, FAIL_CLOSED = "fail-open", "fail-closed"
"""Policies, so to say, of a domain in which no decision point answers."""


def idle(agent: str) -> Task:
    """Return the task of an agent that has none: no principal, no intent, nothing to call."""
    return Task(name="", principal="", chain=(agent,), intent=Intent(""), template=frozenset())


def ad_hoc(task: Task, callee: str, mode: DelegationMode, menu: Iterable[Permission]) -> Task:
    """Return the task that *callee* is given when whoever steers *task* asks it for help.

    Nobody declared it, so it inherits the intent of *task*, and its job may call every tool of the callee.
    """
    kept = mode == "on-behalf-of"
    return Task(
        name=f"{task.name}>{callee}",
        principal="" if mode == "impersonation" else task.principal,
        chain=(*task.chain, callee) if kept else (callee,),
        intent=task.intent,
        template=frozenset(menu),
        mode=mode,
    )


@dataclass(eq=False)
class Authority:
    """One strategy over one system, domain by domain.

    Domains that enforce the same layers form a *group*; a credential covers one group.
    """

    system: System
    strategy: Strategy

    def __post_init__(self) -> None:
        """Cache what is asked for again and again."""
        self.standing = lru_cache(maxsize=None)(self._standing)
        self.held = lru_cache(maxsize=None)(self._held)

    @cached_property
    def groups(self) -> tuple[Strategy, ...]:
        """Return the strategy that each group of domains really enforces."""
        found = dict.fromkeys(enforced(self.strategy, domain) for domain in self.system.domains.values())
        return tuple(sorted(found, key=describe))  # not in the order of a file, which means nothing

    @cached_property
    def group_of(self) -> dict[str, int]:
        """Return the group of each domain."""
        return {
            name: self.groups.index(enforced(self.strategy, domain))
            for name, domain in self.system.domains.items()
        }

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
            if (grant := self.groups[group].grant(self.system.agents[name], idle(name))).standing
        ]
        scope = self.within(frozenset().union(*(grant.scope for grant in grants)), group)
        return replace(grants[0], scope=scope) if grants and scope else None

    def _held(self, task: Task, group: int) -> Grant | None:
        """Return the terms on which the agent of *task* holds authority by itself; None for nothing at all."""
        agent = self.system.agents[task.agent]
        grant = self.groups[group].grant(agent, task)
        if grant.standing:
            return self.standing(agent.key or agent.name, group)
        scope = self.within(grant.scope, group)
        return replace(grant, scope=scope) if scope and task.name else None

    def scope(self, tasks: tuple[Task, ...], group: int) -> Scope | None:
        """Return what the last of *tasks* may use: the intersection over those done on behalf of another.

        *tasks* are a chain of delegations, root first. None where nobody issues anything.
        """
        grant = self.held(tasks[-1], group)
        if grant is None:
            return None
        if len(tasks) == 1 or tasks[-1].mode != "on-behalf-of":
            return grant.scope
        above = self.scope(tasks[:-1], group)
        return None if above is None else grant.scope & above

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


def decide_secret(permission: Permission, scope: Scope) -> Decision:
    """Return what a domain decides on a secret that no strategy governs: its scope, and nothing else."""
    if permission in scope:
        return Decision(allowed=True, reason="secret", policy="secret")
    return Decision(allowed=False, reason="outside-secret", policy="secret")


def undecided(domain: Domain, permission: Permission, scope: Scope, reason: str) -> Decision:
    """Return what *domain* does with a request that no decision point answers, for *reason*."""
    if not domain.fails_open:
        return Decision(allowed=False, reason=reason, policy=FAIL_CLOSED)
    return Decision(allowed=permission in scope, reason=reason, policy=FAIL_OPEN)
