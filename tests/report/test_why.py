"""Why a strategy does what it does, in words."""

from simlab.report.study import Study
from simlab.report.why import explain, useless

MANIFEST = {
    "scenario": {"goal": "push:main", "threats": [{"kind": "key-leak"}]},
    "reach": {"intent": {"resources": ["a", "b"], "goal_reached": False}},
    "graph": {"nodes": [{"name": name, "kind": "resource"} for name in "abcde"]},
    "enforced": {"intent": {"npm": "static-rbac", "git": "intent"}},
}


def test_why_names_validity_and_denials(by_hand):
    row = {"kind": "request", "actor": "intruder", "action": "write", "resource": "pulls", "allowed": False}
    story = {"replication": 7, "rows": {"intent": [row | {"policy": "intent", "reason": "flow"}]}}
    results = by_hand(
        ("static-rbac", "intent"), MANIFEST | {"story": story}, blast_radius=([2, 4], [0, 2]),
        denied=([0, 0], [1, 1]), valid_at_first_use=([1, 1], [0, 1]), goal=([1, 1], [0, 0]),
    )  # fmt: skip
    assert explain(Study(results), "intent") == [
        (
            "The graph lets the attacker reach 2 of 5 resources; the runs touched 1.00 [0.52, 1.48] "
            "resources on "
            "average and 2 at most (n = 20)."
        ),
        (
            "The goal push:main is out of reach in the graph, and was reached in none of 20 runs "
            "(at most 16.1 %)."
        ),
        "npm does not enforce it and falls back to static-rbac.",
        (
            "A stolen credential was alive at its first use in 10 of 20 runs (50 % [30 %, 70 %]); in the "
            "others "
            "it was dead, bound to its holder, or never tried (valid_at_first_use)."
        ),
        (
            "In replication 7, intent denied write:pulls: labelled data would have left the "
            "organisation: a flow "
            "that is not allowed [flow]."
        ),
        "Its own agents were denied 1 [1, 1] requests a run (n = 20).",
    ]


def test_a_domain_may_do_a_part_of_a_strategy(by_hand):
    manifest = {"enforced": {"jit+intent": {"npm": "jit", "git": "jit+intent"}}}
    found = Study(by_hand(("static-rbac", "jit+intent"), manifest, blast_radius=([2, 4], [0, 2])))
    assert explain(found, "jit+intent") == ["npm does only jit."]


def test_people_who_tire_are_named_before_the_graph(by_hand):
    """A control that gets worse when it is tightened does so because of them, not because of reach."""
    reach = {name: {"resources": ["a", "b"]} for name in ("jit", "jit+human-approval")}
    results = by_hand(
        ("jit", "jit+human-approval"), {"reach": reach}, blast_radius=([1, 1], [2, 2]),
        waved_through=([0, 0], [3, 3]), glass_broken=([0, 0], [4, 4]),
    )  # fmt: skip
    study = Study(results)
    assert useless(study, "jit+human-approval") == [
        "people approved requests of the attacker: 3 [3, 3] a run (waved_through)",
        "who waited too long took a break-glass key: 4 [4, 4] a run (glass_broken)",
    ]
    assert "People approved requests" in " ".join(explain(study, "jit+human-approval"))
    assert useless(study, "jit") == ["the graph lets the attacker reach the same 2 resources as under jit"]
