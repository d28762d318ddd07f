"""What a notebook uses: load a scenario, ask what can be reached, run it, compare strategies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from simlab.graph import Reach, reach
from simlab.model.access import Strategy
from simlab.model.attack import Foothold
from simlab.model.events import Run
from simlab.model.scenario import Scenario
from simlab.scenario import load as _load
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import describe, parse
from simlab.strategies.naming import check_names


def load(path: str | Path) -> Lab:
    """Return the scenario in the file *path*, ready to be asked.

    Raises
    ------
    InvalidInputError
        With every problem of the file, each with line and column.
    """
    return Lab(_load(path))


@dataclass(frozen=True)
class Lab:
    """One scenario, to be looked at under any strategy.

    Strategies are given as text (``jit:ttl=5m+intent``) or as objects.
    """

    scenario: Scenario

    @cached_property
    def _plans(self) -> dict[Strategy, Plan]:
        return {}

    def plan(self, strategy: str | Strategy) -> Plan:
        """Return the scenario compiled under *strategy*; compiled once."""
        chosen = as_strategy(strategy)
        if chosen not in self._plans:
            check_names(chosen, self.scenario.system)
            self._plans[chosen] = Plan(self.scenario, chosen)
        return self._plans[chosen]

    def foothold(self) -> Foothold:
        """Return all that the scenario's threats can hand over together."""
        foothold = Foothold()
        for threat in self.scenario.threats:
            foothold |= threat.strike(self.scenario.system)
        return foothold

    def reach(self, strategy: str | Strategy, foothold: Foothold | None = None) -> Reach:
        """Return what *foothold* leads to under *strategy*; of the threats together, if none is given."""
        start = self.foothold() if foothold is None else foothold
        chosen = as_strategy(strategy)
        check_names(chosen, self.scenario.system)
        return reach(self.scenario.system, chosen, start)

    def run(
        self, strategy: str | Strategy, seed: int = 0, replication: int = 0, *, trace: bool = False
    ) -> Run:
        """Return one replication under *strategy*; equal arguments give equal runs."""
        return simulate(self.plan(strategy), seed, replication, trace=trace)

    def _repr_html_(self) -> str:
        from html import escape

        system = self.scenario.system
        counts = f"{len(system.agents)} agents, {len(system.resources)} resources, {len(system.workflows)} workflows"
        return f"<b>{escape(self.scenario.name)}</b>: {escape(self.scenario.question)}<br>{counts}"


def as_strategy(strategy: str | Strategy) -> Strategy:
    """Return *strategy* itself, or the one that the text describes."""
    return _parsed(strategy) if isinstance(strategy, str) else strategy


_parsed = lru_cache(maxsize=256)(parse)


def as_text(strategy: str | Strategy) -> str:
    """Return the text that describes *strategy*."""
    return describe(as_strategy(strategy))
