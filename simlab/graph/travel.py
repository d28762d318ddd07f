"""Which data can travel through stores, from work to work, and leave at the far end.

Two facts for a store and a labelled resource: its data can be in the store with their label on them (`travel`), or
without it (`launder`). A session that takes data with their label has the label, whatever happens, so a rule on flows
may deny them the way out; where the label was lost, it cannot. Nothing expires here, and nothing comes too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from simlab.graph.possible import Asker, Possible, Why, doors_of, extend
from simlab.model.access import Permission
from simlab.model.system import (
    CONTROL,
    EXFILTRATE,
    HOLD,
    LAUNDER,
    MINT,
    STEER,
    TRAVEL,
    System,
    Task,
    Workflow,
)
from simlab.strategies.authority import idle


class Source(NamedTuple):
    """One way in which a session can come to have data."""

    needs: tuple[str, ...]
    """Facts that it takes beside the work itself."""
    name: str
    """The resource whose data they are."""
    labelled: bool
    """Whether they come with their label."""


class Exit(NamedTuple):
    """One way in which a session can write."""

    needs: tuple[str, ...]
    permission: Permission
    tasks: tuple[Task, ...] = ()
    """Who asks, an ad hoc chain included; empty for work."""


def travel(result: Possible) -> Possible:
    """Return *result* with the rules of data that travel, where there is any store."""
    system = result.world.system
    if all(resource.carries == "nothing" for resource in system.resources.values()):
        return result
    for flow in system.workflows.values():
        sources = list(_sources_of(result, flow))
        for way in _exits_of(result, flow):
            _join(result, sources, way)
    for agent in system.agents:
        _between_tasks(result, agent)
        _remembered(result, agent)
    _from_outside(result)
    return result


def _inside(system: System, store: str, name: str, *, labelled: bool) -> str:
    """Return the fact that data of *name* are in *store*, into which they were put with or without their label."""
    kept = labelled and system.resources[store].carries == "labels"
    return f"{TRAVEL if kept else LAUNDER}:{name}>{store}"


def _sources(system: System, permission: Permission, needs: tuple[str, ...]) -> Iterator[Source]:
    """Yield what a session comes to have by reading with *permission*."""
    resource = system.resources[permission.resource]
    if not system.reads(permission):
        return
    if resource.label:
        yield Source(needs, resource.name, labelled=True)
    if resource.carries != "nothing":
        for other in system.resources.values():
            if other.label:
                for labelled in (True, False):
                    fact = _inside(system, resource.name, other.name, labelled=labelled)
                    yield Source((*needs, fact), other.name, labelled and fact.startswith(TRAVEL))


def _sources_of(result: Possible, flow: Workflow) -> Iterator[Source]:
    """Yield what the sessions of *flow* share: what its work reads, and what any of its agents is steered to read."""
    system = result.world.system
    for call in flow.possible_calls():
        yield from _sources(system, call.permission, ())
    for index, task in enumerate(flow.tasks):
        steered = f"{STEER}:{task.agent}"
        for way in _steered(result, task.agent, flow.lineage(index), steered):
            yield from _sources(system, way.permission, (steered,))


def _exits_of(result: Possible, flow: Workflow) -> Iterator[Exit]:
    """Yield how the sessions of *flow* write: at their work, or steered."""
    for call in flow.possible_calls():
        yield Exit((), call.permission)
    for index, task in enumerate(flow.tasks):
        yield from _steered(result, task.agent, flow.lineage(index), f"{STEER}:{task.agent}")


def _steered(result: Possible, agent: str, lineage: tuple[Task, ...], steered: str) -> Iterator[Exit]:
    """Yield all that *agent* can be made to ask for with success while it does the last of *lineage*."""
    for number in doors_of(result.world, agent):
        door = result.world.doors[number]
        tasks = extend(result.world.system, lineage, door)
        if Asker(result.authority, tasks).may(door.move.permission):
            yield Exit((steered, door.fact), door.move.permission, tasks)


def _join(result: Possible, sources: Iterable[Source], way: Exit) -> None:
    """Let what comes by *sources* go on by *way*: into a store, or out."""
    system = result.world.system
    if not system.writes(way.permission):
        return
    resource = system.resources[way.permission.resource]
    for source in dict.fromkeys(sources):
        needs = list(dict.fromkeys((*way.needs, *source.needs)))
        if resource.carries != "nothing":
            fact = _inside(system, resource.name, source.name, labelled=source.labelled)
            result.book.add(f"{source.name} put into {resource.name}", needs, [fact])
        if resource.outward and way.tasks:
            labels = (system.resources[source.name].label,) if source.labelled else ()
            why = Asker(result.authority, way.tasks).may(way.permission, *labels)
            if why:
                fact = f"{EXFILTRATE}:{source.name}"
                result.allow(needs, fact, why, f"{fact} by {way.permission}, by way of a store")


def _between_tasks(result: Possible, agent: str) -> None:
    """Add what a controlled workload does between tasks, in a context of its own."""
    steered = f"{CONTROL}:{agent}"
    ways = list(_steered(result, agent, (idle(agent),), steered))
    sources = [found for way in ways for found in _sources(result.world.system, way.permission, (steered,))]
    for way in ways:
        _join(result, sources, way)


def _remembered(result: Possible, agent: str) -> None:
    """Add what a controlled workload carries from session to session, where no label goes along."""
    system, control = result.world.system, f"{CONTROL}:{agent}"
    flows = {flow.name: flow for flow, _ in result.authority.sessions[agent]}
    lineages = [lineage for _, lineage in result.authority.sessions[agent]]
    ways = [way for each in (*lineages, (idle(agent),)) for way in _steered(result, agent, each, control)]
    known = [found for flow in flows.values() for found in _sources_of(result, flow)]
    known += [found for way in ways for found in _sources(system, way.permission, (control,))]
    bare = [source._replace(labelled=False) for source in known]
    for way in dict.fromkeys(ways):
        _join(result, bare, way)


def _from_outside(result: Possible) -> None:
    """Add what an outsider reads in a store with a credential."""
    system, book = result.world.system, result.book
    for index, why in list(result.why.items()):
        needs = [book.names[need] for need in book.rules[index].needs]
        permission = Permission.parse(book.names[book.rules[index].gives[0]])
        if permission.action in system.actions and any(need.startswith((HOLD, MINT)) for need in needs):
            _read_outside(result, needs, permission, why)


def _read_outside(result: Possible, needs: list[str], permission: Permission, why: Why) -> None:
    for source in _sources(result.world.system, permission, ()):
        if source.needs:  # by way of a store: what is read itself is known already
            fact = f"{EXFILTRATE}:{source.name}"
            rule = f"{fact} by reading it in {permission.resource}"
            result.allow([*needs, *source.needs], fact, why, rule)
