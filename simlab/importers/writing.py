"""A scenario in YAML from what was found; what must come from a person is marked TODO."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from simlab.errors import InvalidInputError
from simlab.importers.found import MOST_PERMISSIONS, Found, Grant, ImportGrantsError
from simlab.importers.words import name, names, safe
from simlab.scenario import loads
from simlab.scenario.resolved import scalar

_MOST_NOTES = 500
"""A count: the rest is on stderr only."""

TODO = """\
# TODO tools: what each agent can call, such as `tools: {deploy.run: {does: write:cluster}}`.
# TODO principals, workflows: whose work it is, what it does and how often; without work there is no friction.
# TODO resources: which are `untrusted` (strangers write there) or `outward`, which `holds` keys, how sensitive.
# TODO threats, attacker: where attackers come in, such as `threats: [{kind: key-leak, key: AGENT, when: 1d}]`.
"""


def write(found: Found, title: str, head: list[str]) -> str:
    """Return a scenario called *title* that says what was *found*; *head* goes on top.

    Raises
    ------
    ImportGrantsError
        If it is too much for one scenario.
    """
    for width in (1 << 20, 200, 40):  # with every action in its comment, if a file can hold that
        text = "\n".join([*_lines(found, title, head, width), ""])
        try:
            loads(text, f"the import of {title}")
        except InvalidInputError as error:
            problem = error.problems[0]
            if problem.code == "E001":
                continue
            if problem.code == "E008":
                break
            msg = f"E608 what was found makes no scenario: {problem}"
            raise ImportGrantsError(msg) from error
        return text
    count = len(found.grants)
    msg = f"E605 {count} permissions are too many for one scenario file (import fewer sources at a time)"
    raise ImportGrantsError(msg)


def _lines(found: Found, title: str, head: list[str], width: int) -> Iterator[str]:
    yield from (f"# {safe(line)}" for line in [*head, f"{found.summary}.", *found.remarks])
    if found.notes:
        yield "# Listed, because it is not, or not quite, what is written below:"
        yield from (f"#   {note}" for note in islice(found.notes, _MOST_NOTES))
        if len(found.notes) > _MOST_NOTES:
            yield f"#   and {len(found.notes) - _MOST_NOTES} more, on stderr at the import"
    yield "simlab: 1"
    yield f"name: {scalar(name(title))}"
    yield "question: What can each agent reach?  # TODO: the question that this scenario is to answer"
    yield "horizon: 30d  # TODO: how long each simulated run lasts"
    if found.verbs:
        yield "actions:  # verbs that stand for access levels"
        yield from (f"  {scalar(verb)}: {kind}" for verb, kind in sorted(found.verbs.items()))
    domains = names((place.domain, place.domain) for place in found.places)
    places = names((place.key, place.called) for place in found.places)
    if domains:
        yield "domains:  # TODO: what each enforces, sees and revokes, and how fast"
        yield from (f"  {scalar(called)}:{_was(key, called)}" for key, called in domains.items())
        yield "resources:"
        for place in sorted(found.places, key=lambda place: place.key):
            entry = f"{{domain: {scalar(domains[place.domain])}}}"
            yield f"  {scalar(places[place.key])}: {entry}{_was(place.key, places[place.key])}"
    yield from _people(found, places, width)
    yield TODO.rstrip()


def _people(found: Found, places: dict[str, str], width: int) -> Iterator[str]:
    roles = names((role, role) for role in found.roles)
    grants: dict[str, list[Grant]] = {role: [] for role in roles}
    for grant in found.grants:
        grants[grant.role].append(grant)
    if roles:
        yield "roles:"
    for role, called in roles.items():
        remark = found.roles[role] or ("" if role == called else role)
        comment = f"  # {safe(remark)}" if remark else ""
        if not grants[role]:
            yield f"  {scalar(called)}: []{comment}"
            continue
        yield f"  {scalar(called)}:{comment}"
        for grant in sorted(grants[role], key=lambda grant: (places[grant.place], grant.verb)):
            what = _actions(grant.actions, width)
            yield f"    - {scalar(f'{grant.verb}:{places[grant.place]}')}{what}"
    agents = names((agent, agent) for agent in found.holders)
    if agents:
        yield "agents:"
    for agent, called in agents.items():
        held = ", ".join(scalar(roles[role]) for role in sorted(set(found.holders[agent])))
        yield f"  {scalar(called)}: {{roles: [{held}]}}{_was(agent, called)}"


def _was(key: str, called: str) -> str:
    return "" if key == called else f"  # {safe(key)}"


def _actions(actions: tuple[str, ...], width: int) -> str:
    if not actions:
        return ""
    text, count = "", 0
    for action in actions:
        longer = f"{text}, {action}" if text else action
        if len(longer) > width and text:
            break
        text, count = longer, count + 1
    rest = len(actions) - count
    return f"  # {safe(text, 1 << 20)}" + (f" and {rest} more" if rest else "")


def check_size(count: int) -> None:
    """Refuse more permissions than a scenario can hold, before they are made.

    Raises
    ------
    ImportGrantsError
        If *count* is too large.
    """
    if count > MOST_PERMISSIONS:
        msg = (
            f"E605 {count} permissions, more than the {MOST_PERMISSIONS} that one scenario can hold "
            "(import fewer sources at a time, or narrow their wildcards)"
        )
        raise ImportGrantsError(msg)
