"""Kubernetes RBAC: roles and their bindings, in manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from simlab.importers.found import Found, Grant, Listing, Place
from simlab.importers.kube_rules import ANY, EVERYTHING, Rule, Spot, closed, read_rule
from simlab.importers.source import Document, Source, documents
from simlab.importers.writing import check_size

_RBAC = "rbac.authorization.k8s.io"
_KINDS = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
_EVERYBODY = "system:serviceaccounts"
_GROUP = re.compile(r"system:(?:authenticated|serviceaccounts(?::[^:]+)?)")

RoleKey = tuple[str, str, str]
"""Kind, namespace (empty for a ClusterRole), name."""


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """What the roles of a cluster allow its service accounts, as read, write and execute.

    A role is written once for each namespace in which it is bound. A resource with a * stands for what fits it and
    nothing narrower that the manifests name. Admission, other authorisers and what a controller does for somebody
    who writes its objects are not modelled.

    References
    ----------
    Kubernetes documentation, Using RBAC Authorization; RBAC Good Practices.
    """

    name = "kubernetes"
    example: ClassVar[str] = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: dev}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bot-reads, namespace: dev}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: bot, namespace: dev}]
"""

    def fits(self, source: Source) -> bool:
        """Return whether *source* holds a manifest."""
        return bool(
            re.search(r"\"?apiVersion\"?\s*:", source.text) and re.search(r"\"?kind\"?\s*:", source.text)
        )

    def read(self, sources: tuple[Source, ...]) -> Found:
        """Return what the manifests in *sources* allow.

        Raises
        ------
        SimlabError
            If one cannot be read.
        """
        cluster = _Cluster()
        for source in sources:
            for document in documents(source, cluster.listing):
                cluster.add(document, (), document.data)
        return cluster.found()


@dataclass(frozen=True, slots=True)
class _Role:
    rules: tuple[Rule, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    selectors: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Binding:
    role: RoleKey
    space: str
    subjects: tuple[tuple[str, Any], ...]
    where: str


@dataclass(slots=True)
class _Cluster:
    """All that the manifests say."""

    listing: Listing = field(default_factory=Listing)
    roles: dict[RoleKey, _Role] = field(default_factory=dict)
    bindings: list[_Binding] = field(default_factory=list)
    accounts: dict[str, None] = field(default_factory=dict)

    def add(self, document: Document, path: tuple[str | int, ...], entry: Any) -> None:
        """Take one object, or a list of them."""
        kind = entry.get("kind") if isinstance(entry, dict) else None
        version = entry.get("apiVersion") if isinstance(entry, dict) else None
        items = entry.get("items") if isinstance(entry, dict) else None
        if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list) and not path:
            for index, item in enumerate(items):
                self.add(document, ("items", index), item)
            return
        meta = entry.get("metadata") if isinstance(entry, dict) else None
        name = meta.get("name") if isinstance(meta, dict) else None
        rbac = isinstance(version, str) and version.partition("/")[0] == _RBAC and kind in _KINDS
        account = kind == "ServiceAccount" and version == "v1"
        if not (rbac or account):
            self._miss(document.at(*path), f"{kind} {name}", "an object that is not of RBAC")
        elif not isinstance(name, str) or not name:
            self._miss(document.at(*path), f"{kind}", "it has no metadata.name")
        elif account:
            with self.listing.statement() as took:
                took.append(True)
                self.accounts[f"{self._space(document, path, entry)}/{name}"] = None
        elif kind in ("Role", "ClusterRole"):
            self._add_role(document, path, entry)
        else:
            self._add_binding(document, path, entry)

    def _miss(self, where: str, what: str, why: str, code: str = "E612") -> None:
        with self.listing.statement():
            self.listing.note(where, code, what, why)

    def _space(self, document: Document, path: tuple[str | int, ...], entry: Any) -> str:
        space = entry["metadata"].get("namespace")
        if isinstance(space, str) and space:
            return space
        why = "it has no metadata.namespace: taken as default"
        self.listing.note(document.at(*path, "metadata"), "E619", entry["metadata"]["name"], why)
        return "default"

    def _add_role(self, document: Document, path: tuple[str | int, ...], entry: Any) -> None:
        kind, meta = entry["kind"], entry["metadata"]
        key = (kind, self._space(document, path, entry) if kind == "Role" else "", meta["name"])
        if key in self.roles:
            self._miss(document.at(*path), _said(key), "it stands here twice", "E615")
            return
        entries = entry.get("rules") or []
        if not isinstance(entries, list):
            self._miss(document.at(*path, "rules"), _said(key), "rules are a list")
            entries = []
        rules = []
        for index, part in enumerate(entries):
            with self.listing.statement() as took:
                rule = read_rule(document, (*path, "rules", index), part, self.listing)
                if rule is not None:
                    took.append(True)
                    rules.append(rule)
                    if rule.urls and kind == "Role":
                        where = document.at(*path, "rules", index, "nonResourceURLs")
                        self.listing.note(
                            where, "E617", _said(key), "URLs are in no namespace: that grants nothing"
                        )
        labels = meta.get("labels")
        self.roles[key] = _Role(
            tuple(rules), labels if isinstance(labels, dict) else {}, self._selectors(document, path, entry)
        )

    def _selectors(self, document: Document, path: tuple[str | int, ...], entry: Any) -> tuple[Any, ...]:
        if "aggregationRule" not in entry:
            return ()
        rule = entry["aggregationRule"]
        found = rule.get("clusterRoleSelectors") if isinstance(rule, dict) else None
        sound = isinstance(found, list) and all(_is_selector(selector) for selector in found)
        with self.listing.statement() as took:
            if sound and entry["kind"] == "ClusterRole":
                took.append(True)
                return tuple(found or ())
            self.listing.note(
                document.at(*path, "aggregationRule"), "E612", entry["metadata"]["name"], "no such rule"
            )
        return ()

    def _add_binding(self, document: Document, path: tuple[str | int, ...], entry: Any) -> None:
        ref, subjects = entry.get("roleRef"), entry.get("subjects") or []
        named = entry["metadata"]["name"]
        kind, name = (ref.get("kind"), ref.get("name")) if isinstance(ref, dict) else (None, None)
        wide = entry["kind"] == "ClusterRoleBinding"
        if kind not in (("ClusterRole",) if wide else _KINDS[:2]) or not isinstance(name, str):
            self._miss(document.at(*path, "roleRef"), named, "it refers to no role")
            return
        if not isinstance(subjects, list):
            self._miss(document.at(*path, "subjects"), named, "subjects are a list")
            return
        space = ANY if wide else self._space(document, path, entry)
        key = (str(kind), space if kind == "Role" else "", name)
        places = tuple((document.at(*path, "subjects", i), subject) for i, subject in enumerate(subjects))
        for _, subject in places:
            account = _account(subject)
            if account and account[0]:
                self.accounts["/".join(account)] = None
        self.bindings.append(_Binding(key, space, places, document.at(*path, "roleRef")))

    def found(self) -> Found:
        """Return what it all comes to."""
        holders: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(self.accounts), ())
        bound: dict[str, tuple[tuple[Rule, ...], str]] = {}
        for binding in self.bindings:
            rules = self._rules(binding.role)
            if rules is None:
                self._miss(binding.where, _said(binding.role), "the sources do not hold this role", "E615")
                continue
            called = _said(binding.role) + (
                f" in {binding.space}" if binding.role[0] == "ClusterRole" else ""
            )
            bound[called] = (rules, binding.space)
            for where, subject in binding.subjects:
                for account in self._accounts(where, subject):
                    holders[account] = (*holders[account], called)
        used = {key for binding in self.bindings for key in self._parts(binding.role, frozenset())}
        idle = sorted(_said(key) for key in self.roles if key not in used)
        remarks = ["Verbs became read, write and execute; the comment behind a permission lists them."]
        remarks += [f"Bound to nobody, and so left out: {', '.join(idle)}."] if idle else []
        spots = closed(
            spot for rules, space in bound.values() for rule in rules for spot in rule.spots(space)
        )
        if any(spot.resource == ANY for spot in spots):
            remarks.append("get and create on all resources became execute too, for pods/exec is among them.")
        return Found(
            holders, dict.fromkeys(bound, ""), tuple(_grants(bound, spots)),
            tuple(Place(str(spot), _called(spot), "kubernetes") for spot in spots),
            {}, tuple(self.listing.notes), tuple(remarks),
            "rules, accounts and subjects", self.listing.taken, self.listing.partly, self.listing.missed,
        )  # fmt: skip

    def _rules(self, key: RoleKey) -> tuple[Rule, ...] | None:
        if key not in self.roles:
            return EVERYTHING if key == ("ClusterRole", "", "cluster-admin") else None
        parts = self._parts(key, frozenset())
        return tuple(dict.fromkeys(rule for part in sorted(parts) for rule in self.roles[part].rules))

    def _parts(self, key: RoleKey, seen: frozenset[RoleKey]) -> frozenset[RoleKey]:
        """Return *key*, and all that its aggregation rules choose."""
        found = seen | {key}
        selectors = self.roles[key].selectors if key in self.roles else ()
        for other, candidate in self.roles.items() if selectors else ():
            chosen = other[0] == "ClusterRole" and any(_selects(s, candidate.labels) for s in selectors)
            if chosen and other not in found:
                found = self._parts(other, found)
        return found

    def _accounts(self, where: str, subject: Any) -> Iterator[str]:
        """Yield the service accounts that *subject* is."""
        kind = subject.get("kind") if isinstance(subject, dict) else None
        name = subject.get("name") if isinstance(subject, dict) else None
        with self.listing.statement() as took:
            account = _account(subject)
            if account and all(account):
                took.append(True)
                yield "/".join(account)
            elif kind == "Group" and isinstance(name, str) and _GROUP.fullmatch(name):
                took.append(True)
                of = name.removeprefix(_EVERYBODY).lstrip(":") if name.startswith(_EVERYBODY) else ""
                yield from (a for a in self.accounts if not of or a.startswith(f"{of}/"))
            else:
                why = "it has no namespace" if account else "no service account, and so no agent"
                self.listing.note(where, "E616", f"{kind} {name}", why)


def _grants(bound: Mapping[str, tuple[tuple[Rule, ...], str]], spots: list[Spot]) -> Iterator[Grant]:
    count = 0
    for role, (rules, space) in sorted(bound.items()):
        about = [(rule, tuple(rule.spots(space))) for rule in rules]
        for spot in spots:
            verbs: dict[str, set[str]] = {}
            for rule, covered in about:
                if any(wide.covers(spot) for wide in covered):
                    for kind, verb in rule.comes_to(spot):
                        verbs.setdefault(kind, set()).add(verb)
            count += len(verbs)
            check_size(count)
            for level, names in sorted(verbs.items()):
                yield Grant(role, level, str(spot), tuple(sorted(names)))


def _account(subject: Any) -> tuple[str, str] | None:
    """Return the namespace and the name of the service account that *subject* is; None if it is none."""
    if not isinstance(subject, dict) or not isinstance(subject.get("name"), str) or not subject["name"]:
        return None
    kind, name, given = subject.get("kind"), subject["name"], subject.get("namespace")
    if kind == "User" and name.startswith("system:serviceaccount:") and name.count(":") == 3:
        _, _, given, name = name.split(":")
        kind = "ServiceAccount"
    return (given if isinstance(given, str) else "", name) if kind == "ServiceAccount" else None


def _is_selector(selector: Any) -> bool:
    if not isinstance(selector, dict) or not set(selector) <= {"matchLabels", "matchExpressions"}:
        return False
    labels, tests = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []
    return isinstance(labels, dict) and isinstance(tests, list) and all(_is_test(test) for test in tests)


def _is_test(test: Any) -> bool:
    return (
        isinstance(test, dict)
        and isinstance(test.get("key"), str)
        and test.get("operator") in ("In", "NotIn", "Exists", "DoesNotExist")
        and isinstance(test.get("values", []), list)
    )


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether *selector* fits *labels*.

    Examples
    --------
    >>> _selects({"matchLabels": {"to": "view"}}, {"to": "view", "a": "b"})
    True
    """
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for test in selector.get("matchExpressions") or ():
        value, values = labels.get(test["key"]), test.get("values") or []
        holds = {
            "In": test["key"] in labels and value in values,
            "NotIn": value not in values,
            "Exists": test["key"] in labels,
            "DoesNotExist": test["key"] not in labels,
        }
        if not holds[test["operator"]]:
            return False
    return True


def _said(key: RoleKey) -> str:
    return f"{key[0]} {key[1]}/{key[2]}" if key[1] else f"{key[0]} {key[2]}"


def _called(spot: Spot) -> str:
    parts = [
        spot.space if spot.space != ANY else "",
        spot.resource,
        "" if spot.object == ANY else spot.object,
    ]
    return "-".join(part for part in parts if part)
