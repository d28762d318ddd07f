"""The two bounds: everything, and nothing."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class AllowAll:
    """Whoever asks may; the upper bound of every comparison (original).

    Examples
    --------
    >>> AllowAll().reasons
    ('anything-goes',)
    """

    name = "allow-all"
    online = False
    reasons = ("anything-goes",)

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return a standing key for all that roles, tools and tasks could ever ask for."""
        return Grant(agent.entitlements | frozenset(agent.menu) | task.template, standing=True)

    def decide(self, request: Request) -> Decision:  # noqa: ARG002 (it does not look)
        """Return an allowance."""
        return Decision(allowed=True, reason="anything-goes", policy=self.name)


@dataclass(frozen=True, slots=True)
class DenyAll:
    """Nobody may; the lower bound of every comparison (original).

    Examples
    --------
    >>> DenyAll().reasons
    ('nothing-goes',)
    """

    name = "deny-all"
    online = False
    reasons = ("nothing-goes",)

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (nobody gets anything)
        """Return a grant of nothing."""
        return Grant(frozenset(), standing=True)

    def decide(self, request: Request) -> Decision:  # noqa: ARG002 (it does not look)
        """Return a denial."""
        return Decision(allowed=False, reason="nothing-goes", policy=self.name)
