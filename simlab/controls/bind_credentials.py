"""Bind credentials to their holder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simlab.controls.change import governed, relayered
from simlab.model.access import Decision, Grant, Request, Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Task
from simlab.strategies.jit import JIT
from simlab.strategies.layers import layers


@dataclass(frozen=True, slots=True)
class Bound:
    """Decides as another strategy does, and binds what that one grants; enforced wherever that one is (original)."""

    inner: Strategy

    @property
    def name(self) -> str:
        """Return the name of the other one: the domains that enforce it enforce this too."""
        return self.inner.name

    @property
    def online(self) -> bool:
        """Return whether the other one waits for a decision point."""
        return self.inner.online

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the reasons of the other one."""
        return self.inner.reasons

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return what the other one grants, of use only to the holder."""
        return replace(self.inner.grant(agent, task), bound=True)

    def decide(self, request: Request) -> Decision:
        """Return what the other one decides."""
        return self.inner.decide(request)


@dataclass(frozen=True, slots=True)
class BindCredentials:
    """A credential is of use only to the workload it was issued to; a thief can present it and is refused.

    Assumes that each workload has a key of its own that does not leave it. Secrets that no strategy governs stay as
    they are, and so does what a domain does that cannot enforce the strategy.

    References
    ----------
    DPoP, RFC 9449; mutual TLS, RFC 8705.
    """

    name = "bind-credentials"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return "bind credentials to their holder"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[BindCredentials]:  # noqa: ARG003
        """Yield it where a governed credential was presented away from its workload."""
        if set(governed(path, scenario.system)) & set(path.stolen):
            yield cls()

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the strategy with credentials that are bound."""
        if any(isinstance(layer, JIT) and layer.bound for layer in layers(strategy)):
            return scenario, strategy
        return scenario, relayered(strategy, _bound)


def _bound(layer: Strategy) -> Strategy:
    if isinstance(layer, JIT):
        return replace(layer, bound=True)
    return layer if isinstance(layer, Bound) else Bound(layer)
