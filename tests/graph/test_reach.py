"""Reach of one small system that can be worked through on paper, and the graph that is drawn of it."""

import dataclasses

import networkx as nx

from simlab.graph import reach
from simlab.graph.network import network, path_edges
from simlab.model.access import Intent, Permission
from simlab.model.attack import Foothold
from simlab.model.system import (
    Agent,
    Call,
    Composition,
    Delegation,
    Domain,
    Principal,
    Resource,
    Secret,
    System,
    Task,
    Workflow,
)
from simlab.strategies import StaticRBAC

P = Permission.parse
READ, CACHE, VAULT, SHIP = P("read:issues"), P("write:cache"), P("read:vault"), P("publish:package")
INTENT = Intent("work", frozenset({READ}))
SYSTEM = System(
    domains={"hub": Domain("hub"), "registry": Domain("registry")},
    resources={
        "issues": Resource("issues", "hub", untrusted=True),
        "cache": Resource("cache", "hub", obeyed_by=("releaser",)),
        "vault": Resource("vault", "hub", holds=("token",)),
        "package": Resource("package", "registry", label="code"),
        "island": Resource("island", "hub"),
    },
    principals={"owner": Principal("owner")},
    agents={
        "triager": Agent("triager", frozenset({READ, CACHE}), (READ, CACHE), "triager"),
        "releaser": Agent("releaser", frozenset({VAULT}), (VAULT,), "robots"),
    },
    secrets={"token": Secret("token", frozenset({SHIP}))},
    delegations=(Delegation("releaser", "triager"),),
    workflows={
        "triage": Workflow(
            "triage", (Task("triage", "owner", ("triager",), INTENT, frozenset({READ})),), (Call(0, READ),)
        ),
        "release": Workflow(
            "release", (Task("release", "", ("releaser",), INTENT, frozenset({VAULT})),), (Call(0, VAULT),)
        ),
    },
    compositions=(Composition("takeover", ("publish:package", "read:issues"), ("write:island",)),),
)


def test_an_issue_leads_to_the_package_and_further():
    """issue -> cache -> releaser -> vault -> token -> package; and with the issues, the island."""
    found = reach(SYSTEM, StaticRBAC(), Foothold(sessions=("triager",)))
    assert found.facts[0] == "steer:triager"
    assert set(found.facts) == {
        "steer:triager", "read:issues", "write:cache", "steer:releaser", "steer:releaser>triager", "read:vault",
        "hold:token", "publish:package", "write:island",
    }  # fmt: skip
    assert found.resources == {"issues", "cache", "vault", "package", "island"}
    assert set(map(str, found.permissions)) == {
        "read:issues", "write:cache", "read:vault", "publish:package", "write:island",
    }  # fmt: skip


def test_an_explanation_is_one_shortest_way():
    """Step by step, each with what it needed."""
    found = reach(SYSTEM, StaticRBAC(), Foothold(sessions=("triager",)))
    steps = found.explain("publish:package")
    assert [step.fact for step in steps] == [
        "steer:triager", "write:cache", "steer:releaser", "read:vault", "hold:token", "publish:package",
    ]  # fmt: skip
    assert str(steps[0]) == "steer:triager: foothold"
    assert str(steps[4]) == "hold:token: vault holds token"
    assert steps[2].needs == ("write:cache",)
    assert found.explain("read:moon") == ()


def test_the_same_question_is_answered_from_memory_for_the_same_system_only():
    """An equal system that is another object is another system."""
    one = reach(SYSTEM, StaticRBAC(), Foothold(sessions=("triager",)))
    smaller = dataclasses.replace(SYSTEM, secrets={})
    assert "publish:package" in one.facts
    assert "publish:package" not in reach(smaller, StaticRBAC(), Foothold(sessions=("triager",))).facts
    assert reach(SYSTEM, StaticRBAC(), Foothold(sessions=("triager",))).facts == one.facts


def test_the_network_has_everything_that_leads_somewhere():
    """Who tasks, delegates to, asks of, finds keys in, and obeys."""
    graph = network(SYSTEM)
    kinds = {(one, other): data["kind"] for one, other, data in graph.edges(data=True)}
    assert kinds == {
        ("owner", "triager"): "tasks",
        ("releaser", "triager"): "delegates",
        ("triager", "issues"): "asks",
        ("triager", "cache"): "asks",
        ("releaser", "vault"): "asks",
        ("vault", "token"): "holds",
        ("cache", "releaser"): "steers",
        ("token", "package"): "asks",
    }
    assert graph.nodes["package"] == {"kind": "resource", "domain": "registry", "label": "code"}
    assert {name for name, data in graph.nodes(data=True) if data["kind"] == "secret"} == {"token"}
    assert graph.edges["releaser", "triager"]["mode"] == "on-behalf-of"
    assert nx.has_path(graph, "triager", "package")
    assert not nx.has_path(graph, "triager", "island")


def test_a_shared_key_in_a_vault_leads_to_an_agent_that_uses_it():
    """Not to a node that stands for nobody."""
    vault = Resource("vault", "hub", holds=("robots",))
    graph = network(dataclasses.replace(SYSTEM, resources={**SYSTEM.resources, "vault": vault}))
    assert graph.has_edge("vault", "releaser")
    assert "robots" not in graph


def test_two_actions_on_one_resource_are_one_edge():
    """With both verbs."""
    bot = Agent("triager", frozenset(), (P("list:issues"), READ), "triager")
    graph = network(dataclasses.replace(SYSTEM, agents={**SYSTEM.agents, "triager": bot}))
    assert graph.edges["triager", "issues"]["actions"] == ("list", "read")


def test_an_explanation_is_a_path_in_the_network():
    """For drawing: from thing to thing, nearest to the foothold first."""
    found = reach(SYSTEM, StaticRBAC(), Foothold(sessions=("triager",)))
    assert path_edges(found, "publish:package") == [
        ("triager", "cache"), ("cache", "releaser"), ("releaser", "vault"), ("vault", "token"), ("token", "package"),
    ]  # fmt: skip
    assert path_edges(found, "read:moon") == []
