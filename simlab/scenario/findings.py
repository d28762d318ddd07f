"""From the fault of a name to a finding at a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simlab.scenario.names import Fault, Names
from simlab.scenario.places import Finding, Path


def at(path: Path, faults: Iterable[Fault], *, at_key: bool = False) -> Iterator[Finding]:
    """Yield *faults* as found at *path*."""
    for code, message, hint in faults:
        yield Finding(path, code, message, hint, at_key)


def refer(names: Names, sort: str, path: Path, texts: Iterable[str]) -> Iterator[Finding]:
    """Yield the fault of each of *texts*, the items of the list at *path*."""
    for index, text in enumerate(texts):
        yield from at((*path, index), names.reference(sort, text))
