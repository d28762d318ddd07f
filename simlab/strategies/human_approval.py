"""Human approval: what matters is asked of a person first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task
from simlab.units import LONGEST


@dataclass(frozen=True, slots=True)
class HumanApproval:
    """A step-up, to be layered over others: a person must agree to what is sensitive enough.

    It says what is asked, not what is answered. Who is asked, how long that takes and how well they look is the
    domain's `approvers`; where nobody is to be asked, the answer is no. Assumes that people see what an agent
    asks for, and not why.

    References
    ----------
    NIST SP 800-53 Rev. 5, AC-3(2) dual authorization; OWASP Agentic AI threat T10, "Overwhelming Human in the
    Loop".

    Examples
    --------
    >>> HumanApproval(sensitivity=9.0).name
    'human-approval'
    """

    sensitivity: float = 5.0
    """Sensitivity of the resource from which on a person is asked; dimensionless."""
    actions: Literal["all", "change", "write", "execute"] = "all"
    """The actions that count: all, writing, execution, or both of these (change)."""
    outward: bool = False
    """Ask also about every write that leaves the organisation, however harmless the resource."""

    name = "human-approval"
    online = False
    reasons = ("needs-approval", "below-threshold", "not-in-role")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same for every task)
        """Return all that the roles allow: the layers below narrow it, this one asks."""
        return Grant(agent.entitlements, standing=True, grace=LONGEST)

    def decide(self, request: Request) -> Decision:
        """Return an allowance, on condition that somebody approves where it matters."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="not-in-role", policy=self.name)
        if self._matters(request):
            return Decision(allowed=True, reason="needs-approval", policy=self.name, approval=True)
        return Decision(allowed=True, reason="below-threshold", policy=self.name)

    def _matters(self, request: Request) -> bool:
        if self.outward and request.writes and request.resource.outward:
            return True
        counts = {
            "all": True,
            "change": request.writes or request.executes,
            "write": request.writes,
            "execute": request.executes,
        }[self.actions]
        return counts and request.resource.sensitivity >= self.sensitivity
