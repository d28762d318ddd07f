"""Take one permission out of the roles of one agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simlab.controls.change import with_entry, with_system
from simlab.model.access import Permission, Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class DropPermission:
    """An agent's roles no longer allow one thing; its own work that needs it is denied.

    Where a strategy separates duties, who loses the one may gain the other: only there it can give more.

    References
    ----------
    Saltzer and Schroeder, "The Protection of Information in Computer Systems", 1975: least privilege.
    """

    agent: str = field(default="", metadata={"names": "agent"})
    """Whose roles."""
    permission: str = field(default="read:inbox", metadata={"names": "permission"})
    """What they no longer allow."""

    name = "drop-permission"
    removes = True

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent."""
        return (self.agent,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"take {self.permission} from the roles of {self.agent}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[DropPermission]:  # noqa: ARG003
        """Yield one for each permission that was used, and each agent whose roles allowed it."""
        system = scenario.system
        stolen = (
            (user.name, Permission.parse(cause.fact))
            for cause in path.stolen
            for user in system.users_of(cause.by.partition(":")[2])
        )
        for agent, permission in dict.fromkeys((*path.used, *stolen)):
            if permission in system.agents[agent].in_roles:
                yield cls(agent, str(permission))

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario with one entitlement less."""
        agents = scenario.system.agents
        if self.agent not in agents:
            return scenario, strategy
        right = Permission.parse(self.permission)
        rest = agents[self.agent].entitlements - {right}
        changing = tuple(entry for entry in agents[self.agent].changing if entry[0] != right)
        changed = with_entry(agents, self.agent, entitlements=rest, changing=changing)
        return with_system(scenario, agents=changed), strategy
