"""Give each agent a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import governed, key_of, with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import HOLD


@dataclass(frozen=True, slots=True)
class SplitKey:
    """Agents that shared a key have one each; the key that leaks or is found is the one of a single agent.

    Whose it is, the run says where the key leaked at work. Elsewhere each agent may be asked about in turn.

    References
    ----------
    OWASP Non-Human Identities Top 10 (2025), NHI9: NHI reuse.
    """

    key: str = field(default="", metadata={"names": "key"})
    """The shared key."""
    keeper: str = field(default="", metadata={"names": "agent"})
    """The agent that goes on using it; the others get keys of their own."""

    name = "split-key"
    removes = True

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent that keeps the key."""
        return (self.keeper,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"split the shared key {self.key} (what leaks is {self.keeper}'s)"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[SplitKey]:  # noqa: ARG003
        """Yield one for each shared key that was used, and each agent whose it may have been."""
        system = scenario.system
        for key in dict.fromkeys(map(key_of, governed(path, system))):
            users = [agent.name for agent in system.users_of(key)]
            known = [
                cause.agent
                for cause in path.causes()
                if cause.sort == "strike" and cause.fact == f"{HOLD}:{key}"
            ]
            inside = [cause.agent for cause in path.asks if key_of(cause) == key and cause not in path.stolen]
            keepers = [agent for agent in (*known, *inside) if agent] or users
            if len(users) > 1:
                yield from (cls(key, keeper) for keeper in dict.fromkeys(keepers))

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario in which only the keeper uses the key."""
        agents = {
            name: replace(agent, key=name) if agent.key == self.key and name != self.keeper else agent
            for name, agent in scenario.system.agents.items()
        }
        return with_system(scenario, agents=agents), strategy
