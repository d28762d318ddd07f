"""Roles in YAML and in CSV."""

import pytest

from simlab.errors import InvalidInputError
from simlab.importers.roles import Roles
from simlab.importers.source import Source

BOOK = """\
# made up for the tests
actions: {approve: execute}
resources: {wiki: intranet, repo-web: git, repo-api: git}
roles:
  reader: [read:wiki, "read:repo-*"]
  lead: [approve:merge, fly:wiki, readwiki, "read:x-*"]
  empty: []
agents:
  bot: [reader, leader]
  boss: lead
  idle:
owners: {bot: platform}
"""


def grants(found):
    return {(grant.role, f"{grant.verb}:{grant.place}") for grant in found.grants}


def test_a_book_by_hand():
    """Patterns fit what is named; each line that is not understood is listed with its place."""
    found = Roles().read((Source("book.yaml", BOOK),))
    assert grants(found) == {
        ("reader", "read:wiki"), ("reader", "read:repo-web"), ("reader", "read:repo-api"), ("lead", "approve:merge"),
    }  # fmt: skip
    assert found.holders == {"bot": ("reader",), "boss": ("lead",), "idle": ()}
    assert set(found.roles) == {"reader", "lead", "empty"}
    assert found.verbs == {"approve": "execute"}
    assert {place.key: place.domain for place in found.places} == {
        "wiki": "intranet", "repo-web": "git", "repo-api": "git", "merge": "imported",
    }  # fmt: skip
    assert sorted(f"{note.where} {note.code} {note.what}" for note in found.notes) == [
        "book.yaml:12:9 E612 owners",
        "book.yaml:6:25 E613 fly:wiki",
        "book.yaml:6:35 E614 readwiki",
        "book.yaml:6:45 E614 read:x-*",
        "book.yaml:9:17 E615 bot: leader",
    ]
    assert (found.taken, found.partly, found.missed) == (
        9,
        0,
        4,
    )  # 1 verb, 3 places, 3 of 6 rights, 2 of 3 holders
    assert any("TODO domain imported" in remark for remark in found.remarks)


def test_tables_say_the_same():
    """Four tables, each told by its first row; a quoted cell, an empty row, and faults with their lines."""
    tables = {
        "r.csv": 'Role,Permission\nreader,read:wiki\n\n"lead",approve:merge\nlead\n',
        "a.csv": "agent,role\nbot,reader\nboss,boss\n",
        "v.csv": "action,class\napprove,execute\nread,write\n",
        "d.csv": "resource,domain\nwiki,intranet\nwiki,git\n",
    }
    found = Roles().read(tuple(Source(name, text) for name, text in tables.items()))
    assert grants(found) == {("reader", "read:wiki"), ("lead", "approve:merge")}
    assert found.holders == {"bot": ("reader",), "boss": ()}
    assert [(note.where, note.code) for note in found.notes] == [
        ("r.csv:5", "E612"), ("v.csv:3", "E613"), ("d.csv:3", "E614"), ("a.csv:3", "E615"),
    ]  # fmt: skip
    assert (found.taken, found.missed) == (5, 4)


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("x.csv", "\n\nrole,agent\na,b\n", "x.csv:3:1: E601"),
        ("x.csv", 'role,permission\na,"b', "x.csv:2:1: E603"),
        ("x.yaml", "users: {}\n", "x.yaml:1:1: E601"),
        ("x.yaml", "roles: {a: [b\n", "x.yaml:2:1: E004"),
        ("x.yaml", "roles: {}\n---\nroles: {a: [b\n", "x.yaml:4:1: E004"),
        ("x.json", '{"roles": {}, "roles": {}}', "x.json:1:1: E603"),
        ("x.json", '{"roles":\n {]', "x.json:2:3: E603"),
        ("x.json", "[" * 100_000, "x.json:1:1: E007"),
    ],
)
def test_what_cannot_be_read_says_where(name, text, where):
    """Syntax, or another sort of file."""
    with pytest.raises(InvalidInputError) as caught:
        Roles().read((Source(name, text),))
    assert str(caught.value).startswith(where)


@pytest.mark.parametrize(
    "section", ["5", "[1]", "text", "{a: [[1]]}", "{a: {b: c}}", "{a: 5}", '{"": b}', "{a: [null]}"]
)
@pytest.mark.parametrize("key", ["roles", "agents", "actions", "resources"])
def test_a_section_of_another_shape_is_listed(key, section):
    """Numbers, lists in lists, mappings in mappings."""
    found = Roles().read((Source("x.yaml", f"{key}: {section}\n"),))
    assert found.notes
    assert found.missed
    assert not found.grants
