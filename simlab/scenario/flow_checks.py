"""Rules about workflows: who asks, who does it, with which tools, and by way of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simlab.lookup import did_you_mean
from simlab.scenario.findings import at
from simlab.scenario.names import ANYONE, Names
from simlab.scenario.places import Finding, Path
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.schema_work import CallStep, DelegateStep, Step


def workflows_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A workflow names who asks for it, who does it, and what it needs."""
    for name, flow in file.workflows.items():
        path = ("workflows", name)
        if flow.by != ANYONE:
            yield from at((*path, "by"), names.reference("principal", flow.by))
        yield from at((*path, "agent"), names.reference("agent", flow.agent))
        yield from _intent(flow.intent.needs, (*path, "intent"), names)
        yield from _job(names, path, flow.agent, flow.tools)
        yield from _steps(file, names, (*path, "steps"), flow.agent, flow.steps, 0)


def _intent(needs: Iterable[str], path: Path, names: Names) -> Iterator[Finding]:
    for index, text in enumerate(needs):
        yield from at((*path, "needs", index), names.permission(text, globs=True))


def _job(names: Names, path: Path, agent: str, tools: Iterable[str]) -> Iterator[Finding]:
    for index, tool in enumerate(tools):
        yield from _tool(names, (*path, "tools", index), agent, tool)


def _tool(names: Names, path: Path, agent: str, tool: str) -> Iterator[Finding]:
    """Yield the fault of a tool that nobody has, or that this agent does not have."""
    faults = list(names.reference("tool", tool))
    if not faults and tool not in names.menus.get(agent, [tool]):
        hint = did_you_mean(tool, names.menus[agent])
        faults = [("E204", f"agent '{agent}' does not have the tool '{tool}'", hint)]
    yield from at(path, faults)


def _steps(
    file: ScenarioFile, names: Names, path: Path, agent: str, steps: Iterable[Step], hops: int
) -> Iterator[Finding]:
    for index, step in enumerate(steps):
        here = (*path, index)
        if isinstance(step, CallStep):
            yield from _tool(names, (*here, "call"), agent, step.call)
        else:
            yield from _delegate(names, here, agent, step)
            if hops >= file.depth:
                text = f"more than {file.depth} delegations in a row"
                yield Finding((*here, "delegate"), "E207", text, "raise depth")
            yield from _steps(file, names, (*here, "steps"), step.delegate, step.steps, hops + 1)


def _delegate(names: Names, path: Path, agent: str, step: DelegateStep) -> Iterator[Finding]:
    """Yield the faults of a step that hands work over."""
    unknown = list(names.reference("agent", step.delegate))
    yield from at((*path, "delegate"), unknown)
    if not unknown and names.edges is not None and (agent, step.delegate) not in names.edges:
        hint = f"add {{from: {agent}, to: {step.delegate}, mode: on-behalf-of}} under delegations"
        yield Finding((*path, "delegate"), "E201", f"no delegation from '{agent}' to '{step.delegate}'", hint)
    yield from _intent(step.intent.needs, (*path, "intent"), names)
    yield from _job(names, path, step.delegate, step.tools)


def arrivals_advance(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """Work that arrives again after no time at all would never let the clock go on."""
    for name, flow in file.workflows.items():
        if "arrivals" not in flow.model_fields_set:
            continue
        mean = flow.arrivals if isinstance(flow.arrivals, float) else flow.arrivals.law().mean()
        path = ("workflows", name, "arrivals")
        if mean == 0:
            yield Finding(path, "E301", "arrivals without time between them: time would stand still")
        elif mean == float("inf"):
            yield Finding(path, "E115", "the mean time between arrivals is infinite")
