"""Several strategies at once: a request passes only if it passes all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        """Return the first denial, else the last allowance on a condition or with a remark, else the last one."""
        decision = Decision(allowed=False, reason="no-layer", policy=self.name)
        remarkable: Decision | None = None
        for layer in self.layers:
            decision = layer.decide(request)
            if not decision.allowed:
                return decision
            if decision.flagged or decision.widens or decision.approval:
                remarkable = decision if remarkable is None else _both(remarkable, decision)
        return remarkable or decision


def _both(first: Decision, second: Decision) -> Decision:
    """Return one allowance with the remarks of both; who wants an approval first is who is named."""
    named = first if first.approval else second
    return replace(
        named,
        flagged=first.flagged or second.flagged,
        widens=first.widens or second.widens,
        approval=first.approval or second.approval,
    )


def layers(strategy: Strategy) -> tuple[Strategy, ...]:
    """Return the layers of *strategy*: itself, if it has none.

    Examples
    --------
    >>> from simlab.strategies import parse
    >>> [layer.name for layer in layers(parse("jit+intent"))]
    ['jit', 'intent']
    """
    return strategy.layers if isinstance(strategy, Layered) else (strategy,)
