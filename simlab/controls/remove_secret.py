"""Take a key out of the place where a reader finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simlab.controls.change import with_entry, with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RemoveSecret:
    """A file, log or store no longer holds a key; who reads it finds none.

    Assumes that no work needs to read the key there.

    References
    ----------
    OWASP Non-Human Identities Top 10 (2025), NHI2: Secret Leakage.
    """

    resource: str = field(default="", metadata={"names": "resource"})
    """Where the key lies."""
    key: str = field(default="", metadata={"names": "key"})
    """The key."""

    name = "remove-secret"
    removes = True
    agents = ()

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"take {self.key} out of {self.resource}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[RemoveSecret]:  # noqa: ARG003
        """Yield one for each key that was found in something that was read."""
        ways = {cause.by for cause in path.causes() if cause.sort == "find"}
        for resource in scenario.system.resources.values():
            yield from (
                cls(resource.name, key) for key in resource.holds if f"{resource.name} holds {key}" in ways
            )

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario in which the key does not lie there."""
        resources = scenario.system.resources
        if self.resource not in resources:
            return scenario, strategy
        rest = tuple(key for key in resources[self.resource].holds if key != self.key)
        return with_system(scenario, resources=with_entry(resources, self.resource, holds=rest)), strategy
