"""See everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simlab.controls.change import with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class DetectEverywhere:
    """Every request of an attacker raises an alert, in every domain, after the lag that the domain has.

    An alert alone stops nothing: what follows it is the scenario's response. An upper bound of what
    detection can do (original).
    """

    name = "detect-everywhere"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return "detect everything, everywhere"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[DetectEverywhere]:  # noqa: ARG003
        """Yield it whatever the way was."""
        yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario with full coverage in each domain."""
        domains = {
            name: replace(domain, telemetry=replace(domain.telemetry, coverage=1.0))
            for name, domain in scenario.system.domains.items()
        }
        return with_system(scenario, domains=domains), strategy
