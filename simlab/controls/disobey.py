"""Make an agent not do what content says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import with_entry, with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Disobey:
    """An agent no longer obeys the content of a resource; without a resource, no content at all.

    How readily an agent does what injected content says is one number, whatever it reads. So the first injection
    is undone by taking all susceptibility away. An upper bound of what training and filters can do.

    References
    ----------
    Debenedetti et al., "AgentDojo", arXiv 2406.13352, for how far defences get.
    """

    agent: str = field(default="", metadata={"names": "agent"})
    """Who is to disobey."""
    resource: str = field(default="", metadata={"names": "resource"})
    """Whose content; empty for all."""

    name = "disobey"
    removes = True

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent."""
        return (self.agent,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return (
            f"make {self.agent} not obey {f'what {self.resource} says' if self.resource else 'any content'}"
        )

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[Disobey]:  # noqa: ARG003
        """Yield one for each agent that obeyed what it read."""
        system, found = scenario.system, []
        for cause in path.causes():
            if cause.event is None or cause.event.agent not in system.agents:
                continue
            agent, place = system.agents[cause.event.agent], cause.event.resource
            if cause.sort == "obey":
                planted = agent.name in system.resources[place].obeyed_by
                found.append(cls(agent.name, place if planted else ""))
            deaf = replace(agent, susceptibility=0.0)
            named = (threat for threat in scenario.threats if threat.name == cause.by.split(" ")[0])
            if cause.sort == "strike" and any(
                threat.succeeds(agent) > 0 == threat.succeeds(deaf) for threat in named
            ):
                found.append(cls(agent.name))
        yield from dict.fromkeys(found)

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario in which the agent does not obey."""
        system = scenario.system
        if not self.resource:
            agents = with_entry(system.agents, self.agent, susceptibility=0.0)
            return with_system(scenario, agents=agents), strategy
        if self.resource not in system.resources:
            return scenario, strategy
        rest = tuple(name for name in system.resources[self.resource].obeyed_by if name != self.agent)
        return with_system(
            scenario, resources=with_entry(system.resources, self.resource, obeyed_by=rest)
        ), strategy
