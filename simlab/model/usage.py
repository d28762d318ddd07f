"""What work says about authority, settled once for a whole system: who uses what, and who passes on what."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from simlab.model.access import Permission, Scope
from simlab.model.system import System, Use, Workflow


def with_usage(system: System, horizon: float) -> System:
    """Return *system* with :attr:`Task.passes` and :attr:`Agent.used` filled in from its workflows.

    Parameters
    ----------
    horizon
        [s]. Work at given times counts as so many pieces in that time.

    Examples
    --------
    >>> with_usage(System(), 3600.0) == System()
    True
    """
    flows = {name: _with_passes(flow) for name, flow in system.workflows.items()}
    rates: dict[str, dict[Permission, list[float]]] = {name: {} for name in system.agents}
    for flow in sorted(flows.values(), key=lambda flow: flow.name):
        every = _every(flow, horizon)
        for agent, scope in _by_agent(flow):
            for permission in scope:
                rates.setdefault(agent, {}).setdefault(permission, []).append(every)
    agents = {
        name: replace(
            agent, used=tuple(Use(each, _together(rates[name][each])) for each in sorted(rates[name]))
        )
        for name, agent in system.agents.items()
    }
    return replace(system, workflows=flows, agents=agents)


def _with_passes(flow: Workflow) -> Workflow:
    passes: list[Scope] = [frozenset()] * len(flow.tasks)
    for index in reversed(range(len(flow.tasks))):  # parts come after what delegates them
        task = flow.tasks[index]
        if task.parent >= 0:
            passes[task.parent] |= task.template | passes[index]
    tasks = (replace(task, passes=scope) for task, scope in zip(flow.tasks, passes, strict=True))
    return replace(flow, tasks=tuple(tasks))


def _every(flow: Workflow, horizon: float) -> float:
    """Return the mean time between pieces of work [s]."""
    if flow.arrivals is not None:
        return flow.arrivals.mean()
    return horizon / len(flow.at) if flow.at else math.inf


def _by_agent(flow: Workflow) -> Iterator[tuple[str, Scope]]:
    """Yield each agent of *flow* with all that its tasks there need."""
    needed: dict[str, Scope] = {}
    for task in flow.tasks:
        needed[task.agent] = needed.get(task.agent, frozenset()) | task.template
    yield from needed.items()


def _together(times: list[float]) -> float:
    """Return the mean time between events of several kinds, each *times* apart [s]."""
    if len(times) == 1 or 0.0 in times:
        return min(times)
    rate = math.fsum(1.0 / each for each in times)
    return 1.0 / rate if rate else math.inf
