"""What a workflow says of the work that nobody planned, to the model; and the rules about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from simlab.model.access import Permission
from simlab.model.chance import ZERO
from simlab.model.conduct import Improvisation, Spawn
from simlab.model.system import Call, Task, Tool
from simlab.scenario.characters import shown
from simlab.scenario.count_laws import count_law
from simlab.scenario.findings import at
from simlab.scenario.laws import law
from simlab.scenario.names import Names, nearest, resolve
from simlab.scenario.places import Finding, Path
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.schema_conduct import ImproviseSpec, LingerSpec, SpawnSpec
from simlab.scenario.schema_work import DelegateStep, Step, WorkflowSpec


def improvisations(
    spec: WorkflowSpec, file: ScenarioFile, tasks: Sequence[Task], tools: dict[str, Tool]
) -> tuple[Improvisation, ...]:
    """Return, by task, what it may do that nobody planned: what the workflow says, or else its agent."""
    own = "improvises" in spec.model_fields_set
    says = [spec.improvises if own else file.agents[task.agent].improvises for task in tasks]
    if not any(each.chance or each.strays for each in says):
        return ()
    return tuple(
        _improvisation(each, file, index, task.agent, tools)
        for index, (each, task) in enumerate(zip(says, tasks, strict=True))
    )


def _improvisation(
    spec: ImproviseSpec, file: ScenarioFile, index: int, agent: str, tools: dict[str, Tool]
) -> Improvisation:
    menu = file.agents[agent].tools
    named = sorted(set(menu) & set(spec.tools or menu))  # not in the order of a file, which means nothing
    others: set[Permission] = {right for tool in menu for right in tools[tool].does}
    for role in file.agents[agent].roles:
        others |= resolve(file.roles[role], file.resources)
    work = law(spec.work)
    return Improvisation(
        spec.chance,
        tuple(
            tuple(
                Call(index, right, ZERO if place else work, tool)
                for place, right in enumerate(tools[tool].does)
            )
            for tool in named
        ),
        spec.strays,
        tuple(sorted(others)),
        spec.replan,
    )


def spawns(specs: Sequence[SpawnSpec]) -> tuple[Spawn, ...]:
    """Return the further work that a piece of work sets going."""
    seen: Counter[str] = Counter()
    rules = []
    for spec in specs:
        seen[spec.workflow] += 1
        given = spec.model_fields_set
        rules.append(
            Spawn(
                f"{spec.workflow}#{seen[spec.workflow]}",
                spec.workflow,
                count_law(spec.count),
                law(spec.every) if "every" in given else None,
                spec.depth if "depth" in given else None,
                spec.most if "most" in given else None,
            )
        )
    return tuple(rules)


def lingering(spec: LingerSpec | None, tools: dict[str, Tool]) -> tuple[Call, ...]:
    """Return the requests that go on after the work was reported done."""
    if spec is None:
        return ()
    return tuple(
        Call(0, right, ZERO if place else law(spec.after), tool)
        for tool in spec.calls
        for place, right in enumerate(tools[tool].does)
    )


# --- rules ------------------------------------------------------------------------------------------


def conduct_refers(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """What nobody planned names tools that the agents at work have, and workflows that there are."""
    for name, flow in file.workflows.items():
        path = ("workflows", name)
        agents = [flow.agent, *_callees(flow.steps)]
        yield from _tools(names, (*path, "improvises", "tools"), agents, flow.improvises.tools)
        if flow.lingers is not None:
            yield from _tools(names, (*path, "lingers", "calls"), [flow.agent], flow.lingers.calls)
        for index, rule in enumerate(flow.spawns):
            if rule.workflow not in file.workflows:
                hint = nearest(rule.workflow, frozenset(file.workflows))
                text = f"unknown workflow {shown(rule.workflow)}"
                yield Finding((*path, "spawns", index, "workflow"), "E201", text, hint)
    for name, agent in file.agents.items():
        yield from _tools(names, ("agents", name, "improvises", "tools"), [name], agent.improvises.tools)


def _callees(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, DelegateStep):
            yield step.delegate
            yield from _callees(step.steps)


def _tools(names: Names, path: Path, agents: Sequence[str], tools: Sequence[str]) -> Iterator[Finding]:
    """Yield the fault of each tool that nobody has, or none of those at work."""
    menus = [names.menus[agent] for agent in agents if agent in names.menus]
    for index, tool in enumerate(tools):
        faults = list(names.reference("tool", tool))
        if not faults and len(menus) == len(agents) and not any(tool in menu for menu in menus):
            hint = nearest(tool, frozenset(item for menu in menus for item in menu))
            who = f"agent '{agents[0]}' does" if len(agents) == 1 else "the agents at work do"
            faults = [("E204", f"{who} not have the tool '{tool}'", hint)]
        yield from at((*path, index), faults)


def spawning_advances(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """Work that sets work going again and again needs time between."""
    for name, flow in file.workflows.items():
        for index, rule in enumerate(flow.spawns):
            if "every" not in rule.model_fields_set:
                continue
            mean, path = law(rule.every).mean(), ("workflows", name, "spawns", index, "every")
            if mean == 0:
                yield Finding(path, "E301", "no time between: time would stand still")
            elif mean == float("inf"):
                yield Finding(path, "E115", "the mean time between is infinite")
