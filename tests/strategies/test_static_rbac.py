"""Static RBAC: one long-lived key for all that the roles allow."""

import math

from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.system import Agent, Task
from simlab.strategies import StaticRBAC
from tests.strategies.asking import ask

P = Permission.parse
BOT = Agent("bot", frozenset({P("read:db"), P("write:db")}), (P("read:db"), P("drop:db")), "bot")
JOB = Task("job", "owner", ("bot",), Intent("job", frozenset({P("read:db")})), frozenset({P("read:db")}))


def test_the_key_carries_all_that_the_roles_allow_whatever_the_task():
    """Two rights of the roles; the tool that may drop the table gives none."""
    expected = Grant(BOT.entitlements, ttl=math.inf, standing=True, grace=0.0)
    assert StaticRBAC().grant(BOT, JOB) == expected


def test_rotation_and_grace_are_those_of_the_key():
    """Replaced each day, the old one good for two hours more."""
    grant = StaticRBAC(rotation=86_400.0, grace=7200.0).grant(BOT, JOB)
    assert (grant.ttl, grant.grace, grant.standing, grant.bound) == (86_400.0, 7200.0, True, False)


def test_a_request_is_allowed_if_the_key_covers_it():
    """Nobody looks at purpose, chain or data."""
    strategy = StaticRBAC()
    covered = frozenset({P("read:db")})
    assert strategy.decide(ask("read:db", scope=covered)) == Decision(True, "role", "static-rbac")
    assert strategy.decide(ask("write:db", scope=covered)) == Decision(False, "not-in-role", "static-rbac")
    assert strategy.decide(ask("read:db", scope=covered, intent=None, labels={"pii"}, principal="")).allowed


def test_nobody_waits_for_a_decision_point():
    """The key decides where it is presented."""
    assert StaticRBAC().online is False
