"""Rules of Kubernetes RBAC: what a verb comes to, and which resources a rule is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from simlab.importers.found import ImportGrantsError, Listing
from simlab.importers.source import Document
from simlab.model.system import ActionClass

ANY, URL = "*", "url"
KEYS = frozenset({"verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"})
_READ, _WRITE = ("get", "list", "watch"), ("create", "update", "patch", "delete", "deletecollection")
_POWER = ("use", "bind", "escalate", "impersonate", "approve", "sign", "attest")
CLASSES: dict[str, tuple[ActionClass, ...]] = {
    **dict.fromkeys(_READ, ("read",)),
    **dict.fromkeys(_WRITE, ("write",)),
    **dict.fromkeys(_POWER, ("execute",)),
    ANY: ("read", "write", "execute"),
}
"""What each verb comes to on a resource."""
WEB: dict[str, tuple[ActionClass, ...]] = {
    **dict.fromkeys(("get", "head", "options"), ("read",)),
    **dict.fromkeys(("post", "put", "patch", "delete"), ("write",)),
    ANY: ("read", "write"),
}
"""What each verb comes to on a URL of the server."""
RUNS = frozenset(
    {
        *("pods/exec", "pods/attach", "pods/portforward", "pods/proxy"),
        *("services/proxy", "nodes/proxy", "serviceaccounts/token"),
    }
)
"""Subresources through which a request sets something in motion, or becomes somebody else."""
_STARTS = frozenset({"get", "create"})
_UNNAMED = frozenset({"create", "deletecollection"})
_MOST_PLACES = 3_000


class Spot(NamedTuple):
    """What a rule may be about; * stands for any."""

    space: str
    """A namespace; * for all, and for what is in none; ``url`` for a URL."""
    group: str
    resource: str
    """Such as ``pods``, ``pods/log``, ``*/scale``; or the URL."""
    object: str = ANY

    def __str__(self) -> str:
        """Return it as one would say it."""
        if self.space == URL:
            return f"url {self.resource}"
        group = f".{self.group}" if self.group else ""
        one = f" {self.object}" if self.object != ANY else ""
        return f"{self.space}: {self.resource}{group}{one}"

    def covers(self, other: Spot) -> bool:
        """Return whether *other* is within this."""
        return self.meet(other) == other

    def meet(self, other: Spot) -> Spot | None:
        """Return what is within both, or None.

        Examples
        --------
        >>> Spot("*", "", "pods").meet(Spot("dev", "*", "*"))
        Spot(space='dev', group='', resource='pods', object='*')
        """
        if URL in (self.space, other.space):
            return self._meet_url(other) if self.space == other.space else None
        resource = _narrower_resource(self.resource, other.resource)
        parts = [
            _narrower(a, b) for a, b in zip((*self[:2], self.object), (*other[:2], other.object), strict=True)
        ]
        if resource is None or None in parts:
            return None
        space, group, one = (part or "" for part in parts)
        return Spot(space, group, resource, one)

    def _meet_url(self, other: Spot) -> Spot | None:
        long, short = sorted((self, other), key=_narrowness, reverse=True)
        within = short.resource.endswith(ANY) and long.resource.startswith(short.resource[:-1])
        return long if within or long == short else None


def _narrowness(spot: Spot) -> tuple[int, bool]:
    return len(spot.resource.rstrip(ANY)), not spot.resource.endswith(ANY)


def _narrower(one: str, other: str) -> str | None:
    if other in (one, ANY):
        return one
    return other if one == ANY else None


def _narrower_resource(one: str, other: str) -> str | None:
    found = _narrower(one, other)
    if found is None:
        for wide, narrow in ((one, other), (other, one)):
            if wide.startswith("*/") and narrow.endswith(wide[1:]):
                return narrow
    return found


def closed(spots: Iterable[Spot]) -> list[Spot]:
    """Return *spots* and all that is within two of them, so that of any two that overlap one holds the other.

    Raises
    ------
    ImportGrantsError
        If that is too much.
    """
    found: dict[Spot, None] = {}
    waiting = sorted(set(spots), reverse=True)
    while waiting:
        spot = waiting.pop()
        if spot in found:
            continue
        new = {both for other in found if (both := spot.meet(other)) and both not in found and both != spot}
        found[spot] = None
        waiting += sorted(new)
        if len(found) > _MOST_PLACES:
            msg = f"E605 more than {_MOST_PLACES} resources (import fewer sources at a time)"
            raise ImportGrantsError(msg)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def spots(self, space: str) -> Iterator[Spot]:
        """Yield what it is about where it is bound in *space*; URLs only where that is everywhere."""
        for group in self.groups:
            for resource in self.resources:
                yield from (Spot(space, group, resource, one) for one in self.objects or (ANY,))
        for url in self.urls if space == ANY else ():
            yield Spot(URL, "", url)

    def comes_to(self, spot: Spot) -> Iterator[tuple[ActionClass, str]]:
        """Yield what it allows on *spot*, which it covers: a class, and the verb that it comes from."""
        for verb in self.verbs:
            if spot.space == URL:
                classes = WEB.get(verb, ())
            elif self.objects and verb in _UNNAMED and "/" not in spot.resource:
                continue  # such a request names no object
            elif spot.resource in RUNS and verb in _STARTS:
                classes = ("execute",)
            else:
                classes = CLASSES.get(verb, ())
                if spot.resource == ANY and verb in _STARTS:
                    classes = (*classes, "execute")  # among all resources are those that run something
            yield from ((kind, verb) for kind in classes)


EVERYTHING = (Rule((ANY,), (ANY,), (ANY,)), Rule((ANY,), urls=(ANY,)))
"""What the built-in role cluster-admin allows."""


def read_rule(document: Document, path: tuple[str | int, ...], entry: Any, listing: Listing) -> Rule | None:
    """Return the rule in *entry*, or None if it is none; what is not understood is listed."""
    if not isinstance(entry, dict) or not all(_is_texts(entry.get(key)) for key in KEYS):
        listing.note(document.at(*path), "E612", "rule not taken", "a rule is lists of text")
        return None
    before = len(listing.notes)
    for key in sorted(set(entry) - KEYS):
        listing.note(document.at(*path, key), "E612", key, "no part of a rule")
    lists = {key: tuple(entry.get(key) or ()) for key in KEYS}
    about = bool(lists["apiGroups"] and lists["resources"])
    urls = _urls(document, path, lists["nonResourceURLs"], listing)
    resources = tuple(_resources(document, path, lists["resources"], listing)) if about else ()
    verbs = _verbs(document, path, lists["verbs"], resources, urls, listing)
    if not verbs or not (resources or urls):
        if len(listing.notes) == before:
            listing.note(
                document.at(*path), "E617", "rule", "it needs verbs, and apiGroups with resources, or URLs"
            )
        return None
    objects = lists["resourceNames"]
    if objects and _UNNAMED & set(verbs) and any("/" not in resource for resource in resources):
        why = "a request that creates, or deletes a collection, names no object: that grants nothing"
        listing.note(document.at(*path, "resourceNames"), "E617", "resourceNames", why)
    return Rule(verbs, lists["apiGroups"], resources, objects, urls)


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(text, str) for text in value))


def _verbs(
    document: Document,
    path: tuple[str | int, ...],
    verbs: Iterable[str],
    resources: Any,
    urls: Any,
    listing: Listing,
) -> tuple[str, ...]:
    known = {*(CLASSES if resources else ()), *(WEB if urls else ())}
    found = []
    for index, verb in enumerate(verbs):
        if verb in known:
            found.append(verb)
        elif resources or urls:
            listing.note(document.at(*path, "verbs", index), "E613", verb, "no verb whose class is known")
    return tuple(found)


def _resources(
    document: Document, path: tuple[str | int, ...], resources: Iterable[str], listing: Listing
) -> Iterator[str]:
    for index, resource in enumerate(resources):
        inner = resource.removeprefix("*/")
        if resource == ANY or (inner and ANY not in inner):
            yield resource
        else:
            listing.note(
                document.at(*path, "resources", index), "E614", resource, "a * stands alone, or as */scale"
            )


def _urls(
    document: Document, path: tuple[str | int, ...], urls: Iterable[str], listing: Listing
) -> tuple[str, ...]:
    found = []
    for index, url in enumerate(urls):
        if url == ANY or (url.startswith("/") and ANY not in url[:-1]):
            found.append(url)
        else:
            where = document.at(*path, "nonResourceURLs", index)
            listing.note(where, "E614", url, "a URL begins with /, and a * stands at its end")
    return tuple(found)
