"""All names of a scenario, and what a permission or a fact may be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from simlab.lookup import did_you_mean
from simlab.model.access import Permission
from simlab.model.system import ACTIONS, CONTROL, EXFILTRATE, HOLD, MINT
from simlab.scenario.characters import shown
from simlab.scenario.places import Tree, get

STEER = "steer"
VERBS = frozenset({CONTROL, STEER, HOLD, MINT, EXFILTRATE})
"""Verbs of facts that are not requests."""
ANYONE = "anyone"
_MOST_COMPARED, _LONGEST = 1000, 80

Fault = tuple[str, str, str]
"""Code, message and hint."""


_SECTIONS = {
    "agent": "agents",
    "resource": "resources",
    "tool": "tools",
    "role": "roles",
    "principal": "principals",
    "secret": "secrets",
    "domain": "domains",
    "approvers": "approvers",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what there is, also what is faulty, so that nobody is called unknown for it."""

    of: dict[str, frozenset[str]]
    """Names by sort; a sort is absent if its section cannot be read, and then nothing is said of it."""
    edges: frozenset[tuple[str, str]] | None
    """Who may task whom; None if the section cannot be read."""
    menus: dict[str, tuple[str, ...]]
    """The tools of each agent whose list of tools can be read."""

    @classmethod
    def read(cls, tree: Tree, known: Iterable[str]) -> Names:
        """Return the names in *tree*, whose sections should be among those *known*."""
        data = tree.data
        strangers = not set(data) <= set(known)

        def unreadable(section: str) -> bool:
            # A key that nobody knows may be the missing section, misspelt.
            return not isinstance(data.get(section, {}), dict | list) or (strangers and section not in data)

        of = {
            sort: frozenset(_keys(data.get(name))) for sort, name in _SECTIONS.items() if not unreadable(name)
        }
        if not unreadable("actions"):
            of["action"] = frozenset([*ACTIONS, *_keys(data.get("actions"))])
        if "agent" in of and "secret" in of:
            shared = [get(data, ("agents", agent, "key")) for agent in of["agent"]]
            of["key"] = frozenset([*of["agent"], *filter(_is_text, shared), *of["secret"]])
        edges = None if unreadable("delegations") else _edges(data.get("delegations"))
        return cls(of, edges, _menus(data.get("agents")))

    def reference(self, sort: str, name: str) -> Iterator[Fault]:
        """Yield the fault of *name*, if nothing of that *sort* has it."""
        if sort == "permission":
            yield from self.permission(name)
        elif sort == "fact":
            yield from self.fact(name)
        elif sort in self.of and name not in self.of[sort]:
            yield "E201", f"unknown {sort} {shown(name)}", nearest(name, self.of[sort])

    def permission(self, text: str, *, globs: bool = False) -> Iterator[Fault]:
        """Yield the fault of the permission *text*; its resource may be a pattern if *globs*."""
        action, resource = Permission.parse(text)
        if "action" in self.of and action not in self.of["action"]:
            hint = nearest(action, self.of["action"])
            yield "E112", f"unknown action {shown(action)}", f"{hint} or add it under actions:"
        elif not (globs and is_pattern(resource)):
            yield from self.reference("resource", resource)
        elif not any(fnmatchcase(name, resource) for name in self.of.get("resource", [resource])):
            yield "E201", f"no resource fits {shown(resource)}", nearest(resource, self.of["resource"])

    def fact(self, text: str) -> Iterator[Fault]:
        """Yield the fault of the fact *text*."""
        verb, about = Permission.parse(text)
        if verb in (CONTROL, STEER):
            # steer:AGENT>CALLEE is the session of a callee, reached through its caller.
            for agent in about.split(">"):
                yield from self.reference("agent", agent)
        elif verb == HOLD:
            yield from self.reference("key", about)
        elif verb == EXFILTRATE:
            yield from self.reference("resource", about)
        else:
            yield from self.permission(text)


def _keys(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _edges(value: Any) -> frozenset[tuple[str, str]]:
    edges = [(get(edge, ("from",)), get(edge, ("to",))) for edge in value] if isinstance(value, list) else []
    return frozenset((str(caller), str(callee)) for caller, callee in edges)


def _menus(agents: Any) -> dict[str, tuple[str, ...]]:
    tools = {name: get(agents, (name, "tools")) or [] for name in _keys(agents)}
    return {name: tuple(filter(_is_text, menu)) for name, menu in tools.items() if isinstance(menu, list)}


def nearest(name: str, names: frozenset[str]) -> str:
    """Return a hint at what was meant, unless there is too much to compare with."""
    return did_you_mean(name, names) if len(names) <= _MOST_COMPARED and len(name) <= _LONGEST else ""


def is_pattern(text: str) -> bool:
    """Return whether *text* stands for every name that fits it, as in a shell.

    Examples
    --------
    >>> is_pattern("repo-*"), is_pattern("repo")
    (True, False)
    """
    return any(sign in text for sign in "*?[")


def resolve(texts: Iterable[str], resources: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that *texts* state, each pattern as all the *resources* that fit it."""
    names = tuple(resources)
    found: set[Permission] = set()
    for text in texts:
        action, resource = Permission.parse(text)
        fitting = [n for n in names if fnmatchcase(n, resource)] if is_pattern(resource) else [resource]
        found.update(Permission(action, name) for name in fitting)
    return frozenset(found)
