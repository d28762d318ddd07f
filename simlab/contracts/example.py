"""A small system to ask components about."""

from __future__ import annotations

from collections.abc import Iterator

from simlab.model.access import Intent, Permission, Request, Scope, Strategy
from simlab.model.chance import Fixed
from simlab.model.system import Agent, Call, Domain, Resource, System, Task, Tool, Workflow
from simlab.model.usage import with_usage
from simlab.strategies.authority import idle

READ, WRITE, SEND, RUN = (
    Permission.parse(text) for text in ("read:inbox", "write:inbox", "send:mail", "run:deploy")
)


def _example() -> System:
    read, sent, both = frozenset({READ}), frozenset({SEND}), frozenset({READ, SEND})
    triage = Task("triage", "owner", ("reader",), Intent("triage", read), both)
    passed = Task("triage/sender", "owner", ("reader", "sender"), Intent("answer", sent), sent, parent=0)
    lost = Task("triage/runner", "", ("sender",), Intent("run"), frozenset({RUN}), "impersonation", 0)
    calls = (
        Call(0, READ, tool="inbox.read"),
        Call(1, SEND, tool="mail.send"),
        Call(2, RUN, tool="deploy.run"),
    )
    system = System(
        domains={"home": Domain("home"), "abroad": Domain("abroad")},
        resources={
            "inbox": Resource("inbox", "home", label="private", untrusted=True, obeyed_by=("reader",)),
            "mail": Resource("mail", "abroad", outward=True),
            "deploy": Resource("deploy", "home"),
        },
        tools={
            "inbox.read": Tool("inbox.read", (READ,)),
            "mail.send": Tool("mail.send", (SEND,)),
            "deploy.run": Tool("deploy.run", (RUN,)),
        },
        agents={
            "reader": Agent("reader", frozenset({READ, WRITE}), (READ, SEND), "reader", 0.5),
            "sender": Agent("sender", frozenset({SEND}), (RUN, SEND), "shared", 1.0),
            "helper": Agent("helper", frozenset(), (), "shared", 0.0),
        },
        workflows={"triage": Workflow("triage", (triage, passed, lost), calls, Fixed(60.0))},
    )
    return with_usage(system, 3600.0)


EXAMPLE = _example()
"""Agents ``reader``, ``sender`` and ``helper``, the tool ``inbox.read``, the resource ``inbox``, the key ``shared``."""


def tasks(system: System) -> Iterator[tuple[Agent, Task]]:
    """Yield every agent with nothing to do, and with each task of its own."""
    for agent in system.agents.values():
        yield agent, idle(agent.name)
    for flow in system.workflows.values():
        yield from ((system.agents[task.agent], task) for task in flow.tasks)


def requests(strategy: Strategy, system: System) -> Iterator[Request]:
    """Yield questions of every sort: inside and outside the scope, with and without task, intent and labels."""
    rights = sorted({call.permission for flow in system.workflows.values() for call in flow.calls} | {WRITE})
    for agent, task in tasks(system):
        granted = strategy.grant(agent, task).scope
        scopes: tuple[Scope, ...] = (granted, frozenset(), frozenset(rights))
        for intent in (task.intent, None):
            for labels in (frozenset[str](), frozenset({"private"})):
                for right in rights:
                    for scope in scopes:
                        yield Request(
                            task.principal, task.chain, agent, task.name, intent, right,
                            system.resources[right.resource], scope, labels, system.writes(right),
                        )  # fmt: skip
