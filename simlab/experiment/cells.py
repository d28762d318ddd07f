"""Cells of a study: one replication under one strategy, here or in worker processes.

A cell depends on nothing but the scenario, the strategy, the seed and its number. So results do not depend
on how many workers there are, or in which order they finish.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler

from simlab.errors import SimlabError
from simlab.metrics import METRICS
from simlab.model.access import Strategy
from simlab.model.events import Metric
from simlab.model.scenario import Scenario
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan

CHUNK = 16
"""Replications that a worker does before it reports."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one replication came to."""

    strategy: int
    """Index into the strategies of the study."""
    replication: int
    values: tuple[float, ...]
    """One for each metric; empty where the cell failed."""
    censored: bool = False
    """Whether a goal was wanted and not reached before the horizon."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker needs to know, sent once."""

    scenario: Scenario
    strategies: tuple[Strategy, ...]
    metrics: tuple[Metric, ...]
    seed: int


Done = Callable[[int], None]


def run_cells(work: Work, replications: int, jobs: int, done: Done) -> list[Cell]:
    """Return every cell, ordered by strategy and replication; ``done(n)`` hears of each *n* finished."""
    chunks = [
        (strategy, range(start, min(start + CHUNK, replications)))
        for start in range(0, replications, CHUNK)
        for strategy in range(len(work.strategies))
    ]
    spread = jobs > 1 and len(chunks) > 1 and _travels(work)
    cells: list[Cell] = []
    for part in _spread(work, chunks, jobs) if spread else _here(work, chunks):
        cells += part
        done(len(part))
    return sorted(cells, key=lambda cell: (cell.strategy, cell.replication))


def _travels(work: Work) -> bool:
    # A strategy that was written in a notebook cell cannot be sent to another process.
    if any(type(part).__module__ == "__main__" for part in (*work.strategies, *work.metrics)):
        return False
    try:
        ForkingPickler.dumps(work)
    except Exception:  # noqa: BLE001 (whatever keeps it from travelling, it can still be done here)
        return False
    return True


def _here(work: Work, chunks: Sequence[tuple[int, range]]) -> Iterator[list[Cell]]:
    plans: dict[int, Plan] = {}
    for strategy, numbers in chunks:
        yield [_cell(work, plans, strategy, number) for number in numbers]


def _spread(work: Work, chunks: Sequence[tuple[int, range]], jobs: int) -> Iterator[list[Cell]]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(chunks)), context, _prepare, (work,))
    try:
        futures = [pool.submit(_chunk, strategy, numbers) for strategy, numbers in chunks]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_worker: list[tuple[Work, dict[int, Plan]]] = []


def _prepare(work: Work) -> None:
    # An interrupt is the parent's to handle: it stops handing out work, and the workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [(work, {})]


def _chunk(strategy: int, numbers: range) -> list[Cell]:
    work, plans = _worker[0]
    return [_cell(work, plans, strategy, number) for number in numbers]


def _cell(work: Work, plans: dict[int, Plan], strategy: int, number: int) -> Cell:
    try:
        if strategy not in plans:
            plans[strategy] = Plan(work.scenario, work.strategies[strategy])
        run = simulate(plans[strategy], work.seed, number)
    except SimlabError as error:
        return Cell(strategy, number, (), failure=str(error))
    censored = bool(run.goal) and run.reached(run.goal) >= run.horizon
    return Cell(strategy, number, tuple(metric.compute(run) for metric in work.metrics), censored)


def default_metrics() -> tuple[Metric, ...]:
    """Return every registered metric, in the order of the columns."""
    return tuple(METRICS.values())
