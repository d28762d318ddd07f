"""Variants: a scenario that says only what differs from another one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simlab.errors import Problem
from simlab.scenario import nodes
from simlab.scenario.files import decode, fail, read_bytes
from simlab.scenario.places import Path as TreePath
from simlab.scenario.places import Spot, Tree

DEEPEST = 8

_ELSEWHERE = re.compile(r"^[/\\~]|^[A-Za-z]:|://|[\\$%\x00]")
"""An absolute path, a drive, an address, a foreign separator, or a variable of the shell."""


@dataclass(slots=True)
class Source:
    """What has been read so far: the bytes for the hash, and the faults."""

    problems: list[Problem] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)


def read(path: Path, source: Source) -> Tree:
    """Return the scenario in *path* on top of those it extends.

    Raises
    ------
    InvalidInputError
        If a file cannot be read, lies outside the project, or extends itself.
    """
    # Real paths decide what is inside: a symbolic link must not lead out.
    trees = [_read_one(path, source, None)]
    chain = [_real(path)]
    root = Path(os.path.abspath(path)).parent.parent  # noqa: PTH100 (resolve would follow links)
    while "extends" in trees[-1].data:
        child = trees[-1]
        spot = child.spot(("extends",))
        base = _base(child.data["extends"], path, root, spot)
        if _real(base) in chain:
            raise fail(spot, "E206", f"'{base.name}' extends itself", "delete one `extends`")
        if len(chain) > DEEPEST:
            raise fail(spot, "E207", f"more than {DEEPEST} files extend each other")
        chain.append(_real(base))
        trees.append(_read_one(base, source, spot))
        path = base
    return _stack(trees)


def read_text(text: str, name: str, source: Source) -> Tree:
    """Return the scenario in *text*, which has no folder and so extends nothing."""
    data = text.encode("utf-8", "surrogatepass")
    source.blobs.append(data)
    tree = nodes.parse(decode(data, name), name, source.problems)
    if "extends" in tree.data:
        raise fail(tree.spot(("extends",)), "E401", "a text without a file extends nothing", "load the file")
    return tree


def _real(path: Path) -> Path:
    # Unlike Path.resolve, this does not raise for a link that leads to itself; reading it will.
    return Path(os.path.realpath(path))


def _read_one(path: Path, source: Source, blame: Spot | None) -> Tree:
    data = read_bytes(path, blame)
    source.blobs.append(data)
    return nodes.parse(decode(data, str(path)), str(path), source.problems)


def _base(named: Any, path: Path, root: Path, spot: Spot) -> Path:
    """Return the file that *path* extends, if it lies inside *root*."""
    if not isinstance(named, str) or not named:
        raise fail(spot, "E103", "expected the path of a file", "such as base.yaml")
    if _ELSEWHERE.search(named):
        raise fail(
            spot, "E401", f"not a path inside the project: '{named}'", "relative, with / between folders"
        )
    base = Path(os.path.normpath(path.parent / named))
    if not Path(os.path.abspath(base)).is_relative_to(root):  # noqa: PTH100
        raise fail(spot, "E401", f"leaves the project: '{named}'", f"stay inside {root}")
    if not _real(base).is_relative_to(_real(root)):
        raise fail(spot, "E402", f"a symbolic link leaves the project: '{named}'", f"stay inside {root}")
    return base


def _stack(trees: list[Tree]) -> Tree:
    """Return the last tree with the others laid over it, the first on top."""
    result = trees[-1]
    for tree in reversed(trees[:-1]):
        tree.data.pop("extends")
        _lay(result, tree, ())
        result.places[()] = tree.places[()]
    return result


def _lay(under: Tree, over: Tree, path: TreePath) -> None:
    """Change *under* to what *over* says at *path*: mappings merge, null deletes, the rest replaces."""
    low, high = under.data, over.data
    for part in path:
        low, high = low[part], high[part]  # type: ignore[index]
    for key, value in high.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(low.get(key), dict):
            under.places[here] = over.places[here]
            _lay(under, over, here)
        elif value is None and key in low:
            del low[key]
        else:
            low[key] = value
            _move(under, over, here)


def _move(under: Tree, over: Tree, path: TreePath) -> None:
    size = len(path)
    under.places.update({where: place for where, place in over.places.items() if where[:size] == path})
