"""Kubernetes RBAC, by hand and held to a brute-force evaluation of single requests."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simlab.importers.kube_rules import RUNS, Rule, Spot, closed
from simlab.importers.kubernetes import Kubernetes, _grants
from simlab.importers.source import Source, read

CLUSTER = Path(__file__).parent / "sources" / "cluster.yaml"
HEAD = "apiVersion: rbac.authorization.k8s.io/v1\n"


def grants(found):
    return {(grant.role, grant.verb, grant.place): grant.actions for grant in found.grants}


def manifest(text):
    return Kubernetes().read((Source("m.yaml", text),))


def test_a_cluster_by_hand():
    """A role in one namespace, a role put together from labels, and what is no part of RBAC."""
    found = Kubernetes().read(read([CLUSTER]))
    assert grants(found) == {
        ("Role build/pods", "read", "build: pods"): ("get",),
        ("Role build/pods", "write", "build: pods"): ("create",),
        ("Role build/pods", "execute", "build: pods/exec"): ("create", "get"),
        ("Role build/pods", "read", "build: secrets signing"): ("get",),
        ("ClusterRole watch-all in *", "read", "*: secrets"): ("list",),
        ("ClusterRole watch-all in *", "read", "build: secrets signing"): ("list",),
        ("ClusterRole watch-all in *", "read", "url /metrics*"): ("get",),
    }
    assert found.holders == {
        "build/runner": ("Role build/pods",),
        "ops/watcher": ("ClusterRole watch-all in *",),
    }
    assert [(note.where.removeprefix(str(CLUSTER)), note.code) for note in found.notes] == [
        (":49:1", "E612"),  # a Deployment
        (":19:5", "E616"),  # a person
        (":46:10", "E615"),  # edit, which is in the cluster and not in the file
    ]
    assert (found.taken, found.partly, found.missed) == (8, 0, 3)


def role(rules):
    return f"""{HEAD}kind: ClusterRole
metadata: {{name: r}}
rules: {rules}
---
{HEAD}kind: ClusterRoleBinding
metadata: {{name: b}}
roleRef: {{kind: ClusterRole, name: r}}
subjects: [{{kind: ServiceAccount, name: bot, namespace: dev}}]
"""


@pytest.mark.parametrize(
    ("rule", "codes", "allowed"),
    [
        ('{apiGroups: [""], resources: [pods], verbs: [get, fly]}', ["E613"], {("read", "*: pods")}),
        ('{apiGroups: [""], resources: ["pods/*"], verbs: [get]}', ["E614"], set()),
        ('{apiGroups: [""], resources: [pods], verbs: []}', ["E617"], set()),
        ('{apiGroups: [""], verbs: [get]}', ["E617"], set()),
        ('{apiGroups: [""], resources: pods, verbs: [get]}', ["E612"], set()),
        ("text", ["E612"], set()),
        ('{apiGroups: [""], resources: [pods], verbs: [get], when: now}', ["E612"], {("read", "*: pods")}),
        ('{apiGroups: [apps], resources: ["*/scale"], verbs: [update]}', [], {("write", "*: */scale.apps")}),
        ('{apiGroups: [""], resources: [pods], resourceNames: [a], verbs: [create]}', ["E617"], set()),
        ('{nonResourceURLs: ["healthz", "/a*b"], verbs: [get]}', ["E614", "E614"], set()),
        ('{nonResourceURLs: ["*"], verbs: ["*"]}', [], {("read", "url *"), ("write", "url *")}),
        (
            '{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}',
            [],
            {("read", "*: *.*"), ("write", "*: *.*"), ("execute", "*: *.*")},
        ),
        (
            '{apiGroups: ["*"], resources: ["*"], verbs: [get]}',
            [],
            {("read", "*: *.*"), ("execute", "*: *.*")},
        ),
        (
            '{apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]}',
            [],
            {("execute", "*: serviceaccounts")},
        ),
    ],
)
def test_single_rules(rule, codes, allowed):
    """What each comes to, and what is listed."""
    found = manifest(role(f"[{rule}]"))
    assert [note.code for note in found.notes] == codes
    assert {(verb, place) for _, verb, place in grants(found)} == allowed


@pytest.mark.parametrize(
    ("subject", "agents"),
    [
        ("{kind: User, name: 'system:serviceaccount:dev:bot'}", {"dev/bot"}),
        ("{kind: Group, name: 'system:serviceaccounts:dev'}", {"dev/bot", "dev/aide"}),
        ("{kind: Group, name: 'system:serviceaccounts'}", {"dev/bot", "dev/aide", "ops/far"}),
        ("{kind: Group, name: 'system:authenticated'}", {"dev/bot", "dev/aide", "ops/far"}),
        ("{kind: Group, name: 'system:serviceaccountsx'}", set()),
        ("{kind: ServiceAccount, name: bot}", set()),
        ("{kind: Group, name: people}", set()),
        ("bot", set()),
    ],
)
def test_subjects(subject, agents):
    """Groups of service accounts are all accounts that the manifests name."""
    accounts = "".join(
        f"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: {space}}}\n"
        for name, space in (("bot", "dev"), ("aide", "dev"), ("far", "ops"))
    )
    binding = f"""---
{HEAD}kind: ClusterRoleBinding
metadata: {{name: b}}
roleRef: {{kind: ClusterRole, name: cluster-admin}}
subjects: [{subject}]
"""
    found = manifest(accounts + binding)
    assert {agent for agent, held in found.holders.items() if held} == agents
    assert bool(found.notes) == (not agents)


def test_what_is_bound_in_a_namespace_counts_there_only():
    """A ClusterRole by way of a RoleBinding; a namespace that nobody names is listed."""
    text = role('[{apiGroups: [""], resources: [pods], verbs: [get]}]').replace(
        "ClusterRoleBinding", "RoleBinding"
    )
    found = manifest(text.replace("name: b}", "name: b, namespace: dev}"))
    assert set(grants(found)) == {("ClusterRole r in dev", "read", "dev: pods")}
    found = manifest(text)
    assert set(grants(found)) == {("ClusterRole r in default", "read", "default: pods")}
    assert [note.code for note in found.notes] == ["E619"]


def test_a_list_of_objects_and_json_are_read_too():
    """As kubectl writes them."""
    text = """{"apiVersion": "v1", "kind": "List", "items": [
      {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": "n"}}, 7]}"""
    found = Kubernetes().read((Source("list.json", text),))
    assert set(found.holders) == {"n/a"}
    assert [str(note) for note in found.notes] == [
        "list.json#/items/1: E612 None None: an object that is not of RBAC"
    ]


def test_aggregation_follows_labels_and_ends():
    """Expressions, a role that chooses itself, and one that is chosen by what it chooses."""
    text = f"""{HEAD}kind: ClusterRole
metadata: {{name: r, labels: {{of: r}}}}
aggregationRule: {{clusterRoleSelectors: [{{matchExpressions: [{{key: of, operator: In, values: [r, s]}}]}}]}}
---
{HEAD}kind: ClusterRole
metadata: {{name: s, labels: {{of: s}}}}
aggregationRule: {{clusterRoleSelectors: [{{matchExpressions: [{{key: of, operator: Exists}}]}}]}}
---
{HEAD}kind: ClusterRole
metadata: {{name: t, labels: {{of: t}}}}
rules: [{{apiGroups: [""], resources: [pods], verbs: [get]}}]
---
{HEAD}kind: ClusterRoleBinding
metadata: {{name: b}}
roleRef: {{kind: ClusterRole, name: r}}
subjects: [{{kind: ServiceAccount, name: bot, namespace: dev}}]
"""
    found = manifest(text)
    assert set(grants(found)) == {("ClusterRole r in *", "read", "*: pods")}
    assert not found.notes


# --- the oracle -------------------------------------------------------------------------------

SPACES, GROUPS = ("dev", "ops", "far"), ("", "apps", "other")
RESOURCES = ("pods", "pods/exec", "nodes/proxy", "secrets", "web/scale", "unnamed")
OBJECTS = ("a", "b", "c")
REQUESTS = [Spot(*parts) for parts in product(SPACES, GROUPS, RESOURCES, OBJECTS)]
VERBS = ("get", "list", "create", "delete", "deletecollection", "use", "*")

RULES = st.builds(
    lambda verbs, groups, resources, objects: Rule(
        tuple(verbs), tuple(groups), tuple(resources), tuple(objects) if "*" not in resources else ()
    ),
    st.lists(st.sampled_from(VERBS), min_size=1, max_size=2, unique=True),
    st.lists(st.sampled_from(["", "apps", "*"]), min_size=1, max_size=2, unique=True),
    st.lists(
        st.sampled_from(["pods", "pods/exec", "secrets", "*/scale", "web/scale", "*"]),
        min_size=1,
        max_size=2,
        unique=True,
    ),
    st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
)
BOUND = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.tuples(st.lists(RULES, min_size=1, max_size=3).map(tuple), st.sampled_from(["dev", "ops", "*"])),
    min_size=1, max_size=3,
)  # fmt: skip


def allows(rule, space, request, verb):
    """The authoriser's rule for one request."""
    return (
        space in ("*", request.space)
        and any(v in ("*", verb) for v in rule.verbs)
        and any(group in ("*", request.group) for group in rule.groups)
        and any(
            resource in ("*", request.resource)
            or (resource[:2] == "*/" and request.resource.endswith(resource[1:]))
            for resource in rule.resources
        )
        and (
            not rule.objects
            or (
                request.object in rule.objects
                and ("/" in request.resource or verb not in ("create", "deletecollection"))
            )
        )
    )


def classes(rules, space, request):
    """What single requests come to."""
    found = set()
    for verb in ("get", "list", "create", "delete", "deletecollection", "use"):
        if any(allows(rule, space, request, verb) for rule in rules):
            if request.resource in RUNS and verb in ("get", "create"):
                found.add("execute")
            else:
                found.add({"get": "read", "list": "read", "use": "execute"}.get(verb, "write"))
    return found


def within(spot, request):
    """Whether a place holds a request, part by part."""
    return all(
        part in ("*", given) or (index == 2 and part[:2] == "*/" and given.endswith(part[1:]))
        for index, (part, given) in enumerate(zip(spot, request, strict=True))
    )


@settings(max_examples=400, deadline=None)
@given(BOUND)
def test_a_place_says_what_can_be_done_to_the_things_it_stands_for(bound):
    """Each request belongs to one narrowest place; what roles may do there is what they may do to its things."""
    spots = closed(spot for rules, space in bound.values() for rule in rules for spot in rule.spots(space))
    home = {spot: [] for spot in spots}
    for request in REQUESTS:
        holding = [spot for spot in spots if within(spot, request)]
        narrowest = [s for s in holding if all(within(t, s) for t in holding)]
        assert len(narrowest) == bool(holding)
        for spot in narrowest:
            home[spot].append(request)
    got = {}
    for grant in _grants(bound, spots):
        got.setdefault((grant.role, grant.place), set()).add(grant.verb)
    for (name, (rules, space)), spot in product(bound.items(), spots):
        if home[spot]:
            wanted = set().union(*(classes(rules, space, request) for request in home[spot]))
            found = got.get((name, str(spot)), set())
            if spot.resource == "*":
                # Among all resources are those that run something, whether or not these requests name them all.
                assert wanted <= found <= wanted | {"execute"}, (name, spot)
            else:
                assert found == wanted, (name, spot)


URLS = st.lists(
    st.sampled_from(["/", "/a", "/a*", "/ab", "/ab*", "*", "/b/*"]), min_size=1, max_size=5, unique=True
)


@given(URLS)
def test_urls_are_a_tree(urls):
    """Of two that overlap one holds the other, and that is so for texts, too."""
    spots = [Spot("url", "", url) for url in urls]
    assert set(closed(spots)) == set(spots)
    for one, other in product(spots, repeat=2):
        texts = [
            t
            for t in ("/", "/a", "/ab", "/abc", "/b/", "/b/c", "x")
            for s in [one]
            if s.resource == t or (s.resource[-1] == "*" and t.startswith(s.resource[:-1]))
        ]
        inside = [
            t
            for t in texts
            if other.resource == t or (other.resource[-1] == "*" and t.startswith(other.resource[:-1]))
        ]
        assert bool(inside) == (one.meet(other) is not None)
