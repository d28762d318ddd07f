"""Results for the terminal: plain tables, nothing that a pipe could not carry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simlab.experiment.results import Results
from simlab.graph import Reach
from simlab.model.events import Event, Run
from simlab.units import duration
from simlab.verify import Outcome

SHOWN = (
    "blast_radius", "weighted_blast_radius", "exfiltrated", "goal", "time_to_goal", "loss", "latency_p50",
    "latency_p95", "denied", "tasks_failed", "credentials_issued", "standing_hours",
)  # fmt: skip
"""Metrics of the short table; the report shows all."""

SHOWN_IF_ANY = frozenset(
    {"waved_through", "approvals_per_hour", "approval_wait_mean", "glass_broken", "soc_wait_mean"}
)
"""Metrics of people, for scenarios in which there are any."""

COLOURS = {"better": "green", "worse": "red", "undecided": "yellow"}
"""Verdicts that stand out; the others are dim."""


def number(value: float) -> str:
    """Return *value* to three significant digits.

    Examples
    --------
    >>> number(1234.5), number(0.02), number(3.0)
    ('1,234', '0.02', '3')
    """
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def comparison(results: Results, console: Console) -> None:
    """Print each metric under each strategy: mean, interval, and the verdict against the first."""
    rows = {(row["metric"], row["strategy"]): row for row in results.summary().to_dict("records")}
    compared = results.comparison().to_dict("records") if len(results.strategies) > 1 else []
    verdicts = {(row["metric"], row["strategy"]): str(row["verdict"]) for row in compared}
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("metric")
    for strategy in results.strategies:
        table.add_column(strategy, justify="right", overflow="fold")
    for metric in results.metrics:
        keys = [(metric.name, strategy) for strategy in results.strategies]
        shown = metric.name in SHOWN or (
            metric.name in SHOWN_IF_ANY and any(key in rows and rows[key]["mean"] for key in keys)
        )
        if shown and all(key in rows for key in keys):
            cells = [_cell(rows[key], verdicts.get(key, "")) for key in keys]
            style = "" if metric.side == "harm" else "cyan"
            table.add_row(f"{metric.name} [{metric.unit}]", *cells, style=style)
        if metric.name == "blast_radius":
            bounds = (str(results.reach().get(name, "")) for name in results.strategies)
            table.add_row("reach, its bound [resources]", *bounds)
    console.print(table)
    _print_how(results, console)


def pairs(table: pd.DataFrame, console: Console) -> None:
    """Print what differs between two scenarios: a row for each metric, a column for each strategy."""
    rows = {(row["metric"], row["strategy"]): row for row in table.to_dict("records")}
    strategies = list(dict.fromkeys(table["strategy"]))
    first = table.iloc[0]
    console.print(f"{first['scenario']} minus {first['other']}", style="bold")
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("metric")
    for strategy in strategies:
        shown.add_column(strategy, justify="right", overflow="fold")
    for (metric, strategy), row in rows.items():
        if strategy == strategies[0] and metric in SHOWN:
            cells = [_difference(rows[metric, name]) for name in strategies]
            shown.add_row(f"{metric} [{row['unit']}]", *cells, style="" if row["side"] == "harm" else "cyan")
    console.print(shown)
    console.print(
        f"n = {first['n']} pairs on common seeds; mean difference [95 % interval]; verdicts are Holm-adjusted within a "
        "strategy.", style="dim",
    )  # fmt: skip


def _difference(row: dict[Hashable, Any]) -> Text:
    said = str(row["verdict"])
    cell = Text(f"{number(row['difference'])} [{number(row['low'])}, {number(row['high'])}]")
    return cell.append(f" {said}", COLOURS.get(said, "dim"))


def _cell(row: dict[Hashable, Any], said: str) -> Text:
    cell = Text(f"{number(row['mean'])} [{number(row['low'])}, {number(row['high'])}]")
    return cell.append(f" {said}", COLOURS.get(said, "dim")) if said else cell


def _print_how(results: Results, console: Console) -> None:
    manifest, first = results.manifest, results.strategies[0]
    timed = ", ".join(f"{threat['kind']} {threat['when']}" for threat in manifest["scenario"]["threats"])
    console.print(
        f"n = {manifest['replications']} runs each, seed {manifest['seed']}; mean [95 % interval]; verdicts are "
        f"paired, against {first}, Holm-adjusted. Threat timing: {timed or 'no threat'}.",
        style="dim",
    )
    failed = manifest["cells"]["failed"]
    if failed:
        console.print(f"{len(failed)} runs failed and are left out: {failed[0]['reason']}", style="red")


def reach(found: Reach, console: Console, explain: str = "") -> None:
    """Print what can be reached, and one explanation of each thing or of *explain*."""
    console.print(f"{found.strategy}: {len(found.resources)} resources can be reached", style="bold")
    if found.system.policy:
        console.print("  Roles change during the run: what any of the policies allows counts.")
    facts = [explain] if explain else [str(permission) for permission in found.permissions]
    if not explain:
        facts += [fact for fact in found.facts if fact.startswith("exfiltrate:")]
    for fact in facts:
        steps = found.explain(fact)
        if not steps:
            console.print(f"  {fact}: cannot be reached")
            continue
        console.print(f"  {fact}")
        for step in steps:
            console.print(f"      {step}", style="dim", soft_wrap=True)
    console.print("Reach says what could happen, not that it can be exploited.", style="dim")


def story(run: Run, console: Console) -> None:
    """Print one run, row by row."""
    rows: Iterable[Event] = run.incident if run.trace is None else run.trace
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("time", "who", "what", "agent", "credential", "decision", "reason", "policy"):
        table.add_column(column, no_wrap=column in {"time", "who", "decision"}, overflow="fold")
    for event in rows:
        asked = f"{event.action}:{event.resource}" if event.resource else event.kind
        what = asked if event.kind == "request" else f"{event.kind} {asked}" if event.resource else event.kind
        decision = ("allowed" if event.allowed else "denied") if event.kind == "request" else ""
        style = {"intruder": "red", "responder": "yellow"}.get(event.actor, "")
        agent = event.chain or event.agent
        table.add_row(
            duration(event.time), event.actor, what, agent, event.credential, decision, event.reason, event.policy,
            style=style,
        )  # fmt: skip
    console.print(table)


def outcomes(found: list[tuple[str, Outcome]], console: Console) -> None:
    """Print expected and observed numbers, and what missed."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("scenario", "strategy", "number", "expected", "observed", "z", "n", ""):
        table.add_column(column, justify="right" if column in {"expected", "observed", "z", "n"} else "left")
    for name, outcome in found:
        want = outcome.expectation
        table.add_row(
            name, want.strategy, f"{want.metric} {want.statistic}", f"{want.value:.9g}", f"{outcome.observed:.6g}",
            f"{outcome.z:+.2f}" if outcome.standard_error else "", str(outcome.n),
            Text("holds", "green") if outcome.holds else Text("MISSED", "red"),
        )  # fmt: skip
    console.print(table)
