"""Each metric, on one run that a reader can work through by hand; and on a run in which nothing happens.

The story, in seconds: at 600 a key leaks; at 1200 it is tried and found alive; the attacker reads and changes,
is denied once, is seen at 4800 (the alert of a request at 4200), sets something in motion at 5400, carries data
out, and at 9000 asks from a workload that it controls. The horizon is four hours.
"""

import pytest

from simlab.metrics import METRICS
from simlab.metrics.order import rank
from simlab.model.events import Event, Leak, Run, Tally
from simlab.model.governance import Governance
from simlab.model.system import ACTIONS, Resource

HOUR = 3600.0


def row(
    time,
    kind,
    action="",
    resource="",
    allowed=True,
    actor="intruder",
    reason="",
    chain="",
    task="",
    key="k#1",
):
    return Event(time, kind, actor, "", chain, task, action, resource, "d", key, allowed, reason, "", 0)


STORY = [
    row(600.0, "strike", "hold", "k", reason="leaked"),
    row(1200.0, "gain", "hold", "k"),
    row(1200.0, "request", "read", "db", reason="role"),
    row(1200.0, "gain", "exfiltrate", "db"),
    row(1800.0, "request", "write", "log", reason="role"),
    row(2400.0, "request", "write", "db", reason="role"),
    row(2400.0, "gain", "hold", "v", key="v#1"),
    row(3000.0, "request", "deploy", "prod", allowed=False, reason="not-in-role"),
    row(4200.0, "request", "read", "db", reason="role"),
    row(4800.0, "detect", actor="responder"),
    row(4800.0, "request", "read", "cache", reason="pdp-down")._replace(policy="fail-open"),
    row(4860.0, "revoke", actor="responder"),
    row(5400.0, "request", "run", "job", reason="role", chain="bot", task="w"),
    row(6000.0, "gain", "deploy", "prod"),
    row(9000.0, "request", "read", "cache", allowed=False, reason="revoked", chain="bot"),
]


def run(**changes):
    resources = {
        name: Resource(name, "d", sensitivity=weight, label=label)
        for name, weight, label in (
            ("db", 5.0, "pii"),
            ("log", 0.5, ""),
            ("prod", 8.0, ""),
            ("cache", 1.0, ""),
            ("job", 2.0, ""),
        )
    }
    tally = Tally(
        tasks=10, failed=2, finished=7, requests=40, denied=2, flagged=5, decisions=30, issued=12, renewed=1,
        delays=[0.5, 0.1, 0.9, 0.3, 0.2, 4.0, 0.4], standing=96.0, granted=1.25, revoked=1, false_alarms=1,
        approvals=8, approvals_busy=1, approvals_expired=2, waved_through=3, glass_broken=2, glass_hours=1.125,
        approval_waits=[60.0, 0.0, 300.0, 120.0], urgent_waits=[60.0, 0.0], soc_waits=[0.0, 45.0],
        asked=8, undecided=2, in_line=4.0, deciding=7200.0, backoff=45.0, stale=7,
    )  # fmt: skip
    governance = Governance(
        allowed=50, unbroken=40, overruled=2, asked=8, judged=4, late=5, used=6, granted=24, drift=1.5, excess=2.5,
        orphaned=36.0, reachable=5,
    )  # fmt: skip
    given = {
        "goal": "deploy:prod", "resources": resources, "classes": ACTIONS, "incident": STORY, "tally": tally,
        "direct": frozenset({"db", "log"}), "loss": 1234.5, "exposure": 4260.0, "governance": governance,
        "leaks": (Leak("k#1", 0.0, 4860.0), Leak("w#3", 1800.0, 8 * HOUR)),
    }  # fmt: skip
    return Run("story", "static-rbac", 1, 0, 4 * HOUR, **{**given, **changes})


WORKED = {
    "blast_radius": 5.0,  # db, log, cache, job, and prod by composition
    "weighted_blast_radius": 16.5,  # 5 + 0.5 + 1 + 2 + 8
    "changed": 2.0,  # log and db were written
    "executed": 2.0,  # job was run, prod deployed
    "exfiltrated": 1.0,  # db
    "goal": 1.0,  # prod was deployed at 6000
    "time_to_goal": 6000 / HOUR,
    "amplification": 2.5,  # 5 touched, 2 covered directly
    "valid_at_first_use": 1.0,  # alive at 1200
    "attacker_uses": 6.0,  # 1200, 1800, 2400, 4200, 4800, 5400
    "attacker_denials": 2.0,  # 3000 and 9000
    "unseen_uses": 4.0,  # those before 4800
    "failed_open": 1.0,  # 4800
    "time_to_detect": (4800 - 600) / HOUR,
    "exposure_hours": 4260 / HOUR,
    "credentials_lost": 3.0,  # k and w leaked, v was found
    "second_order_credentials": 1.0,  # v
    "leaked_lifetime": (4860 + 4 * 3600 - 1800) / 2 / HOUR,  # w's life is cut at the horizon
    "loss": 1234.5,
    "latency_p50": 0.4,  # the 4th of 7
    "latency_p95": 4.0,  # the 7th of 7
    "denied": 2.0,
    "flagged": 5.0,
    "false_alarms": 1.0,
    "tasks": 10.0,
    "tasks_failed": 2.0,
    "credentials_issued": 12.0,
    "decisions": 30.0,
    "decision_wait": 0.5,  # 4 s, 8 requests
    "decision_latency": 900.0,  # 7,200 s, 8 requests
    "open_decisions": 0.5,  # 2 of 4 hours
    "undecided": 0.25,  # 2 of 8
    "retry_wait": 4.5,  # 45 s, 10 pieces of work
    "standing_hours": 96.0,
    "granted_hours": 1.25,
    "approvals": 8.0,
    "approvals_per_hour": 2.0,  # in four hours
    "approval_wait_mean": 120.0,  # 480 over 4
    "approval_wait_p95": 300.0,  # the 4th of 4
    "approval_wait_urgent": 30.0,
    "approvals_busy": 1.0,
    "approvals_expired": 2.0,
    "glass_broken": 2.0,
    "break_glass_hours": 1.125,
    "waved_through": 3.0,
    "soc_wait_mean": 22.5,
    "explicit_share": 0.625,  # of the work 30 - 2 - 2, of the intruder 4: 30 of 40 + 8
    "unbroken_chain_share": 0.8,  # 40 of 50
    "actions_after_end": 5.0,
    "after_end_share": 0.1,  # 5 of 50
    "used_share": 0.25,  # 6 of 24
    "drift": 1.5,
    "over_permissions": 2.5,
    "stale_uses": 7.0,
    "chains_before_detection": 1.0,  # db carried out at 1200, before 4800; prod deployed at 6000, after it
    "undetected_chain_share": 0.5,
    "orphan_hours": 36.0,
    "discovered_before": 1.0,  # struck at 600, seen at 4800, at the goal at 6000
}

NOTHING = dict.fromkeys(WORKED, 0.0) | {"time_to_goal": 4.0}


def test_each_metric_has_a_worked_case():
    """A new metric needs one, too."""
    assert set(WORKED) == set(METRICS)


@pytest.mark.parametrize(("name", "value"), WORKED.items())
def test_it_is_what_it_is_by_hand(name, value):
    """The story above."""
    assert METRICS[name].compute(run()) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(("name", "value"), NOTHING.items())
def test_where_nothing_happens_it_is_nothing(name, value):
    """But the time to a goal that was not reached is the horizon."""
    assert METRICS[name].compute(Run("calm", "none", 1, 0, 4 * HOUR)) == value


def test_a_goal_at_the_horizon_is_no_goal():
    """The horizon is not part of the run; a goal that was not reached takes as long as the run."""
    late = run(incident=[row(4 * HOUR, "gain", "deploy", "prod")])
    assert METRICS["goal"].compute(late) == 0.0
    assert METRICS["time_to_goal"].compute(late) == 4.0
    assert METRICS["goal"].compute(run(goal="")) == 0.0
    assert METRICS["time_to_goal"].compute(run(goal="")) == 4.0


def test_a_strike_does_not_reach_the_goal():
    """The victim reads the poisoned content; the intruder, who wants just that, has not."""
    struck = run(goal="read:db", incident=[row(60.0, "strike", "read", "db", reason="hijacked")])
    assert METRICS["goal"].compute(struck) == 0.0
    assert METRICS["blast_radius"].compute(struck) == 0.0


@pytest.mark.parametrize("reason", ["expired", "revoked", "not-holder"])
def test_a_stolen_credential_that_is_dead_at_its_first_use(reason):
    """The first try counts, whatever later ones do."""
    first = row(1200.0, "request", "read", "db", allowed=False, reason=reason)
    assert METRICS["valid_at_first_use"].compute(run(incident=[first, *STORY[2:]])) == 0.0


def test_a_denial_by_policy_finds_the_credential_alive():
    """It was accepted as a credential; only the answer was no."""
    first = row(1200.0, "request", "deploy", "prod", allowed=False, reason="not-in-role")
    assert METRICS["valid_at_first_use"].compute(run(incident=[first])) == 1.0


def test_a_workload_between_tasks_is_no_stolen_credential():
    """Its request has no task, but it comes from inside: the chain names the agent."""
    inside = row(700.0, "request", "read", "db", reason="role", chain="bot", task="")
    dead = row(1200.0, "request", "read", "db", allowed=False, reason="expired")
    assert METRICS["valid_at_first_use"].compute(run(incident=[inside])) == 0.0
    assert METRICS["valid_at_first_use"].compute(run(incident=[inside, dead])) == 0.0


def test_time_to_detect_is_restricted_to_the_horizon():
    """Struck at 600 and never seen: from then to the end."""
    unseen = run(incident=[one for one in STORY if one.kind != "detect"])
    assert METRICS["time_to_detect"].compute(unseen) == (4 * HOUR - 600) / HOUR
    assert METRICS["unseen_uses"].compute(unseen) == 6.0


def test_amplification_of_a_foothold_that_covers_nothing_is_nothing():
    """No division by zero."""
    assert METRICS["amplification"].compute(run(direct=frozenset())) == 0.0


def test_ranks_are_order_statistics():
    """The smallest value that at least that share does not exceed; never interpolated."""
    assert [rank([1.0, 2.0, 3.0, 4.0], level) for level in (0.0, 0.25, 0.26, 0.5, 0.95, 1.0)] == [
        1,
        1,
        2,
        2,
        4,
        4,
    ]
    assert rank(range(1, 101), 0.95) == 95
    assert rank([], 0.5) == 0.0


def test_blast_radius_comes_first():
    """It is what a table is sorted by, and what reach bounds."""
    assert next(iter(METRICS)) == "blast_radius"


def test_harm_is_never_without_friction():
    """Each side has metrics."""
    assert {metric.side for metric in METRICS.values()} == {"harm", "friction", "governance"}


def discovered(goal="", alert=4800.0, more=(), reachable=5):
    """Return the share of incidents that were discovered in time, with one *alert* and *more* rows."""
    rows = [one for one in STORY if one.kind != "detect"]
    seen = row(alert, "detect", actor="responder")
    told = Governance(reachable=reachable)
    incident = sorted([*rows, seen, *more], key=lambda one: one.time)
    return METRICS["discovered_before"].compute(run(goal=goal, incident=incident, governance=told))


def test_what_is_detected_at_the_instant_of_the_last_step_is_detected_in_time():
    """Detection comes before use; prod is deployed at 6000."""
    assert discovered("deploy:prod", 6000.0) == 1.0
    assert discovered("deploy:prod", 6001.0) == 0.0


def test_the_last_step_of_an_attacker_without_a_goal_leaves_nothing_untouched():
    """Five resources are in reach, and prod is the last; of six it never touches one."""
    assert discovered(alert=6001.0, reachable=5) == 0.0
    assert discovered(alert=6001.0, reachable=6) == 1.0


def test_only_strikes_before_an_alert_are_discovered_by_it():
    """A second leak at 5000 is after the only alert; one that handed nothing over does not count."""
    second = row(5000.0, "strike", "hold", "k", reason="leaked")
    empty = row(5100.0, "strike", "hold", "k", allowed=False, reason="nothing to leak")
    assert discovered("deploy:prod", more=[second]) == 0.5
    assert discovered("deploy:prod", more=[second, empty]) == 0.5


def test_a_chain_at_the_instant_of_the_detection_is_not_before_it():
    """And to get hold of a key or a workload completes none."""
    gains = [row(4800.0, "gain", "exfiltrate", "db"), row(60.0, "gain", "control", "bot")]
    seen = row(4800.0, "detect", actor="responder")
    told = run(incident=[gains[1], seen, gains[0]])
    assert METRICS["chains_before_detection"].compute(told) == 0.0
    assert METRICS["undetected_chain_share"].compute(told) == 0.0
    assert METRICS["undetected_chain_share"].compute(run(incident=[gains[0]])) == 1.0
