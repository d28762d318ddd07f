"""A tool that agents trust turns against them."""

from __future__ import annotations

from dataclasses import dataclass, field

from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, ZERO, Distribution
from simlab.model.system import Agent, Call, System


@dataclass(frozen=True, slots=True)
class CompromisedTool:
    """A poisoned tool, or a trusted one that is turned (rug pull), runs as code in whoever calls it.

    It controls the workload, not one conversation: every session of the agent is the attacker's from then
    on, whatever the susceptibility of the agent.

    References
    ----------
    MITRE ATLAS AML.T0110 (AI Agent Tool Poisoning), AML.T0109 (AI Supply Chain Rug Pull); postmark-mcp 2025.
    """

    tool: str = field(metadata={"names": "tool"})
    """The tool."""
    when: When = When()
    """From when on the tool is poisoned; timed by the clock, every agent that has it falls at once."""
    first_use: Distribution = field(default=ZERO, metadata={"unit": "s"})
    """[s] from the first poisoned call to the attacker's first try."""
    noticed: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] from the strike until the owner finds out by himself."""

    lasts: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] for which it keeps control of a workload."""

    name = "compromised-tool"
    once = True

    def strike(self, system: System) -> Foothold:
        """Return the workload of each agent whose work calls the tool."""
        callers = {
            flow.tasks[call.task].agent
            for flow in system.workflows.values()
            for call in flow.possible_calls()
            if call.tool == self.tool
        }
        return Foothold(agents=tuple(sorted(callers)))

    def exposes(self, agent: Agent, call: Call) -> bool:  # noqa: ARG002
        """Return whether the call uses the tool."""
        return call.tool == self.tool

    def succeeds(self, agent: Agent) -> float:  # noqa: ARG002
        """Return one: the tool's code runs when it is called."""
        return 1.0
