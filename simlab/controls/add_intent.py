"""Add a decision on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simlab.controls.change import with_layer
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.strategies.intent import Intent
from simlab.strategies.layers import layers


@dataclass(frozen=True, slots=True)
class AddIntent:
    """Each request is also decided on the purpose of its task, in every domain that can enforce that.

    References
    ----------
    Shi et al., "Progent: Programmable Privilege Control for LLM Agents", arXiv 2504.11703.
    """

    name = "add-intent"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return "add the intent layer"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[AddIntent]:  # noqa: ARG003
        """Yield it whatever the way was."""
        yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the strategy with the layer on top, unless it has one."""
        if any(layer.name == Intent.name for layer in layers(strategy)):
            return scenario, strategy
        return scenario, with_layer(strategy, Intent())
