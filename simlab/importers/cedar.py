"""Cedar: entities in JSON, whose parents are groups and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from simlab.importers.found import Found, ImportGrantsError, Listing, Place
from simlab.importers.source import Document, Source, documents, fail

Uid = tuple[str, str]
"""Type and id."""
_KEYS = frozenset({"uid", "attrs", "parents", "tags"})


@dataclass(frozen=True, slots=True)
class Cedar:
    """Agents and the roles that they are in, from a store of Cedar entities.

    An agent holds a role for each entity above it. What roles permit stands in Cedar's policies, which are not
    read: so the roles are empty, and marked. Entities that are neither agents nor above one are resources.

    References
    ----------
    Cedar Policy Language Reference Guide, entities and entity JSON format.
    """

    agents: tuple[str, ...] = ()
    """Types of entities that are agents."""

    name = "cedar"
    example: ClassVar[str] = """\
[{"uid": {"type": "Agent", "id": "bot"}, "attrs": {}, "parents": [{"type": "Role", "id": "reader"}]},
 {"uid": {"type": "Role", "id": "reader"}, "attrs": {}, "parents": []},
 {"uid": {"type": "Page", "id": "wiki"}, "attrs": {}, "parents": []}]
"""

    def fits(self, source: Source) -> bool:
        """Return whether *source* is a list of entities with an uid."""
        return source.text.lstrip().startswith("[") and '"uid"' in source.text

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return the agents and roles in *sources*.

        Raises
        ------
        SimlabError
            If one is no list of entities, or nobody said which of them are agents.
        """
        listing = Listing()
        above: dict[Uid, tuple[Uid, ...]] = {}
        for source in sources:
            for document in documents(source, listing):
                if not isinstance(document.data, list):
                    raise fail(source, 1, 1, "E601", "this is no list of Cedar entities", "[{uid: ..}, ..]")
                _entities(document, listing, above)
        known = set(above) | {parent for parents in above.values() for parent in parents}
        kinds = sorted({uid[0] for uid in known})
        wrong = sorted(set(self.agents) - set(kinds))
        if not self.agents or wrong:
            which = f"no entity is of type {wrong[0]!r:.60}" if wrong else "which types are agents?"
            msg = f"E604 {which} (say --agent-type TYPE; the types here: {', '.join(kinds)[:300]})"
            raise ImportGrantsError(msg)
        return self._found(above, known, listing)

    def _found(self, above: Mapping[Uid, tuple[Uid, ...]], known: Iterable[Uid], listing: Listing) -> Found:
        agents = sorted(uid for uid in known if uid[0] in self.agents)
        holders = {said(agent): tuple(map(said, sorted(ancestors(agent, above)))) for agent in agents}
        roles = sorted({role for held in holders.values() for role in held})
        actions = [uid for uid in known if is_action(uid)]
        rest = sorted(
            uid for uid in known if uid not in agents and said(uid) not in roles and uid not in actions
        )
        remarks = ["TODO roles: what they permit stands in Cedar's policies, which were not read."]
        if actions:
            remarks.append(f"Actions that the entities name: {', '.join(sorted(uid[1] for uid in actions))}.")
        return Found(
            holders, dict.fromkeys(roles, ""), (),
            tuple(Place(said(uid), f"{uid[0].split('::')[-1]}-{uid[1]}", "cedar") for uid in rest),
            {}, tuple(listing.notes), tuple(remarks),
            "entities", listing.taken, listing.partly, listing.missed,
        )  # fmt: skip


def is_action(uid: Uid) -> bool:
    """Return whether *uid* is of an action, or of a group of them."""
    return uid[0].split("::")[-1] == "Action"


def said(uid: Uid) -> str:
    """Return how Cedar writes *uid*.

    Examples
    --------
    >>> said(("Role", "reader"))
    'Role::"reader"'
    """
    return f'{uid[0]}::"{uid[1]}"'


def ancestors(uid: Uid, above: Mapping[Uid, tuple[Uid, ...]]) -> set[Uid]:
    """Return all that stand above *uid*; a circle, which Cedar forbids, ends too."""
    found: set[Uid] = set()
    waiting = [uid]
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found - {uid}


def _entities(document: Document, listing: Listing, above: dict[Uid, tuple[Uid, ...]]) -> None:
    for index, entity in enumerate(document.data):
        with listing.statement() as took:
            uid = _uid(entity.get("uid")) if isinstance(entity, dict) else None
            if uid is None:
                listing.note(document.at(index), "E612", "entity", "it has no uid with type and id")
                continue
            if uid in above:
                listing.note(document.at(index, "uid"), "E615", said(uid), "it stands here twice")
                continue
            took.append(True)
            for key in sorted(set(entity) - _KEYS):
                listing.note(document.at(index, key), "E612", key, "no part of an entity")
            for key in ("attrs", "tags"):
                if entity.get(key):
                    names = ", ".join(sorted(entity[key])) if isinstance(entity[key], dict) else "?"
                    listing.note(
                        document.at(index, key), "E611", f"{said(uid)} {key} {names}", "not modelled"
                    )
            above[uid] = _parents(document, index, entity.get("parents"), listing)


def _parents(document: Document, index: int, parents: Any, listing: Listing) -> tuple[Uid, ...]:
    found = []
    if not isinstance(parents, list | None):
        listing.note(document.at(index, "parents"), "E612", "parents", "not a list")
        return ()
    for number, parent in enumerate(parents or ()):
        uid = _uid(parent)
        if uid is None:
            listing.note(document.at(index, "parents", number), "E612", "parent", "it has no type and id")
        else:
            found.append(uid)
    return tuple(found)


def _uid(value: Any) -> Uid | None:
    inner = value.get("__entity", value) if isinstance(value, dict) else None
    if not isinstance(inner, dict):
        return None
    kind, name = inner.get("type"), inner.get("id")
    return (kind, name) if isinstance(kind, str) and isinstance(name, str) and kind and name else None
