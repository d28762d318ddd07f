"""What goes wrong, and who makes use of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from simlab.model.access import Permission
from simlab.model.chance import NEVER, ZERO, Distribution
from simlab.model.system import Agent, Call, System

Timing = Literal["clock", "at-work", "per-issuance"]
"""How the moment of a threat is chosen: whatever goes on then; the first time after it that the victim
does what exposes it; or, by chance, each time that a credential is issued. It can decide a ranking."""


@dataclass(frozen=True, slots=True)
class When:
    """The moment at which a threat strikes, or from which on it can."""

    timing: Timing = "at-work"
    delay: Distribution = ZERO
    """[s] from the start of the run; for ``per-issuance``, from issue to leak."""
    chance: float = 1.0
    """For ``per-issuance``: share of issued credentials that leak; dimensionless."""


@dataclass(frozen=True, slots=True)
class Foothold:
    """What an attacker starts with."""

    keys: tuple[str, ...] = ()
    """Keys and secrets whose credentials it holds, away from their workload."""
    sessions: tuple[str, ...] = ()
    """Agents of which it steers one session."""
    agents: tuple[str, ...] = ()
    """Agents whose workload it controls, session after session."""
    facts: tuple[str, ...] = ()
    """Anything else that it has or knows."""

    def __or__(self, other: Foothold) -> Foothold:
        """Return what both hand over together."""
        return Foothold(
            keys=tuple(sorted({*self.keys, *other.keys})),
            sessions=tuple(sorted({*self.sessions, *other.sessions})),
            agents=tuple(sorted({*self.agents, *other.agents})),
            facts=tuple(sorted({*self.facts, *other.facts})),
        )

    def __bool__(self) -> bool:
        """Return whether it is anything at all."""
        return bool(self.keys or self.sessions or self.agents or self.facts)


@runtime_checkable
class ThreatEvent(Protocol):
    """Something that goes wrong, and the foothold it hands the attacker."""

    @property
    def name(self) -> str:
        """Return the kind, in kebab-case, unique among threats."""

    @property
    def when(self) -> When:
        """Return how its moment is chosen."""

    @property
    def first_use(self) -> Distribution:
        """Return the law of the wait from the strike to the attacker's first try [s]."""

    @property
    def noticed(self) -> Distribution:
        """Return the law of the wait from the strike until the owner finds out by himself [s]."""

    @property
    def lasts(self) -> Distribution:
        """Return the law of the time for which a steered session or workload goes on obeying [s]."""

    @property
    def once(self) -> bool:
        """Return whether one strike is all; if not, each session that is exposed is another one."""

    def strike(self, system: System) -> Foothold:
        """Return all that it can hand over, whichever session it strikes."""

    def exposes(self, agent: Agent, call: Call) -> bool:
        """Return whether *agent* lets it strike when it makes *call* at work."""

    def succeeds(self, agent: Agent) -> float:
        """Return the chance that one exposure of *agent* is enough; dimensionless."""


class Move(NamedTuple):
    """Something that an attacker can try: a permission, by way of something it has."""

    permission: Permission
    via: str
    """The fact that opens the way: ``hold:KEY``, ``steer:AGENT`` or ``steer:AGENT>CALLEE``."""

    def __str__(self) -> str:
        """Return the stable identifier that chance is keyed by."""
        return f"{self.permission} via {self.via}"


@dataclass(frozen=True, slots=True)
class View:
    """All that an attacker is shown when it chooses."""

    moves: tuple[Move, ...]
    """What it can try now, in a stable order."""
    facts: frozenset[str]
    """What it has."""
    tries: int
    """Requests it has made so far; a count."""
    distance: Mapping[Permission, int]
    """Steps from having done this to the goal, on a map that knows no policies; absent where none leads there."""


@runtime_checkable
class Attacker(Protocol):
    """Chooses what to try next, from what it is shown; it has no clock and no state."""

    @property
    def name(self) -> str:
        """Return the kind, in kebab-case, unique among attackers."""

    @property
    def goal(self) -> str:
        """Return the fact that it wants, or an empty string."""

    @property
    def pace(self) -> Distribution:
        """Return the law of the time that one try takes [s]."""

    @property
    def hands(self) -> int:
        """Return how many tries it has under way at once; 0 for no limit."""

    @property
    def revisits(self) -> bool:
        """Return whether it may do again what it has done."""

    def next_move(self, view: View, chance: Callable[[str], float]) -> Move | None:
        """Return one of the moves of *view*, or None to wait; ``chance(name)`` is uniform in [0, 1)."""


@dataclass(frozen=True, slots=True)
class Response:
    """What the defenders do about an alert. Detecting and revoking are two clocks."""

    acts: bool = True
    """False for an organisation that does nothing."""
    triage: Distribution = ZERO
    """[s] from alert to the order to revoke."""
    quarantine: bool = True
    """Stop the sessions and workloads that were seen to be steered, as well as the credentials."""
    replace: Distribution = ZERO
    """[s] from revoking a standing credential to its replacement."""
    roots: bool = False
    """Revoke as well what a credential descends from: the caller's, or the secret that had it issued."""
    analysts: int = 0
    """People who do the triage, one alert at a time, first come, first served; a count, 0 for no limit."""
    false_alarms: Distribution = NEVER
    """[s] between alerts that mean nothing, and take an analyst as long as the others."""


NO_RESPONSE = Response(acts=False)


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs when an attacker has a permission."""

    once: Distribution = ZERO
    """Currency units when it is first used."""
    per_hour: Distribution = ZERO
    """Currency units for each hour from first use to the end of access."""
