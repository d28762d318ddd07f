"""Where each part of a scenario stands in the text, so that every error can point at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simlab.errors import Problem

Path = tuple[str | int, ...]
"""The way to a node: keys and list indices, from the top."""

MOST_PROBLEMS = 20
"""A reader mends a few at a time; more of them hide the first."""


class Spot(NamedTuple):
    """A point in a text, counted from one."""

    file: str
    line: int
    column: int


class Place(NamedTuple):
    """Where an entry stands: its key, and its value."""

    key: Spot
    value: Spot


class Finding(NamedTuple):
    """A fault at a path, before its position is looked up."""

    path: Path
    code: str
    message: str
    hint: str = ""
    at_key: bool = False
    """Point at the key, because the key is what is wrong."""


@dataclass(slots=True)
class Tree:
    """Plain data, and the place of every part of it."""

    data: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)

    def spot(self, path: Path, *, at_key: bool = False) -> Spot:
        """Return where *path* stands, or else the nearest thing above it that the text has."""
        while path and path not in self.places:
            path, at_key = path[:-1], True
        place = self.places[path]
        return place.key if at_key else place.value

    def problem(self, finding: Finding) -> Problem:
        """Return *finding* with its position."""
        spot = self.spot(finding.path, at_key=finding.at_key)
        return Problem(*spot, finding.code, finding.message, finding.hint)


def get(data: Any, path: Path) -> Any:
    """Return what stands at *path* of *data*, or None.

    Examples
    --------
    >>> get({"a": [1, 2]}, ("a", 1))
    2
    """
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def children(data: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield the key or index and the value of each part of *data*."""
    if isinstance(data, dict):
        yield from data.items()
    elif isinstance(data, list):
        yield from enumerate(data)


def tidy(problems: list[Problem]) -> list[Problem]:
    """Return one problem a position, the first that was found there, sorted, and not too many."""
    first: dict[tuple[str, int, int], Problem] = {}
    for problem in problems:
        first.setdefault((problem.file, problem.line, problem.column), problem)
    return sorted(first.values())[:MOST_PROBLEMS]
