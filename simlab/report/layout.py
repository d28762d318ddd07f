"""Where the boxes of a delegation graph go: in columns, ordered so that few edges cross.

From left to right: principals, agents by depth of delegation, resources by domain, and secrets. All lengths
are inches on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simlab.experiment.plots import short

WIDTH, PITCH, HEIGHT, HEADER, MARGIN = 8.8, 0.36, 0.25, 0.3, 0.55
"""[inches] of the page, from row to row, of a box, of the name of a domain, at the right for arcs."""
STRETCH = 2.4
"""How far apart, at most, a short column is drawn; dimensionless."""
LETTER = 0.066
"""[inches] an average letter takes at 8 points."""
MOST_LETTERS, MOST_ROWS, MOST_NODES = 22, 16, 70
MOST_DEPTH = 3
"""Columns of agents; deeper ones share the last."""

Node = dict[str, Any]
Edge = dict[str, Any]
Place = tuple[float, float, float]
"""[inches] middle of a box, and half its width."""


@dataclass(slots=True)
class Column:
    """Boxes under each other; a heading before the first of each group."""

    groups: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Return the boxes from top to bottom."""
        return [name for _, names in self.groups for name in names]

    @property
    def height(self) -> float:
        """Return how much room it needs [inches]."""
        return sum(PITCH * len(names) + (HEADER if heading else 0.0) for heading, names in self.groups)

    @property
    def width(self) -> float:
        """Return the width of its boxes [inches]."""
        letters = max((len(short(name, MOST_LETTERS)) for name in self.names), default=0)
        return LETTER * max(letters, 5) + 0.16


def kept(graph: dict[str, Any], path: list[tuple[str, str]]) -> dict[str, Node]:
    """Return the nodes to draw: those of the path, and as many others as fit, best connected first."""
    nodes: dict[str, Node] = {str(node["name"]): node for node in graph.get("nodes", [])}
    first = dict.fromkeys(end for ends in path for end in ends)
    for name in first:
        nodes.setdefault(name, {"name": name, "kind": "resource", "domain": ""})
    weight = dict.fromkeys(nodes, 0)
    for edge in graph.get("edges", []):
        for end in (edge["source"], edge["target"]):
            weight[end] = weight.get(end, 0) + 1
    chosen = set(sorted(nodes, key=lambda name: (name not in first, -weight[name]))[:MOST_NODES])
    return {name: node for name, node in nodes.items() if name in chosen}


def arranged(nodes: dict[str, Node], edges: list[Edge]) -> list[Column]:
    """Return *nodes* in columns."""
    depth = _depths(nodes, edges)
    agents: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name, level in depth.items():
        agents[level].append(name)
    order = {name: float(row) for column in agents for row, name in enumerate(column)}
    weights = {name: _weight(name, edges, order) for name in nodes}
    principals = [name for name, node in nodes.items() if node.get("kind") == "principal"]
    found = [Column([("", sorted(principals, key=weights.__getitem__))])]
    found += [Column([("", column)]) for column in agents]
    return [column for column in [*found, *_resources(nodes, weights)] if column.names]


def _depths(nodes: dict[str, Node], edges: list[Edge]) -> dict[str, int]:
    depth = {name: 0 for name, node in nodes.items() if node.get("kind") == "agent"}
    calls = [(edge["source"], edge["target"]) for edge in edges if edge["kind"] == "delegates"]
    for _ in range(MOST_DEPTH - 1):
        for caller, callee in calls:
            if caller in depth and callee in depth and (callee, caller) not in calls:
                depth[callee] = min(max(depth[callee], depth[caller] + 1), MOST_DEPTH - 1)
    return depth


def _weight(name: str, edges: list[Edge], order: dict[str, float]) -> float:
    """Return the mean row of the agents that *name* is joined to."""
    joined = [(edge["source"], edge["target"]) for edge in edges]
    rows = [order[end] for ends in joined if name in ends for end in ends if end in order]
    return sum(rows) / len(rows) if rows else 1e9


def _resources(nodes: dict[str, Node], weights: dict[str, float]) -> list[Column]:
    groups: dict[str, list[str]] = {}
    for name, node in nodes.items():
        if node.get("kind") not in {"principal", "agent"}:
            heading = "secrets" if node.get("kind") == "secret" else str(node.get("domain", ""))
            groups.setdefault(heading, []).append(name)
    columns = [Column()]
    for heading in sorted(
        groups, key=lambda group: sum(map(weights.__getitem__, groups[group])) / len(groups[group])
    ):
        names = sorted(groups[heading], key=weights.__getitem__)
        for start in range(0, len(names), MOST_ROWS):
            part = names[start : start + MOST_ROWS]
            if columns[-1].groups and len(columns[-1].names) + len(part) > MOST_ROWS:
                columns.append(Column())
            columns[-1].groups.append((heading, part))
    return columns


def places(
    columns: list[Column], height: float, head: Callable[[float, float, str], object]
) -> dict[str, Place]:
    """Return where each box goes; *head* is told where the heading of each group belongs."""
    shares = [0.5, *[1.0] * (len(columns) - 2)] if len(columns) > 2 else [1.0]
    spare = WIDTH - 0.1 - MARGIN - sum(column.width for column in columns)
    gaps = [*(spare * share / sum(shares) for share in shares), 0.0]
    found: dict[str, Place] = {}
    left = 0.1
    for column, gap in zip(columns, gaps, strict=False):
        stretch = min((height - 0.2) / column.height, STRETCH)
        y = height / 2 + column.height * stretch / 2
        for heading, names in column.groups:
            if heading:
                y -= HEADER * stretch
                head(left, y - PITCH * stretch / 2 + HEIGHT / 2 + 0.06, heading)
            for name in names:
                found[name] = (left + column.width / 2, y - PITCH * stretch / 2, column.width / 2)
                y -= PITCH * stretch
        left += column.width + gap
    return found
