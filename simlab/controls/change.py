"""What several controls need: parts of a strategy or of a system replaced, and work that is refused. No control."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from simlab.model.access import Permission, Strategy
from simlab.model.causes import Cause
from simlab.model.path import Path
from simlab.model.scenario import Scenario
from simlab.model.system import Call, Resource, System, Workflow
from simlab.strategies.layers import Layered, layers


def relayered(strategy: Strategy, change: Callable[[Strategy], Strategy]) -> Strategy:
    """Return *strategy* with each layer changed."""
    changed = tuple(map(change, layers(strategy)))
    return Layered(changed) if isinstance(strategy, Layered) else changed[0]


def with_layer(strategy: Strategy, layer: Strategy) -> Strategy:
    """Return *strategy* with one more layer on top."""
    return Layered((*layers(strategy), layer))


def with_system(scenario: Scenario, **parts: Any) -> Scenario:
    """Return *scenario* with *parts* of its system replaced."""
    return replace(scenario, system=replace(scenario.system, **parts))


def with_entry(entries: Mapping[str, Any], name: str, **fields: Any) -> dict[str, Any]:
    """Return *entries* with *fields* of the one called *name* replaced; as they are, if there is none."""
    if name not in entries:
        return dict(entries)
    return {**entries, name: replace(entries[name], **fields)}


def key_of(cause: Cause) -> str:
    """Return the key of the credential that was presented, or an empty string."""
    return cause.terms.credential.rpartition("#")[0] if cause.terms else ""


def governed(path: Path, system: System) -> tuple[Cause, ...]:
    """Return the requests of *path* whose credential the strategy issued: no secrets."""
    return tuple(cause for cause in path.asks if key_of(cause) not in system.secrets)


def refused(system: System, which: Callable[[Workflow, Call], bool]) -> dict[str, Any]:
    """Return the parts of *system* in which the calls of *which* ask for what nobody may do any more.

    So work that needs what was taken away fails where it would, and its friction is counted. The call keeps
    its domain, and so its waits; it no longer touches the resource, nor the tool.
    """
    resources, workflows = dict(system.resources), dict(system.workflows)
    for name, flow in system.workflows.items():
        calls = tuple(
            _refuse(call, resources) if which(flow, call) and not _is_refused(call) else call
            for call in flow.calls
        )
        if calls != flow.calls:
            workflows[name] = replace(flow, calls=calls)
    return {"resources": resources, "workflows": workflows}


_NO_LONGER = "no longer there: "


def _is_refused(call: Call) -> bool:
    return call.permission.resource.startswith(_NO_LONGER)


def _refuse(call: Call, resources: dict[str, Resource]) -> Call:
    domain = resources[call.permission.resource].domain
    name = f"{_NO_LONGER}{domain}"
    resources.setdefault(name, Resource(name, domain))
    return replace(call, permission=Permission(call.permission.action, name), tool="")


def below(flow: Workflow, roots: Iterable[int]) -> frozenset[int]:
    """Return the indices of the tasks *roots* of *flow*, and of all that they delegate."""
    found = set(roots)
    for index, task in enumerate(flow.tasks):  # a parent stands before its children
        if task.parent in found:
            found.add(index)
    return frozenset(found)
