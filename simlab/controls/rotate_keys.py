"""Rotate standing keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import governed, relayered
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.strategies.intent import Intent
from simlab.strategies.static_rbac import StaticRBAC
from simlab.units import duration


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """Standing keys and identities are replaced every day, and the old ones die.

    References
    ----------
    NIST SP 800-57 Part 1, on cryptoperiods.
    """

    every: float = field(default=86400.0, metadata={"unit": "s"})
    """[s] from issue to replacement."""

    name = "rotate-keys"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"rotate standing keys every {duration(self.every)}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[RotateKeys]:  # noqa: ARG003
        """Yield it where a standing credential was used."""
        if any(cause.terms and cause.terms.standing for cause in governed(path, scenario.system)):
            yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the strategy with the shorter rotation, where it has a longer one."""
        return scenario, relayered(strategy, self._sooner)

    def _sooner(self, layer: Strategy) -> Strategy:
        if isinstance(layer, StaticRBAC | Intent) and layer.rotation > self.every:
            return replace(layer, rotation=self.every)
        return layer
