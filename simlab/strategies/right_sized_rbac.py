"""Right-sized RBAC: long-lived keys, cut down to what the work was seen to need."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class RightSizedRBAC:
    """Each agent holds one long-lived key for what its roles allow *and* its work was seen to need.

    Assumes a log of use that looks back over a window: work that comes more rarely than that was not seen, so
    what only it needs is cut off. What the tools of a job may need counts as needed. It takes no more away
    than what nobody uses, so an agent that is turned still has all its work's rights at once, for as long as
    the key lives.

    References
    ----------
    AWS IAM Access Analyzer, "policy generation" (looks back over up to 90 days of use); NIST SP 800-53 AC-6(7),
    "review of user privileges".

    Examples
    --------
    >>> RightSizedRBAC(window=86400.0).name
    'right-sized-rbac'
    """

    window: float = field(default=90 * 86400.0, metadata={"unit": "s"})
    """[s] that the log of use looks back: needs that come more rarely were not seen."""
    rotation: float = field(default=math.inf, metadata={"unit": "s"})
    """[s] from issue of a key to its replacement; infinite for a key that is never replaced."""
    grace: float = field(default=0.0, metadata={"unit": "s"})
    """[s] for which the old key still works after its replacement."""

    name = "right-sized-rbac"
    online = False
    reasons = ("used-role", "not-seen-in-use")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same key for every task)
        """Return what the roles allow and the log of use contains."""
        seen = frozenset(use.permission for use in agent.used if use.every <= self.window)
        return Grant(agent.entitlements & seen, ttl=self.rotation, standing=True, grace=self.grace)

    def decide(self, request: Request) -> Decision:
        """Return whether the key covers the permission."""
        if request.permission in request.scope:
            return Decision(allowed=True, reason="used-role", policy=self.name)
        return Decision(allowed=False, reason="not-seen-in-use", policy=self.name)
