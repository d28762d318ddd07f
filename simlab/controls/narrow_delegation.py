"""Let an agent act on behalf of its caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from simlab.controls.change import with_system
from simlab.model.access import Strategy
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import Task, Workflow


@dataclass(frozen=True, slots=True)
class NarrowDelegation:
    """An agent that is tasked acts with what both it and its caller may do, and the chain is kept.

    It does not only take away: a request whose principal was lost has one again, and may pass where that is asked.

    References
    ----------
    Hardy, "The Confused Deputy", 1988; OAuth 2.0 Token Exchange, RFC 8693.
    """

    caller: str = field(default="", metadata={"names": "agent"})
    """Who tasks."""
    callee: str = field(default="", metadata={"names": "agent"})
    """Who is tasked."""

    name = "narrow-delegation"
    removes = False

    @property
    def agents(self) -> tuple[str, ...]:
        """Return the agent that is tasked."""
        return (self.callee,)

    @property
    def says(self) -> str:
        """Return what is to be done."""
        return f"let {self.callee} act on behalf of {self.caller} only"

    @classmethod
    def along(cls, path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[NarrowDelegation]:  # noqa: ARG003
        """Yield one for each edge that was used in another mode."""
        edges = scenario.system.delegations
        wide = {(edge.caller, edge.callee) for edge in edges if edge.mode != "on-behalf-of"}
        yield from (cls(*edge) for edge in path.edges if edge in wide)

    def apply(self, scenario: Scenario, strategy: Strategy) -> tuple[Scenario, Strategy]:
        """Return the scenario with the narrower edge, and work that is delegated along it."""
        system = scenario.system
        edges = tuple(
            replace(edge, mode="on-behalf-of")
            if (edge.caller, edge.callee) == (self.caller, self.callee)
            else edge
            for edge in system.delegations
        )
        flows = {name: self._narrowed(flow) for name, flow in system.workflows.items()}
        return with_system(scenario, delegations=edges, workflows=flows), strategy

    def _narrowed(self, flow: Workflow) -> Workflow:
        tasks: list[Task] = []
        for task in flow.tasks:  # a parent stands before its children
            above = tasks[task.parent] if task.parent >= 0 else None
            if above is not None and (above.agent, task.agent) == (self.caller, self.callee):
                tasks.append(replace(task, mode="on-behalf-of"))
            else:
                tasks.append(task)
            if above is not None and tasks[-1].mode == "on-behalf-of":
                tasks[-1] = replace(tasks[-1], chain=(*above.chain, task.agent), principal=above.principal)
        for task in reversed(tasks[1:]):
            # A caller must hold what it is to pass on.
            if task.mode == "on-behalf-of":
                above = tasks[task.parent]
                tasks[task.parent] = replace(above, template=above.template | task.template)
        return replace(flow, tasks=tuple(tasks))
