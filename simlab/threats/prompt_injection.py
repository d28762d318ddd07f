"""Content that an agent reads tells it what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, ZERO, Distribution
from simlab.model.system import ACTIONS, Agent, Call, System


@dataclass(frozen=True, slots=True)
class PromptInjection:
    """An agent reads content that a stranger planted, and one session of it does what the content says.

    Each session that reads the content is a new exposure, and gives in with the agent's susceptibility.
    Timed by the clock, it has already taken root in the agent, which then obeys in every session.

    References
    ----------
    Greshake et al., "Not what you've signed up for", AISec 2023; AgentDojo, arXiv 2406.13352, for rates.
    """

    through: str = field(metadata={"names": "resource"})
    """The resource that carries the content."""
    when: When = When()
    """From when on the content is there; timed by the clock, when the agents are already turned."""

    lasts: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] for which a session goes on obeying."""

    name = "prompt-injection"
    once = False
    first_use: Distribution = field(default=ZERO, metadata={"unit": "s"})
    """[s] from the injection to the first try."""
    noticed: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] from the strike until the owner finds out by himself."""

    def strike(self, system: System) -> Foothold:
        """Return a session of each agent whose work reads the content."""
        readers = {
            flow.tasks[call.task].agent
            for flow in system.workflows.values()
            for call in flow.possible_calls()
            if self._read(call) and system.agents[flow.tasks[call.task].agent].susceptibility > 0
        }
        if self.when.timing == "clock":
            return Foothold(agents=tuple(sorted(readers)))
        return Foothold(sessions=tuple(sorted(readers)))

    def exposes(self, agent: Agent, call: Call) -> bool:  # noqa: ARG002
        """Return whether the call reads the content."""
        return self._read(call)

    def succeeds(self, agent: Agent) -> float:
        """Return the agent's susceptibility."""
        return agent.susceptibility

    def _read(self, call: Call) -> bool:
        return call.permission.resource == self.through and ACTIONS.get(call.permission.action) == "read"
