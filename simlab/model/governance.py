"""The life of entitlements: rights in excess, who reviews them, who leaves; and what became of them in a run."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.access import Permission
from simlab.model.chance import ZERO, Distribution


@dataclass(frozen=True, slots=True)
class Excess:
    """Rights that an agent comes to have beyond its roles, one after the other (original).

    Each arrival gives it one of those that it does not have at that moment, each as likely as the others.
    """

    arrivals: Distribution
    """[s] between one and the next."""
    rights: tuple[Permission, ...]
    """What it can come to have; sorted, and none of it in its roles."""


@dataclass(frozen=True, slots=True)
class Review:
    """A periodic access review of all rights in excess (NIST SP 800-53, AC-2 and AC-6(7)).

    Assumes that a right that somebody has used since the last review is taken to be needed: the reviewer sees
    that it was used, not by whom. Others are removed, unless they are overlooked. What stays is certified.
    """

    every: float
    """[s] from one review to the next; the first comes after as long."""
    sees: frozenset[str] | None = None
    """Names of the domains that it looks into; None for all."""
    catches: float = 1.0
    """Chance that a right that was not used is removed; dimensionless."""


@dataclass(frozen=True, slots=True)
class Offboarding:
    """What is done about the standing credentials and secrets of those who leave (NIST SP 800-53, PS-4)."""

    lag: Distribution = ZERO
    """[s] from leaving to the order to revoke."""
    forgotten: float = 0.0
    """Chance that a credential is never revoked; dimensionless."""


@dataclass(slots=True)
class Governance:
    """What one run shows of how authority is governed."""

    allowed: int = 0
    """Requests that were allowed: of work that ended, and of the intruder; a count."""
    unbroken: int = 0
    """Those among them whose decision carried an unbroken chain to a principal; a count."""
    overruled: int = 0
    """Requests of workers that a decision point decided, but the broker had refused already; a count."""
    asked: int = 0
    """Requests of the intruder; a count."""
    judged: int = 0
    """Those among them that a decision point decided at request time; a count."""
    late: int = 0
    """Allowed requests for a task whose root work had ended already; a count."""
    used: int = 0
    """Different permissions that agents used in their work, added up over agents; a count."""
    granted: int = 0
    """Different permissions that agents were granted, added up over agents; a count."""
    drift: float = 0.0
    """[permissions] in excess and not certified, time average."""
    excess: float = 0.0
    """[permissions] in excess of roles, certified or not, time average."""
    orphaned: float = 0.0
    """[credential-hours] of standing credentials and secrets that nobody answers for."""
    reachable: int = 0
    """Resources that the graph says can be reached; a count."""
