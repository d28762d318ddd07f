"""Shorten the life of credentials that are issued for a task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import governed, relayered
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.strategies.jit import JIT
from simlab.units import duration


@dataclass(frozen=True, slots=True)
class ShortenLife:
    """A credential that is issued for a task expires within minutes; a task that lasts longer has it renewed.

    References
    ----------
    OAuth 2.0 Token Exchange, RFC 8693.
    """

    ttl: float = field(default=300.0, metadata={"unit": "s"})
    """[s] from issue to expiry."""

    name = "shorten-life"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"let task credentials live for {duration(self.ttl)}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[ShortenLife]:  # noqa: ARG003
        """Yield it where a credential that was issued for a task was used."""
        if any(cause.terms and not cause.terms.standing for cause in governed(path, scenario.system)):
            yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the strategy with the shorter life, where it has a longer one."""
        return scenario, relayered(strategy, self._shorter)

    def _shorter(self, layer: Strategy) -> Strategy:
        return replace(layer, ttl=self.ttl) if isinstance(layer, JIT) and layer.ttl > self.ttl else layer
