"""Separate duties: who may do the one thing may not do the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from simlab.model.access import Decision, Grant, Permission, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class SeparateDuties:
    """A rule of denial, to be layered over others: who holds `first` is denied `second`.

    It is not monotone: to take `first` away gives `second`. So narrower rights can reach further.

    References
    ----------
    Clark and Wilson, "A Comparison of Commercial and Military Computer Security Policies", IEEE S&P 1987.

    Examples
    --------
    >>> SeparateDuties(first="author:change", second="approve:change").name
    'separate-duties'
    """

    first: str = field(default="author:change", metadata={"names": "permission"})
    """The permission that rules out the other."""
    second: str = field(default="approve:change", metadata={"names": "permission"})
    """The permission that is denied to who holds the first."""

    name = "separate-duties"
    online = False
    reasons = ("duties-separate", "both-duties", "not-in-role")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same for every task)
        """Return all that the roles allow, as a standing key."""
        return Grant(agent.entitlements, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return a denial of the second permission to an agent whose roles include the first."""
        if request.permission not in request.scope:
            return Decision(allowed=False, reason="not-in-role", policy=self.name)
        if (
            str(request.permission) == self.second
            and Permission.parse(self.first) in request.agent.entitlements
        ):
            return Decision(allowed=False, reason="both-duties", policy=self.name)
        return Decision(allowed=True, reason="duties-separate", policy=self.name)
