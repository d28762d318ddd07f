"""Several strategies at once: a request passes only if it passes all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from simlab.model.access import Decision, Grant, Request, Strategy
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class Layered:
    """The layers' grants intersect, and each layer must allow (defence in depth; original)."""

    layers: tuple[Strategy, ...]

    @property
    def name(self) -> str:
        """Return the layers' names joined by ``+``."""
        return "+".join(layer.name for layer in self.layers)

    @property
    def online(self) -> bool:
        """Return whether any layer waits for a decision point."""
        return any(layer.online for layer in self.layers)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return every reason that a layer can give."""
        return tuple(dict.fromkeys(reason for layer in self.layers for reason in layer.reasons))

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return the terms that satisfy every layer."""
        return reduce(Grant.__and__, (layer.grant(agent, task) for layer in self.layers))

    def decide(self, request: Request) -> Decision:
        """Return the first denial, else the first wish for an approval, else the last layer's allowance."""
        decision = Decision(allowed=False, reason="no-layer", policy=self.name)
        asks = None
        for layer in self.layers:
            decision = layer.decide(request)
            if not decision.allowed:
                return decision
            if decision.approval and asks is None:
                asks = decision
        return asks or decision
