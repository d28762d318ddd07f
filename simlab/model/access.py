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

Claims = tuple[tuple[Permission, tuple[tuple[str, ...], ...]], ...]
"""Rights that can come in excess of roles, each with groups of agents: one of each group must have it."""

DelegationMode = Literal["impersonation", "on-behalf-of", "own-identity"]
"""How a callee acts: with its full rights and the chain lost; with the rights that caller and callee
share and the chain kept; with its own rights, the caller unchecked (a confused deputy)."""

Life = Literal["task", "workflow", "session"]
"""What ends a credential that is issued for a task before its time is up: the end of the task, the end of the
whole piece of work, or nothing, so that later tasks use it again."""

STRICTNESS: dict[str | None, int] = {
    word: place
    for words in (
        ("task", "workflow", "session"),
        ("on-behalf-of", "own-identity", "impersonation"),
    )
    for place, word in enumerate(words)
}
"""Of lives and of modes of delegation: the strictest first."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a task declares: why it runs and what it needs for that (original)."""

    purpose: str
    needs: Scope = frozenset()
    added: Scope = frozenset()
    """What the task declared in addition, once it ran; empty at its start."""


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
    replay: float = 0.0
    """Chance that a bound credential can be used by a thief all the same, because the proof of its holder leaks
    with it; dimensionless. Settled once for each credential."""
    audience: bool = False
    """Each domain gets a credential of its own, which no other domain accepts (RFC 8707)."""
    single_use: bool = False
    """Good for one request that is allowed, and dead from then on."""
    refresh: float = 0.0
    """[s] from issue, for which its holder can have it renewed without another decision (OAuth refresh token)."""
    life: Life = "task"
    """What ends it before its time is up, unless it is standing."""
    mode: DelegationMode | None = None
    """How a callee acts, whatever the delegation says; None for what the delegation says."""
    excess: Claims = ()
    """What it covers, too, while its holders have it in excess of their roles; no strategy sets this."""

    def __and__(self, other: Grant) -> Grant:
        """Return the terms that satisfy both: less scope, less time, more binding.

        A standing credential says nothing of tasks, so the other one's life counts.
        """
        lives = [grant.life for grant in (self, other) if not grant.standing]
        mode = self.mode or other.mode
        if self.mode and other.mode:
            mode = min(self.mode, other.mode, key=STRICTNESS.__getitem__)
        return Grant(
            scope=self.scope & other.scope,
            ttl=min(self.ttl, other.ttl),
            standing=self.standing and other.standing,
            bound=self.bound or other.bound,
            grace=min(self.grace, other.grace),
            replay=math.prod(grant.replay for grant in (self, other) if grant.bound)
            if self.bound or other.bound
            else 0.0,
            audience=self.audience or other.audience,
            single_use=self.single_use or other.single_use,
            refresh=min((grant.refresh for grant in (self, other) if not grant.standing), default=0.0),
            life=min(lives, key=STRICTNESS.__getitem__, default="task"),
            mode=mode,
        )

    @property
    def presentable(self) -> bool:
        """Return whether anybody but its holder could ever present what is issued on these terms."""
        return not self.bound or self.replay > 0


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
    executes: bool = False
    """Whether the action sets something in motion."""

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
    flagged: bool = False
    """Allowed, and told to those who watch."""
    widens: bool = False
    """Allowed because the task declares more than it did; it can do so once."""
    approval: bool = False
    """Allowed, provided that somebody approves."""


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
    cascade: dict[str, float] | None = None
    """[s] per domain, by which each generation of its descendants is refused later than the one before; None while
    nobody revoked it."""
    spent: float = math.inf
    """[s] of simulated time when a credential for a single use was used."""
    refresh: Credential | None = None
    """What it can be renewed with, where its terms allow for that; revoked by itself."""
    heard: dict[str, tuple[float, ...]] | None = field(default=None)
    """[s] per domain, from when each of its enforcement points knows that it is revoked, where they differ."""
    looked_up: dict[tuple[str, int], float] | None = field(default=None)
    """[s] by domain and enforcement point: when that point last asked whether it is revoked."""

    def lineage(self) -> tuple[Credential, ...]:
        """Return it and what it descends from, root last."""
        return (self,) if self.parent is None else (self, *self.parent.lineage())

    def dies(self, domain: str) -> float:
        """Return when *domain* stops accepting it or what it descends from [s].

        Word of a revocation goes down the chain of delegations, and a domain may take its time for each hop.
        What was issued after the end of its ancestor is dead at once.
        """
        end = min(self.expires, self.spent)
        hops = 0
        holder: Credential | None = self
        while holder is not None:
            if holder.expires < end:
                end = holder.expires
            if holder.revoked is not None:
                refused = holder.revoked.get(domain, math.inf)
                if hops and self.issued < refused:
                    refused += hops * (holder.cascade or {}).get(domain, 0.0)
                end = min(end, refused)
            holder = holder.parent
            hops += 1
        return end

    def known_at(self, domain: str, point: int) -> float:
        """Return when enforcement point *point* of *domain* knows that it, or what it descends from, is revoked [s]."""
        known = math.inf
        for hops, holder in enumerate(self.lineage()):
            if holder.heard is not None and domain in holder.heard:
                heard = holder.heard[domain][point]
                if hops and self.issued < heard:
                    heard += hops * (holder.cascade or {}).get(domain, 0.0)
                known = min(known, heard)
        return known

    def why_refused(self, now: float) -> str:
        """Return for what it is refused at *now* [s], given that it is: used up, expired or revoked."""
        if now >= self.spent:
            return "used"
        return "expired" if now >= self.expires else "revoked"

    def lapses(self) -> float:
        """Return when it, or what it descends from, expires, or it was used up [s]."""
        return min(self.spent, *(holder.expires for holder in self.lineage()))


class EmergencyKey(Credential):
    """A key taken by who broke the glass: good for all that its scope covers, and nobody is asked about it."""

    __slots__ = ()
