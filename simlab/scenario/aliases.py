"""Nodes that may share parts, because of aliases, to plain data in which each part stands for itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simlab.errors import InvalidInputError, Problem
from simlab.scenario.places import Path, Place, Spot, Tree
from simlab.scenario.scalars import Scalar

DEEPEST, MOST_EXPANDED = 32, 200_000


@dataclass(slots=True)
class Mapping:
    """Keys, where each stands, and its value."""

    spot: Spot
    entries: dict[str, tuple[Spot, Node]] = field(default_factory=dict)


@dataclass(slots=True)
class Sequence:
    """Items in order."""

    spot: Spot
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Leaf:
    """One value."""

    spot: Spot
    value: Scalar


Node = Mapping | Sequence | Leaf


def flatten(top: Mapping, name: str, problems: list[Problem]) -> Tree:
    """Return *top* as plain data, each alias written out.

    Raises
    ------
    InvalidInputError
        If the aliases stand for too much.
    """
    places: dict[Path, Place] = {(): Place(Spot(name, 1, 1), Spot(name, 1, 1))}

    def walk(node: Node, path: Path, key: Spot) -> Any:
        if len(places) > MOST_EXPANDED:
            text = f"aliases stand for more than {MOST_EXPANDED} nodes"
            raise InvalidInputError([*problems, Problem(*node.spot, "E009", text)])
        if len(path) > DEEPEST:
            raise InvalidInputError([*problems, Problem(*node.spot, "E007", f"nested deeper than {DEEPEST}")])
        # A block is pointed at by its key, and so is a value that is not there.
        blank = not isinstance(node, Leaf) or node.value is None
        below = blank and node.spot.line != key.line
        places[path] = Place(key, key if below else node.spot)
        if isinstance(node, Mapping):
            return {k: walk(child, (*path, k), spot) for k, (spot, child) in node.entries.items()}
        if isinstance(node, Sequence):
            return [walk(child, (*path, i), child.spot) for i, child in enumerate(node.items)]
        return node.value

    return Tree(walk(top, (), Spot(name, 1, 1)), places)
