"""Cedar entities."""

import json

import pytest

from simlab.errors import SimlabError
from simlab.importers.cedar import Cedar
from simlab.importers.source import Source

STORE = [
    {"uid": {"type": "Agent", "id": "bot"}, "attrs": {"team": "web"}, "parents": [{"type": "Role", "id": "reader"}]},
    {"uid": {"__entity": {"type": "Role", "id": "reader"}}, "parents": [{"__entity": {"type": "Role", "id": "staff"}}]},
    {"uid": {"type": "Role", "id": "staff"}, "attrs": {}, "parents": [], "owner": 1},
    {"uid": {"type": "Docs::Page", "id": "wiki"}, "tags": {"secret": "no"}, "parents": [{"type": "Docs::Folder", "id": "all"}, "x"]},
    {"uid": {"type": "Docs::Action", "id": "view"}, "parents": []},
    {"uid": {"type": "Agent", "id": "bot"}},
    {"uid": "Agent::bot"},
    {"uid": {"type": "Role", "id": "odd"}, "parents": 5},
    7,
]  # fmt: skip


def read(store, *agents):
    return Cedar(agents=agents).read((Source("store.json", json.dumps(store)),))


def test_a_store_by_hand():
    """Roles are all that is above an agent; attributes and strange parts are listed by pointer."""
    found = read(STORE, "Agent")
    assert found.holders == {'Agent::"bot"': ('Role::"reader"', 'Role::"staff"')}
    assert found.roles == {'Role::"reader"': "", 'Role::"staff"': ""}
    assert [place.key for place in found.places] == [
        'Docs::Folder::"all"',
        'Docs::Page::"wiki"',
        'Role::"odd"',
    ]
    assert not found.grants
    assert [(note.where.removeprefix("store.json#"), note.code) for note in found.notes] == [
        ("/0/attrs", "E611"),
        ("/2/owner", "E612"),
        ("/3/tags", "E611"),
        ("/3/parents/1", "E612"),
        ("/5/uid", "E615"),
        ("/6", "E612"),
        ("/7/parents", "E612"),
        ("/8", "E612"),
    ]
    assert (found.taken, found.partly, found.missed) == (2, 4, 3)
    assert any("view" in remark for remark in found.remarks)
    assert any("TODO roles" in remark for remark in found.remarks)


@pytest.mark.parametrize("agents", [(), ("Bot",), ("Agent", "Bot")])
def test_somebody_must_say_which_types_are_agents(agents):
    """The types are listed, so that it is easily said."""
    with pytest.raises(SimlabError, match=r"E604 .*Agent, Docs::Action, Docs::Folder, Docs::Page, Role"):
        read(STORE, *agents)


def test_a_circle_of_parents_ends():
    """Cedar forbids it; here nobody holds himself."""
    circle = [
        {"uid": {"type": "A", "id": name}, "parents": [{"type": "A", "id": above}]}
        for name, above in ("ab", "ba")
    ]
    assert read(circle, "A").holders == {'A::"a"': ('A::"b"',), 'A::"b"': ('A::"a"',)}
