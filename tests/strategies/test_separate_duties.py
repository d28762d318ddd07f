"""Separate duties: a rule that is not monotone, on cases that can be read off."""

from __future__ import annotations

import pytest

from simlab.model.access import Permission, Request
from simlab.model.system import Agent, Resource
from simlab.strategies import SeparateDuties, StaticRBAC, parse
from simlab.strategies.layers import Layered

AUTHOR, APPROVE, READ = (Permission.parse(text) for text in ("author:change", "approve:change", "read:docs"))


def ask(rights: set[Permission], asked: Permission) -> Request:
    """Return the request of an agent with *rights* for one permission."""
    agent = Agent("bot", frozenset(rights), tuple(sorted(rights)), "bot")
    resource = Resource(asked.resource, "d")
    return Request(
        "p", ("bot",), agent, "job", None, asked, resource, frozenset(rights), frozenset(), writes=True
    )


@pytest.mark.parametrize(
    ("rights", "asked", "allowed", "reason"),
    [
        ({READ, AUTHOR, APPROVE}, APPROVE, False, "both-duties"),
        ({READ, AUTHOR, APPROVE}, AUTHOR, True, "duties-separate"),
        ({READ, APPROVE}, APPROVE, True, "duties-separate"),
        ({READ}, APPROVE, False, "not-in-role"),
        ({READ, AUTHOR}, READ, True, "duties-separate"),
    ],
)
def test_who_may_author_may_not_approve(rights, asked, allowed, reason):
    """One right less, and approval is allowed."""
    decision = SeparateDuties().decide(ask(rights, asked))
    assert (decision.allowed, decision.reason) == (allowed, reason)


def test_it_is_layered_over_others():
    """The layer denies what the role allows, and the text names both permissions."""
    both = parse("static-rbac+separate-duties:first=author:pr,second=merge:pr")
    assert both == Layered((StaticRBAC(), SeparateDuties("author:pr", "merge:pr")))
    rights = {Permission("author", "pr"), Permission("merge", "pr")}
    assert both.decide(ask(rights, Permission("merge", "pr"))).reason == "both-duties"
    assert both.decide(ask(rights, Permission("author", "pr"))).allowed
