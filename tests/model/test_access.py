"""Permissions, grants, requests and credentials, with numbers that a reader can check."""

import math

import pytest

from simlab.model.access import Credential, Grant, Intent, Permission, Request, Strategy
from simlab.model.system import Agent, Resource
from simlab.strategies import JIT

READ, WRITE = Permission("read", "db"), Permission("write", "db")


def test_a_permission_is_written_as_action_and_resource():
    """And read back; only the first colon parts them."""
    assert str(READ) == "read:db"
    assert Permission.parse("read:db") == READ
    assert Permission.parse("read:arn:aws:s3") == Permission("read", "arn:aws:s3")
    assert sorted([WRITE, READ]) == [READ, WRITE]


def test_two_grants_together_are_the_stricter_one_in_everything():
    """Scope by intersection, times by the least, standing only if both are, bound if one is."""
    one = Grant(frozenset({READ, WRITE}), ttl=900.0, standing=True, grace=60.0)
    other = Grant(frozenset({READ}), ttl=3600.0, standing=True, bound=True, grace=30.0)
    assert one & other == Grant(frozenset({READ}), ttl=900.0, standing=True, bound=True, grace=30.0)
    assert (one & Grant(frozenset({READ}))).standing is False
    assert one & other == other & one
    assert one & one == one


def request(chain):
    return Request(
        "owner",
        chain,
        Agent("a"),
        "t",
        Intent("x"),
        READ,
        Resource("db", "d"),
        frozenset(),
        frozenset(),
        writes=False,
    )


def test_hops_are_delegations():
    """The principal's first agent has made none."""
    assert [request(chain).hop for chain in (("a",), ("a", "b"), ("a", "b", "c"))] == [0, 1, 2]


def test_a_credential_dies_by_expiry_by_revocation_or_with_its_parent():
    """The earliest counts, domain by domain."""
    root = Credential(1, "root", Grant(frozenset()), 0.0, 600.0)
    child = Credential(1, "child", Grant(frozenset()), 100.0, 500.0, root)
    grandchild = Credential(1, "grandchild", Grant(frozenset()), 100.0, 550.0, child)
    assert [one.dies("near") for one in (root, child, grandchild)] == [600.0, 500.0, 500.0]
    root.revoked = {"near": 200.0, "far": 400.0}
    assert [one.dies("near") for one in (root, child, grandchild)] == [200.0, 200.0, 200.0]
    assert [one.dies("far") for one in (root, child, grandchild)] == [400.0, 400.0, 400.0]
    assert grandchild.dies("elsewhere") == 500.0
    child.revoked = {"near": 150.0}
    assert (grandchild.dies("near"), grandchild.dies("far")) == (150.0, 400.0)
    assert root.dies("near") == 200.0


def test_word_of_a_revocation_goes_down_the_chain_hop_by_hop():
    """Two minutes a hop: 0, 2 and 4 after the root; what is issued after its end is dead at once."""
    root = Credential(1, "root", Grant(frozenset()), 0.0, 6000.0)
    child = Credential(1, "child", Grant(frozenset()), 0.0, 6000.0, root)
    grandchild = Credential(1, "grandchild", Grant(frozenset()), 100.0, 6000.0, child)
    late = Credential(2, "child", Grant(frozenset()), 600.0, 6000.0, root)
    root.revoked, root.cascade = {"d": 600.0}, {"d": 120.0}
    assert [one.dies("d") for one in (root, child, grandchild, late)] == [600.0, 720.0, 840.0, 600.0]


def test_what_is_spent_dies_alone():
    """A credential for a single use, used at 300; what was derived from it lives on."""
    parent = Credential(1, "parent", Grant(frozenset(), single_use=True), 0.0, 900.0)
    child = Credential(1, "child", Grant(frozenset()), 100.0, 900.0, parent)
    parent.spent = 300.0
    assert (parent.dies("d"), child.dies("d")) == (300.0, 900.0)


def test_terms_that_satisfy_both_bind_as_much_as_either():
    """Chances that the proof leaks along multiply, and count only where there is a proof."""
    bearer, bound = Grant(frozenset()), Grant(frozenset(), bound=True, replay=0.5)
    other = Grant(frozenset(), bound=True, replay=0.4, audience=True, single_use=True)
    assert (bearer & bound).replay == 0.5
    assert (bound & other).replay == 0.2
    assert (bound & other).audience
    assert (bearer & other).single_use
    assert (bearer & bearer).replay == 0.0
    assert [one.presentable for one in (bearer, bound, Grant(frozenset(), bound=True))] == [True, True, False]


def test_a_credential_that_nobody_limits_lives_for_ever():
    """No expiry, no revocation."""
    assert Credential(1, "key", Grant(frozenset()), 0.0, math.inf).dies("d") == math.inf


def test_credentials_are_told_apart_by_what_they_are_not_by_what_they_say():
    """Two with equal columns are two: serial numbers of two keys may be equal."""
    one, other = (Credential(1, "key", Grant(frozenset()), 0.0, 1.0) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2


def test_a_strategy_is_whatever_can_grant_and_decide():
    """A protocol, not a base class."""
    assert isinstance(JIT(), Strategy)
    assert not isinstance(object(), Strategy)


def test_grants_and_intents_cannot_be_changed():
    """They are shared between runs."""
    with pytest.raises(AttributeError):
        Grant(frozenset()).ttl = 1.0
    with pytest.raises(AttributeError):
        Intent("x").purpose = "y"
