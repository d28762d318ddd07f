"""Cut out what is faulty, so that the rest can still be checked."""

from __future__ import annotations

import copy
from typing import Any

from simlab.scenario.places import Path, Place, Tree, children, get
from simlab.scenario.schema import VERSION

_PLACEHOLDERS: dict[str, Any] = {"simlab": VERSION, "name": "unnamed", "question": "unknown", "horizon": "1d"}


def locate(data: Any, loc: tuple[str | int, ...]) -> Path:
    """Return the path that *loc* names: its parts that are no key of *data* are tags of a union.

    Examples
    --------
    >>> locate({"lag": {"dist": "uniform", "low": 1}}, ("lag", "law", "uniform", "low"))
    ('lag', 'low')
    """
    path: list[str | int] = []
    for part in loc:
        if not _has(data, part):
            continue
        data = data[part]
        path.append(part)
    return tuple(path)


def _has(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def without(tree: Tree, faults: list[Any]) -> Tree:
    """Return *tree* without the parts that *faults* are about, each list closed up."""
    doomed = {_culprit(tree.data, fault) for fault in faults}
    data = copy.deepcopy(tree.data)
    for path in doomed:
        holder = get(data, path[:-1])
        if not path:
            data.update({key: value for key, value in _PLACEHOLDERS.items() if key not in data})
        elif isinstance(holder, dict):
            holder.pop(path[-1], None)
    lists = {path for path in doomed if path and isinstance(get(data, path[:-1]), list)}
    smaller = Tree({}, {(): tree.places[()]})
    smaller.data = _close_up(data, (), (), lists, tree, smaller.places)
    return smaller


def _culprit(data: Any, fault: Any) -> Path:
    """Return what to cut: the faulty part itself, or for a missing key what lacks it."""
    path = locate(data, fault["loc"])
    value = get(data, path)
    known = len(path) == len(fault["loc"]) or not isinstance(value, dict) or fault["type"] == "missing"
    return path if known or len(path) > 1 else path[:1]


def _close_up(
    value: Any, new: Path, old: Path, doomed: set[Path], tree: Tree, places: dict[Path, Place]
) -> Any:
    if old in tree.places:
        places[new] = tree.places[old]
    if isinstance(value, dict):
        return {
            key: _close_up(child, (*new, key), (*old, key), doomed, tree, places)
            for key, child in children(value)
        }
    if not isinstance(value, list):
        return value
    kept = [index for index in range(len(value)) if (*old, index) not in doomed]
    return [
        _close_up(value[index], (*new, position), (*old, index), doomed, tree, places)
        for position, index in enumerate(kept)
    ]
