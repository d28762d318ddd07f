"""Cut one edge along which an agent may task another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from simlab.controls.change import below, refused, with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import Call, Workflow


@dataclass(frozen=True, slots=True)
class DropDelegation:
    """One agent can no longer task another; its own work that does fails there.

    References
    ----------
    OWASP Agentic AI Threats and Mitigations (2025), T3: Privilege Compromise.
    """

    caller: str = field(default="", metadata={"names": "agent"})
    """Who tasks."""
    callee: str = field(default="", metadata={"names": "agent"})
    """Who is tasked."""

    name = "drop-delegation"
    removes = True

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent that is tasked: its owner decides whom it serves."""
        return (self.callee,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"let {self.caller} no longer task {self.callee}"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[DropDelegation]:  # noqa: ARG003
        """Yield one for each edge that was used."""
        edges = {(edge.caller, edge.callee) for edge in scenario.system.delegations}
        yield from (cls(*edge) for edge in path.edges if edge in edges)

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario without the edge."""
        system, ends = scenario.system, (self.caller, self.callee)
        edges = tuple(edge for edge in system.delegations if (edge.caller, edge.callee) != ends)
        return with_system(scenario, delegations=edges, **refused(system, self._delegated)), strategy

    def _delegated(self, flow: Workflow, call: Call) -> bool:
        roots = (
            index
            for index, task in enumerate(flow.tasks)
            if task.agent == self.callee and task.parent >= 0 and flow.tasks[task.parent].agent == self.caller
        )
        return call.task in below(flow, roots)
