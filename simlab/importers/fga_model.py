"""Models of OpenFGA: who has a relation to an object, from JSON or from the language of models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simlab.importers.found import ImportGrantsError

Key = tuple[str, str]
"""Type and relation."""
DEEPEST = 25
"""Relations in a row; as many as OpenFGA resolves."""
_MOST_STEPS = 500_000
_DEFINE = re.compile(r"define\s+([A-Za-z_][\w-]*)\s*:\s*(.+)")
_TYPE = re.compile(r"type\s+([A-Za-z_][\w-]*)")
_TOKEN = re.compile(r"\s*(\[[^\]]*\]|\(|\)|[A-Za-z_][\w-]*|\S)")


class ModelError(ValueError):
    """A part of a model that is not understood."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How a relation comes about."""

    kind: str
    """``this`` (assigned), ``computed``, ``from``, ``or``, ``and``, ``not``."""
    relation: str = ""
    through: str = ""
    parts: tuple[Rewrite, ...] = ()


THIS = Rewrite("this")


def from_json(data: Any, depth: int = 0) -> Rewrite:
    """Return the rewrite that the JSON *data* states.

    Raises
    ------
    ModelError
        If it is none.

    Examples
    --------
    >>> from_json({"computedUserset": {"relation": "editor"}})
    Rewrite(kind='computed', relation='editor', through='', parts=())
    """
    if not isinstance(data, dict) or len(data) != 1 or depth > DEEPEST:
        raise ModelError("a rewrite has one key")
    (kind, body), *_ = data.items()
    if kind == "this":
        return THIS
    if not isinstance(body, dict):
        raise ModelError(f"{kind} is a mapping")
    if kind == "computedUserset":
        return Rewrite("computed", _text(body, "relation"))
    if kind == "tupleToUserset":
        through, then = body.get("tupleset"), body.get("computedUserset")
        return Rewrite("from", _text(then, "relation"), _text(through, "relation"))
    if kind in ("union", "intersection") and isinstance(body.get("child"), list) and body["child"]:
        parts = tuple(from_json(part, depth + 1) for part in body["child"])
        return Rewrite("or" if kind == "union" else "and", parts=parts)
    if kind == "difference":
        return Rewrite(
            "not", parts=(from_json(body.get("base"), depth + 1), from_json(body.get("subtract"), depth + 1))
        )
    raise ModelError(f"unknown rewrite {kind}")


def _text(data: Any, key: str) -> str:
    value = data.get(key) if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise ModelError(f"it names no {key}")
    return value


def from_text(text: str) -> Rewrite:
    """Return the rewrite that *text*, which follows ``define relation:``, states.

    Raises
    ------
    ModelError
        If it is none.

    Examples
    --------
    >>> from_text("[user] or viewer from parent").parts[1]
    Rewrite(kind='from', relation='viewer', through='parent', parts=())
    """
    tokens = _TOKEN.findall(text.strip())
    found, rest = _expression(tokens, 0)
    if rest:
        raise ModelError(f"unexpected {rest[0]}")
    return found


def _expression(tokens: list[str], depth: int) -> tuple[Rewrite, list[str]]:
    first, tokens = _term(tokens, depth)
    parts, kind = [first], ""
    while tokens and tokens[0] in ("or", "and", "but"):
        word = "not" if tokens[:2] == ["but", "not"] else tokens[0]
        if word == "but" or (kind and kind != word) or (word == kind == "not"):
            raise ModelError("or, and, but not need brackets between them")
        kind = word
        part, tokens = _term(tokens[2 if word == "not" else 1 :], depth)
        parts.append(part)
    return (Rewrite(kind, parts=tuple(parts)) if kind else first), tokens


def _term(tokens: list[str], depth: int) -> tuple[Rewrite, list[str]]:
    if not tokens or depth > DEEPEST:
        raise ModelError("it ends early" if not tokens else "too many brackets")
    word, rest = tokens[0], tokens[1:]
    if word == "(":
        inner, rest = _expression(rest, depth + 1)
        if rest[:1] != [")"]:
            raise ModelError("a bracket is open")
        return inner, rest[1:]
    if word.startswith("["):
        return THIS, rest
    if not (word[0].isalpha() or word[0] == "_"):
        raise ModelError(f"unexpected {word}")
    if rest[:1] == ["from"] and len(rest) > 1:
        return Rewrite("from", word, rest[1]), rest[2:]
    return Rewrite("computed", word), rest


def lines(text: str) -> Iterator[tuple[int, Key, Rewrite | str]]:
    """Yield the relations that a model in OpenFGA's language defines; a text says what is wrong with a line."""
    kind, skipping = "", False
    for number, line in enumerate(text.splitlines(), 1):
        plain = re.sub(r"(?:^|\s)#.*", "", line).strip()
        skipping = skipping and plain != "}"
        if skipping or plain in ("", "model", "relations", "}") or re.fullmatch(r"schema\s+1\.[12]", plain):
            continue
        typed, define = _TYPE.fullmatch(plain), _DEFINE.fullmatch(plain)
        if typed:
            kind = typed[1]
            yield number, (kind, ""), THIS
        elif define and kind:
            try:
                yield number, (kind, define[1]), from_text(define[2])
            except ModelError as error:
                yield number, (kind, define[1]), str(error)
        else:
            skipping = plain.startswith("condition ") and not plain.endswith("}")
            yield (
                number,
                ("", plain),
                "conditions are not modelled" if plain.startswith("condition ") else "unknown line",
            )


@dataclass(slots=True)
class Graph:
    """Tuples, and a model by which more follows from them."""

    model: Mapping[Key, Rewrite]
    tuples: Mapping[tuple[str, str], tuple[str, ...]]
    """Users by object and relation."""
    steps: int = 0
    _way: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def holds(self, user: str, relation: str, on: str) -> bool:
        """Return whether *user* has the *relation* to the object *on*.

        Raises
        ------
        ImportGrantsError
            If that takes too long to find out, or depends on itself by way of what is taken away.
        """
        return self._holds(user, relation, on, taken=0)

    def _holds(self, user: str, relation: str, on: str, *, taken: int) -> bool:
        self.steps += 1
        if user == f"{on}#{relation}":
            return True
        way = (user, relation, on)
        if self.steps > _MOST_STEPS or len(self._way) > DEEPEST:
            msg = f"E605 {relation} of {on}: more than {DEEPEST} relations in a row, or {_MOST_STEPS} steps"
            raise ImportGrantsError(msg)
        if way in self._way:
            # Round a circle, nothing follows from itself; but what is taken away must be known first.
            if self._way[way] != taken:
                msg = f"E605 {relation} of {on} depends on itself by way of 'but not'"
                raise ImportGrantsError(msg)
            return False
        self._way[way] = taken
        try:
            rewrite = self.model.get((on.partition(":")[0], relation), None if self.model else THIS)
            return rewrite is not None and self._follows(rewrite, user, relation, on, taken=taken)
        finally:
            del self._way[way]

    def _follows(self, rewrite: Rewrite, user: str, relation: str, on: str, *, taken: int) -> bool:
        if rewrite.kind == "this":
            return self._assigned(user, self.tuples.get((on, relation), ()), taken=taken)
        if rewrite.kind == "computed":
            return self._holds(user, rewrite.relation, on, taken=taken)
        if rewrite.kind == "from":
            parents = (
                p for p in self.tuples.get((on, rewrite.through), ()) if "#" not in p and not p.endswith(":*")
            )
            return any(self._holds(user, rewrite.relation, parent, taken=taken) for parent in parents)
        if rewrite.kind == "not":
            base, subtract = rewrite.parts
            has = self._follows(base, user, relation, on, taken=taken)
            return has and not self._follows(subtract, user, relation, on, taken=taken + 1)
        every = all if rewrite.kind == "and" else any
        return every(self._follows(part, user, relation, on, taken=taken) for part in rewrite.parts)

    def _assigned(self, user: str, users: Iterable[str], *, taken: int) -> bool:
        public = f"{user.partition(':')[0]}:*"
        for entry in users:
            if entry in (user, public):
                return True
            group, _, relation = entry.partition("#")
            if relation and self._holds(user, relation, group, taken=taken):
                return True
        return False
