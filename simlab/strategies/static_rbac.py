"""Static RBAC: long-lived keys that carry all that the roles allow."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class StaticRBAC:
    """Each agent holds one long-lived key for everything that its roles allow.

    Assumes that nobody looks at purpose, chain or data once the key exists.

    References
    ----------
    Sandhu, Coyne, Feinstein and Youman, "Role-Based Access Control Models", IEEE Computer 1996.

    Examples
    --------
    >>> StaticRBAC(rotation=86400.0).name
    'static-rbac'
    """

    rotation: float = field(default=math.inf, metadata={"unit": "s"})
    """[s] from issue of a key to its replacement; infinite for a key that is never replaced."""
    grace: float = field(default=0.0, metadata={"unit": "s"})
    """[s] for which the old key still works after its replacement."""

    name = "static-rbac"
    online = False
    reasons = ("role", "not-in-role")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same key for every task)
        """Return everything that the agent's roles allow, for as long as the rotation lasts."""
        return Grant(agent.entitlements, ttl=self.rotation, standing=True, grace=self.grace)

    def decide(self, request: Request) -> Decision:
        """Return whether the key covers the permission."""
        if request.permission in request.scope:
            return Decision(allowed=True, reason="role", policy=self.name)
        return Decision(allowed=False, reason="not-in-role", policy=self.name)
