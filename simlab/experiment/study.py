"""Compare strategies on one scenario: the same runs under each, and what differs."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from simlab.errors import InvalidInputError, UsageError
from simlab.experiment.cells import Cell, Done, Work, default_metrics, run_cells
from simlab.experiment.results import KEYS, Results
from simlab.graph.network import network, path_edges
from simlab.graph.reach import Reach
from simlab.graph.separation import separation
from simlab.model.access import Strategy
from simlab.model.events import Event, Metric, Run
from simlab.model.scenario import Scenario
from simlab.scenario import load, loads
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.sim.streams import RNG_VERSION
from simlab.strategies import describe, parse
from simlab.strategies.naming import check_names

DEFAULT_REPLICATIONS = 200
"""Fewer make intervals that cannot be trusted for the skewed numbers of this field."""
STORY_ROWS = 60
"""Rows of one run that the manifest keeps for the reader."""
MOST_AGENTS = 12
"""Agents of which the manifest says what a thief of one part reaches."""


def compare(
    scenario: Scenario | str | Path | Any,
    strategies: Iterable[str | Strategy],
    reps: int = DEFAULT_REPLICATIONS,
    seed: int = 0,
    jobs: int = 1,
    metrics: Sequence[Metric] | None = None,
    done: Done = lambda _: None,
) -> Results:
    """Return what *strategies* did to the same *reps* runs of *scenario*.

    Arrivals, work, threats and every draw of chance are the same under each strategy (common random
    numbers); so is the result for any number of *jobs*.

    Parameters
    ----------
    scenario
        A scenario, what :func:`simlab.load` returns, or a path.
    done
        Called with the number of runs finished since the last call.

    Raises
    ------
    UsageError
        If there are fewer than two runs, or a strategy is named twice.
    """
    world = _scenario(scenario)
    chosen = tuple(parse(item) if isinstance(item, str) else item for item in strategies)
    names = tuple(describe(item) for item in chosen)
    _check(names, reps, jobs)
    for item in chosen:
        check_names(item, world.system)
    work = Work(world, chosen, default_metrics() if metrics is None else tuple(metrics), seed)
    started = time.perf_counter()
    cells = run_cells(work, reps, jobs, done)
    runs = _frame(work, names, cells)
    manifest = _manifest(work, names, reps, cells, runs)
    manifest["environment"]["wall_seconds"] = round(time.perf_counter() - started, 3)
    text = _text(world)
    manifest["scenario"]["text_hash"] = hashlib.sha256(text.encode()).hexdigest() if text else ""
    return Results(runs, work.metrics, names, manifest, text)


def _text(scenario: Scenario) -> str:
    """Return a text that says the same as *scenario*; empty where it was changed in Python since it was read."""
    try:
        same = replace(loads(scenario.text), source_hash=scenario.source_hash) == scenario
    except InvalidInputError:
        return ""
    return scenario.text if same else ""


def _scenario(given: Scenario | str | Path | Any) -> Scenario:
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | Path):
        return load(given)
    found = getattr(given, "scenario", None)
    if not isinstance(found, Scenario):
        msg = f"not a scenario: {type(given).__name__}"
        raise UsageError(msg)
    return found


def _check(names: tuple[str, ...], reps: int, jobs: int) -> None:
    if not names:
        msg = "no strategy to compare (name some with --strategy)"
        raise UsageError(msg)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"strategy named twice: {', '.join(twice)}"
        raise UsageError(msg)
    if reps < 2:
        msg = f"{reps} replications show no variation; at least 2 are needed, 200 are sound"
        raise UsageError(msg)
    if jobs < 1:
        msg = f"{jobs} jobs: at least 1 is needed"
        raise UsageError(msg)


def _frame(work: Work, names: tuple[str, ...], cells: list[Cell]) -> pd.DataFrame:
    good = [cell for cell in cells if not cell.failure]
    data: dict[str, Any] = {
        "scenario": [work.scenario.name] * len(good),
        "strategy": [names[cell.strategy] for cell in good],
        "replication": [cell.replication for cell in good],
        "seed": [work.seed] * len(good),
    }
    for index, metric in enumerate(work.metrics):
        data[metric.name] = [cell.values[index] for cell in good]
    frame = pd.DataFrame(data)
    return frame.astype({"replication": "int64", "seed": "int64"})[[*KEYS, *(m.name for m in work.metrics)]]


def _manifest(
    work: Work, names: tuple[str, ...], reps: int, cells: list[Cell], runs: pd.DataFrame
) -> dict[str, Any]:
    scenario = work.scenario
    plans = [Plan(scenario, strategy) for strategy in work.strategies]
    return {
        "format": 1,
        "scenario": {
            "name": scenario.name,
            "question": scenario.question,
            "notes": scenario.notes,
            "sources": list(scenario.sources),
            "hash": scenario.source_hash,
            "horizon_seconds": scenario.horizon,
            "goal": scenario.goal,
            "currency": scenario.currency,
            "threats": [_threat(threat) for threat in scenario.threats],
            "attacker": repr(scenario.attacker),
            "response": repr(scenario.response),
        },
        "strategies": list(names),
        "strategy_parameters": {name: repr(item) for name, item in zip(names, work.strategies, strict=True)},
        "enforced": {name: _enforced(plan) for name, plan in zip(names, plans, strict=True)},
        "seed": work.seed,
        "replications": reps,
        "cells": {
            "done": sum(not cell.failure for cell in cells),
            "failed": [
                {"strategy": names[cell.strategy], "replication": cell.replication, "reason": cell.failure}
                for cell in cells
                if cell.failure
            ],
            "censored": {
                name: sum(cell.censored for cell in cells if cell.strategy == index)
                for index, name in enumerate(names)
            },
        },
        "metrics": [
            {
                "name": metric.name,
                "unit": metric.unit,
                "direction": metric.direction,
                "side": metric.side,
                "says": (metric.__doc__ or "").strip().split("\n\n")[0],
            }
            for metric in work.metrics
        ],
        "reach": {name: _reach(plan.reach, scenario.goal) for name, plan in zip(names, plans, strict=True)},
        "separation": {name: _separation(scenario, plan) for name, plan in zip(names, plans, strict=True)},
        "graph": _graph(scenario, plans[0]),
        "story": _story(work, names, plans, runs),
        "evidence": [asdict(item) for item in scenario.evidence],
        "environment": environment(),
    }


def environment() -> dict[str, Any]:
    """Return what a run could depend on beside its inputs: versions."""
    return {
        "simlab": _version("simlab"),
        "rng_version": RNG_VERSION,
        "python": platform.python_version(),
        **{package: version(package) for package in ("numpy", "simpy", "pandas", "pyarrow", "scipy")},
    }


def _tellable(run: Run) -> list[Event]:
    """Return the first rows of the incident; strikes in a row that are alike count as one."""
    rows: list[Event] = []
    told = 0
    for event in run.incident:
        alike = bool(rows) and event.kind == rows[-1].kind == "strike" and event[1:] == rows[-1][1:]
        told += not alike
        if told > STORY_ROWS:
            break
        rows.append(event)
    return rows


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _threat(threat: Any) -> dict[str, str]:
    return {
        "kind": threat.name,
        "says": (threat.__doc__ or "").strip().split("\n\n")[0],
        "when": threat.when.timing,
        "delay": repr(threat.when.delay),
        "parameters": repr(threat),
    }


def _enforced(plan: Plan) -> dict[str, str]:
    groups = plan.authority.groups
    return {domain: describe(groups[group]) for domain, group in plan.authority.group_of.items()}


def _reach(reach: Reach, goal: str) -> dict[str, Any]:
    resources = {permission.resource: str(permission) for permission in reversed(reach.permissions)}
    return {
        "resources": sorted(reach.resources),
        "facts": len(reach.facts),
        "goal_reached": goal in reach.steps,
        "goal_explained": [asdict(step) for step in reach.explain(goal)],
        "explained": {
            name: [str(step) for step in reach.explain(fact)] for name, fact in sorted(resources.items())
        },
    }


def _separation(scenario: Scenario, plan: Plan) -> list[dict[str, Any]]:
    """Return what a thief of one part of an agent reaches, for the agents that come first by name."""
    agents = [scenario.system.agents[name] for name in sorted(scenario.system.agents)[:MOST_AGENTS]]
    return [asdict(separation(scenario.system, plan.strategy, agent)) for agent in agents]


def _graph(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    graph = network(scenario.system)
    goal = scenario.goal
    if goal not in plan.reach.steps:
        goal = str(plan.reach.permissions[-1]) if plan.reach.permissions else ""
    return {
        "nodes": [{"name": name, **data} for name, data in graph.nodes(data=True)],
        "edges": [{"source": a, "target": b, **data} for a, b, data in graph.edges(data=True)],
        "path": [list(edge) for edge in path_edges(plan.reach, goal)],
        "path_to": goal,
        "path_strategy": plan.label,
    }


def _story(work: Work, names: tuple[str, ...], plans: list[Plan], runs: pd.DataFrame) -> dict[str, Any]:
    """Return the incident of one replication under each strategy: the one that went worst under the first."""
    if runs.empty or "blast_radius" not in runs:
        return {}
    first = runs[runs["strategy"] == names[0]] if (runs["strategy"] == names[0]).any() else runs
    number = int(first["replication"].to_numpy()[first["blast_radius"].to_numpy().argmax()])
    told = {}
    for name, plan in zip(names, plans, strict=True):
        run: Run = simulate(plan, work.seed, number)
        told[name] = [event._asdict() for event in _tellable(run)]
    return {"replication": number, "chosen": f"the largest blast radius under {names[0]}", "rows": told}
