"""The tables of a report: harm beside friction beside governance, and every metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simlab.report.numbers import number, scale, share, unseen
from simlab.report.study import Study
from simlab.report.terms import label

SIDES = ("harm", "friction", "governance")
USUAL = {
    "harm": ("blast_radius", "goal", "exfiltrated", "loss"),
    "friction": ("latency_p95", "denied", "tasks_failed"),
    "governance": ("standing_hours", "explicit_share"),
}
"""Columns of the first table, where the study has them and they say something."""
SCALED = frozenset({"seconds", "hours", "probability"})
"""Units that are written in the cells, because they are scaled there; the others stand in the heading."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric under one strategy: never a number alone."""

    value: str
    n: str = ""
    difference: str = ""
    """Against the first strategy, run by run."""
    verdict: str = ""
    warning: str = ""
    bound: str = ""
    """What the graph says that no run exceeds."""


@dataclass(frozen=True, slots=True)
class Column:
    """A metric as the head of a column or row."""

    name: str
    words: str
    unit: str
    says: str
    direction: str


def columns(study: Study, side: str, *, every: bool) -> list[Column]:
    """Return the metrics of *side*: *every* one, or those that a first look needs."""
    known = [metric for metric in study.results.metrics if metric.side == side]
    if not every:
        found = {metric.name: metric for metric in known}
        usual = [found[name] for name in USUAL[side] if name in found]
        known = [metric for metric in usual if _says_something(study, metric.name)] or usual or known[:3]
    good = {"lower": "lower is better", "higher": "higher is better", "neither": "not judged"}
    return [
        Column(
            metric.name,
            label(metric.name),
            metric.unit,
            " ".join((metric.__doc__ or "").strip().split("\n\n")[0].split()),
            good.get(metric.direction, ""),
        )
        for metric in known
    ]


@dataclass(frozen=True, slots=True)
class Side:
    """The metrics of one side of the balance."""

    name: str
    telling: list[Column]
    """Those by which the strategies differ, or may."""
    same: list[Column]
    """Those that are the same in each pair of runs; of one strategy alone, those that are 0 throughout."""


def sides(study: Study) -> list[Side]:
    """Return every metric by side, what tells the strategies apart first."""
    found = []
    for side in SIDES:
        every = columns(study, side, every=True)
        telling = [column for column in every if _tells(study, column.name)]
        found.append(Side(side, telling, [column for column in every if column not in telling]))
    return found


def _tells(study: Study, metric: str) -> bool:
    pairs = [study.pairs.get((metric, strategy)) for strategy in study.results.strategies]
    if len(pairs) == 1:
        return bool(study.seen(metric, study.results.strategies[0]))
    return any(pair and (pair["low"], pair["high"]) != (0, 0) for pair in pairs)


def _says_something(study: Study, metric: str) -> bool:
    if metric in {"blast_radius", "latency_p95", "tasks_failed"} or (metric == "goal" and study.goal):
        return True
    return any(study.seen(metric, strategy) for strategy in study.results.strategies)


def cell(study: Study, metric: str, strategy: str) -> Cell:
    """Return what the study says of *metric* under *strategy*."""
    row = study.means.get((metric, strategy))
    if row is None:
        return Cell("no run ended")
    n, warning = int(row["n"]), str(row["warning"])
    value = study.mean(metric, strategy, unit=row["unit"] in SCALED)
    if (
        row["unit"] == "probability"
        and 0 <= row["mean"] <= 1
        and study.results.values(metric, strategy).isin([0, 1]).all()
    ):
        value, warning = share(int(row["nonzero"]), n), ""
        value = value.removeprefix("in ").replace(f" of {n} runs", f" of {n}")
    elif row["low"] == row["high"]:
        factor, unit = scale(abs(row["mean"]), row["unit"] if row["unit"] in SCALED else "")
        value = f"{number(row['mean'] * factor)} {unit}".strip()
        warning = f"the same in all runs; at most {unseen(n)} could differ"
    pair = study.pairs.get((metric, strategy))
    bound = study.reach(strategy).get("resources") if metric == "blast_radius" else None
    return Cell(
        value=value,
        n=f"n = {n}",
        difference=_difference(study, metric, strategy),
        verdict=str(pair["verdict"]) if pair else "",
        warning=warning,
        bound="" if bound is None else f"reach {len(bound)}",
    )


def _difference(study: Study, metric: str, strategy: str) -> str:
    pair = study.pairs.get((metric, strategy))
    if pair is None or pair["verdict"] == "identical":
        return ""
    return study.difference(metric, strategy, unit=pair["unit"] in SCALED)


def ends(study: Study) -> list[dict[str, str]]:
    """Return how the runs of each strategy ended: done, failed, and censored."""
    cells = study.manifest.get("cells", {})
    wanted = int(study.manifest.get("replications", 0))
    rows = []
    for strategy in study.results.strategies:
        done = int((study.results.runs["strategy"] == strategy).sum())
        failed = [item for item in cells.get("failed", []) if item["strategy"] == strategy]
        censored = int(cells.get("censored", {}).get(strategy, 0))
        reasons = sorted({str(item["reason"]) for item in failed})
        rows.append(
            {
                "strategy": strategy,
                "done": f"{done} of {wanted}",
                "failed": f"{len(failed)} ({'; '.join(reasons)})" if failed else "0",
                "censored": share(censored, done) if study.goal else "no goal is set",
            }
        )
    return rows


def separation(study: Study) -> list[dict[str, Any]]:
    """Return a row for each agent and each part of it that can be stolen: what is within reach by strategy."""
    known = study.manifest.get("separation", {})
    strategies = [known.get(strategy, []) for strategy in study.results.strategies]
    if not all(strategies):
        return []
    return [
        {
            "agent": agents[0]["agent"],
            "first": part == "secret",
            "part": part,
            "counts": ["attested" if agent[part] is None else agent[part] for agent in agents],
        }
        for agents in zip(*strategies, strict=True)
        for part in ("secret", "identity", "execution")
    ]
