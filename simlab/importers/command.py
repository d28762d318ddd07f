"""What ``simlab import grants`` does: sources in, a scenario out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simlab.errors import UsageError
from simlab.importers import IMPORTERS
from simlab.importers.found import Found, Importer
from simlab.importers.source import Source, read
from simlab.importers.writing import write
from simlab.lookup import find, parameters

OPTIONS = {"attach": "--attach", "agents": "--agent-type", "verbs": "--verb"}
"""The option of the command line for each parameter of an importer."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A scenario, and what it was made of."""

    text: str
    found: Found
    format: str


def import_grants(
    paths: list[Path], form: str, title: str, options: Mapping[str, tuple[Any, ...]]
) -> Imported:
    """Return the grants in *paths* as a scenario called *title*; *form* is a format, or empty to look for it.

    Raises
    ------
    SimlabError
        If they cannot be read, or it is not clear what they are.
    """
    sources = read(paths)
    kind = find("format", form, IMPORTERS) if form else _kind(sources)
    found = _importer(kind, {name: value for name, value in options.items() if value}).read(sources)
    names = [source.name for source in sources]
    listed = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    head = [f"Written by `simlab import grants` from {kind.name}: {listed}."]
    return Imported(write(found, title, head), found, kind.name)


def _kind(sources: tuple[Source, ...]) -> type[Importer]:
    fitting = [kind for kind in IMPORTERS.values() if all(kind().fits(source) for source in sources)]
    if len(fitting) != 1:
        may = "several formats fit" if fitting else "no format fits every source"
        known = ", ".join(kind.name for kind in fitting or IMPORTERS.values())
        msg = f"E601 {may} (say --format; known: {known})"
        raise UsageError(msg)
    return fitting[0]


def _importer(kind: type[Importer], options: Mapping[str, tuple[Any, ...]]) -> Importer:
    known = {field.name for field in parameters(kind())}
    for name in options:
        if name not in known:
            msg = f"E604 {OPTIONS[name]} means nothing for {kind.name}"
            raise UsageError(msg)
    return kind(**options)


def pairs(texts: list[str], option: str) -> tuple[tuple[str, str], ...]:
    """Return the two sides of each ``LEFT=RIGHT``.

    Raises
    ------
    UsageError
        If one has no two sides.

    Examples
    --------
    >>> pairs(["bot=a.json"], "--attach")
    (('bot', 'a.json'),)
    """
    found = [(left.strip(), right.strip()) for left, _, right in (text.partition("=") for text in texts)]
    for text, (left, right) in zip(texts, found, strict=True):
        if not left or not right:
            msg = f"E604 {option} '{text}': write LEFT=RIGHT"
            raise UsageError(msg)
    return tuple(found)
