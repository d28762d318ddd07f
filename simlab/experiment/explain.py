"""Why one thing was reached in one run of a study, and which single change would have stopped it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as Folder

from simlab.controls import along, owner
from simlab.errors import (
    NotReachedError,
    ParameterError,
    UnknownNameError,
    UsageError,
)
from simlab.experiment.again import open_whole, run_again
from simlab.experiment.cells import Done
from simlab.experiment.estimates import Estimate
from simlab.experiment.intervals import proportion_interval
from simlab.experiment.results import Results
from simlab.lookup import did_you_mean
from simlab.metrics import METRICS
from simlab.model.access import Strategy
from simlab.model.control import Control
from simlab.model.events import Run
from simlab.model.path import Path, path_to, when
from simlab.model.scenario import Scenario
from simlab.model.system import STEER
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import describe, parse

BEST = 3
"""Controls whose share of runs is looked at."""


@dataclass(frozen=True, slots=True)
class Friction:
    """What a run cost the people who work."""

    denied: float
    """Benign requests denied; a count."""
    failed: float
    """Tasks failed; a count."""
    latency: float
    """[s] added to a task, p95."""

    def __sub__(self, other: Friction) -> Friction:
        """Return what this one costs more."""
        return Friction(self.denied - other.denied, self.failed - other.failed, self.latency - other.latency)


@dataclass(frozen=True, slots=True)
class Tried:
    """The same run with one control changed."""

    control: Control
    owner: str
    time: float
    """[s] when the target was reached, or infinity."""
    friction: Friction

    @property
    def stops(self) -> bool:
        """Return whether the target was not reached."""
        return math.isinf(self.time)


@dataclass(frozen=True, slots=True)
class Share:
    """In how many runs the target is reached, with one control or with none."""

    control: Control | None
    reached: int
    """Runs; a count."""
    spared: int
    """Runs in which it is reached without the control and not with it; a count."""
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Explanation:
    """The way to one thing, and what would have closed it."""

    scenario: Scenario
    strategy: str
    run: Run
    path: Path
    friction: Friction
    tried: tuple[Tried, ...]
    """Those that stop it first, the cheaper first."""
    shares: tuple[Share, ...]
    """Without a control, and with each of the best."""


def explain(
    folder: Folder,
    target: str,
    replication: int,
    strategy: str = "",
    reps: int = 50,
    done: Done = lambda _: None,
) -> Explanation:
    """Return why *target*, a resource or a fact, was reached in a run of the study in *folder*.

    Parameters
    ----------
    strategy
        Of the study; by default the first under which the target was reached in that run.
    reps
        Replications of the study's seed over which the best controls are compared.
    done
        Called with the number of runs finished since the last call.

    Raises
    ------
    StoreError
        If the folder is no study, holds no scenario or a changed one, or the run comes out otherwise.
    NotReachedError
        If the target was not reached in that run.
    """
    results, scenario = open_whole(folder)
    _check(results, scenario, target, replication, reps)
    text, run, path = _run(results, scenario, target, replication, _strategies(results, strategy))
    chosen = parse(text)
    tried = [
        _try(control, scenario, chosen, run, path, owner(path, scenario, control))
        for control in along(path, scenario, chosen)
    ]
    tried.sort(key=_rank)
    best = [each.control for each in tried[:BEST]]
    shares = tuple(_shares(scenario, chosen, target, run.seed, reps, best, done))
    return Explanation(scenario, text, run, path, _friction(run), tuple(tried), shares)


def _check(results: Results, scenario: Scenario, target: str, replication: int, reps: int) -> None:
    known = {*scenario.system.resources, *scenario.system.agents, *scenario.system.secrets}
    known |= {agent.key for agent in scenario.system.agents.values()}
    verb, _, name = target.rpartition(":")
    if verb == STEER:
        msg = f"E410 no row of a run says when '{target}' began; ask for what the session was used for"
        raise NotReachedError(msg)
    if name not in (names := known if verb else set(scenario.system.resources)):
        msg = f"E201 the scenario has no '{name}' ({did_you_mean(name, names)})"
        raise UnknownNameError(msg)
    made = int(results.manifest["replications"])
    if not 0 <= replication < made:
        msg = f"E104 the study has no run {replication} (replications 0 to {made - 1})"
        raise ParameterError(msg)
    if reps < 1:
        msg = f"E104 {reps} replications: at least 1 is needed, 50 are sound"
        raise UsageError(msg)


def _strategies(results: Results, asked: str) -> tuple[str, ...]:
    """Return the strategy that is *asked* for, or else all that can be built here: none of a notebook."""
    if not asked:
        return tuple(text for text in results.strategies if _is_known(text))
    text = describe(parse(asked))
    if text not in results.strategies:
        msg = f"E201 the study has no strategy '{text}' ({did_you_mean(text, results.strategies)})"
        raise UnknownNameError(msg)
    return (text,)


def _is_known(text: str) -> bool:
    try:
        return describe(parse(text)) == text
    except (UnknownNameError, ParameterError):
        return False


def _run(
    results: Results, scenario: Scenario, target: str, replication: int, strategies: tuple[str, ...]
) -> tuple[str, Run, Path]:
    """Return the first of *strategies* under which the run reached *target*, the run, and the way."""
    reached: dict[str, list[str]] = {}
    for text in strategies:
        run = run_again(results, scenario, text, replication)
        path = path_to(run, target)
        if path is not None:
            return text, run, path
        facts = {cause.fact for cause in run.causes if cause.sort != "strike"}
        things = {permission.resource for permission in run.taken()}
        reached[text] = sorted(facts if ":" in target else things)
    instead = "; ".join(f"under {text}: {', '.join(names) or 'nothing'}" for text, names in reached.items())
    found = {name for names in reached.values() for name in names}
    hint = f"; {did_you_mean(target, found)}" if found else ""
    msg = f"E410 '{target}' was not reached in run {replication} (reached {instead or 'under no known strategy'}{hint})"
    raise NotReachedError(msg)


def _try(control: Control, scenario: Scenario, strategy: Strategy, run: Run, path: Path, whose: str) -> Tried:
    """Return what comes of the same run with *control*."""
    other = simulate(Plan(*control.apply(scenario, strategy)), run.seed, run.replication)
    return Tried(control, whose, when(other, path.target), _friction(other) - _friction(run))


def _friction(run: Run) -> Friction:
    denied, failed, latency = (
        METRICS[name].compute(run) for name in ("denied", "tasks_failed", "latency_p95")
    )
    return Friction(denied, failed, latency)


def _rank(tried: Tried) -> tuple[object, ...]:
    cost = tried.friction
    return (not tried.stops, cost.failed, cost.denied, cost.latency, tried.control.says)


def _shares(
    scenario: Scenario,
    strategy: Strategy,
    target: str,
    seed: int,
    reps: int,
    best: list[Control],
    done: Done,
) -> Iterator[Share]:
    def reached(what: Scenario, how: Strategy) -> list[bool]:
        plan, found = Plan(what, how), []
        for number in range(reps):
            found.append(math.isfinite(when(simulate(plan, seed, number), target)))
            done(1)
        return found

    base = reached(scenario, strategy)
    yield Share(None, sum(base), 0, proportion_interval(sum(base), reps))
    for control in best:
        found = reached(*control.apply(scenario, strategy))
        spared = sum(before and not after for before, after in zip(base, found, strict=True))
        yield Share(control, sum(found), spared, proportion_interval(sum(found), reps))
