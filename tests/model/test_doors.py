"""Doors: what can be tried with what an attacker has; and the rules of physics."""

from itertools import product

import pytest

from simlab.errors import BudgetError
from simlab.model.access import Permission
from simlab.model.attack import Move
from simlab.model.composition import Rulebook
from simlab.model.doors import explore
from simlab.model.system import Agent, Composition, Delegation, Domain, Resource, Secret, System

P = Permission.parse
READ, WRITE, RUN = P("read:db"), P("write:db"), P("run:job")


def system(depth=3, delegations=(), **changes):
    given = {
        "domains": {"d": Domain("d")},
        "resources": {
            "db": Resource("db", "d", holds=("k", "s"), obeyed_by=("a", "deaf")),
            "job": Resource("job", "d", holds=("s",)),
        },
        "agents": {
            "a": Agent("a", frozenset({READ}), (READ, WRITE), "k"),
            "b": Agent("b", frozenset({RUN}), (RUN,), "k"),
            "c": Agent("c", frozenset(), (), "c"),
            "deaf": Agent("deaf", frozenset(), (), "deaf", susceptibility=0.0),
        },
        "secrets": {"s": Secret("s", frozenset({RUN}))},
        "delegations": tuple(delegations),
        "depth": depth,
    }
    return System(**{**given, **changes})


def moves(world, via):
    return [str(world.doors[index].move.permission) for index in world.behind.get(via, ())]


def test_a_stolen_key_opens_the_menus_and_rights_of_all_who_use_it():
    """a and b share k: whoever has it tries what either of them can ask for."""
    world = explore(system())
    assert moves(world, "hold:k") == ["read:db", "run:job", "write:db"]
    assert moves(world, "hold:s") == ["run:job"]
    assert moves(world, "hold:c") == []


def test_a_steered_agent_opens_its_own_menu():
    """Tools are what it can ask with, allowed or not."""
    world = explore(system())
    assert moves(world, "steer:a") == ["read:db", "write:db"]
    assert moves(world, "steer:a>b") == []


def test_delegation_opens_the_menus_of_callees():
    """Along every chain without a repetition, up to the depth."""
    edges = [Delegation("a", "b", "own-identity"), Delegation("b", "c"), Delegation("c", "a")]
    world = explore(system(delegations=edges))
    assert sorted(world.chains["a"]) == ["steer:a>b", "steer:a>b>c"]
    assert moves(world, "steer:a>b") == ["run:job"]
    assert moves(world, "steer:c>a>b") == ["run:job"]
    door = world.doors[world.behind["steer:a>b"][0]]
    assert (door.agents, door.modes, door.key) == (("a", "b"), ("own-identity",), "")
    assert (door.fact, door.domain) == ("run:job", "d")


@pytest.mark.parametrize(("depth", "longest"), [(0, 0), (1, 1), (2, 2), (5, 3)])
def test_a_chain_is_no_longer_than_the_depth(depth, longest):
    """Four agents in a row have three delegations between them."""
    edges = [Delegation("a", "b"), Delegation("b", "c"), Delegation("c", "deaf")]
    chains = explore(system(depth, edges)).chains.get("a", [])
    assert max((chain.count(">") for chain in chains), default=0) == longest


def test_two_edges_say_no_more_than_one():
    """The same edge twice leads through the same doors."""
    edge = Delegation("a", "b")
    assert explore(system(delegations=[edge, edge])).doors == explore(system(delegations=[edge])).doors


def test_too_many_chains_are_an_error_not_a_wait():
    """Twelve agents that all task each other, twelve deep, have more chains than can be named."""
    names = [f"a{number}" for number in range(12)]
    edges = [Delegation(one, other) for one, other in product(names, names) if one != other]
    many = System(agents={name: Agent(name, key=name) for name in names}, delegations=tuple(edges), depth=12)
    with pytest.raises(
        BudgetError, match="more than 100000 chains of delegation from 'a0' \\(lower `depth`\\)"
    ):
        explore(many)


def test_reading_finds_keys_and_writing_plants_words():
    """What follows without asking anybody. The deaf agent obeys nothing."""
    world = explore(system())
    assert list(world.consequences(READ)) == [("db holds k", "hold:k"), ("db holds s", "hold:s")]
    assert list(world.consequences(WRITE)) == [("a obeys db", "steer:a")]
    assert list(world.consequences(RUN)) == []


def test_the_rulebook_has_physics_and_compositions():
    """Control is steering; steering tasks callees; and what the scenario adds."""
    rule = Composition("c", ("read:db", "run:job"), ("write:job",), 0.5)
    book = explore(system(delegations=[Delegation("a", "b")], compositions=(rule,))).rulebook()
    rules = {one.name: one for one in book.rules}
    assert {"control of a", "delegation steer:a>b", "db holds k", "a obeys db", "c"} <= set(rules)
    assert [book.names[need] for need in rules["delegation steer:a>b"].needs] == ["steer:a"]
    assert sorted(book.names[need] for need in rules["c"].needs) == ["read:db", "run:job"]
    assert rules["c"].probability == 0.5


def test_compositions_speak_of_permissions_that_no_door_has():
    """They have consequences as well: who has read the job by a rule has found what it holds."""
    rule = Composition("c", ("hold:k",), ("read:job",))
    world = explore(system(compositions=(rule,)))
    assert P("read:job") in world.permissions()
    assert P("hold:k") not in world.permissions()
    assert "job holds s" in {one.name for one in world.rulebook().rules}


def test_doors_are_in_an_order_that_no_file_decides():
    """Sorted by move."""
    doors = explore(system(delegations=[Delegation("a", "b")])).doors
    assert [door.move for door in doors] == sorted(door.move for door in doors)
    assert Move(READ, "hold:k") in [door.move for door in doors]


def test_a_rulebook_counts_what_each_rule_lacks():
    """The step function that graph and simulation share."""
    book = Rulebook()
    book.add("ab", ["a", "b"], ["c"])
    book.add("bc", ["b", "c"], ["d"])
    left = book.counts()
    assert left == [2, 2]
    assert list(book.complete(book.fact("b"), left)) == []
    assert list(book.complete(book.fact("a"), left)) == [0]
    assert list(book.complete(book.fact("c"), left)) == [1]
    assert left == [0, 0]
    assert book.known("d")
    assert not book.known("e")
