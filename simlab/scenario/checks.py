"""Rules about names: one function each, over a file whose shape is right."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from simlab.attackers import ATTACKERS
from simlab.errors import SimlabError
from simlab.lookup import did_you_mean
from simlab.scenario.characters import shown
from simlab.scenario.conduct import conduct_refers, spawning_advances
from simlab.scenario.findings import at, refer
from simlab.scenario.flow_checks import arrivals_advance, workflows_refer
from simlab.scenario.governance import governance_refers
from simlab.scenario.names import ANYONE, VERBS, Names
from simlab.scenario.people_checks import analysts_are_busy_with_alerts, approvers_refer
from simlab.scenario.places import Finding, Path
from simlab.scenario.policy import policy_changes_refer
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.secret_checks import secrets_end
from simlab.strategies import parse
from simlab.strategies.naming import Known, misnamed
from simlab.threats import THREATS

Rule = Callable[[ScenarioFile, Names], Iterator[Finding]]

MOST_FINDINGS = 200
"""Enough to choose the first in the file from; a file with more of them is another kind of file."""

SECTIONS = (
    "domains",
    "resources",
    "tools",
    "roles",
    "principals",
    "agents",
    "secrets",
    "workflows",
    "approvers",
)


def run(file: ScenarioFile, names: Names) -> list[Finding]:
    """Return what the rules find in *file*."""
    found = (finding for rule in RULES for finding in rule(file, names))
    return list(islice(found, MOST_FINDINGS))


def names_differ_by_more_than_case(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """Two names that only case tells apart meet in a file system, and in a reader's mind."""
    for section in SECTIONS:
        seen: dict[str, str] = {}
        for name in getattr(file, section):
            first = seen.setdefault(name.lower(), name)
            if first != name:
                text = f"'{name}' and '{first}' differ only by case"
                yield Finding((section, name), "E111", text, "rename one of them", at_key=True)


def names_are_free(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """A secret and an agent share the names of keys; some words have a meaning of their own."""
    for secret in file.secrets:
        if secret in file.agents:
            text = f"'{secret}' names an agent, too"
            yield Finding(
                ("secrets", secret), "E111", text, "an agent's key has the agent's name", at_key=True
            )
    if ANYONE in file.principals:
        yield Finding(("principals", ANYONE), "E112", "'anyone' stands for a stranger", "", at_key=True)
    for action in file.actions:
        if action in VERBS:
            yield Finding(("actions", action), "E112", f"'{action}' is a verb of facts", "", at_key=True)


def resources_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A resource names its domain, the keys in it and the agents that obey it."""
    for name, resource in file.resources.items():
        path = ("resources", name)
        yield from at((*path, "domain"), names.reference("domain", resource.domain))
        yield from refer(names, "key", (*path, "holds"), resource.holds)
        yield from refer(names, "agent", (*path, "obeyed_by"), resource.obeyed_by)


def permissions_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """Tools, roles and secrets are made of permissions."""
    for name, tool in file.tools.items():
        for index, text in enumerate(tool.does):
            yield from at(("tools", name, "does", index), names.permission(text))
    for name, role in file.roles.items():
        for index, text in enumerate(role):
            yield from at(("roles", name, index), names.permission(text, globs=True))
    for name, secret in file.secrets.items():
        for index, text in enumerate(secret.grants):
            yield from at(("secrets", name, "grants", index), names.permission(text, globs=True))


def agents_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """An agent names its roles and tools, and the labels that it may touch."""
    labels = {resource.label for resource in file.resources.values()} - {""}
    for name, agent in file.agents.items():
        yield from refer(names, "role", ("agents", name, "roles"), agent.roles)
        yield from refer(names, "tool", ("agents", name, "tools"), agent.tools)
        if agent.identity:
            yield from at(("agents", name, "identity"), names.reference("secret", agent.identity))
        for index, label in enumerate(agent.clearance):
            if label not in labels:
                text = f"no resource has the label {shown(label)}"
                yield Finding(("agents", name, "clearance", index), "E107", text, did_you_mean(label, labels))


def domains_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A domain names the secret that signs."""
    for name, domain in file.domains.items():
        if domain.signing_key:
            yield from at(("domains", name, "signing_key"), names.reference("secret", domain.signing_key))


def delegations_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A delegation leads from one agent to another one, and is said once."""
    seen: set[tuple[str, str]] = set()
    for index, edge in enumerate(file.delegations):
        path = ("delegations", index)
        yield from at((*path, "from"), names.reference("agent", edge.caller))
        yield from at((*path, "to"), names.reference("agent", edge.callee))
        if edge.caller == edge.callee:
            yield Finding((*path, "to"), "E203", f"'{edge.caller}' delegates to itself")
        if (edge.caller, edge.callee) in seen:
            yield Finding(path, "E111", f"'{edge.caller}' to '{edge.callee}' is said twice", "delete one")
        seen.add((edge.caller, edge.callee))


def compositions_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A composition is made of facts, and has a name of its own."""
    seen: set[str] = set()
    for index, rule in enumerate(file.compositions):
        path = ("compositions", index)
        if rule.name.lower() in seen:
            yield Finding((*path, "name"), "E111", f"duplicate name '{rule.name}'", "rename one of them")
        seen.add(rule.name.lower())
        yield from refer(names, "fact", (*path, "needs"), rule.needs)
        yield from refer(names, "fact", (*path, "gives"), rule.gives)


def components_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """Threats and the attacker name what their dataclass says they name."""
    for index, threat in enumerate(file.threats):
        yield from _component(threat, THREATS[threat.kind], ("threats", index), names)
    if file.attacker is not None:
        yield from _component(file.attacker, ATTACKERS[file.attacker.kind], ("attacker",), names)


def _component(spec: Any, component: type[Any], path: Path, names: Names) -> Iterator[Finding]:
    for field in dataclasses.fields(component):
        sort = field.metadata.get("names")
        if not sort or field.name not in spec.model_fields_set:
            continue
        value = getattr(spec, field.name)
        if isinstance(value, list):
            yield from refer(names, sort, (*path, field.name), value)
        else:
            yield from at((*path, field.name), names.reference(sort, value))


def prices_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """What has a price is a fact."""
    for fact in file.prices.__pydantic_extra__ or {}:
        path = ("prices", fact)
        if ":" not in fact:
            text = f"{shown(fact)} is not a fact"
            hint = did_you_mean(fact, ["currency"]) if fact.startswith("c") else "write action:resource"
            yield Finding(path, "E112", text, hint, at_key=True)
        else:
            yield from at(path, names.fact(fact), at_key=True)


def expectations_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """What is expected is expected of a strategy, and of a metric."""
    known: dict[str, frozenset[str]] = {
        sort: names.of[sort] for sort in ("resource", "action") if sort in names.of
    }
    known["label"] = frozenset(resource.label for resource in file.resources.values()) - {""}
    for text in file.expect.reach:
        yield from _strategy(text, known, ("expect", "reach", text), at_key=True)
    metrics = _metrics()
    for index, row in enumerate(file.expect.runs):
        path = ("expect", "runs", index)
        yield from _strategy(row.strategy, known, (*path, "strategy"))
        if metrics and row.metric not in metrics:
            hint = did_you_mean(row.metric, metrics)
            yield Finding((*path, "metric"), "E107", f"unknown metric {shown(row.metric)}", hint)


def _strategy(text: str, known: Known, path: Path, *, at_key: bool = False) -> Iterator[Finding]:
    try:
        strategy = parse(text)
    except SimlabError as error:
        yield Finding(path, "E107", str(error), "", at_key)
        return
    for fault in misnamed(strategy, known):
        yield Finding(path, "E201", fault, "", at_key)


def _metrics() -> Iterable[str]:
    from simlab.metrics import METRICS

    return METRICS


RULES: tuple[Rule, ...] = (
    names_differ_by_more_than_case,
    names_are_free,
    resources_refer,
    permissions_refer,
    agents_refer,
    domains_refer,
    delegations_refer,
    workflows_refer,
    arrivals_advance,
    secrets_end,
    governance_refers,
    policy_changes_refer,
    conduct_refers,
    spawning_advances,
    compositions_refer,
    components_refer,
    prices_refer,
    expectations_refer,
    approvers_refer,
    analysts_are_busy_with_alerts,
)
