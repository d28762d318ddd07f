"""What is written: names, comments, and how much of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simlab.errors import SimlabError
from simlab.importers.found import MOST_PERMISSIONS, Found, Grant, Note, Place
from simlab.importers.words import name, names, safe
from simlab.importers.writing import check_size, write
from simlab.scenario import loads

TEXT = st.text(max_size=100)
KEY = "AKIA" + "ABCDEFGHIJKLMNOP"  # of the form of a key, and none


def found(**parts):
    sound = {
        "holders": {"bot": ("r",)},
        "roles": {"r": ""},
        "grants": (Grant("r", "read", "p", ("Get",)),),
        "places": (Place("p", "p", "d"),),
    }
    return Found(**{**sound, **parts})


def test_a_small_scenario_in_full():
    """As a reader sees it."""
    text = write(
        found(notes=(Note("a.json#/0", "E611", "Condition", "not modelled"),), missed=1),
        "small",
        ["By hand."],
    )
    assert text.split("# TODO tools")[0] == """\
# By hand.
# statements: 0 taken, 0 taken in part, 1 not taken.
# Listed, because it is not, or not quite, what is written below:
#   a.json#/0: E611 Condition: not modelled
simlab: 1
name: small
question: What can each agent reach?  # TODO: the question that this scenario is to answer
horizon: 30d  # TODO: how long each simulated run lasts
domains:  # TODO: what each enforces, sees and revokes, and how fast
  d:
resources:
  p: {domain: d}
roles:
  r:
    - read:p  # Get
agents:
  bot: {roles: [r]}
"""  # fmt: skip


@given(TEXT, TEXT, TEXT, TEXT)
def test_any_names_make_a_scenario(agent, role, place, domain):
    """What strangers call their things can be anything, and stays in its line."""
    what = found(
        holders={agent: (role,)},
        roles={role: ""},
        grants=(Grant(role, "read", place, (agent,)),),
        places=(Place(place, place, domain),),
        notes=(Note(agent, "E611", role, place),),
        remarks=(domain,),
    )
    scenario = loads(write(what, agent, [role]))
    (only,) = scenario.system.agents.values()
    assert [permission.action for permission in only.entitlements] == ["read"]


@given(st.lists(st.text("aAbB*/- 1é", max_size=4), max_size=30))
def test_no_two_names_differ_only_by_case(texts):
    """And each key has one; in whatever order they come."""
    given_names = names((text, text) for text in texts)
    assert given_names == names((text, text) for text in reversed(texts))
    assert set(given_names) == set(texts)
    assert len({given.lower() for given in given_names.values()}) == len(given_names)


@pytest.mark.parametrize("word", ["no", "on", "null", "true", "1e3", "y", "~", "2024-01-01", "<<", "anyone"])
def test_words_that_yaml_takes_for_something_else_stay_names(word):
    """Quoted where it must be."""
    what = found(holders={word: ("r",)}, places=(Place("p", word, word),))
    system = loads(write(what, word, [])).system
    assert list(system.agents) == [name(word)]
    assert list(system.resources) == [name(word)]


def test_a_line_break_does_not_leave_its_comment():
    """Or a stranger could write into the scenario."""
    evil = "x\nprincipals:\r\n  eve: {}\u2028\u202e"
    text = write(
        found(notes=(Note(evil, "E611", evil, evil),), remarks=(evil,), holders={evil: ("r",)}), evil, [evil]
    )
    scenario = loads(text)
    assert not scenario.system.principals
    assert safe(evil).isprintable()


def test_what_looks_like_a_key_is_withheld():
    """In names and in comments."""
    text = write(found(holders={KEY: ("r",)}, notes=(Note("a", "E611", KEY, KEY),)), KEY, [KEY])
    assert KEY not in text
    assert "withheld" in text


def test_long_names_are_cut_and_stay_apart():
    """By a digest of the whole."""
    first, second = name("a" * 100 + "x"), name("a" * 100 + "y")
    assert first != second
    assert len(first) <= 64


def test_long_comments_give_way_before_a_scenario_is_refused():
    """A file holds a mebibyte; the actions behind a permission are then counted instead."""
    actions = tuple(f"service:Action{n:06}" for n in range(1000))
    places = tuple(Place(f"p{n}", f"p{n}", "d") for n in range(100))
    text = write(
        found(grants=tuple(Grant("r", "read", p.key, actions) for p in places), places=places), "big", []
    )
    assert "and 991 more" in text
    few = tuple(Grant("r", "read", p.key, actions[:9]) for p in places)
    assert "more" not in write(found(grants=few, places=places), "big", [])


def test_too_much_is_refused_with_a_code():
    """By the count, and by what a scenario can hold."""
    check_size(MOST_PERMISSIONS)
    with pytest.raises(SimlabError, match="E605 30001 permissions"):
        check_size(MOST_PERMISSIONS + 1)
    places = tuple(Place(f"p{n}", f"p{n}", "d") for n in range(13_000))
    with pytest.raises(SimlabError, match="E605"):
        write(found(grants=tuple(Grant("r", "read", p.key) for p in places), places=places), "big", [])


def test_what_makes_no_scenario_is_told_with_a_code():
    """A verb that nobody declared."""
    with pytest.raises(SimlabError, match="E608"):
        write(found(grants=(Grant("r", "frob", "p"),)), "odd", [])
