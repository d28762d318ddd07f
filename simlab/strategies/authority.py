"""What one strategy makes of one system: who holds what, and how each request is decided.

Pure, and shared: the graph asks it what could be allowed, the simulation what is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from simlab.model.access import Decision, DelegationMode, Grant, Intent, Permission, Request, Scope, Strategy
from simlab.model.system import System, Task, Workflow
from simlab.strategies import describe, enforced

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTHING: frozenset[str] = frozenset()
NOTHING_AT_ALL: Scope = frozenset()


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

    def __post_init__(self) -> None:
        """Cache what is asked for again and again."""
        self.standing = lru_cache(maxsize=None)(self._standing)
        self.held = lru_cache(maxsize=None)(self._held)
        self.seen = lru_cache(maxsize=None)(self._seen)

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

    def derives(self, tasks: tuple[Task, ...], group: int) -> bool:
        """Return whether *group* makes the credential of the last of *tasks* from its caller's."""
        return len(tasks) > 1 and self.seen(tasks, group).mode == "on-behalf-of"

    def _seen(self, tasks: tuple[Task, ...], group: int) -> Task:
        """Return the last of *tasks* as *group* sees it: a strategy can rule how callees act."""
        task = tasks[-1]
        if len(tasks) == 1:
            return task
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


def decide_secret(permission: Permission, scope: Scope) -> Decision:
    """Return what a domain decides on a secret that no strategy governs: its scope, and nothing else."""
    if permission in scope:
        return Decision(allowed=True, reason="secret", policy="secret")
    return Decision(allowed=False, reason="outside-secret", policy="secret")
