"""Token exchange: each delegation trades the caller's token for a narrower one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class TokenExchange:
    """A callee acts on behalf of its caller, whatever the delegation says, with a token made from the caller's.

    Its scope is the intersection of what the caller can pass on (delegatable), of what the callee's roles
    allow (intrinsic), and of what the exchange asks for (granted: what the tools of the job need, or what the
    task declares). A token never outlives the one that it was made from. Assumes that every agent on the way
    takes part: a caller whose own roles lack a right cannot pass it on, so work that leaned on a stronger
    callee fails.

    References
    ----------
    Jones et al., "OAuth 2.0 Token Exchange", RFC 8693 (``act`` claim, narrower scope); AGNTCY Identity Service,
    task-based access control (effective = delegatable ∩ intrinsic ∩ granted).

    Examples
    --------
    >>> TokenExchange(depth=1).name
    'token-exchange'
    """

    ttl: float = field(default=300.0, metadata={"unit": "s"})
    """[s] from issue to expiry."""
    asks: Literal["job", "intent"] = "job"
    """What an exchange asks for: what the tools of the job need, or what the task declares."""
    depth: int = 3
    """Most exchanges in a row; a count."""
    bound: bool = False
    """Of use only to the workload that it was issued to."""

    name = "token-exchange"
    online = False
    reasons = ("exchanged", "outside-exchange", "chain-too-long")

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return a short-lived token for what the job needs and passes on, to be narrowed by the caller's."""
        asked = task.template | task.passes if self.asks == "job" else task.intent.needs
        return Grant(agent.entitlements & asked, ttl=self.ttl, bound=self.bound, mode="on-behalf-of")

    def decide(self, request: Request) -> Decision:
        """Return whether the token covers the permission, and was not exchanged too often."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="outside-exchange", policy=self.name)
        if request.hop > self.depth:
            return Decision(allowed=False, reason="chain-too-long", policy=self.name)
        return Decision(allowed=True, reason="exchanged", policy=self.name)
