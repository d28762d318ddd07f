"""AWS identity policies: from JSON to statements about known actions and resources, and who may do what then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simlab.importers.aws_table import Action, Table
from simlab.importers.found import Listing
from simlab.importers.globs import LONGEST, covers, fits
from simlab.importers.source import Document
from simlab.lookup import did_you_mean

ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Principal",
        "NotPrincipal",
    }
)
ANY = "*"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one statement says."""

    allows: bool
    actions: frozenset[str]
    """Patterns, in lower case."""
    but: bool
    """It is about all actions but these (NotAction)."""
    resources: frozenset[str]
    """Patterns of ARNs, or ``*``."""
    save: bool
    """It is about all resources but these (NotResource)."""
    where: str = ""
    named: tuple[str, ...] = ()
    """Actions that it names one by one, in lower case."""

    def covers(self, place: str) -> bool:
        """Return whether it speaks of all that *place* stands for: an ARN, a pattern of ARNs, or ``*``.

        A place stands for what fits it and nothing narrower that the policies name.
        """
        inside = any(
            pattern == ANY or (place != ANY and covers(pattern, place)) for pattern in self.resources
        )
        return inside != self.save


class Reader:
    """Reads statements, and lists what it does not understand."""

    def __init__(self, table: Table, listing: Listing) -> None:
        """Look actions up in *table*."""
        self.table, self.listing = table, listing
        self._matched: dict[str, frozenset[str]] = {}
        self.known: Mapping[str, Action] = {
            name: action for service in table.services.values() for name, action in service.items()
        }

    def meaning(self, statement: Statement) -> frozenset[str]:
        """Return the actions, in lower case, that *statement* speaks of."""
        named = frozenset[str]().union(*map(self._matching, statement.actions))
        return frozenset(self.known) - named if statement.but else named

    def _matching(self, pattern: str) -> frozenset[str]:
        if pattern not in self._matched:
            self._matched[pattern] = frozenset(name for name in self.known if fits(pattern, name))
        return self._matched[pattern]

    def allowed(self, statements: Iterable[Statement], place: str) -> frozenset[str]:
        """Return the actions that *statements* allow on *place*: a Deny beats every Allow."""
        may, must_not = set[str](), set[str]()
        for statement in statements:
            if statement.covers(place):
                (may if statement.allows else must_not).update(self.meaning(statement))
        return frozenset(may - must_not)

    def statements(self, document: Document) -> Iterator[Statement]:
        """Yield the statements of a policy."""
        policy, path = unwrap(document.data)
        for key in sorted(set(policy) - {"Version", "Id", "Statement"}):
            self.listing.note(document.at(*path, key), "E612", key, "no element of a policy")
        if policy.get("Version") != "2012-10-17":
            self.listing.note(
                document.at(*path, "Version"),
                "E611",
                f"Version {policy.get('Version')!r}",
                "read as 2012-10-17",
            )
        entries = policy["Statement"]
        single = isinstance(entries, dict)
        for index, entry in enumerate([entries] if single else entries):
            where: tuple[str | int, ...] = (*path, "Statement") if single else (*path, "Statement", index)
            with self.listing.statement() as took:
                statement = self._statement(document, where, entry)
                if statement is not None:
                    took.append(True)
                    yield statement

    def _statement(self, document: Document, path: tuple[str | int, ...], entry: Any) -> Statement | None:
        why = _fault(entry)
        if why:
            self.listing.note(document.at(*path), "E612", "statement not taken", why)
            return None
        allows = entry["Effect"] == "Allow"
        if entry.get("Condition"):
            keys = sorted({key for block in _mappings(entry["Condition"]) for key in block})
            taken = "taken as if it always held" if allows else "the Deny is not taken, for it may not hold"
            self.listing.note(
                document.at(*path, "Condition"),
                "E611",
                f"Condition on {', '.join(keys) or '?'}",
                f"not modelled: {taken}",
            )
            if not allows:
                return None
        what, on = _one(entry, "Action"), _one(entry, "Resource")
        actions = self._actions(document, (*path, what), entry[what])
        resources = self._resources(document, (*path, on), entry[on], widen=allows != (on == "NotResource"))
        if not (actions or what == "NotAction") or not (resources or on == "NotResource"):
            return None
        named = tuple(sorted(a for a in actions if not {"*", "?"} & set(a))) if what == "Action" else ()
        return Statement(
            allows, frozenset(actions), what == "NotAction", frozenset(resources), on == "NotResource",
            document.at(*path), named,
        )  # fmt: skip

    def _actions(self, document: Document, path: tuple[str | int, ...], value: Any) -> list[str]:
        found = []
        for where, text in _texts(document, path, value):
            low = text.lower()
            if len(text) > LONGEST:
                why = f"longer than {LONGEST} characters"
            elif low in self.known or ({"*", "?"} & set(low) and any(fits(low, name) for name in self.known)):
                found.append(low)
                continue
            else:
                prefix = low.partition(":")[0]
                near = self.table.services.get(prefix)
                names = [action.name for action in near.values()] if near else list(self.table.services)
                why = f"no action that {self.table.origin} knows ({did_you_mean(text if near else prefix, names)})"
            self.listing.note(where, "E613", text, why)
        return found

    def _resources(
        self, document: Document, path: tuple[str | int, ...], value: Any, *, widen: bool
    ) -> list[str]:
        found = []
        for where, text in _texts(document, path, value):
            wide = _without_variables(text)
            why = _strange(wide)
            if why:
                self.listing.note(where, "E614", text, why)
            elif wide == text:
                found.append(text)
            elif widen:
                self.listing.note(where, "E611", text, f"variables are not modelled: taken as {wide}")
                found.append(wide)
            else:
                self.listing.note(where, "E611", text, "variables are not modelled: left out")
        return found


def unwrap(data: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the policy in *data*, which may be an answer of AWS, and where it stands; an empty one if there is none.

    Examples
    --------
    >>> unwrap({"PolicyName": "p", "PolicyDocument": {"Statement": []}})
    ({'Statement': []}, ('PolicyDocument',))
    """
    for path in ((), ("PolicyDocument",), ("PolicyVersion", "Document")):
        policy: Any = data
        for part in path:
            policy = policy.get(part) if isinstance(policy, dict) else None
        if isinstance(policy, dict) and isinstance(policy.get("Statement"), list | dict):
            return policy, path
    return {}, ()


def _fault(entry: Any) -> str:
    """Return why *entry* is no statement of an identity policy, or an empty text."""
    if not isinstance(entry, dict):
        return "a statement is a mapping"
    strange = sorted(set(entry) - ELEMENTS)
    if strange:
        return f"it has {strange[0]}, which is no element of a statement"
    if "Principal" in entry or "NotPrincipal" in entry:
        return "it names a principal: a policy of a resource, or of trust, and not of an identity"
    if entry.get("Effect") not in ("Allow", "Deny"):
        return "its Effect is neither Allow nor Deny"
    for key in ("Action", "Resource"):
        given = [name for name in (key, f"Not{key}") if name in entry]
        if len(given) != 1:
            return f"it needs one of {key} and Not{key}"
        value = entry[given[0]]
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text for text in texts):
            return f"its {given[0]} is not text, or a list of it"
    return ""


def _one(entry: dict[str, Any], key: str) -> str:
    return key if key in entry else f"Not{key}"


def _texts(document: Document, path: tuple[str | int, ...], value: Any) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(document.at(*path), value)]
    return [(document.at(*path, index), text) for index, text in enumerate(value)]


def _mappings(condition: Any) -> list[dict[str, Any]]:
    blocks = condition.values() if isinstance(condition, dict) else ()
    return [block for block in blocks if isinstance(block, dict)]


def _without_variables(text: str) -> str:
    """Return *text* with a * for each variable.

    Examples
    --------
    >>> _without_variables("arn:aws:s3:::home/${aws:username}/*")
    'arn:aws:s3:::home/*/*'
    """
    first, *rest = text.split("${")
    return first + "".join("*" + part.partition("}")[2] for part in rest)


def _strange(arn: str) -> str:
    """Return why *arn* is no resource, or an empty text."""
    if arn == ANY:
        return ""
    if len(arn) > LONGEST:
        return f"longer than {LONGEST} characters"
    parts = arn.split(":", 5)
    if parts[0] != "arn":
        return "neither * nor an ARN"
    if len(parts) < 3 or not parts[2] or {"*", "?"} & set(parts[2]):
        return "an ARN names its service in the third field"
    if len(parts) < 6 and not arn.endswith("*"):
        return "an ARN has six fields"
    return ""
