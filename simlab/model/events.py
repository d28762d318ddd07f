"""One row of a trace, column by column, and the record of one run."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

from simlab.model.access import Permission
from simlab.model.governance import Governance
from simlab.model.system import Resource

if TYPE_CHECKING:
    from simlab.model.causes import Cause

Kind = Literal["arrive", "issue", "request", "finish", "strike", "gain", "detect", "revoke", "policy"]
Actor = Literal["worker", "intruder", "responder", "broker"]


class Event(NamedTuple):
    """One row of a trace."""

    time: float
    """[s] since the start of the run."""
    kind: Kind
    """What happened."""
    actor: Actor
    """Who made it happen."""
    agent: str
    """The agent that acted or was acted with; empty where none was."""
    chain: str
    """The agents on whose behalf, root first, joined by ``>``."""
    task: str
    """The kind of task; empty for an outsider."""
    action: str
    """The action asked for; for ``gain``, the verb of the fact."""
    resource: str
    """The resource asked for; for ``gain``, what the fact is about."""
    domain: str
    """The trust domain in which it was decided."""
    credential: str
    """The credential presented, as ``key#serial``; empty for none."""
    allowed: bool
    """The decision; true for what needs none."""
    reason: str
    """Why."""
    policy: str
    """The policy, rule or threat that said so."""
    serial: int
    """Serial number of the piece of work; 0 for none."""

    @property
    def permission(self) -> Permission:
        """Return what was asked for."""
        return Permission(self.action, self.resource)

    @property
    def completes_chain(self) -> bool:
        """Return whether the intruder got something by adding up what it had, and not only a way in."""
        return self.kind == "gain" and self.actor == "intruder" and self.action not in {"hold", "control"}


Static = tuple[Kind, Actor, str, str, str, str, str, str, bool, str, str, str]
"""The columns from ``kind`` to ``policy``, and the credential's key: interned, because they repeat."""

Row = tuple[float, int, int, int]
"""A stored row: time [s], index of its static columns, number of the credential, serial."""


@dataclass(slots=True)
class Trace:
    """The rows of one run, stored small and read as :class:`Event`."""

    statics: list[Static] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    """Of the threat, the intruder and the responder."""
    work: list[Any] = field(default_factory=list)
    """Rows of the workers in order of time, their numbers one after the other: the smallest and the fastest."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows) + len(self.work) // 4

    def __iter__(self) -> Iterator[Event]:
        """Yield the rows as events, in order of time."""
        numbers = iter(self.work)
        rows = [*self.rows, *zip(numbers, numbers, numbers, numbers, strict=True)]
        # Stable: at one instant the incident's rows come first, and a detection was written before a later use.
        for time, static, credential, serial in sorted(rows, key=itemgetter(0)):
            *columns, allowed, reason, policy, key = self.statics[static]
            presented = f"{key}#{credential}" if credential else ""
            yield Event._make((time, *columns, presented, allowed, reason, policy, serial))


@dataclass(slots=True)
class Tally:
    """What the work of one run came to, counted as it happens."""

    tasks: int = 0
    """Pieces of work that arrived; a count."""
    failed: int = 0
    """Pieces of work that a denial ended; a count."""
    finished: int = 0
    """Pieces of work that were completed; a count."""
    requests: int = 0
    """Requests of workers; a count."""
    denied: int = 0
    """Requests of workers that were denied; a count."""
    flagged: int = 0
    """Requests of workers that were allowed and flagged; a count."""
    decisions: int = 0
    """Decisions that waited for a decision point; a count."""
    issued: int = 0
    """Credentials issued; a count."""
    renewed: int = 0
    """Credentials issued again because one expired during the work; a count."""
    delays: array[float] = field(default_factory=lambda: array("d"))
    """[s] that authorisation added to each finished piece of work."""
    asked: int = 0
    """Requests of workers that went to a decision point with a limit, a cache or failures; a count."""
    undecided: int = 0
    """Those that it did not answer; a count."""
    in_line: float = 0.0
    """[s] that they were in line there, summed."""
    deciding: float = 0.0
    """[s] that they spent there altogether, up to the horizon, summed."""
    backoff: float = 0.0
    """[s] that workers waited before they tried again, summed."""
    standing: float = 0.0
    """[privilege-hours] of standing credentials."""
    granted: float = 0.0
    """[privilege-hours] of credentials issued for tasks."""
    revoked: int = 0
    """Credentials revoked; a count."""
    approvals: int = 0
    """Requests that were put before people, an intruder's among them; a count."""
    approvals_busy: int = 0
    """Those that a full line turned away; a count."""
    approvals_expired: int = 0
    """Those that were withdrawn after waiting too long; a count."""
    waved_through: int = 0
    """An intruder's requests that people approved; a count."""
    approval_waits: array[float] = field(default_factory=lambda: array("d"))
    """[s] in the line, of each request that work asked for."""
    urgent_waits: array[float] = field(default_factory=lambda: array("d"))
    """[s] in the line, of those that were urgent."""
    glass_broken: int = 0
    """Times that somebody who had waited too long took a break-glass key; a count."""
    glass_hours: float = 0.0
    """[privilege-hours] of break-glass keys; a part of what was granted."""
    soc_waits: array[float] = field(default_factory=lambda: array("d"))
    """[s] for which each alert waited for an analyst."""
    after_end: int = 0
    """Requests of workers that were allowed after their work was reported done; a count."""
    false_alarms: int = 0
    """Alerts that refused requests of workers raised; a count."""
    stale: int = 0
    """Uses of a right, by whomever, that the policy in force had already forbidden; a count."""


class Leak(NamedTuple):
    """One credential that got out by a leak."""

    credential: str
    """As ``key#serial``."""
    issued: float
    """[s] when it was issued."""
    ends: float
    """[s] from when on no domain accepts it; infinite where that never comes."""


@dataclass(slots=True)
class Run:
    """One replication: what happened in the attack, row by row, and what the work came to."""

    scenario: str
    strategy: str
    seed: int
    replication: int
    horizon: float
    """[s]."""
    goal: str = ""
    resources: Mapping[str, Resource] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    """Action to action class."""
    incident: list[Event] = field(default_factory=list)
    """Rows of the threat, the intruder and the responder; kept whether or not the trace is."""
    tally: Tally = field(default_factory=Tally)
    trace: Trace | None = None
    """Every row, where a trace was asked for."""
    direct: frozenset[str] = frozenset()
    """Resources that the foothold's own grants cover, before anything adds up."""
    loss: float = 0.0
    """Currency units, where the scenario prices access."""
    exposure: float = 0.0
    """[s] for which leaked credentials went on working after the leak, summed."""
    leaks: tuple[Leak, ...] = ()
    """Credentials that leaked, in the order in which they first did."""
    causes: list[Cause] = field(default_factory=list)
    """What the attacker got, and from what, where a trace was asked for."""
    governance: Governance = field(default_factory=Governance)

    def taken(self) -> dict[Permission, float]:
        """Return what the attacker brought about, and when it first did [s]."""
        first: dict[Permission, float] = {}
        for event in self.incident:
            known = event.resource in self.resources and event.action in self.classes
            if known and event.allowed and event.kind in {"request", "gain"} and event.actor == "intruder":
                first.setdefault(event.permission, event.time)
        return first

    def found(self) -> set[str]:
        """Return the credentials that the attacker got hold of, as ``key#serial``."""
        return {row.credential for row in self.incident if row.kind == "gain" and row.action == "hold"}

    def completed(self) -> float:
        """Return when the attack had run to its last step [s], or infinity.

        That is the goal; or, where there is none, having touched all that is in reach.
        """
        if self.goal:
            return self.reached(self.goal)
        first: dict[str, float] = {}
        for permission, time in self.taken().items():
            first.setdefault(permission.resource, time)
        whole = 0 < self.governance.reachable <= len(first)
        return max(first.values()) if whole else math.inf

    def reached(self, fact: str) -> float:
        """Return when the attacker first had *fact* [s], or infinity."""
        for event in self.incident:
            had = event.allowed and event.kind in {"request", "gain"} and event.actor == "intruder"
            if had and f"{event.action}:{event.resource}" == fact:
                return event.time
        return math.inf


@runtime_checkable
class Metric(Protocol):
    """A record of one run in, one finite number out."""

    @property
    def name(self) -> str:
        """Return the name in snake case, unique among metrics; it is a column of the results."""

    @property
    def unit(self) -> str:
        """Return the unit, or what is counted."""

    @property
    def direction(self) -> str:
        """Return which way is better: ``lower``, ``higher`` or ``neither``."""

    @property
    def side(self) -> str:
        """Return what it speaks of: ``harm`` (never shown without), ``friction`` or ``governance``."""

    def compute(self, run: Run) -> float:
        """Return the number; of an empty run it is a number too."""
