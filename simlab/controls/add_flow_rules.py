"""Add rules on data flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simlab.controls.change import relayered, with_layer
from simlab.model.access import Decision, Grant, Request, Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Task
from simlab.strategies.intent import Intent
from simlab.strategies.layers import layers


@dataclass(frozen=True, slots=True)
class FlowRules:
    """Labelled data may not be written to where it leaves the organisation; nothing else is asked.

    It needs what the intent strategy needs, a decision point that sees labels. So it has that one's name, and
    is enforced where that one would be.

    References
    ----------
    Debenedetti et al., "Defeating Prompt Injections by Design" (CaMeL), arXiv 2503.18813.
    """

    name = "intent"
    online = True
    reasons = ("no-flow", "flow", "not-in-role")

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return all that any strategy could grant: it narrows nothing."""
        return Grant(agent.entitlements | frozenset(agent.menu) | task.template, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return a denial where labelled data would leave."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="not-in-role", policy="flow-rules")
        if request.resource.outward and request.labels and request.writes:
            return Decision(allowed=False, reason="flow", policy="flow-rules")
        return Decision(allowed=True, reason="no-flow", policy="flow-rules")


@dataclass(frozen=True, slots=True)
class AddFlowRules:
    """A session that has read labelled data may not write to where it leaves the organisation.

    References
    ----------
    Debenedetti et al., "Defeating Prompt Injections by Design" (CaMeL), arXiv 2503.18813.
    """

    name = "add-flow-rules"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return "add rules on data flows"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[AddFlowRules]:  # noqa: ARG003
        """Yield it where a session wrote outward."""
        system = scenario.system
        outward = (
            right
            for _, right in path.used
            if system.resources[right.resource].outward and system.writes(right)
        )
        if any(outward):
            yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the strategy with the rules: those of its intent layer, or else a layer of rules only."""
        if any(layer.name == Intent.name for layer in layers(strategy)):
            return scenario, relayered(strategy, _with_flows)
        return scenario, with_layer(strategy, FlowRules())


def _with_flows(layer: Strategy) -> Strategy:
    return replace(layer, flows=True) if isinstance(layer, Intent) else layer
