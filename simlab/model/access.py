"""Who may do what: permissions, grants, requests and decisions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from simlab.model.system import Agent, Resource, Task


class Permission(NamedTuple):
    """The right to do one action to one resource.

    Examples
    --------
    >>> str(Permission("read", "issues"))
    'read:issues'
    """

    action: str
    resource: str

    def __str__(self) -> str:
        """Return ``action:resource``, as scenarios write it."""
        return f"{self.action}:{self.resource}"

    @classmethod
    def parse(cls, text: str) -> Permission:
        """Return the permission that *text* names."""
        action, _, resource = text.partition(":")
        return cls(action, resource)


Scope = frozenset[Permission]
"""What a holder may do: a set, so that attenuation is intersection."""

DelegationMode = Literal["impersonation", "on-behalf-of", "own-identity"]
"""How a callee acts: with its full rights and the chain lost; with the rights that caller and callee
share and the chain kept; with its own rights, the caller unchecked (a confused deputy)."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a task declares: why it runs and what it needs for that (original)."""

    purpose: str
    needs: Scope = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """The terms on which a strategy lets an agent hold authority."""

    scope: Scope
    ttl: float = math.inf
    """[s] from issue to expiry."""
    standing: bool = False
    """Held between tasks and renewed at expiry, rather than issued for one task."""
    bound: bool = False
    """Of use only to the workload it was issued to (DPoP RFC 9449, mTLS RFC 8705)."""
    grace: float = 0.0
    """[s] for which a standing credential outlives the issue of its successor."""

    def __and__(self, other: Grant) -> Grant:
        """Return the terms that satisfy both: less scope, less time, more binding."""
        return Grant(
            scope=self.scope & other.scope,
            ttl=min(self.ttl, other.ttl),
            standing=self.standing and other.standing,
            bound=self.bound or other.bound,
            grace=min(self.grace, other.grace),
        )


class Request(NamedTuple):
    """One question to a policy decision point: everything that a policy may look at."""

    principal: str
    """Who is accountable, at the root of the chain; empty where the chain was lost."""
    chain: tuple[str, ...]
    """The agents that act for the principal, root first; the last one asks."""
    agent: Agent
    task: str
    """The task that the request belongs to; empty when an outsider presents a stolen credential."""
    intent: Intent | None
    """What that task declared; None for an outsider, who has no attested task."""
    permission: Permission
    resource: Resource
    scope: Scope
    """What the presented credential covers."""
    labels: frozenset[str]
    """Labels of all data that the session has read so far."""
    writes: bool
    """Whether the action changes or sends something, rather than reading or running it."""

    @property
    def hop(self) -> int:
        """Delegations between the principal's first agent and the one that asks; dimensionless."""
        return len(self.chain) - 1


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, why, and which policy said so."""

    allowed: bool
    reason: str
    policy: str


@runtime_checkable
class Strategy(Protocol):
    """A way to give authority: two pure functions, no clock, no chance, no state."""

    @property
    def name(self) -> str:
        """Return the name in kebab-case, unique among strategies."""

    @property
    def online(self) -> bool:
        """Return whether each request waits for a decision point; the wait is the domain's."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return every reason that a decision can give."""

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return the terms on which *agent* holds authority while it does *task*."""

    def decide(self, request: Request) -> Decision:
        """Return whether *request* is allowed, and why."""


@dataclass(slots=True, eq=False)
class Credential:
    """A grant once issued. The times are compared when it is used; nothing runs to expire it."""

    serial: int
    key: str
    """Whose: the name of the agent, of the key that several agents share, or of a secret."""
    grant: Grant
    issued: float
    """[s] of simulated time; valid from this instant."""
    expires: float
    """[s] of simulated time; no longer valid at this instant."""
    parent: Credential | None = None
    group: int = -1
    """Index of the group of domains that accept it; -1 for all."""
    revoked: dict[str, float] | None = field(default=None)
    """[s] per domain, from when that domain refuses it; None while nobody revoked it."""
    heard: dict[str, tuple[float, ...]] | None = field(default=None)
    """[s] per domain, from when each of its enforcement points knows that it is revoked, where they differ."""
    looked_up: dict[tuple[str, int], float] | None = field(default=None)
    """[s] by domain and enforcement point: when that point last asked whether it is revoked."""

    def dies(self, domain: str) -> float:
        """Return when *domain* stops accepting it or what it descends from [s]."""
        end = self.expires
        holder: Credential | None = self
        while holder is not None:
            if holder.expires < end:
                end = holder.expires
            if holder.revoked is not None:
                end = min(end, holder.revoked.get(domain, math.inf))
            holder = holder.parent
        return end

    def known_at(self, domain: str, point: int) -> float:
        """Return when enforcement point *point* of *domain* knows that it, or what it descends from, is revoked [s]."""
        known = math.inf
        holder: Credential | None = self
        while holder is not None:
            if holder.heard is not None and domain in holder.heard:
                known = min(known, holder.heard[domain][point])
            holder = holder.parent
        return known

    def lapses(self) -> float:
        """Return when it, or what it descends from, expires [s]."""
        return self.expires if self.parent is None else min(self.expires, self.parent.lapses())
