"""What an importer hands over: who may do what, and what it could not understand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from simlab.errors import SimlabError
from simlab.importers.source import Source
from simlab.importers.words import safe
from simlab.model.system import ActionClass

MOST_PERMISSIONS = 30_000
"""A count: more of them do not fit into one scenario file."""


class ImportGrantsError(SimlabError):
    """Grants cannot be imported: the message begins with its code."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something in a source that did not become what it says."""

    where: str
    """``FILE:LINE:COLUMN``, ``FILE:LINE``, or ``FILE#POINTER``."""
    code: str
    what: str
    why: str

    def __str__(self) -> str:
        """Return one line with nothing unseen in it."""
        return f"{safe(self.where)}: {self.code} {safe(self.what)}: {safe(self.why)}"


@dataclass(frozen=True, slots=True)
class Place:
    """A resource."""

    key: str
    """What the source calls it."""
    called: str
    """What the scenario might call it; made a name, and unique, when it is written."""
    domain: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission of a role."""

    role: str
    verb: str
    place: str
    """The key of a place."""
    actions: tuple[str, ...] = ()
    """What the source calls that which is allowed; sorted; empty where it has no other name."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that was read from some sources."""

    holders: Mapping[str, tuple[str, ...]]
    """Roles by agent."""
    roles: Mapping[str, str]
    """A remark by role, or an empty text; roles without permissions too."""
    grants: tuple[Grant, ...]
    places: tuple[Place, ...]
    verbs: Mapping[str, ActionClass] = field(default_factory=dict)
    """Verbs that are not in every scenario."""
    notes: tuple[Note, ...] = ()
    remarks: tuple[str, ...] = ()
    """What a reader of the scenario must know of how it came about."""
    statement: str = "statements"
    """What the counts below count."""
    taken: int = 0
    """Taken as they stand; a count."""
    partly: int = 0
    """Taken, but for something that is listed; a count."""
    missed: int = 0
    """Not taken; a count."""

    @property
    def summary(self) -> str:
        """Return how much was taken."""
        return f"{self.statement}: {self.taken} taken, {self.partly} taken in part, {self.missed} not taken"


@dataclass(slots=True)
class Listing:
    """Collects notes, and counts what was taken."""

    notes: list[Note] = field(default_factory=list)
    taken: int = 0
    partly: int = 0
    missed: int = 0

    def note(self, where: str, code: str, what: str, why: str) -> None:
        """List something that was not understood."""
        self.notes.append(Note(where, code, what, why))

    @contextmanager
    def statement(self) -> Iterator[list[bool]]:
        """Count one statement: not taken if what is yielded stays empty, in part if anything was listed."""
        before, took = len(self.notes), list[bool]()
        yield took
        if not took:
            self.missed += 1
        elif len(self.notes) > before:
            self.partly += 1
        else:
            self.taken += 1


class Importer(Protocol):
    """Reads grants from one format."""

    name: str
    example: ClassVar[str]
    """A source of a few lines that is understood as a whole."""

    def fits(self, source: Source) -> bool:
        """Return whether *source* looks like this format."""
        ...

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return what *sources* grant; raise a coded error if they cannot be read at all."""
        ...
