"""Roles as a team may keep them: role to permissions, agent to roles, in YAML or in CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, ClassVar, cast, get_args

from simlab.importers.found import Found, Grant, Listing, Place
from simlab.importers.source import Document, Source, documents, fail
from simlab.lookup import did_you_mean
from simlab.model.system import ACTIONS, ActionClass
from simlab.scenario.names import VERBS, is_pattern

KEYS = ("roles", "agents", "actions", "resources")
HOME = "imported"
_VERB = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_HEADS = (("role", "permission"), ("agent", "role"), ("action", "class"), ("resource", "domain"))

Row = tuple[str, str, str, str]
"""Sort, name, value, and where the value stands."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles and who holds them, as a team writes them down.

    YAML has up to four keys: ``roles`` (role to a list of action:resource), ``agents`` (agent to a list of roles),
    ``actions`` (verb to read, write or execute, for verbs that not every scenario has) and ``resources``
    (resource to domain). CSV has two columns and a first row that says which of them it is: ``role,permission``,
    ``agent,role``, ``action,class`` or ``resource,domain``. A resource may be a pattern such as repo-*.

    References
    ----------
    Original; the model is RBAC96, Sandhu et al., IEEE Computer 29(2), 1996, without sessions and hierarchies.
    """

    name = "roles"
    example: ClassVar[str] = """\
roles: {reader: [read:wiki, list:wiki]}
agents: {bot: [reader]}
resources: {wiki: intranet}
"""

    def fits(self, source: Source) -> bool:
        """Return whether *source* has the keys, or the first row, of this format."""
        first = source.text.lstrip().partition("\n")[0]
        if _head(first) in _HEADS:
            return True
        words = re.findall(r"^(?:\{\s*)?\"?([a-z]+)\"?\s*:", source.text, re.MULTILINE)
        return {"roles", "agents"} <= set(words) and "simlab" not in words

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return what the roles in *sources* allow.

        Raises
        ------
        SimlabError
            If one is neither such YAML nor such CSV.
        """
        book = _Book()
        for source in sources:
            first = source.text.lstrip().partition("\n")[0]
            rows = _table(source) if _head(first) else _documents(source, book.listing)
            for row in rows:
                book.add(row)
        return book.found()


def _head(line: str) -> tuple[str, str] | None:
    cells = tuple(cell.strip().strip('"').lower() for cell in line.split(","))
    return (cells[0], cells[1]) if len(cells) == 2 and all(map(_VERB.fullmatch, cells)) else None


def _table(source: Source) -> Iterator[Row]:
    rows = csv.reader(io.StringIO(source.text.lstrip()), strict=True)
    skipped = source.text[: len(source.text) - len(source.text.lstrip())].count("\n")
    head: tuple[str, ...] = ()
    try:
        for cells in rows:
            line = rows.line_num + skipped
            values = tuple(cell.strip() for cell in cells)
            if not any(values):
                continue
            if not head:
                head = tuple(value.lower() for value in values)
                if head not in _HEADS:
                    hint = "the first row is " + " or ".join(",".join(known) for known in _HEADS)
                    raise fail(source, line, 1, "E601", f"unknown columns {','.join(head)!r:.60}", hint)
                continue
            where = f"{source.name}:{line}"
            if len(values) == 2 and all(values):
                yield f"{head[0]}s", values[0], values[1], where
            else:
                yield "", ",".join(values), "", where
    except csv.Error as error:
        raise fail(source, rows.line_num + skipped, 1, "E603", f"CSV syntax: {error}") from None


def _documents(source: Source, listing: Listing) -> Iterator[Row]:
    for document in documents(source, listing):
        data = document.data
        if not isinstance(data, dict) or not set(data) & set(KEYS):
            hint = f"it has the keys {', '.join(KEYS)}; see --format for others"
            raise fail(source, document.offset + 1, 1, "E601", "this is no file of roles", hint)
        for key in data:
            if key not in KEYS:
                listing.note(document.at(key), "E612", key, did_you_mean(key, KEYS))
        for sort in KEYS:
            yield from _section(document, sort, data.get(sort))


def _section(document: Document, sort: str, section: Any) -> Iterator[Row]:
    if section is None:
        return
    if not isinstance(section, dict):
        yield "", sort, "", document.at(sort)
        return
    for name, value in section.items():
        values = value if isinstance(value, list) else [value]
        if not values:
            yield sort, name, "", document.at(sort, name)
        for index, text in enumerate(values):
            where = document.at(sort, name, index) if isinstance(value, list) else document.at(sort, name)
            if isinstance(text, str) and text and name:
                yield sort, name, text, where
            elif text is None and not isinstance(value, list):
                yield sort, name, "", where
            else:
                yield "", f"{name}: {text}", "", where


@dataclass(slots=True)
class _Book:
    """All rows, by sort."""

    listing: Listing = field(default_factory=Listing)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {key: [] for key in KEYS})

    def add(self, row: Row) -> None:
        """Take a row, or list it."""
        if row[0]:
            self.rows[row[0]].append(row)
            return
        with self.listing.statement():
            self.listing.note(row[3], "E612", row[1], "not a name and its value, both text")

    def found(self) -> Found:
        """Return what the rows say together."""
        verbs = self._verbs()
        domains = self._domains()
        roles = {name: "" for _, name, _, _ in self.rows["roles"]}
        every = {
            r for _, _, text, _ in self.rows["roles"] if not is_pattern(r := text.partition(":")[2]) and r
        }
        known = sorted({*domains, *every})
        grants: dict[tuple[str, str, str], Grant] = {}
        for row in self.rows["roles"]:
            for grant in self._grants(row, {**ACTIONS, **verbs}, known):
                grants[grant.role, grant.verb, grant.place] = grant
        used = {grant.place for grant in grants.values()} | set(domains)
        listing = self.listing
        return Found(
            self._holders(roles), roles, tuple(grants.values()),
            tuple(Place(key, key, domains.get(key, HOME)) for key in sorted(used)),
            verbs, tuple(listing.notes),
            tuple(f"TODO domain {HOME}: the sources do not say where these are." for _ in [1] if used - set(domains)),
            "rows", listing.taken, listing.partly, listing.missed,
        )  # fmt: skip

    def _verbs(self) -> dict[str, ActionClass]:
        found: dict[str, ActionClass] = {}
        for _, verb, kind, where in self.rows["actions"]:
            with self.listing.statement() as took:
                if kind not in get_args(ActionClass):
                    self.listing.note(where, "E613", f"{verb}: {kind}", "the class is read, write or execute")
                elif not _VERB.fullmatch(verb) or verb in VERBS:
                    self.listing.note(where, "E613", verb, "no name for a verb")
                elif found.get(verb, kind) != kind or (verb in ACTIONS and ACTIONS[verb] != kind):
                    self.listing.note(where, "E613", f"{verb}: {kind}", "it has another class already")
                else:
                    took.append(True)
                    if verb not in ACTIONS:
                        found[verb] = cast("ActionClass", kind)
        return found

    def _domains(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _, resource, domain, where in self.rows["resources"]:
            with self.listing.statement() as took:
                if domain and found.setdefault(resource, domain) == domain:
                    took.append(True)
                else:
                    self.listing.note(where, "E614", f"{resource}: {domain}", "one resource has one domain")
        return found

    def _grants(self, row: Row, verbs: dict[str, ActionClass], known: list[str]) -> Iterator[Grant]:
        _, role, text, where = row
        if not text:
            return
        verb, _, resource = text.partition(":")
        fitting = (
            [name for name in known if fnmatchcase(name, resource)] if is_pattern(resource) else [resource]
        )
        with self.listing.statement() as took:
            if not resource:
                self.listing.note(where, "E614", text, "a permission is action:resource")
            elif verb not in verbs:
                why = f"unknown verb ({did_you_mean(verb, verbs)}, or say its class under actions)"
                self.listing.note(where, "E613", text, why)
            elif not fitting:
                self.listing.note(where, "E614", text, "no resource fits")
            else:
                took.append(True)
                said = (text,) if is_pattern(resource) else ()
                yield from (Grant(role, verb, name, said) for name in fitting)

    def _holders(self, roles: dict[str, str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for _, agent, role, where in self.rows["agents"]:
            found.setdefault(agent, ())
            if not role:
                continue
            with self.listing.statement() as took:
                if role in roles:
                    took.append(True)
                    found[agent] = (*found[agent], role)
                else:
                    self.listing.note(
                        where, "E615", f"{agent}: {role}", f"unknown role ({did_you_mean(role, roles)})"
                    )
        return found
