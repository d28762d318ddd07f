"""Data flow: what was read decides where the session may still write."""

from __future__ import annotations

from dataclasses import dataclass, field

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class DataFlow:
    """A rule of denial, to be layered over others: who has read labelled data writes them to no sink.

    Assumes that the runtime knows what a session has read, and checks each call of a tool by itself, so nobody
    waits. It speaks of data and of nothing else: who deletes, or leaves with a key, is not its concern. It is
    not monotone: the more a session has read, the less it may.

    References
    ----------
    Denning, "A Lattice Model of Secure Information Flow", CACM 1976; Costa et al., "Securing AI Agents with
    Information-Flow Control" (FIDES), arXiv 2505.23643.

    Examples
    --------
    >>> DataFlow(labels="pii|secret").name
    'data-flow'
    """

    labels: str = field(default="", metadata={"names": "label"})
    """Labels that may not flow, divided by ``|``; all, if it is empty."""
    sinks: str = field(default="", metadata={"names": "resource"})
    """Resources that they may not be written to, divided by ``|``; whatever leads outward, if it is empty."""

    name = "data-flow"
    online = False
    reasons = ("no-flow", "flow", "not-in-role")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same for every task)
        """Return all that the roles allow, as a standing key."""
        return Grant(agent.entitlements, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return a denial where data with a label would be written to a sink."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="not-in-role", policy=self.name)
        carried = request.labels & frozenset(self.labels.split("|")) if self.labels else request.labels
        if carried and request.writes and self._is_sink(request):
            return Decision(allowed=False, reason="flow", policy=self.name)
        return Decision(allowed=True, reason="no-flow", policy=self.name)

    def _is_sink(self, request: Request) -> bool:
        return request.resource.name in self.sinks.split("|") if self.sinks else request.resource.outward
