"""OpenFGA: models in both forms, tuples, and what follows from them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simlab.errors import SimlabError, UsageError
from simlab.importers.fga_model import THIS, Graph, ModelError, Rewrite, from_json, from_text
from simlab.importers.openfga import OpenFGA
from simlab.importers.source import Source

MODEL = """\
model
  schema 1.1

# who works here
type agent
type team
  relations
    define member: [agent, team#member]
type folder
  relations
    define viewer: [agent, agent:*, team#member] # and nobody else
type page
  relations
    define parent: [folder]
    define blocked: [agent]
    define owner: [agent with at_work]
    define editor: [team#member] or owner
    define viewer: (editor or viewer from parent) but not blocked
    define both: editor and viewer
condition at_work(hour: int) {
  hour < 18
}
"""
TUPLES = [
    ("agent:ann", "member", "team:web"),
    ("team:web#member", "member", "team:all"),
    ("team:all#member", "editor", "page:home"),
    ("agent:bob", "owner", "page:plan"),
    ("folder:pub", "parent", "page:plan"),
    ("agent:*", "viewer", "folder:pub"),
    ("agent:eve", "blocked", "page:plan"),
]
VERBS = (
    ("editor", "write"),
    ("viewer", "read"),
    ("member", "none"),
    ("both", "none"),
    ("owner", "none"),
    ("blocked", "none"),
)


def rows(tuples):
    return [dict(zip(("user", "relation", "object"), row, strict=True)) for row in tuples]


def read(*sources, verbs=VERBS):
    return OpenFGA(agents=("agent",), verbs=verbs).read(sources)


def grants(found):
    return {(grant.role, grant.verb, grant.place) for grant in found.grants}


WANTED = {
    ("agent:ann", "write", "page:home"), ("agent:ann", "read", "page:home"),
    ("agent:bob", "write", "page:plan"), ("agent:bob", "read", "page:plan"), ("agent:ann", "read", "page:plan"),
    *((f"agent:{name}", "read", "folder:pub") for name in ("ann", "bob", "eve")),
}  # fmt: skip


@pytest.mark.parametrize("form", ["store", "list", "json", "two"])
def test_a_store_by_hand(form):
    """Groups in groups, what follows from a parent, everybody, and a right that is taken away again."""
    text = "".join(f'- {{user: "{u}", relation: {r}, object: "{o}"}}\n' for u, r, o in TUPLES)
    indented = "".join(f"  {line}\n" for line in MODEL.splitlines())
    sources = {
        "store": (Source("s.fga.yaml", f"name: s\nmodel: |\n{indented}tuples:\n{text}"),),
        "list": (Source("m.fga", MODEL), Source("t.yaml", "# tuples\n" + text)),
        "json": (Source("m.fga", MODEL), Source("t.json", json.dumps({"tuple_keys": rows(TUPLES)}))),
        "two": (Source("m.fga", MODEL), Source("t.json", json.dumps([{"key": row} for row in rows(TUPLES)]))),
    }[form]
    found = read(*sources)
    assert grants(found) == WANTED
    assert [note.code for note in found.notes] == ["E612"]
    assert "conditions are not modelled" in str(found.notes[0])
    assert (found.taken, found.missed) == (7, 0)


def test_relations_that_nobody_gave_a_class_are_listed():
    """Unless they have the name of a verb that every scenario has."""
    found = read(Source("m.fga", MODEL), Source("t.json", json.dumps(rows(TUPLES))), verbs=())
    assert not found.grants
    listed = [note.what for note in found.notes if note.code == "E613"]
    assert listed == [
        "relation blocked",
        "relation both",
        "relation editor",
        "relation member",
        "relation owner",
        "relation viewer",
    ]


def test_tuples_that_are_none_are_listed():
    """Another shape, no type, a relation that the model lacks, a condition."""
    bad = [
        7, {"user": "agent:a"}, {"user": "ann", "relation": "viewer", "object": "page:x"},
        {"user": "agent:a", "relation": "viewer", "object": "page:*"},
        {"user": "agent:a", "relation": "admin", "object": "page:x"},
        {"user": "agent:a", "relation": "owner", "object": "page:x", "condition": {"name": "at_work"}, "note": "x"},
    ]  # fmt: skip
    found = read(Source("m.fga", MODEL), Source("t.json", json.dumps(bad)))
    where = [(note.where, note.code) for note in found.notes][1:]
    assert where == [
        ("t.json#/0", "E612"), ("t.json#/1", "E612"), ("t.json#/2", "E614"), ("t.json#/3", "E614"), ("t.json#/4", "E615"),
        ("t.json#/5", "E611"), ("t.json#/5", "E612"),
    ]  # fmt: skip
    assert (found.taken, found.partly, found.missed) == (0, 1, 5)


def test_without_a_model_relations_are_as_assigned():
    """And that is listed."""
    found = read(Source("t.json", json.dumps(rows([("agent:a", "read", "page:x"), ("team:t#member", "read", "page:y"),
                                                    ("agent:a", "member", "team:t")]))))  # fmt: skip
    assert grants(found) == {("agent:a", "read", "page:x"), ("agent:a", "read", "page:y")}
    assert [note.code for note in found.notes] == ["E619"]


def test_faulty_options_are_usage_errors():
    """A class that is none; no types of agents."""
    source = Source("t.json", json.dumps(rows(TUPLES)))
    with pytest.raises(UsageError, match="E604"):
        read(source, verbs=(("viewer", "see"),))
    with pytest.raises(SimlabError, match=r"E604 which types are agents\?.*agent, folder, page, team"):
        OpenFGA().read((source,))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("[agent]", {"this": {}}),
        ("owner", {"computedUserset": {"relation": "owner"}}),
        ("[a:*] or b from c", {"union": {"child": [{"this": {}}, {"tupleToUserset": {"tupleset": {"relation": "c"}, "computedUserset": {"relation": "b"}}}]}}),
        ("a but not (b and c)", {"difference": {"base": {"computedUserset": {"relation": "a"}}, "subtract": {"intersection": {"child": [{"computedUserset": {"relation": "b"}}, {"computedUserset": {"relation": "c"}}]}}}}),
    ],
)  # fmt: skip
def test_both_forms_of_a_model_say_the_same(text, data):
    """The language and its JSON."""
    assert from_text(text) == from_json(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a or",
        "a or b and c",
        "a but b",
        "(a",
        "a)",
        "a b",
        "a from",
        "[a",
        "a but not b but not c",
        "(" * 99 + "a",
        "&",
    ],
)
def test_a_rewrite_that_is_none_is_refused(text):
    """And not read in some way or other."""
    with pytest.raises(ModelError):
        from_text(text)


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        {},
        {"this": {}, "union": {}},
        {"union": {"child": []}},
        {"union": 7},
        {"computedUserset": {}},
        {"tupleToUserset": {}},
        {"difference": {"base": {"this": {}}}},
        {"none": {}},
    ],
)
def test_json_that_is_no_rewrite_is_refused(data):
    """And not read in some way or other."""
    with pytest.raises(ModelError):
        from_json(data)


def test_what_depends_on_itself():
    """A circle of groups ends; one by way of what is taken away has no answer, and a long chain is too long."""
    circle = Graph(
        {}, {("team:a", "member"): ("team:b#member",), ("team:b", "member"): ("team:a#member", "agent:x")}
    )
    assert circle.holds("agent:x", "member", "team:a")
    assert not circle.holds("agent:y", "member", "team:a")
    paradox = {
        ("page", "r"): Rewrite("not", parts=(THIS, Rewrite("computed", "s"))),
        ("page", "s"): Rewrite("computed", "r"),
    }
    with pytest.raises(SimlabError, match="E605"):
        Graph(paradox, {("page:x", "r"): ("agent:a",)}).holds("agent:a", "r", "page:x")
    chain = {(f"team:{n}", "member"): (f"team:{n + 1}#member",) for n in range(99)}
    with pytest.raises(SimlabError, match="E605"):
        Graph({}, chain).holds("agent:a", "member", "team:0")


# --- the oracle: all rights at once, by iteration, against one question at a time --------------

USERS, GROUPS, PAGES = ("agent:a", "agent:b"), ("team:s", "team:t"), ("page:x", "page:y")
MEMBERS = st.tuples(
    st.sampled_from((*USERS, "team:s#member", "team:t#member", "agent:*")),
    st.just("member"),
    st.sampled_from(GROUPS),
)
PARENTS = st.tuples(st.sampled_from(GROUPS), st.just("parent"), st.sampled_from(PAGES))
RIGHTS = st.tuples(
    st.sampled_from((*USERS, "team:s#member", "agent:*")),
    st.sampled_from(("owner", "blocked")),
    st.sampled_from(PAGES),
)
FGA = """\
model
  schema 1.1
type agent
type team
  relations
    define member: [agent]
type page
  relations
    define parent: [team]
    define owner: [agent]
    define blocked: [agent]
    define editor: owner or member from parent
    define read: editor but not blocked
    define write: owner and editor
"""


def brute(tuples):
    """All that follows, by sets: first memberships to their end, then each relation in order."""

    def plain(entry, members):
        if entry == "agent:*":
            return set(USERS)
        return members[entry.partition("#")[0]] if "#" in entry else {entry}

    members = {group: set() for group in GROUPS}
    for _ in range(len(GROUPS) + 2):
        for user, relation, on in tuples:
            if relation == "member":
                members[on] |= plain(user, members)
    found = set()
    for page in PAGES:

        def having(relation, on=page):
            return set().union(*(plain(u, members) for u, r, o in tuples if (r, o) == (relation, on)))

        owner, blocked = having("owner"), having("blocked")
        above = set().union(*(members[u] for u, r, o in tuples if (r, o) == ("parent", page)))
        editor = owner | above
        found |= {(user, "read", page) for user in editor - blocked} | {
            (user, "write", page) for user in owner & editor
        }
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(MEMBERS, PARENTS, RIGHTS), min_size=1, max_size=10))
def test_what_follows_is_what_sets_say(tuples):
    """Groups in groups and in circles, everybody, parents, and or, and, but not."""
    named = [*tuples, *((user, "member", "team:z") for user in USERS)]
    found = read(
        Source("m.fga", FGA),
        Source("t.json", json.dumps(rows(named))),
        verbs=(
            ("member", "none"),
            ("parent", "none"),
            ("owner", "none"),
            ("blocked", "none"),
            ("editor", "none"),
        ),
    )
    assert grants(found) == brute(tuples)
