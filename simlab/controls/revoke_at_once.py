"""Revoke without delay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simlab.controls.change import with_system
from simlab.model.access import Strategy
from simlab.model.chance import ZERO
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RevokeAtOnce:
    """An alert revokes by itself, and every domain refuses the credential at that instant.

    It sees no more than before: where nothing raises an alert it does nothing. No false alarm is modelled,
    so its friction is a lower bound (original).
    """

    name = "revoke-at-once"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return "revoke at once, without triage"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[RevokeAtOnce]:  # noqa: ARG003
        """Yield it where anybody acts on an alert."""
        if scenario.response.acts:
            yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario with no wait from the alert to the last refusal."""
        domains = {name: replace(domain, revocation=ZERO) for name, domain in scenario.system.domains.items()}
        quick = replace(scenario, response=replace(scenario.response, triage=ZERO))
        return with_system(quick, domains=domains), strategy
