"""One run of a study made again, from its folder alone, and held to the row that the study has of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simlab.errors import ChangedRunError, StoreError
from simlab.experiment.results import Results
from simlab.experiment.store import open_scenario, open_study
from simlab.experiment.study import environment
from simlab.metrics import METRICS
from simlab.model.events import Run
from simlab.model.scenario import Scenario
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse


def open_whole(folder: Path) -> tuple[Results, Scenario]:
    """Return the results of the study in *folder*, and the scenario that they are of.

    Raises
    ------
    StoreError
        If it is no study, lacks something, or holds no scenario or a changed one.
    """
    results = open_study(folder)
    wanted = {"scenario", "seed", "replications", "environment"} - set(results.manifest)
    wanted |= {"strategy", "replication", *(metric.name for metric in results.metrics)} - set(results.runs)
    if wanted:
        msg = f"the study '{folder}' is damaged: it has no {', '.join(sorted(wanted))}"
        raise StoreError(msg)
    return results, open_scenario(folder, results)


def run_again(results: Results, scenario: Scenario, strategy: str, replication: int) -> Run:
    """Return the run of a study, made again with a trace.

    Raises
    ------
    ChangedRunError
        If it does not come to the row that the study has of it.
    """
    run = simulate(Plan(scenario, parse(strategy)), int(results.manifest["seed"]), replication, trace=True)
    rows = results.runs[(results.runs["strategy"] == strategy) & (results.runs["replication"] == replication)]
    where = f"run {replication} under {strategy}"
    if rows.empty:
        msg = f"E408 {where} failed when the study was made, so there is nothing to explain"
        raise ChangedRunError(msg)
    for metric in results.metrics:
        if metric.name not in METRICS:  # one of a notebook, which the study knows by name only
            continue
        old, new = float(rows[metric.name].iloc[0]), METRICS[metric.name].compute(run)
        if old != new:
            then, now = _versions(results.manifest["environment"]), _versions(environment())
            msg = f"E408 {where} does not come out as in the study: {metric.name} was {old:g}, and is {new:g}"
            raise ChangedRunError(f"{msg} (the study: {then}; here: {now})")
    return run


def _versions(made: dict[str, Any]) -> str:
    named = {"simlab": "simlab", "rng": "rng_version", "numpy": "numpy", "Python": "python"}
    return ", ".join(f"{name} {made.get(key)}" for name, key in named.items())
