"""Files to plain data, each part of which can say where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlab.errors import InvalidInputError, Problem, UsageError
from simlab.scenario import files, nodes
from simlab.scenario.places import Spot, Tree

if TYPE_CHECKING:
    from simlab.importers.found import Listing

SUFFIXES = frozenset({".json", ".yaml", ".yml", ".csv", ".fga"})
"""Of the files of a folder, those that are read."""
_LIST = "list"
_ITEM = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\n)*- ")
_MARK = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read."""

    name: str
    text: str

    @property
    def stem(self) -> str:
        """Return the name of the file without folders and suffix."""
        return Path(self.name).stem

    @property
    def is_json(self) -> bool:
        """Return whether it is JSON, by its name or else by how it begins."""
        suffix = Path(self.name).suffix.lower()
        return suffix == ".json" or (suffix not in SUFFIXES and self.text.lstrip()[:1] in ("{", "["))


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data."""

    name: str
    data: Any
    tree: Tree | None = None
    """Positions, of YAML."""
    offset: int = 0
    """Lines before the document; a count."""
    above: tuple[str, ...] = ()
    """Where it stands in the tree."""

    def at(self, *path: str | int) -> str:
        """Return where *path* stands."""
        if self.tree is not None:
            spot = self.tree.spot((*self.above, *path))
            return f"{spot.file}:{spot.line + self.offset}:{spot.column}"
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
        return f"{self.name}#{pointer}"


def read(paths: list[Path]) -> tuple[Source, ...]:
    """Return the files at *paths*, and those in folders among them.

    Raises
    ------
    InvalidInputError
        If a file cannot be read, or is not text.
    UsageError
        If there is none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        else:
            found.append(path)
    if not found:
        msg = (
            f"E601 nothing to import in {', '.join(map(str, paths))} ({', '.join(sorted(SUFFIXES))} are read)"
        )
        raise UsageError(msg)
    return tuple(Source(str(path), _text(path)) for path in dict.fromkeys(found))


def _text(path: Path) -> str:
    try:
        return files.decode(files.read_bytes(path), str(path))
    except InvalidInputError as error:
        large = [replace(p, hint="split it") if p.code == "E001" else p for p in error.problems]
        raise InvalidInputError(large) from None


def fail(where: Source, line: int, column: int, code: str, message: str, hint: str = "") -> InvalidInputError:
    """Return the error that ends the import."""
    return files.fail(Spot(where.name, line, column), code, message, hint)


def documents(source: Source, listing: Listing) -> list[Document]:
    """Return what *source* holds: one document of JSON, or any number of YAML.

    Raises
    ------
    InvalidInputError
        If it is neither.
    """
    if source.is_json:
        return [Document(source.name, _json(source))]
    return list(_yaml(source, listing))


def _json(source: Source) -> Any:
    try:
        return json.loads(source.text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise fail(source, error.lineno, error.colno, "E603", f"JSON syntax: {error.msg}") from None
    except RecursionError:
        raise fail(source, 1, 1, "E007", "nested too deeply") from None
    except ValueError as error:
        raise fail(source, 1, 1, "E603", f"JSON: {error}", "readers differ about it") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        msg = f"duplicate key {double[:40]!r}"
        raise ValueError(msg)
    return found


def _refuse(constant: str) -> Any:
    msg = f"{constant} is no number"
    raise ValueError(msg)


def _yaml(source: Source, listing: Listing) -> Iterator[Document]:
    for start, text in _split(source.text):
        problems: list[Problem] = []
        # Only mappings are read; a list is read as one that stands under a key.
        above = (_LIST,) if _ITEM.search(text) else ()
        whole, offset = (f"{_LIST}:\n{text}", start - 1) if above else (text, start)
        try:
            tree = nodes.parse(whole, source.name, problems)
        except InvalidInputError as error:
            moved = [replace(p, line=max(p.line + offset, 1)) for p in error.problems]
            raise InvalidInputError(moved) from None
        for problem in problems:
            where = f"{source.name}:{problem.line + offset}:{problem.column}"
            listing.note(where, problem.code, problem.message, problem.hint or "readers differ about it")
        yield Document(source.name, tree.data[_LIST] if above else tree.data, tree, offset, above)


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Yield the documents of *text* that are not empty, and the number of lines before each."""
    start, lines = 0, text.splitlines(keepends=True)
    some = False
    for number, line in enumerate([*lines, "---"]):
        mark = _MARK.match(line)
        if not mark:
            continue
        part = lines[start:number]
        if any(entry.strip() and not entry.lstrip().startswith("#") for entry in part):
            some = True
            yield start, "".join(part)
        start = number
        if number < len(lines):
            lines[number] = "   " + line[3:]
    if not some:
        yield 0, text
