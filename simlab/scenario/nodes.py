"""Text to plain data with positions, by way of the flat stream of YAML events.

The stream is read and not the nodes that the library would make: so the depth can be bounded before
anything recurses, and a repeated key can be reported without an end to the reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from simlab.errors import InvalidInputError, Problem
from simlab.scenario.aliases import DEEPEST, Leaf, Mapping, Node, Sequence, flatten
from simlab.scenario.characters import FORBIDDEN, SECRET, describe, shown
from simlab.scenario.places import Spot, Tree
from simlab.scenario.scalars import Scalar, ScalarError, ambiguous, resolve

MOST_NODES, LONGEST = 36_000, 16_384
SECRETS_ALLOWED = ContextVar("secrets_allowed", default=False)
"""Whether text that looks like a real credential is read all the same."""

# What the scanner lets through from Python itself: an escape beyond Unicode, half a surrogate pair.
_LEAKS = (ValueError, OverflowError, IndexError, TypeError, AttributeError)


def parse(text: str, name: str, problems: list[Problem]) -> Tree:
    """Return the one mapping that *text* holds; faults that allow to go on are added to *problems*.

    Raises
    ------
    InvalidInputError
        If there is no such mapping, or reading on would make no sense or no end.
    """
    return flatten(_Composer(text, name, problems).document(), name, problems)


class _Composer:
    """Reads events and builds nodes; an anchor's node is shared, not copied."""

    def __init__(self, text: str, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.anchors: dict[str, Node | None] = {}
        self.count = 0
        self.last = Spot(name, 1, 1)
        self.events = self._events(text)

    def document(self) -> Mapping:
        """Return the top of the only document."""
        self._expect(StreamStartEvent)
        event = next(self.events)
        if not isinstance(event, DocumentStartEvent):
            raise self.stop("E006", "the file is empty", "begin with `simlab: 1`")
        if event.version is not None and tuple(event.version) != (1, 2):
            raise self.stop("E004", "only YAML 1.2 is read", "delete the %YAML line")
        top = self._node(next(self.events), 1)
        if not isinstance(top, Mapping):
            raise self.stop("E006", "the file must hold one mapping", "begin with `simlab: 1`", top.spot)
        self._expect(DocumentEndEvent)
        if not isinstance(next(self.events), StreamEndEvent):
            raise self.stop("E005", "more than one document", "delete what follows the line `---`")
        return top

    def stop(self, code: str, message: str, hint: str = "", spot: Spot | None = None) -> InvalidInputError:
        """Return the error that ends the reading, with all that was found before."""
        return InvalidInputError([*self.problems, Problem(*(spot or self.last), code, message, hint)])

    def _report(self, spot: Spot, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(*spot, code, message, hint))

    def _events(self, text: str) -> Iterator[Event]:
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                self.last = self._spot(event.start_mark)
                yield event
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            spot = self._spot(mark) if mark else self.last
            raise self.stop(
                "E004", f"YAML syntax: {error.problem or error.context}", _advice(error), spot
            ) from None
        except (YAMLError, *_LEAKS) as error:
            raise self.stop("E004", f"YAML syntax: {shown(str(error))}") from None

    def _spot(self, mark: Any) -> Spot:
        return Spot(self.name, mark.line + 1, mark.column + 1)

    def _expect(self, kind: type[Event]) -> None:
        event = next(self.events)
        if not isinstance(event, kind):
            raise self.stop("E004", "YAML syntax: unexpected text")

    def _node(self, event: Event, depth: int) -> Node:
        spot = self._spot(event.start_mark)
        self.count += 1
        if self.count > MOST_NODES:
            raise self.stop(
                "E008", f"more than {MOST_NODES} nodes", "`copies: N` writes N alike entries as one"
            )
        if depth > DEEPEST:
            raise self.stop("E007", f"nested deeper than {DEEPEST}")
        if isinstance(event, AliasEvent):
            return self._alias(event, spot)
        if isinstance(event, NodeEvent) and event.anchor:
            self.anchors[event.anchor] = None
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report(spot, "E011", f"explicit tag {shown(str(tag))}", "delete it; values are plain")
        node = self._build(event, spot, depth)
        if isinstance(event, NodeEvent) and event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: AliasEvent, spot: Spot) -> Node:
        if event.anchor not in self.anchors:
            raise self.stop("E004", f"YAML syntax: unknown alias '*{event.anchor}'", "", spot)
        node = self.anchors[event.anchor]
        if node is None:
            raise self.stop("E010", f"alias '*{event.anchor}' contains itself", "", spot)
        return node

    def _build(self, event: Event, spot: Spot, depth: int) -> Node:
        if isinstance(event, MappingStartEvent):
            return self._mapping(spot, depth)
        if isinstance(event, SequenceStartEvent):
            sequence = Sequence(spot)
            while not isinstance(item := next(self.events), SequenceEndEvent):
                sequence.items.append(self._node(item, depth + 1))
            return sequence
        if not isinstance(event, ScalarEvent):
            raise self.stop("E004", "YAML syntax: unexpected text")
        return Leaf(spot, self._scalar(event, spot))

    def _mapping(self, spot: Spot, depth: int) -> Mapping:
        mapping = Mapping(spot)
        while not isinstance(event := next(self.events), MappingEndEvent):
            where = self._spot(event.start_mark)
            key = self._key(event, where, depth)
            value = self._node(next(self.events), depth + 1)
            if key in mapping.entries:
                first = mapping.entries[key][0].line
                self._report(where, "E012", f"duplicate key {shown(key)}", f"it stands first on line {first}")
            elif key is not None:
                mapping.entries[key] = (where, value)
        return mapping

    def _key(self, event: Event, spot: Spot, depth: int) -> str | None:
        """Return the text of a key, or None for one that cannot be used."""
        if not isinstance(event, ScalarEvent):
            self._node(event, depth + 1)
            self._report(spot, "E013", "a key must be text", "quote it")
            return None
        text: str = event.value
        plain = event.style is None and event.tag is None
        if plain and text == "<<":
            self._report(spot, "E014", "merge keys are not read", "write the entries, or use `extends`")
            return None
        node = self._node(event, depth + 1) if not (plain and ambiguous(text)) else Leaf(spot, text)
        if plain and ambiguous(text) and not text.isalpha():
            self._report(spot, "E013", f"key {shown(text)} is no text to some readers", "quote it")
        elif isinstance(node, Leaf) and not isinstance(node.value, str):
            self._report(spot, "E013", f"a key must be text, not {shown(text)}", "quote it")
        return text

    def _scalar(self, event: ScalarEvent, spot: Spot) -> Scalar:
        """Return the value of a scalar; a faulty one is reported and its text goes on."""
        text: str = event.value
        if len(text) > LONGEST:
            self._report(spot, "E016", f"longer than {LONGEST} characters")
            return text[:64]
        forbidden = FORBIDDEN.search(text)
        if forbidden:
            # Half a surrogate pair is no character at all, so the escape is a fault of syntax.
            code = "E004" if "\ud800" <= forbidden.group() <= "\udfff" else "E003"
            self._report(spot, code, f"forbidden character {describe(forbidden.group())}", "delete it")
        if SECRET.search(text) and not SECRETS_ALLOWED.get():
            hint = "write a name for it; --allow-secrets reads it all the same"
            self._report(spot, "E117", "this looks like a real credential", hint)
            return "withheld"
        if event.style is not None or event.tag is not None:
            return text
        try:
            return resolve(text)
        except ScalarError as error:
            self._report(spot, error.code, error.message, error.hint)
            return text


def _advice(error: MarkedYAMLError) -> str:
    said = str(error.problem or "")
    if "\\t" in said:
        return "indent with spaces"
    if "mapping values are not allowed" in said:
        return "quote a value that holds ': ', and check the indentation"
    return "a bracket or a quotation mark is open" if "stream end" in said or "end of stream" in said else ""
