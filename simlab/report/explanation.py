"""Why something was reached in one run: hop by hop in words, and what would have stopped it."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simlab.experiment.explain import Explanation, Share, Tried
from simlab.model.causes import Cause, Terms
from simlab.model.path import Hop
from simlab.report.numbers import plural, share
from simlab.report.story import tell
from simlab.report.terms import because, fact
from simlab.units import duration as _duration

CAUTION = (
    "n = 1: this one run again, with the same draws of chance and one thing changed. What stops it here need not stop "
    "it in another run, and a control without friction here may have some there."
)


def duration(value: float) -> str:
    """Return *value* [s] as text, nought without a unit."""
    return _duration(value) if value else "0"


def print_explanation(found: Explanation, console: Console) -> None:
    """Print the hops, the controls and their shares."""
    run = found.run
    console.print(
        f"{found.path.target} was reached at {duration(found.path.time)} in run {run.replication} of {run.scenario} "
        f"under {found.strategy}, seed {run.seed}",
        style="bold",
    )
    for number, hop in enumerate(found.path.hops):
        _print_hop(number, hop, console)
    console.print()
    _print_tried(found, console)
    console.print()
    _print_shares(found.shares, console)


def _print_hop(number: int, hop: Hop, console: Console) -> None:
    said = told(hop)
    console.print(f"\n{number}  {said.pop('time')}  {said.pop('what')}", style="red", soft_wrap=False)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in said.items():
        for line in text if isinstance(text, list) else [text]:
            table.add_row(name, line)
            name = ""  # noqa: PLW2901 (said once for several lines)
    console.print(Padding(table, (0, 0, 0, 3), expand=False))


def told(hop: Hop) -> dict[str, Any]:
    """Return *hop* in words, line by line: what, by way of what, with what, and what it gave."""
    cause, event = hop.cause, hop.cause.event
    said: dict[str, Any] = {"time": duration(cause.time)}
    if cause.sort == "ask" and event is not None:
        said["what"] = f"asks for {cause.fact}"
        said["because"] = f"the attacker {fact(cause.by)}"
        if cause.terms:
            said |= {"credential": _credential(cause.terms, cause.time), "granted": _grant(cause)}
        said["chain"] = _chain(cause)
        said["decided"] = f"allowed in {event.domain} by {event.policy}: {because(event.reason)}"
    else:
        said["what"] = tell([event._asdict()])[0].what if event else fact(cause.fact)
        said["threat"] = f"{cause.by}{f', by the work of {cause.agent}' if cause.agent else ''}"
        if cause.terms:
            said["credential"] = _credential(cause.terms, cause.time)
    if hop.gave:
        said["gave"] = [_gave(each) for each in hop.gave]
    return said


def _credential(terms: Terms, now: float) -> str:
    old = f"issued at {duration(terms.issued)}, {duration(now - terms.issued)} before"
    ends = "never expires" if math.isinf(terms.expires) else f"expires at {duration(terms.expires)}"
    from_ = f", derived from {terms.parent}" if terms.parent else ""
    bound = "bound to its holder" if terms.bound else "not bound to its holder"
    return f"{terms.credential}{from_}: {old}; {ends}; covers {plural(terms.scope, 'permission')}; {bound}"


def _grant(cause: Cause) -> str:
    terms = cause.terms
    if terms is None or (cause.event and cause.event.policy == "secret"):
        return "by no strategy: a secret that nobody governs"
    grace = f", the old one lives {duration(terms.grace)} on" if terms.grace else ""
    if terms.standing:
        often = "never replaced" if math.isinf(terms.ttl) else f"replaced every {duration(terms.ttl)}"
        return f"standing, {often}{grace}"
    task = cause.event.task if cause.event else ""
    return f"for one task{f' ({task})' if task else ''}, {duration(terms.ttl)} at most{grace}"


def _chain(cause: Cause) -> str:
    if cause.event is None or not cause.event.chain:
        return "none: an outsider presents it, for no task"
    chain = cause.event.chain.replace(">", " → ")
    task = f" (task {cause.event.task})" if cause.event.task else " (between tasks)"
    return f"{cause.principal or 'no principal'} → {chain}{task}"


def _gave(cause: Cause) -> str:
    time = duration(cause.time)
    if cause.sort == "find" and cause.terms:
        return f"{time}: holds {cause.terms.credential} ({cause.by})"
    if cause.sort == "obey" and cause.event:
        return f"{time}: {tell([cause.event._asdict()])[0].what}: {cause.by}"
    if cause.sort == "rule":
        return f"{time}: {fact(cause.fact)}, by the rule “{cause.by}”"
    if cause.sort == "carry":
        return f"{time}: {fact(cause.fact)} by {cause.by}"
    return f"{time}: {fact(cause.fact)}"


def _print_tried(found: Explanation, console: Console) -> None:
    stop = sum(each.stops for each in found.tried)
    console.print(
        f"{stop} of {plural(len(found.tried), 'single change')} would have stopped it", style="bold"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("change", overflow="fold", ratio=1)
    table.add_column(found.path.target, no_wrap=True)
    for name in ("denied", "failed", "p95"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("owner", overflow="fold")
    for each in found.tried:
        table.add_row(each.control.says, _then(each, found.path.time), *_costs(each), each.owner)
    console.print(table)
    base = found.friction
    console.print(
        f"denied requests, failed tasks and latency added at p95, against the run as it was ({base.denied:g}, "
        f"{base.failed:g}, {duration(base.latency)}). {CAUTION}",
        style="dim",
    )


def _then(each: Tried, before: float) -> Text:
    if each.stops:
        return Text("not reached", "green")
    word = "sooner" if each.time < before else "later" if each.time > before else "still"
    return Text(f"{word}, {duration(each.time)}", "yellow" if word == "later" else "red")


def _costs(each: Tried) -> tuple[str, str, str]:
    cost = each.friction
    latency = f"{'+' if cost.latency > 0 else ''}{duration(cost.latency)}"
    return (f"{cost.denied:+g}" if cost.denied else "0", f"{cost.failed:+g}" if cost.failed else "0", latency)


def _print_shares(shares: tuple[Share, ...], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("change", overflow="fold", ratio=1)
    table.add_column("reached", overflow="fold")
    table.add_column("spared", justify="right", no_wrap=True)
    for each in shares:
        control, estimate = each.control, each.estimate
        spared = f"{each.spared} runs" if control else ""
        table.add_row(control.says if control else "none", share(each.reached, estimate.n), spared)
    console.print(f"The same over n = {shares[0].estimate.n} runs of the seed", style="bold")
    console.print(table)
    console.print("share of runs [95 % interval, Wilson]; spared: reached without, not with it", style="dim")


def as_dict(found: Explanation) -> dict[str, Any]:
    """Return everything, for another program; what never happens is null."""
    run = found.run
    return {
        "scenario": run.scenario,
        "strategy": found.strategy,
        "seed": run.seed,
        "replication": run.replication,
        "target": found.path.target,
        "time": found.path.time,
        "hops": [_hop_dict(hop) for hop in found.path.hops],
        "friction": asdict(found.friction),
        "controls": [_tried_dict(each) for each in found.tried],
        "n": 1,
        "caution": CAUTION,
        "shares": [
            {
                "control": _control_dict(each.control) if each.control else None,
                "reached": each.reached,
                "spared": each.spared,
                "n": each.estimate.n,
                "share": each.estimate.value,
                "low": each.estimate.interval.low,
                "high": each.estimate.interval.high,
                "level": each.estimate.interval.level,
                "warning": each.estimate.warning,
            }
            for each in found.shares
        ],
    }


def _hop_dict(hop: Hop) -> dict[str, Any]:
    return {**_cause_dict(hop.cause), "gave": [_cause_dict(each) for each in hop.gave], "words": told(hop)}


def _cause_dict(cause: Cause) -> dict[str, Any]:
    event, terms = cause.event, cause.terms
    plain = cause._asdict()
    plain["event"] = event._asdict() if event else None
    plain["terms"] = {name: _finite(value) for name, value in terms._asdict().items()} if terms else None
    return plain


def _tried_dict(each: Tried) -> dict[str, Any]:
    return {
        **_control_dict(each.control),
        "owner": each.owner,
        "stops": each.stops,
        "time": _finite(each.time),
        "friction": asdict(each.friction),
    }


def _control_dict(control: Any) -> dict[str, Any]:
    return {"control": control.name, "says": control.says, "parameters": asdict(control)}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and math.isinf(value) else value
