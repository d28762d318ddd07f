"""The world and what goes wrong in it. The strategy is the treatment, and no part of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simlab.model.attack import NO_RESPONSE, Attacker, Price, Response, ThreatEvent
from simlab.model.system import System

Basis = Literal["measured", "published", "assumed"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a parameter comes from."""

    path: str
    """The place in the scenario, such as ``agents.bot.susceptibility``."""
    value: str
    basis: Basis
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A number that a scenario must give, worked out without the simulator."""

    strategy: str
    metric: str
    """A metric's name, or ``reach`` for the resources that the graph says can be reached."""
    value: float
    statistic: Literal["exactly", "mean", "variance", "share"] = "exactly"
    """``exactly`` in every run; or of the metric over runs; ``share`` of runs with at least *at_least*."""
    at_least: float = 0.0
    formula: str = ""
    replications: int = 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A system, the work in it, and what goes wrong."""

    name: str
    question: str
    horizon: float
    """[s]."""
    system: System
    threats: tuple[ThreatEvent, ...] = ()
    attacker: Attacker | None = None
    response: Response = NO_RESPONSE
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By fact; currency units as the scenario states them."""
    currency: str = ""
    sources: tuple[str, ...] = ()
    notes: str = ""
    """What the reader must know to trust the answer."""
    evidence: tuple[Evidence, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    source_hash: str = ""
    """SHA-256 of the files it was read from."""
    text: str = field(default="", compare=False, repr=False)
    """What it was read from, with all that it extends; empty where it was made in Python."""

    @property
    def goal(self) -> str:
        """Return the fact that the attacker wants, or an empty string."""
        return self.attacker.goal if self.attacker else ""
