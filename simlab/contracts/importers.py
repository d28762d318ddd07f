"""What every importer of grants promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simlab.contracts.common import COMMON
from simlab.contracts.contract import Check, contract
from simlab.errors import SimlabError
from simlab.importers import IMPORTERS
from simlab.importers.found import Found
from simlab.importers.source import Source
from simlab.importers.writing import write
from simlab.scenario import loads

FOREIGN = (
    "", " ", "{", "[]", "{}", "null", "- a", "a: [", "a: {b: 1}",
    '{"Statement": 1}', '[{"uid": 1}]', "role,permission,x",
    "kind: Role", "tuples: [1]", "\ta", '"', "---\n...\n---", "a,b\n1", '{"a": NaN}', "model\n  schema 9",
)  # fmt: skip
"""What belongs to no format."""


def _example(importer: Any) -> Found:
    found: Found = importer.read((Source("example", importer.example),))
    return found


@contract
def understands_its_own_example(importer: Any) -> Iterator[str]:
    """Its example is seen to be of its format and no other, and understood as a whole."""
    source = Source("example", importer.example)
    fitting = [name for name, kind in IMPORTERS.items() if kind().fits(source) and name != importer.name]
    if fitting or not importer.fits(source):
        yield f"its example fits {fitting or 'nothing'}"
    found = _example(importer)
    if found.notes or found.partly or found.missed or not found.taken:
        yield f"of its example: {found.summary}; {'; '.join(map(str, found.notes))}"
    if not any(found.holders.values()):
        yield "nobody in its example holds a role"


@contract
def reads_the_same_twice(importer: Any) -> Iterator[str]:
    """The same sources give the same grants."""
    if _example(importer) != _example(importer):
        yield "two readings of its example differ"


@contract
def refers_to_what_it_found(importer: Any) -> Iterator[str]:
    """Each grant is of a role and a place that are there, and so is each role that an agent holds."""
    found = _example(importer)
    places = {place.key for place in found.places}
    for grant in found.grants:
        if grant.role not in found.roles or grant.place not in places:
            yield f"{grant} refers to nothing"
    for agent, held in found.holders.items():
        if not set(held) <= set(found.roles):
            yield f"{agent} holds a role that is not there"


@contract
def becomes_a_scenario(importer: Any) -> Iterator[str]:
    """What it finds is a scenario that says the same, and says what a person must add."""
    found = _example(importer)
    text = write(found, "example", [])
    scenario = loads(text)
    count = sum(len(agent.entitlements) for agent in scenario.system.agents.values())
    wanted = sum(
        len({(g.verb, g.place) for g in found.grants if g.role in held}) for held in found.holders.values()
    )
    if count != wanted:
        yield f"{wanted} permissions became {count}"
    if "TODO" not in text:
        yield "nothing is marked TODO"


@contract
def answers_to_foreign_text(importer: Any) -> Iterator[str]:
    """Text of no format gives an error with a code, or is listed; nothing else is raised."""
    for text in FOREIGN:
        for name in ("foreign", "foreign.json", "foreign.yaml", "foreign.csv"):
            try:
                found = importer.read((Source(name, text),))
            except SimlabError as error:
                if " E" not in f" {error}":
                    yield f"the error for {text!r} has no code: {error}"
                continue
            if found.grants:
                yield f"{text!r} grants something"


IMPORTER_CHECKS: tuple[Check, ...] = (
    *COMMON,
    understands_its_own_example,
    reads_the_same_twice,
    refers_to_what_it_found,
    becomes_a_scenario,
    answers_to_foreign_text,
)
