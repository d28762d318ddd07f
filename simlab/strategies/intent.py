"""Intent: every request is decided on purpose, chain and data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class Intent:
    """A policy decides each request: does the declared purpose need it, and may these data go there?

    The agent keeps a long-lived identity; authority comes from the decision, not from the key. A request
    must belong to a task that the orchestrator attests, so a stolen key alone asks for nothing. With
    ``attested=false`` the purpose is a mere claim, and a thief claims what the stolen scope contains.

    What the declared needs do not cover is denied (``drift=hard``), or allowed and flagged (``soft``), or allowed
    once to a task that declares more, which costs the wait for one more decision (``redeclare``). An agent that
    was turned can declare, too. So neither of the two lets labelled data out, whatever `flows` says.

    References
    ----------
    Shi et al., "Progent: Programmable Privilege Control for LLM Agents", arXiv 2504.11703; Debenedetti et
    al., "Defeating Prompt Injections by Design" (CaMeL), arXiv 2503.18813, for the rule on flows.

    Examples
    --------
    >>> Intent(flows=False).name
    'intent'
    """

    flows: bool = True
    """Deny writing labelled data to where it leaves the organisation."""
    attested: bool = True
    """Demand proof of the task from the orchestrator."""
    hops: int = 8
    """Most delegations between the principal's first agent and the one that asks; a count."""
    rotation: float = field(default=math.inf, metadata={"unit": "s"})
    """[s] from issue of an identity to its replacement."""
    drift: Literal["hard", "soft", "redeclare"] = "hard"
    """What happens with a request that the declared needs do not cover."""

    name = "intent"
    online = True
    reasons = (
        "purpose", "claimed-purpose", "not-in-role", "no-attested-task", "not-for-purpose", "chain-lost",
        "chain-too-long", "flow", "off-purpose", "redeclared", "already-redeclared",
    )  # fmt: skip

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same identity for every task)
        """Return a standing identity, good for whatever the policy then allows."""
        return Grant(agent.entitlements, ttl=self.rotation, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return whether purpose, chain and data all speak for the request."""
        if request.permission not in request.scope:
            return self._deny("not-in-role")
        if request.intent is None:
            if self.attested:
                return self._deny("chain-lost" if request.task else "no-attested-task")
            return Decision(allowed=True, reason="claimed-purpose", policy=self.name)
        if request.hop > self.hops:
            return self._deny("chain-too-long")
        drifts = request.permission not in request.intent.needs
        if drifts and self.drift == "hard":
            return self._deny("not-for-purpose")
        if (drifts or self.flows) and request.resource.outward and request.labels and request.writes:
            return self._deny("flow")
        return self._drift(request) if drifts else Decision(allowed=True, reason="purpose", policy=self.name)

    def _drift(self, request: Request) -> Decision:
        """Return what becomes of a request that is off purpose, and harmless as far as flows go."""
        if self.drift == "soft":
            return Decision(allowed=True, reason="off-purpose", policy=self.name, flagged=True)
        added = request.intent.added if request.intent else frozenset()
        if added and request.permission not in added:
            return self._deny("already-redeclared")
        return Decision(allowed=True, reason="redeclared", policy=self.name, widens=not added)

    def _deny(self, reason: str) -> Decision:
        return Decision(allowed=False, reason=reason, policy=self.name)
