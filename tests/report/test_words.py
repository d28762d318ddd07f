"""The three sentences, word for word, on numbers that can be checked on paper."""

import pytest

from simlab.report.study import Study
from simlab.report.words import answer

REACH = {
    "static-rbac": {"resources": ["a", "b", "c", "d"], "goal_reached": True},
    "jit": {"resources": ["a", "b", "c", "d"], "goal_reached": True},
    "intent": {"resources": ["a", "b"], "goal_reached": False},
}
MANIFEST = {
    "scenario": {"goal": "push:main", "threats": [{"kind": "prompt-injection"}]},
    "reach": REACH,
    "graph": {"nodes": [{"name": name, "kind": "resource"} for name in "abcde"]},
    "enforced": {
        "static-rbac": {"npm": "static-rbac", "git": "static-rbac"},
        "jit": {"npm": "static-rbac", "git": "jit"},
        "intent": {"npm": "static-rbac", "git": "intent"},
    },
}
THREE = ("static-rbac", "jit", "intent")
SAME, NONE = ([2, 4],) * 3, ([0, 0],) * 3


@pytest.fixture
def say(by_hand):
    return lambda strategies, manifest=None, **columns: answer(
        Study(by_hand(strategies, manifest, **columns))
    )


def test_answer_word_for_word(say):
    # Twenty runs: half 2 and half 4, so mean 3, s = 1.0260, half width 2.093 * 1.0260 / sqrt(20) = 0.480.
    # Wilson, 0 of 20: 1.96^2 / (20 + 1.96^2) = 16.1 %.
    found = say(
        THREE,
        MANIFEST,
        blast_radius=([2, 4], [2, 4], [0, 2]),
        goal=([1, 1], [1, 1], [0, 0]),
        latency_p95=([0, 0], [0.1, 0.1], [0.05, 0.05]),
        denied=NONE,
        tasks_failed=([0, 0], [0, 0], [1, 3]),
    )
    assert found == (
        (
            "intent leaves the smallest mean blast radius: 1.00 [0.52, 1.48] resources (n = 20 runs) against "
            "3.00 [2.52, 3.48] resources under static-rbac, a paired difference of −2 [−2, −2] resources "
            "over "
            "20 pairs of runs (better); under intent the goal is reached in none of 20 runs (at most "
            "16.1 %), "
            "under static-rbac in all 20 runs (at least 83.9 %) (better)."
        ),
        (
            "Compared with static-rbac, intent costs +50 [50, 50] ms added to a task at p95 (worse) and "
            "+2.00 [1.52, 2.48] tasks failed (worse) per run (n = 20 pairs); identical in every pair: "
            "benign requests denied."
        ),
        (
            "jit does not help: its blast radius is that of static-rbac in all 20 pairs, because nothing "
            "need be "
            "stolen (the attacker steers an agent at work, with the credentials it has); npm does not "
            "enforce it "
            "and falls back to static-rbac; the graph lets the attacker reach the same 4 resources as under "
            "static-rbac."
        ),
    )


def test_small_difference_is_undecided(say):
    first, _, third = say(("a", "b"), blast_radius=([2, 4], [4, 1.9]), tasks_failed=([0, 0], [0, 0]))
    assert first.startswith(
        "Undecided: b leaves the smallest mean blast radius seen (2.95 [2.45, 3.45] resources"
    )
    assert "could be chance" in first
    assert third.startswith("b does not help for certain: its blast radius differs from that of a by −0.0")


def test_first_strategy_may_be_the_best(say):
    first, second, third = say(("a", "b"), blast_radius=([0, 2], [2, 4]), tasks_failed=([1, 1], [0, 0]))
    assert first == (
        "No strategy leaves a smaller mean blast radius than a: 1.00 [0.52, 1.48] resources (n = 20 runs); "
        "next comes b with a paired difference of +2 [2, 2] resources (worse)."
    )
    assert second == "The friction of a is 1 [1, 1] tasks failed (n = 20 runs)."
    assert third == "b does harm: its blast radius is larger than that of a."


def test_equal_blast_radius_is_broken_by_the_goal(say):
    first, second, third = say(
        THREE,
        MANIFEST,
        blast_radius=SAME,
        goal=([1, 1], [1, 1], [0, 0]),
        tasks_failed=([0, 0], [0, 0], [2, 2]),
    )
    assert first.startswith(
        "No strategy changes the mean blast radius: it is 3.00 [2.52, 3.48] resources under each"
    )
    assert "under intent the goal is reached in none of 20 runs" in first
    assert second.startswith("Compared with static-rbac, intent costs +2 [2, 2] tasks failed (worse)")
    assert third.startswith("jit does not help")


def test_no_domain_enforces_it(say):
    manifest = MANIFEST | {"enforced": {"intent": {"npm": "static-rbac", "git": "static-rbac"}}}
    _, _, third = say(
        ("static-rbac", "intent"), manifest, blast_radius=([2, 4], [2, 4]), tasks_failed=([0, 0],) * 2
    )
    assert third == (
        "intent does not help: its blast radius is that of static-rbac in all 20 pairs, because no domain "
        "enforces it and all fall back to static-rbac."
    )


def test_what_the_best_leaves_open(say):
    _, _, third = say(
        ("static-rbac", "intent"),
        MANIFEST,
        blast_radius=([2, 4], [0, 2]),
        goal=([1, 1], [0, 1]),
        denied=([0, 0],) * 2,
    )
    assert third == (
        "What intent leaves open: the goal push:main was reached in 10 of 20 runs (50 % [30 %, 70 %]); npm "
        "does not enforce it and falls back to static-rbac; 2 resources of 5 can still be reached."
    )


def test_empty_reach_leaves_the_assumptions(say):
    evidence = [{"basis": "assumed"}, {"basis": "published"}]
    manifest = {"reach": {"b": {"resources": [], "goal_reached": False}}, "evidence": evidence}
    _, _, third = say(("a", "b"), manifest, blast_radius=([2, 4], [0, 0]), denied=([0, 0],) * 2)
    assert third == "What b leaves open: 1 of its 2 parameters are assumed."


@pytest.mark.parametrize(
    ("strategies", "columns"),
    [
        (("a",), {"blast_radius": ([0, 0],), "denied": ([0, 0],)}),
        (("a",), {"blast_radius": ([1, 2],)}),
        (("a", "b"), {"blast_radius": ([1, 2], [1, 2])}),
        (("a", "b"), {"denied": ([1, 2], [1, 2])}),
        (("a", "b"), {"time_to_goal": ([1, 2], [5, 6]), "latency_p50": ([1, 2], [2, 3])}),
        (THREE, {"exfiltrated": NONE, "decisions": NONE}),
    ],
)
def test_always_three_sentences(say, strategies, columns):
    found = say(strategies, **columns)
    assert len(found) == 3
    assert all(sentence.endswith(".") and ". " not in sentence for sentence in found)


def test_time_to_goal_is_better_when_larger(say):
    first, _, _ = say(("a", "b"), time_to_goal=([1, 2], [5, 6]), latency_p50=([0, 0], [0, 0]))
    assert first.startswith("b leaves the longest mean time to goal: 5.50")
    assert first.endswith("(better).")


def test_nothing_happened_either(say):
    _, _, third = say(("a", "b"), blast_radius=([0, 0], [0, 0]), denied=([0, 0], [0, 0]))
    assert third == (
        "b does not help: its blast radius is that of a in all 20 pairs, because under a nothing happened either."
    )


def test_a_stolen_credential_that_still_works(say):
    columns = {"blast_radius": SAME[:2], "denied": NONE[:2], "valid_at_first_use": ([1, 1], [1, 0])}
    _, _, third = say(("static-rbac", "jit"), {"scenario": {"threats": [{"kind": "key-leak"}]}}, **columns)
    assert third.endswith(
        "because a stolen credential was still alive when it was first used in 10 of 20 runs (50 % [30 %, 70 %])."
    )


def test_strategies_that_do_not_help_share_their_reason(say):
    _, _, third = say(THREE, MANIFEST, blast_radius=SAME, denied=NONE)
    assert third.startswith(
        "jit and intent do not help: their blast radius is that of static-rbac in all 20 pairs, "
    )
    assert third.endswith("npm does not enforce it and falls back to static-rbac.")
