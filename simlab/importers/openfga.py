"""OpenFGA: a model and tuples, as relations that come to access."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast, get_args

from simlab.errors import UsageError
from simlab.importers.fga_model import THIS, Graph, Key, ModelError, Rewrite, from_json, lines
from simlab.importers.found import Found, Grant, ImportGrantsError, Listing, Place
from simlab.importers.source import Document, Source, documents, fail
from simlab.importers.writing import check_size
from simlab.model.system import ACTIONS, ActionClass

_NOTHING = "none"
_TUPLE = ("user", "relation", "object")
_USER = re.compile(r"[^:#\s]+:[^:#\s]+(?:#[^:#\s]+)?")
_OBJECT = re.compile(r"[^:#\s]+:[^#\s*][^#\s]*")
_STORE = frozenset(
    {"model", "tuples", "tuple_keys", "writes", "name", "schema_version", "type_definitions", "id"}
)


@dataclass(frozen=True, slots=True)
class OpenFGA:
    """What the relations of a store come to: each agent's own rights, as read, write and execute.

    A relation comes to what ``verbs`` says, or to the verb of that name that every scenario has. Conditions and the
    types to which a model restricts a relation are not modelled.

    References
    ----------
    OpenFGA documentation, configuration language and relationship queries; Pang et al., Zanzibar, USENIX ATC 2019.
    """

    agents: tuple[str, ...] = ()
    """Types of users that are agents."""
    verbs: tuple[tuple[str, str], ...] = ()
    """Relation, and what it comes to: read, write, execute, or none."""

    name = "openfga"
    example: ClassVar[str] = """\
model: |
  model
    schema 1.1
  type agent
  type page
    relations
      define write: [agent]
      define read: [agent] or write
tuples:
  - {user: "agent:bot", relation: write, object: "page:wiki"}
"""

    def fits(self, source: Source) -> bool:
        """Return whether *source* holds tuples or a model."""
        tuples = all(re.search(rf"\"?{key}\"?\s*:", source.text) for key in ("user", "relation", "object"))
        model = (
            re.search(r"^\s*schema\s+1\.\d", source.text, re.MULTILINE) or '"type_definitions"' in source.text
        )
        return tuples or bool(model)

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return what the tuples in *sources* come to.

        Raises
        ------
        SimlabError
            If one holds neither, or nobody said which types are agents.
        """
        store = _Store()
        for source in sources:
            if re.search(r"\A(?:\s*(?:#[^\n]*)?\n)*model[ \t]*\n", source.text):
                store.add_text(source.text, lambda line, name=source.name: f"{name}:{line}")
                continue
            for document in documents(source, store.listing):
                if not store.add(document):
                    hint = "write tuples: [{user: .., relation: .., object: ..}], or model:"
                    raise fail(
                        source, document.offset + 1, 1, "E601", "this holds no tuples and no model", hint
                    )
        store.settle()
        if not store.model:
            where = sources[0].name if sources else ""
            store.listing.note(
                where, "E619", "no model", "each relation is taken as assigned, and nothing follows"
            )
        return self._found(store)

    def _found(self, store: _Store) -> Found:
        agents = self._agents(store)
        graph = Graph(store.model, store.users())
        objects = sorted({on for on, _ in graph.tuples} - set(agents))
        kinds = self._kinds(store)
        grants, met = list[Grant](), set[str]()
        for agent in agents:
            for on in objects:
                found: dict[str, list[str]] = {}
                for relation in store.relations(on):
                    if graph.holds(agent, relation, on):
                        met.add(relation)
                        if kinds.get(relation):
                            found.setdefault(kinds[relation], []).append(relation)
                grants += [Grant(agent, verb, on, tuple(names)) for verb, names in sorted(found.items())]
                check_size(len(grants))
        for relation in sorted(met - set(kinds)):
            why = f"what does it come to? (say --verb {relation}=read, write, execute, or none)"
            store.listing.note(store.first.get(relation, ""), "E613", f"relation {relation}", why)
        listing = store.listing
        return Found(
            {agent: (agent,) for agent in agents}, dict.fromkeys(agents, ""), tuple(grants),
            tuple(Place(on, on, "openfga") for on in sorted({grant.place for grant in grants})),
            {}, tuple(listing.notes),
            ("A role is what one agent's relations come to; the comment behind a permission lists them.",),
            "tuples", listing.taken, listing.partly, listing.missed,
        )  # fmt: skip

    def _agents(self, store: _Store) -> list[str]:
        users = {user.partition("#")[0] for _, _, user in store.tuples} | {on for on, _, _ in store.tuples}
        kinds = sorted({user.partition(":")[0] for user in users})
        wrong = sorted(set(self.agents) - set(kinds))
        if not self.agents or wrong:
            which = f"nothing is of type {wrong[0]!r:.60}" if wrong else "which types are agents?"
            msg = f"E604 {which} (say --agent-type TYPE; the types here: {', '.join(kinds)[:300]})"
            raise ImportGrantsError(msg)
        return sorted(u for u in users if u.partition(":")[0] in self.agents and not u.endswith(":*"))

    def _kinds(self, store: _Store) -> dict[str, str]:
        every = {relation for _, relation, _ in store.tuples} | {relation for _, relation in store.model}
        found = {relation: relation for relation in every if relation in ACTIONS}
        for relation, kind in self.verbs:
            if kind not in (*get_args(ActionClass), _NOTHING):
                msg = f"E604 '{relation}={kind}': a relation comes to read, write, execute or none"
                raise UsageError(msg)
            found[relation] = "" if kind == _NOTHING else cast("ActionClass", kind)
        return found


@dataclass(slots=True)
class _Store:
    """All tuples and relations of the sources."""

    listing: Listing = field(default_factory=Listing)
    model: dict[Key, Rewrite] = field(default_factory=dict)
    rows: list[tuple[Document, tuple[str | int, ...], Any]] = field(default_factory=list)
    """Tuples as they stand, and where."""
    tuples: list[tuple[str, str, str]] = field(default_factory=list)
    """Object, relation and user."""
    first: dict[str, str] = field(default_factory=dict)
    """Where each relation stands first."""

    def add(self, document: Document) -> bool:
        """Take the tuples and the model of *document*; return whether there were any."""
        data = document.data
        rows, path = _rows(data)
        self.rows += [(document, (*path, index), row) for index, row in enumerate(rows or ())]
        if not isinstance(data, dict):
            return rows is not None
        for key in sorted(set(data) - _STORE):
            self.listing.note(document.at(key), "E612", key, "not read")
        model = data.get("model")
        if isinstance(model, str):
            self.add_text(model, lambda line: f"{document.at('model')} line {line}")
        inner, where = (model, ("model",)) if isinstance(model, dict) else (data, ())
        types = inner.get("type_definitions")
        for index, entry in enumerate(types if isinstance(types, list) else ()):
            self._type(document, (*where, "type_definitions", index), entry)
        return rows is not None or isinstance(model, str) or isinstance(types, list)

    def add_text(self, text: str, where: Any) -> None:
        """Take a model in OpenFGA's language."""
        for line, key, rewrite in lines(text):
            if isinstance(rewrite, str):
                self.listing.note(where(line), "E612", key[1], rewrite)
            else:
                self._define(key, rewrite, where(line))

    def _define(self, key: Key, rewrite: Rewrite, where: str) -> None:
        if key in self.model and self.model[key] != rewrite:
            self.listing.note(
                where, "E615", f"{key[0]} {key[1]}", "it is defined twice; the first one is taken"
            )
        self.model.setdefault(key, rewrite)
        self.first.setdefault(key[1], where)

    def _type(self, document: Document, path: tuple[str | int, ...], entry: Any) -> None:
        kind = entry.get("type") if isinstance(entry, dict) else None
        relations = (entry.get("relations") or {}) if isinstance(entry, dict) else None
        if not isinstance(kind, str) or not isinstance(relations, dict):
            self.listing.note(
                document.at(*path), "E612", "type", "it has no name, or relations that are no mapping"
            )
            return
        self._define((kind, ""), THIS, document.at(*path))
        for relation, rewrite in relations.items():
            where = document.at(*path, "relations", relation)
            try:
                self._define((kind, relation), from_json(rewrite), where)
            except ModelError as error:
                self.listing.note(where, "E612", f"{kind} {relation}", str(error))

    def settle(self) -> None:
        """Take the tuples, now that the whole model is known."""
        for document, path, row in self.rows:
            with self.listing.statement() as took:
                if self._row(document, path, row):
                    took.append(True)

    def _row(self, document: Document, path: tuple[str | int, ...], row: Any) -> bool:
        where = document.at(*path)
        inner = row.get("key", row) if isinstance(row, dict) else None
        values = [inner.get(key) for key in _TUPLE] if isinstance(inner, dict) else []
        user, relation, on = (value if isinstance(value, str) else "" for value in values or ("", "", ""))
        said = f"{user} {relation} {on}"
        if not isinstance(inner, dict) or not (user and relation and on):
            self.listing.note(where, "E612", "tuple", "it needs user, relation and object")
            return False
        if not _USER.fullmatch(user) or not _OBJECT.fullmatch(on):
            self.listing.note(where, "E614", said, "users and objects are type:id")
            return False
        if self.model and (on.partition(":")[0], relation) not in self.model:
            self.listing.note(where, "E615", said, "the model has no such relation")
            return False
        if inner.get("condition"):
            self.listing.note(where, "E611", said, "its condition is not modelled: taken as if it held")
        for key in sorted(set(inner) - {*_TUPLE, "condition"}):
            self.listing.note(where, "E612", key, "no part of a tuple")
        self.tuples.append((on, relation, user))
        self.first.setdefault(relation, where)
        return True

    def users(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Return users by object and relation."""
        found: dict[tuple[str, str], list[str]] = {}
        for on, relation, user in self.tuples:
            found.setdefault((on, relation), []).append(user)
        return {key: tuple(users) for key, users in found.items()}

    def relations(self, on: str) -> Iterator[str]:
        """Yield the relations that somebody may have to *on*."""
        kind = on.partition(":")[0]
        if self.model:
            yield from sorted(relation for of, relation in self.model if of == kind and relation)
        else:
            yield from sorted({relation for one, relation, _ in self.tuples if one == on})


def _rows(data: Any) -> tuple[list[Any] | None, tuple[str, ...]]:
    for path in ((), ("tuples",), ("tuple_keys",), ("writes", "tuple_keys")):
        found = data
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, list):
            return found, path
    return None, ()
