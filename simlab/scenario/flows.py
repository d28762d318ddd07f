"""A workflow as it is written, steps within steps, to the flat lists of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simlab.model.access import DelegationMode, Intent, Scope
from simlab.model.chance import ZERO
from simlab.model.system import Call, Task, Tool, Workflow
from simlab.scenario import conduct
from simlab.scenario.laws import law
from simlab.scenario.names import resolve
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.schema_work import CallStep, DelegateStep, IntentSpec, Step, WorkflowSpec


def flow(name: str, spec: WorkflowSpec, file: ScenarioFile, tools: dict[str, Tool]) -> Workflow:
    """Return the workflow *name*: the root task first, and every request in order."""
    writer = _Writer(name, file, tools)
    intent = writer.intent(spec.intent)
    root = Task(name, spec.by, (spec.agent,), intent, writer.template(spec.agent, spec.tools, spec.steps))
    writer.add(root, spec.steps)
    return Workflow(
        name=name,
        tasks=tuple(writer.tasks),
        calls=tuple(writer.calls),
        arrivals=law(spec.arrivals) if "arrivals" in spec.model_fields_set else None,
        at=tuple(sorted(spec.at)),
        retries=spec.retries,
        backoff=spec.backoff,
        urgent=spec.urgent,
        improvises=conduct.improvisations(spec, file, writer.tasks, tools),
        spawns=conduct.spawns(spec.spawns),
        lingers=conduct.lingering(spec.lingers, tools),
    )


@dataclass(slots=True)
class _Writer:
    """Numbers the tasks in the order in which they begin."""

    name: str
    file: ScenarioFile
    tools: dict[str, Tool]
    tasks: list[Task] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def add(self, task: Task, steps: Iterable[Step]) -> None:
        """Add *task* and, in order, all that its *steps* ask for."""
        number = len(self.tasks)
        self.tasks.append(task)
        for step in steps:
            if isinstance(step, CallStep):
                self._call(number, step)
            else:
                self.add(self._delegated(task, number, step), step.steps)

    def intent(self, spec: IntentSpec) -> Intent:
        """Return what a task declares."""
        return Intent(spec.purpose, resolve(spec.needs, self.file.resources))

    def template(self, agent: str, tools: Iterable[str], steps: list[Step]) -> Scope:
        """Return what the tools of a job need, and what it must be able to pass on.

        A callee on behalf of its caller gets no more than both have, so the caller's scope must hold
        what the callee's tools need.
        """
        named = list(tools) or [step.call for step in steps if isinstance(step, CallStep)]
        scope = {permission for tool in named for permission in self.tools[tool].does}
        for step in steps:
            if isinstance(step, DelegateStep) and self._mode(agent, step.delegate) == "on-behalf-of":
                scope |= self.template(step.delegate, step.tools, step.steps)
        return frozenset(scope)

    def _mode(self, caller: str, callee: str) -> DelegationMode:
        edges = self.file.delegations
        return next(edge.mode for edge in edges if (edge.caller, edge.callee) == (caller, callee))

    def _delegated(self, caller: Task, number: int, step: DelegateStep) -> Task:
        mode = self._mode(caller.agent, step.delegate)
        return Task(
            name=self._free_name(f"{self.name}/{step.delegate}"),
            principal="" if mode == "impersonation" else caller.principal,
            chain=(*caller.chain, step.delegate) if mode == "on-behalf-of" else (step.delegate,),
            intent=self.intent(step.intent) if "intent" in step.model_fields_set else caller.intent,
            template=self.template(step.delegate, step.tools, step.steps),
            mode=mode,
            parent=number,
            ttl=step.ttl,
        )

    def _free_name(self, name: str) -> str:
        taken = {task.name for task in self.tasks}
        number = 1
        free = name
        while free in taken:
            number += 1
            free = f"{name}#{number}"
        return free

    def _call(self, task: int, step: CallStep) -> None:
        # The agent works once, then the tool asks for all that it needs.
        work = law(step.work)
        for permission in self.tools[step.call].does:
            self.calls.append(Call(task, permission, work, step.call))
            work = ZERO
