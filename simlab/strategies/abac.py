"""ABAC: each request is decided on attributes of agent and resource, and on nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from simlab.model.access import Decision, Grant, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class ABAC:
    """A policy compares who asks with what is asked for: team, clearance, sensitivity, and reading or changing.

    Attributes are those of the scenario: `owner` of agents and resources, `clearance` and `ceiling` of agents,
    `sensitivity` and `label` of resources. The roles stay the outer bound. Assumes that attributes do not
    change during a run, and that nobody looks at purpose or task: who holds the identity has its attributes.

    References
    ----------
    Hu et al., "Guide to Attribute Based Access Control (ABAC) Definition and Considerations", NIST SP 800-162.

    Examples
    --------
    >>> ABAC(foreign="read").name
    'abac'
    """

    foreign: Literal["all", "read", "none"] = "read"
    """What may be done to what another team owns: everything, what changes nothing, or nothing."""
    hops: int = 8
    """Most delegations between the principal's first agent and the one that asks; a count."""
    rotation: float = field(default=math.inf, metadata={"unit": "s"})
    """[s] from issue of an identity to its replacement."""

    name = "abac"
    online = True
    reasons = ("attributes", "not-in-role", "chain-too-long", "above-ceiling", "no-clearance", "other-team")

    def grant(self, agent: Agent, task: Task) -> Grant:  # noqa: ARG002 (the same identity for every task)
        """Return a standing identity, good for whatever the policy then allows."""
        return Grant(agent.entitlements, ttl=self.rotation, standing=True)

    def decide(self, request: Request) -> Decision:
        """Return whether the attributes of agent and resource fit."""
        agent, resource = request.agent, request.resource
        if request.permission not in request.scope:
            return self._deny("not-in-role")
        if request.hop > self.hops:
            return self._deny("chain-too-long")
        if resource.sensitivity > agent.ceiling:
            return self._deny("above-ceiling")
        if resource.label and agent.clearance is not None and resource.label not in agent.clearance:
            return self._deny("no-clearance")
        if resource.owner not in {"", agent.owner} and (
            self.foreign == "none" or (self.foreign == "read" and request.writes)
        ):
            return self._deny("other-team")
        return Decision(allowed=True, reason="attributes", policy=self.name)

    def _deny(self, reason: str) -> Decision:
        return Decision(allowed=False, reason=reason, policy=self.name)
