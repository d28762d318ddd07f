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
