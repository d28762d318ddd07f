"""Figures as SVG that stands inside a page: no request, no script, and the same bytes every time."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Callable
from typing import Any

from matplotlib import style
from matplotlib.figure import Figure, SubFigure

from simlab.experiment.plots import WIDTH, plot_distribution, plot_frontier, plot_paired
from simlab.report.drawing import draw
from simlab.report.study import Study
from simlab.report.terms import label

STYLE: dict[str, Any] = {
    "svg.hashsalt": "simlab",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": False,
    "font.size": 9.0,
}
NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}
"""What would be written beside the picture."""
_TAG = re.compile(r"<[^>]*>")
_REFERENCE = re.compile(r'(\bid="|href="#|url\(#)')
_NAMESPACE = re.compile(r'\s+xmlns(:\w+)?="[^"]*"')
_HEAD = re.compile(r'^<svg\b[^>]*?\bviewBox="([^"]*)"[^>]*>')


def svg(make: Callable[[], Figure | SubFigure], name: str, says: str) -> str:
    """Return the picture that *make* draws, as an element; *name* keeps its ids apart from others."""
    with style.context(["default", STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's browser has its own fonts
        file = io.StringIO()
        figure = make()
        figure.figure.savefig(file, format="svg", metadata=NOTHING, bbox_inches="tight", pad_inches=0.05)
    text = file.getvalue()
    text = _TAG.sub(lambda tag: _inline(tag.group(), name), text[text.index("<svg") :]).strip()
    head = '<svg role="img" aria-label="{}" viewBox="{}">'
    return _HEAD.sub(lambda found: head.format(html.escape(says), found.group(1)), text, count=1)


def _inline(tag: str, name: str) -> str:
    """Return *tag* with ids of its own, and without namespaces, which a page does not need."""
    return _REFERENCE.sub(lambda start: f"{start.group(1)}{name}-", _NAMESPACE.sub("", tag))


def figures(study: Study) -> dict[str, str]:
    """Return the pictures of a report by name; those that the study cannot fill are left out."""
    results, drawn = study.results, {}
    if study.pairs:
        drawn["paired"] = svg(lambda: plot_paired(results).figure, "paired", "Paired differences")
    if study.harm and study.means:
        says = f"Distribution of {label(study.harm)}"
        drawn["spread"] = svg(lambda: plot_distribution(results, study.harm).figure, "spread", says)
        if study.friction:
            drawn["frontier"] = svg(
                lambda: _frontier(study), "frontier", f"{label(study.harm)} over friction"
            )
    if study.manifest.get("graph", {}).get("nodes"):
        drawn["graph"] = svg(
            lambda: draw(study.manifest["graph"]), "graph", "Delegation graph and attack path"
        )
    return drawn


def _frontier(study: Study) -> Figure:
    """Return harm over the first friction metric and over the last, side by side."""
    costs = list(dict.fromkeys((study.friction[0], study.friction[-1])))
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    for place, metric in enumerate(costs, 1):
        plot_frontier(study.results, study.harm, metric, figure.add_subplot(1, len(costs), place))
    return figure
