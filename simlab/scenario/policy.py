"""Roles that change during a run: the rules about them, and the nouns of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simlab.model.access import Permission, Scope
from simlab.model.policy import Changing, PolicyChange
from simlab.scenario.findings import at
from simlab.scenario.names import Names, resolve
from simlab.scenario.places import Finding
from simlab.scenario.schema import ScenarioFile

Eras = tuple[dict[str, Scope], ...]
"""What each role allows, era by era."""


def changes(file: ScenarioFile) -> tuple[PolicyChange, ...]:
    """Return the changes before the end of the run, in order of time; at one instant as they are written."""
    return tuple(
        PolicyChange(
            spec.at,
            spec.role,
            tuple(sorted(resolve(spec.remove, file.resources))),
            tuple(sorted(resolve(spec.add, file.resources))),
        )
        for spec in sorted(file.policy_changes, key=lambda spec: spec.at)
        if spec.at < file.horizon
    )


def eras(file: ScenarioFile) -> Eras:
    """Return what each role allows from the start, and from each instant of change on."""
    found = [{name: resolve(rights, file.resources) for name, rights in file.roles.items()}]
    last = -1.0
    for change in changes(file):
        if change.at > last:
            found.append(dict(found[-1]))
        last = change.at
        found[-1][change.role] = (found[-1][change.role] - frozenset(change.removed)).union(change.added)
    return tuple(found)


def roles_of(roles: Sequence[str], when: Eras) -> tuple[Scope, Changing]:
    """Return what *roles* allow in every era, and what they allow in some, with those."""
    if len(when) == 1 and len(roles) == 1:  # a fleet with one role shares one set
        return when[0][roles[0]], ()
    scopes = [frozenset[Permission]().union(*(era[role] for role in roles)) for era in when]
    always = frozenset.intersection(*scopes)
    sometimes = sorted(frozenset[Permission]().union(*scopes) - always)
    return always, tuple(
        (right, frozenset(era for era, scope in enumerate(scopes) if right in scope)) for right in sometimes
    )


def policy_changes_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A change names a role, and permissions that it has then, to lose them, or has not, to gain them."""
    known = {name: resolve(rights, file.resources) for name, rights in file.roles.items()}
    for index, spec in sorted(enumerate(file.policy_changes), key=lambda item: item[1].at):
        path, faulty = ("policy_changes", index), False
        yield from at((*path, "role"), names.reference("role", spec.role))
        for what, texts in (("remove", spec.remove), ("add", spec.add)):
            for place, text in enumerate(texts):
                found = list(at((*path, what, place), names.permission(text, globs=True)))
                yield from found
                faulty = faulty or bool(found)
        if faulty or spec.role not in known:
            continue
        allowed = known[spec.role]
        yield from _without_effect(file, index, allowed)
        known[spec.role] = (allowed - resolve(spec.remove, file.resources)).union(
            resolve(spec.add, file.resources)
        )


def _without_effect(file: ScenarioFile, index: int, allowed: Scope) -> Iterator[Finding]:
    """Yield what the change *index* of a role that has *allowed* so much by then says in vain."""
    spec = file.policy_changes[index]
    removed = resolve(spec.remove, file.resources)
    for place, text in enumerate(spec.remove):
        if not resolve([text], file.resources) & allowed:
            said = f"'{spec.role}' does not allow {text} by then"
            yield Finding(("policy_changes", index, "remove", place), "E114", said, "delete it")
    for place, text in enumerate(spec.add):
        rights = resolve([text], file.resources)
        if rights & removed:
            said = f"{text} is both removed and added"
            yield Finding(("policy_changes", index, "add", place), "E114", said, "delete one of them")
        elif rights <= allowed:
            said = f"'{spec.role}' allows {text} already"
            yield Finding(("policy_changes", index, "add", place), "E114", said, "delete it")
