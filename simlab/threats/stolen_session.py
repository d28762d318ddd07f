"""A session of an agent's work is taken over from outside."""

from __future__ import annotations

from dataclasses import dataclass, field

from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, ZERO, Distribution
from simlab.model.system import Agent, Call, System


@dataclass(frozen=True, slots=True)
class StolenSession:
    """Somebody gets hold of one session of an agent at work, as with a cookie, and goes on in its name.

    The session has an attested task, so it has credentials issued as the agent itself would, for as long as
    the task goes on. Lives and bindings are no hindrance; what the task may not do, the thief may not either.

    References
    ----------
    MITRE ATT&CK T1539 (Steal Web Session Cookie), T1563 (Remote Service Session Hijacking).
    """

    agent: str = field(metadata={"names": "agent"})
    """The agent whose session is taken."""
    start: Distribution = field(default=ZERO, metadata={"unit": "s"})
    """[s] from the start of the run; the first session at work after it is taken, and no other."""
    first_use: Distribution = field(default=ZERO, metadata={"unit": "s"})
    """[s] from the theft to the first try."""
    noticed: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] from the theft until the owner finds out by himself."""
    lasts: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] for which the stolen session is accepted."""

    name = "stolen-session"
    once = True

    @property
    def when(self) -> When:
        """Return that it strikes at work."""
        return When("at-work", self.start)

    def strike(self, system: System) -> Foothold:
        """Return a session of the agent, if it has any work."""
        works = any(
            flow.tasks[call.task].agent == self.agent
            for flow in system.workflows.values()
            for call in flow.calls
        )
        return Foothold(sessions=(self.agent,) if works else ())

    def exposes(self, agent: Agent, call: Call) -> bool:  # noqa: ARG002
        """Return whether it is the agent's own call."""
        return agent.name == self.agent

    def succeeds(self, agent: Agent) -> float:  # noqa: ARG002
        """Return one: a session that is taken is taken."""
        return 1.0
