"""The delegation graph as a picture: who tasks whom, who may ask for what, and an attack in red."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from simlab.experiment.plots import short
from simlab.report.layout import HEIGHT, MOST_LETTERS, WIDTH, Place, arranged, kept, places

FILLS = {"principal": "#eeeeee", "agent": "#d6e8f7", "resource": "#ffffff", "secret": "#fff2c2"}
AT_START = (0.49, 0.42, 0.09)
"""Weights of the three points of an arc, three tenths along it, where it is numbered."""
RED, GREY = "#c1121f", "#8a8a8a"


def draw(graph: dict[str, Any]) -> Figure:
    """Return a picture of *graph* as a manifest has it: nodes, edges, and the edges of an attack path."""
    path = [(str(source), str(target)) for source, target in graph.get("path", [])]
    edges = graph.get("edges", [])
    nodes = kept(graph, path)
    columns = arranged(nodes, edges)
    height = max((column.height for column in columns), default=0.3) + 0.3
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.axis("off")
    found = places(columns, height, lambda x, y, text: _head(axes, x, y, text))
    for edge in edges:
        ends = (edge["source"], edge["target"])
        if ends not in path and all(end in found for end in ends):
            line = "--" if edge["kind"] in {"holds", "steers", "mints"} else "-"
            _arrow(axes, found[ends[0]], found[ends[1]], GREY, line)
    for number, (source, target) in enumerate(path, 1):
        if source in found and target in found:
            _arrow(axes, found[source], found[target], RED, "-", str(number))
    for name, place in found.items():
        _box(axes, name, str(nodes[name].get("kind", "")), place, on_path=any(name in ends for ends in path))
    return figure


def _head(axes: Axes, x: float, y: float, text: str) -> None:
    axes.text(x, y, short(text), fontsize=8, style="italic", parse_math=False)


def _box(axes: Axes, name: str, kind: str, place: Place, *, on_path: bool) -> None:
    x, y, half = place
    rounding = 0.1 if kind in {"principal", "agent"} else 0.02
    box = FancyBboxPatch(
        (x - half, y - HEIGHT / 2), 2 * half, HEIGHT, boxstyle=f"round,pad=0,rounding_size={rounding}",
        facecolor=FILLS.get(kind, "#ffffff"), edgecolor=RED if on_path else "#555555",
        linewidth=1.6 if on_path else 0.8, zorder=4,
    )  # fmt: skip
    axes.add_patch(box)
    label = short(name, MOST_LETTERS)
    axes.text(x, y, label, ha="center", va="center", fontsize=8, zorder=5, parse_math=False)


def _arrow(axes: Axes, start: Place, end: Place, colour: str, line: str, number: str = "") -> None:
    forward, beside = end[0] - start[0] > 0.01, abs(end[0] - start[0]) <= 0.01
    side = 1 if forward or beside else -1
    a = (start[0] + side * start[2], start[1])
    b = (end[0] + (side if beside else -side) * end[2], end[1])
    away = min(0.5, 0.8 / max(abs(b[1] - a[1]), 0.1))
    bend = 0.0 if forward else 0.15 if not beside else (-away if b[1] < a[1] else away)
    strong = colour == RED
    arrow = FancyArrowPatch(
        a, b, arrowstyle="-|>", connectionstyle=f"arc3,rad={bend}", color=colour, linestyle=line,
        linewidth=2.0 if strong else 0.8, alpha=1.0 if strong else 0.75, mutation_scale=12 if strong else 8,
        shrinkA=0, shrinkB=1, zorder=3 if strong else 1,
    )  # fmt: skip
    axes.add_patch(arrow)
    if number:
        middle = ((a[0] + b[0]) / 2 + bend * (b[1] - a[1]), (a[1] + b[1]) / 2 - bend * (b[0] - a[0]))
        weights = zip(a, middle, b, strict=True)
        x, y = (sum(w * part for w, part in zip(AT_START, parts, strict=True)) for parts in weights)
        dot = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": RED, "linewidth": 0.8}
        axes.text(x, y, number, color=RED, fontsize=7, ha="center", va="center", zorder=6, bbox=dot)
