"""Plots of results: how a metric is spread, what differs pair by pair, and what less harm costs.

Each strategy has one colour and one marker in all plots of a study. Axes come from the caller or from a
figure of their own, never from pyplot's global state; names are drawn as text, never as formulae.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simlab.experiment.results import Results

COLOURS = ("#4d4d4d", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9")
"""Dark grey, then colours that people with any colour vision can tell apart (Okabe and Ito 2008)."""
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
SIDES = ("harm", "friction", "governance")
HEADLINES = ("blast_radius", "exfiltrated", "goal", "loss", "latency_p95", "tasks_failed", "standing_hours")
"""Metrics that are drawn if nobody asks for others."""
WIDTH = 8.8
"""[inches] of a figure of its own."""
MOST_VALUES, NARROW = 40, 0.035
"""Whole numbers up to which each has a bar of its own; share of the axis below which none is written on."""
PLAIN: dict[str, Any] = {"parse_math": False}
BACK = {"facecolor": "white", "linewidth": 0, "pad": 0.2}
Entry = dict[str, Any]


def style(results: Results, strategy: str) -> tuple[str, str]:
    """Return the colour and the marker of *strategy*, the same in every plot of the study."""
    place = results.strategies.index(strategy)
    return COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]


def short(name: str, most: int = 26) -> str:
    """Return *name* on one line and no longer than *most* characters, its middle left out if need be."""
    return line if len(line := " ".join(name.split())) <= most else f"{line[: most - 8]}…{line[-7:]}"


def plot_distribution(results: Results, metric: str = "blast_radius", ax: Axes | None = None) -> Axes:
    """Return axes with the distribution of *metric* over runs: a row of bars for each strategy.

    Bars are shares of runs, all on one scale; the mark below is the mean with its 95 % interval; the dashed
    line is the reach, which bounds the blast radius.
    """
    samples = {name: values for name in results.strategies if len(values := results.values(metric, name))}
    axes = _axes(len(samples) + 0.75) if ax is None else ax
    reach = results.reach() if metric == "blast_radius" else {}
    everything = np.array([0.0, *(x for values in samples.values() for x in values), *reach.values()])
    width = _bin_width(everything)
    bars = {name: _shares(values.to_numpy(), width) for name, values in samples.items()}
    tallest = max((share for shares in bars.values() for share in shares.values()), default=1.0)
    means = _means(results, metric)
    for row, name in enumerate(samples):
        colour, marker = style(results, name)
        _draw_bars(axes, -row, bars[name], (tallest, width, float(np.ptp(everything))), colour)
        arms, mean = _arms(means[name], "mean"), means[name]["mean"]
        axes.errorbar(mean, -row - 0.13, None, arms, marker, color=colour, ms=5, capsize=3)
        if name in reach:
            axes.plot([reach[name]] * 2, [-row, 0.7 - row], color="black", ls="--", lw=1.1)
            axes.text(reach[name], 0.76 - row, f"reach {reach[name]}", ha="center", va="center", fontsize=8)
    rows = [f"{short(name)}\nmean {_brief(means[name], 'mean')}\nn = {means[name]['n']}" for name in samples]
    _name_rows(axes, rows, [style(results, name)[0] for name in samples])
    axes.set_ylim(0.65 - max(len(samples), 1), 0.85)
    axes.set_xlabel(f"{metric} [{results.metric(metric).unit}], with mean and 95 % interval", **PLAIN)
    return axes


def plot_paired(
    results: Results, metrics: Sequence[str] | None = None, against: str | None = None, ax: Axes | None = None
) -> Axes:
    """Return axes with paired differences and their 95 % intervals, harm above friction above governance.

    Each metric is divided by its largest mean under any strategy: −100 % is all of it gone and +100 % all of
    it new, also where the mean under *against* is zero. At the right: the difference, and the verdict.
    """
    base = against or results.strategies[0]
    rows = _pairs(results, base, metrics)
    axes = _axes(0.29 * len(rows) + 1.0) if ax is None else ax
    farthest = 100.0
    for row, pair in enumerate(rows):
        drawn = {key: 100 * pair[key] / pair["largest"] for key in ("difference", "low", "high")}
        farthest = max(farthest, *(min(abs(value), 200.0) for value in drawn.values()))
        arms, (colour, marker) = _arms(drawn, "difference"), style(results, pair["strategy"])
        axes.errorbar(drawn["difference"], -row, None, arms, marker, color=colour, ms=5, capsize=3)
        said = f"{_brief(pair, 'difference')} {pair['unit']}: {pair['verdict']}"
        axes.text(1.015, -row, said, transform=axes.get_yaxis_transform(), va="center", fontsize=8, **PLAIN)
        if row and rows[row - 1]["side"] != pair["side"]:
            axes.axhline(0.5 - row, color="black", lw=0.8)
    axes.axvline(0, color="black", lw=0.8)
    axes.set(xlim=(-1.06 * farthest, 1.06 * farthest), ylim=(0.4 - max(len(rows), 1), 0.6))
    labels = [f"{pair['metric']} · {short(pair['strategy'])}" for pair in rows]
    _name_rows(axes, labels, [style(results, pair["strategy"])[0] for pair in rows])
    pairs = min((pair["n"] for pair in rows), default=0)
    axes.set_xlabel(f"difference from {short(base)} in % of the largest mean, n = {pairs} pairs", **PLAIN)
    return axes


def plot_frontier(
    results: Results, harm: str = "blast_radius", friction: str = "latency_p95", ax: Axes | None = None
) -> Axes:
    """Return axes with each strategy's mean harm over its mean friction: near the origin is good."""
    axes = _axes(4.0) if ax is None else ax
    across, upward = _means(results, friction), _means(results, harm)
    for entries, limit in ((across, axes.set_xlim), (upward, axes.set_ylim)):
        ends = [entry[key] for entry in entries.values() for key in ("low", "high", "mean")]
        ends = [end for end in ends if math.isfinite(end)] or [0.0]
        limit(min(0.0, *ends), 1.3 * max(ends) or 1.0)
    wide, tall = axes.get_xlim()[1], axes.get_ylim()[1]
    taken: list[tuple[float, float]] = []
    for name, up in upward.items():
        x, y, (colour, marker) = across[name]["mean"], up["mean"], style(results, name)
        aside, upright = _arms(across[name], "mean"), _arms(up, "mean")
        axes.errorbar(x, y, upright, aside, marker, color=colour, ms=7, capsize=3, clip_on=False, zorder=3)
        near = [other for at, other in taken if abs(x - at) <= wide / 5 and abs(y - other) <= tall / 16]
        offset = (9, 6 + sum(12 if y >= other else -18 for other in near))
        axes.annotate(f"{short(name)} (n = {up['n']})", (x, y), offset, textcoords="offset points", **PLAIN)
        taken.append((x, y))
    axes.set_xlabel(f"{friction} [{results.metric(friction).unit}], mean with 95 % interval", **PLAIN)
    axes.set_ylabel(f"{harm} [{results.metric(harm).unit}], mean with 95 % interval", **PLAIN)
    axes.grid(color="#dddddd", lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _axes(height: float) -> Axes:
    return Figure(figsize=(WIDTH, height), layout="constrained").add_subplot()


def _records(frame: pd.DataFrame) -> list[Entry]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _means(results: Results, metric: str) -> dict[str, Entry]:
    return {row["strategy"]: row for row in _records(results.summary()) if row["metric"] == metric}


def _pairs(results: Results, base: str, metrics: Sequence[str] | None) -> list[Entry]:
    """Return the rows of the comparison to be drawn, in order, each with the largest mean of its metric."""
    means = [(row["metric"], abs(row["mean"])) for row in _records(results.summary())]
    largest = {metric: max(mean for name, mean in means if name == metric) for metric, _ in means}
    present = [name for name in HEADLINES if largest.get(name)] or [metric.name for metric in results.metrics]
    chosen = [results.metric(name).name for name in (present if metrics is None else metrics)]
    rows = [row for row in _records(results.comparison(base)) if row["metric"] in chosen]
    rows.sort(key=lambda row: (SIDES.index(row["side"]), chosen.index(row["metric"])))
    return [{**row, "largest": largest[row["metric"]] or 1.0} for row in rows]


def _draw_bars(
    axes: Axes, base: float, bars: dict[float, float], frame: tuple[float, float, float], colour: str
) -> None:
    tallest, width, extent = frame
    for place, share in bars.items():
        height = 0.56 * share / tallest
        axes.bar(place, height, 0.86 * width, base, color=colour, alpha=0.55, linewidth=0)
        if place == 0 or width >= NARROW * extent or share == max(bars.values()):
            text = f"{100 * share:.0f} %" if share >= 0.01 else "<1 %"
            axes.text(place, base + height + 0.02, text, ha="center", va="bottom", fontsize=7, bbox=BACK)


def _arms(entry: Entry, key: str) -> list[list[float]]:
    """Return how far the interval reaches to either side; nothing where it is open."""
    ends = (entry[key] - entry["low"], entry["high"] - entry[key])
    return [[max(end, 0.0) if math.isfinite(end) else 0.0] for end in ends]


def _brief(entry: Entry, key: str) -> str:
    values = entry[key], entry["low"], entry["high"]
    a, b, c = (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" for value in values)
    return f"{a} [{b}, {c}]".replace("-", "−")


def _bin_width(values: NDArray[np.float64]) -> float:
    largest = float(np.abs(values).max())
    whole = bool((values == np.round(values)).all())
    return 1.0 if whole and largest <= MOST_VALUES else (largest or 1.0) / (MOST_VALUES - 10)


def _shares(values: NDArray[np.float64], width: float) -> dict[float, float]:
    """Return the share of *values* by the middle of its bin; zero has a bin of its own."""
    bins = (np.ceil(np.abs(values) / width) - 0.5) * width * np.sign(values)
    places, counts = np.unique(values if width == 1.0 else bins, return_counts=True)
    return dict(zip(places.tolist(), (counts / len(values)).tolist(), strict=True))


def _name_rows(axes: Axes, labels: list[str], colours: list[str]) -> None:
    axes.set_yticks([-float(row) for row in range(len(labels))], labels, fontsize=9, **PLAIN)
    for tick, colour in zip(axes.get_yticklabels(), colours, strict=True):
        tick.set_color(colour)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
