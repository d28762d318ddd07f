"""Take one tool away from one agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import refused, with_entry, with_system
from simlab.model.access import Permission, Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import System


@dataclass(frozen=True, slots=True)
class RemoveTool:
    """An agent can no longer call a tool; its own work that calls it fails there.

    Its roles stay as they are: who has stolen its key needs no tool. A permission that another of its
    tools offers stays within its reach. Which tools an agent has is read from what it can ask for.

    References
    ----------
    OWASP Top 10 for LLM Applications (2025), LLM06: Excessive Agency.
    """

    agent: str = field(default="", metadata={"names": "agent"})
    """Whose tool it is."""
    tool: str = field(default="", metadata={"names": "tool"})
    """The tool."""

    name = "remove-tool"
    removes = True

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent."""
        return (self.agent,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"take the tool {self.tool} from {self.agent}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[RemoveTool]:  # noqa: ARG003
        """Yield one for each tool by which an agent could ask for what it asked for, or that turned against it."""
        system = scenario.system
        found = [
            cls(agent, tool)
            for agent, permission in path.used
            for tool in _tools(system, agent)
            if permission in system.tools[tool].does
        ]
        strikes = (cause for cause in path.causes() if cause.sort == "strike")
        turned = (cls(strike.agent, strike.by.partition(" ")[2]) for strike in strikes)
        found += [control for control in turned if control.tool in _tools(system, control.agent)]
        yield from dict.fromkeys(found)

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario in which the agent has all its tools but this one."""
        system = scenario.system
        if self.agent not in system.agents or self.tool not in _tools(system, self.agent):
            return scenario, strategy
        lost = self._lost(system)
        flows = {
            name: replace(
                flow,
                tasks=tuple(
                    replace(task, template=task.template - lost) if task.agent == self.agent else task
                    for task in flow.tasks
                ),
            )
            for name, flow in system.workflows.items()
        }
        menu = tuple(right for right in system.agents[self.agent].menu if right not in lost)
        changed = replace(system, agents=with_entry(system.agents, self.agent, menu=menu), workflows=flows)
        without = refused(
            changed, lambda flow, call: call.tool == self.tool and flow.tasks[call.task].agent == self.agent
        )
        return with_system(scenario, agents=changed.agents, **without), strategy

    def _lost(self, system: System) -> frozenset[Permission]:
        """Return what no other tool of the agent offers."""
        others = (tool for tool in _tools(system, self.agent) if tool != self.tool)
        kept = {right for tool in others for right in system.tools[tool].does}
        return frozenset(system.tools[self.tool].does) - kept


def _tools(system: System, agent: str) -> list[str]:
    menu = frozenset(system.agents[agent].menu) if agent in system.agents else frozenset()
    return [tool.name for tool in system.tools.values() if tool.does and menu.issuperset(tool.does)]
