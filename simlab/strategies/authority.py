"""What one strategy makes of one system: who holds what, and how each request is decided.

Pure, and shared: the graph asks it what could be allowed, the simulation what is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
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
from simlab.model.system import Agent, System, Task, Workflow
from simlab.strategies import describe, enforced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOTHING: frozenset[str] = frozenset()
NOTHING_GRANTED: Scope = frozenset()


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
    entitled: Mapping[str, Agent] | None = None
    """The agents as grants are made for them, where that is not as their roles say."""

    def __post_init__(self) -> None:
        """Cache what is asked for again and again."""
        self.standing = lru_cache(maxsize=None)(self._standing)
        self.held = lru_cache(maxsize=None)(self._held)

    @cached_property
    def agents(self) -> Mapping[str, Agent]:
        """Return the agents as grants are made for them."""
        return self.entitled or self.system.agents

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
        )

    def decide(self, request: Request) -> Decision:
        """Return what the request's domain decides."""
        return self.groups[self.group_of[request.resource.domain]].decide(request)


@dataclass(eq=False)
class DriftingAuthority(Authority):
    """Authority over agents that come to have rights in excess of their roles.

    Grants are as the roles say, and name besides what they cover while somebody has it in excess. An agent
    that can come to have something has a credential from the start, even if it covers nothing yet. Policies
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
        grant = own or replace(most, scope=NOTHING_GRANTED)
        claims = ((right, self._gainers(names, right)) for right in sorted(most.scope - grant.scope))
        return replace(grant, excess=tuple((right, (who,)) for right, who in claims if who))

    def _gainers(self, names: tuple[str, ...], right: Permission) -> tuple[str, ...]:
        agents = (self.system.agents[name] for name in names)
        return tuple(agent.name for agent in agents if agent.excess and right in agent.excess.rights)

    def excess(self, tasks: tuple[Task, ...], group: int) -> Claims:
        """Return what the last of *tasks* may use, too, while all in its chain that lack it have it in excess."""
        own = self.held(tasks[-1], group)
        if own is None:
            return ()
        if len(tasks) == 1 or tasks[-1].mode != "on-behalf-of":
            return own.excess
        scope, mine = self.scope(tasks[:-1], group) or NOTHING_GRANTED, dict(own.excess)
        theirs = dict(self.excess(tasks[:-1], group))
        both = (own.scope | mine.keys()) & (scope | theirs.keys())
        return tuple(
            (right, (*theirs.get(right, ()), *mine.get(right, ())))
            for right in sorted(both - (own.scope & scope))
        )


def authority_over(system: System, strategy: Strategy) -> Authority:
    """Return the authority of *strategy* over *system*, with rights in excess where anybody can have some."""
    drifts = any(agent.excess for agent in system.agents.values())
    return DriftingAuthority(system, strategy) if drifts else Authority(system, strategy)


def decide_secret(permission: Permission, scope: Scope) -> Decision:
    """Return what a domain decides on a secret that no strategy governs: its scope, and nothing else."""
    if permission in scope:
        return Decision(allowed=True, reason="secret", policy="secret")
    return Decision(allowed=False, reason="outside-secret", policy="secret")
