"""Just in time: short-lived credentials, each for one task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simlab.model.access import Decision, Grant, Life, Request
from simlab.model.system import Agent, Task


@dataclass(frozen=True, slots=True)
class JIT:
    """Each task gets a credential of its own, which ends with the task or when its time is up.

    Wrong where credentials outlive the work (long lives, ``life=session``), and no answer to an agent that is
    turned while it works: the credential of the job covers what the job's tools can do together.

    A credential is scoped to the *job*: to what the tools that the job may call need, because an agent
    chooses among them at run time. With ``scope=intent`` it is scoped to what the task declares instead.
    Assumes an issuer that knows which workload asks, and for which task.

    References
    ----------
    SPIFFE X.509-SVID and JWT-SVID; OAuth 2.0 Token Exchange, RFC 8693; DPoP, RFC 9449.

    Examples
    --------
    >>> JIT(ttl=300.0, bound=True).ttl
    300.0
    """

    ttl: float = field(default=900.0, metadata={"unit": "s"})
    """[s] from issue to expiry."""
    bound: bool = False
    """Of use only to the workload that it was issued to."""
    scope: Literal["job", "intent", "roles"] = "job"
    """What it covers: the tools of the job, the declared needs, or all that the roles allow."""
    replay: float = field(default=0.0, metadata={"low": 0.0, "high": 1.0})
    """Chance that a bound credential can be used by a thief all the same; dimensionless."""
    audience: bool = False
    """One credential for each domain, which no other domain accepts."""
    single_use: bool = False
    """Each credential is good for one request."""
    refresh: float = field(default=0.0, metadata={"unit": "s"})
    """[s] for which a credential can be renewed by whoever holds it, without another decision; 0 for not at all."""
    life: Life = "task"
    """What ends it before its time is up: the end of the task, the end of the whole piece of work, or nothing.

    With ``session`` nobody ends it: the agent keeps it, and its later tasks on the same terms use it again.
    """

    name = "jit"
    online = False
    reasons = ("task-credential", "outside-task")

    def grant(self, agent: Agent, task: Task) -> Grant:
        """Return what the task needs and the roles allow, for a short time."""
        asked = {"job": task.template, "intent": task.intent.needs, "roles": agent.entitlements}[self.scope]
        return Grant(
            agent.entitlements & asked,
            ttl=self.ttl,
            bound=self.bound,
            replay=self.replay if self.bound else 0.0,
            audience=self.audience,
            single_use=self.single_use,
            refresh=self.refresh,
            life=self.life,
        )

    def decide(self, request: Request) -> Decision:
        """Return whether the task's credential covers the permission."""
        if request.permission in request.scope:
            return Decision(allowed=True, reason="task-credential", policy=self.name)
        return Decision(allowed=False, reason="outside-task", policy=self.name)
