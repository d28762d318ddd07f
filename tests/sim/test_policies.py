"""Roles that change during a run, followed by hand."""

from dataclasses import replace

import pytest

from simlab.metrics import METRICS
from simlab.model.attack import When
from simlab.model.chance import ZERO, Fixed
from simlab.model.enforcement import Replicas
from simlab.model.people import Approvers
from simlab.model.policy import PolicyChange
from simlab.model.system import Domain, Resource
from simlab.strategies import parse
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import HOUR, MINUTE, NOW, READ, SITE, VAULT, asked, bot, job, rows, run, script, world

LOST, GAINED, TWICE = frozenset({0}), frozenset({1}), frozenset({0, 2})


def changer(name="bot", eras=LOST, right=READ, rights=(VAULT,), **given):
    """Return an agent whose roles allow *right* in *eras*, and *rights* always."""
    return replace(bot(name, frozenset(rights), **given), changing=((right, eras),))


def changing(*flows, at=(1000.0,), agents=None, domain=None, **given):
    """Return a world whose roles change *at* these instants."""
    policy = tuple(PolicyChange(time, "role", removed=(READ,)) for time in at)
    domains = {"d": domain or Domain("d")}
    return world(*flows, agents=agents or [changer()], policy=policy, domains=domains, **given)


def reads(*times, name="job"):
    return job(name, at=times)


def answers(watched, actor="worker"):
    return [answer for *_, answer in asked(watched, actor)]


def stale(watched):
    return METRICS["stale_uses"].compute(watched.run)


def test_a_request_at_the_instant_of_a_change_meets_the_new_policy():
    """Lost at 1000: allowed a moment before, refused at that instant, and the row says why."""
    watched = run(changing(reads(999.0, 1000.0, 2000.0)))
    assert asked(watched, "worker") == [
        (999.0, "read:db", "yes"), (1000.0, "read:db", "role-changed"), (2000.0, "read:db", "role-changed"),
    ]  # fmt: skip
    assert rows(watched, "policy") == [(1000.0, "read:db", "removed from role")]
    gained = run(changing(reads(999.0, 1000.0), agents=[changer(eras=GAINED)]))
    assert answers(gained) == ["not-in-role", "yes"]


def test_expiry_comes_before_a_change_at_the_same_instant():
    """A credential of 0 dies at 1000, as the role gets its right: the next one, of the same instant, covers it."""
    flow = job(calls=((0.0, VAULT), (1000.0, READ)))
    watched = run(changing(flow, agents=[changer(eras=GAINED)]), parse("jit:ttl=1000s"))
    assert answers(watched) == ["yes", "yes"]
    longer = run(changing(flow, agents=[changer(eras=GAINED)]), parse("jit:ttl=1001s"))
    assert answers(longer)[1] != "yes"


def test_a_point_hears_at_its_poll_and_another_at_its_own():
    """Two points, an order that is never pushed: each request is answered as the point knows that it meets."""
    domain = Domain("d", replicas=Replicas(2, poll=10 * MINUTE))
    times = tuple(float(second) for second in range(900, 1800, 7))
    watched = run(changing(reads(*times), domain=domain, horizon=1800.0))
    heard = watched.engine.policies._heard["d"][0]
    assert all(1000 <= time < 1600 for time in heard)
    assert heard[0] != heard[1]
    point = watched.engine.replicas.point
    for serial, (time, _, answer) in enumerate(asked(watched, "worker"), start=1):
        assert (answer == "yes") == (time < heard[point("d", ("job", serial, 1, 0))]), time
    allowed = [time for time, _, answer in asked(watched, "worker") if answer == "yes"]
    assert stale(watched) == sum(time >= 1000 for time in allowed) > 0
    assert [time for time, *_ in rows(watched, "policy")] == sorted((1000.0, *heard))


def test_who_missed_a_change_is_up_to_date_with_the_next():
    """Lost at 1000 and back at 1200. Polled only every hour, the point never knew that it was lost."""
    domain = Domain("d", replicas=Replicas(1, poll=HOUR))
    watched = run(
        changing(reads(1100.0, 5000.0), at=(1000.0, 1200.0), agents=[changer(eras=TWICE)], domain=domain)
    )
    (first,), (second,) = watched.engine.policies._heard["d"]
    assert first == second or first < 1200
    assert answers(watched)[1] == "yes"


def test_a_domain_that_introspects_learns_what_an_issued_credential_no_longer_covers():
    """Issued at 900 for an hour. Asked about at 900; trusted for 300 s, so still at 1100; asked anew at 1200: lost."""
    flow = job(calls=((0.0, READ), (200.0, READ), (100.0, READ)), at=(900.0,))
    asks = Domain("d", replicas=Replicas(introspection=300.0))
    watched = run(changing(flow, domain=asks), parse("jit:ttl=1h"))
    assert answers(watched) == ["yes", "yes", "role-changed"]
    assert stale(watched) == 1
    trusting = run(changing(flow), parse("jit:ttl=1h"))
    assert answers(trusting) == ["yes", "yes", "yes"]
    assert stale(trusting) == 2


def test_a_thief_uses_the_older_of_two_credentials_that_still_covers_the_right():
    """One of 900 and one of 1100 leak at 1200, both live; roles lost the right at 1000. The older one opens db."""
    flows = job(calls=((0.0, VAULT), (HOUR, VAULT)), at=(900.0, 1100.0))
    leak = KeyLeak("bot", when=When("clock", Fixed(1200.0)))
    world_of = changing(flows, threats=[leak], attacker=script("read:db", pace=0.0), domain=Domain("d"))
    watched = run(world_of, parse("jit:ttl=2h"))
    assert answers(watched, "intruder") == ["yes"]
    assert stale(watched) >= 1


def test_a_thief_tries_again_what_a_role_has_come_to_allow():
    """Refused at 0, gained at 1000; told so, and ten minutes slower, it is in."""
    thief = {"threats": [KeyLeak("bot", when=NOW)], "attacker": script("read:db", "read:db")}
    watched = run(changing(agents=[changer(eras=GAINED)], **thief))
    assert asked(watched) == [(0.0, "read:db", "not-in-role"), (1600.0, "read:db", "yes")]
    assert stale(watched) == 0


def test_privilege_hours_count_a_right_for_as_long_as_it_is_there():
    """Vault for 10 h and db for 1000 s; of jit, one credential for an hour each side of the change."""
    watched = run(changing())
    assert METRICS["standing_hours"].compute(watched.run) == pytest.approx(10 + 1000 / HOUR)
    flow = job(calls=((0.0, READ), (HOUR, VAULT)), at=(900.0,))
    issued = run(changing(flow), parse("jit:ttl=2h"))
    assert METRICS["granted_hours"].compute(issued.run) == pytest.approx(2.0)
    later = run(changing(replace(flow, at=(1000.0,))), parse("jit:ttl=2h"))
    assert METRICS["granted_hours"].compute(later.run) == 0.0  # the work fails at once, and gives it back


def test_a_world_without_changes_does_not_look():
    """No call is marked, so the path of work is what it was."""
    watched = run(world(job()))
    assert not any(call.drifts for flow in watched.engine.plan.flows for call in flow.calls)
    assert watched.engine.policies.eras == ()


def test_a_steered_session_may_ask_again_where_nobody_looked():
    """The one who approves is busy with a clerk; each request of the intruder waits for 10 min in vain."""
    seen = changing(
        job("busy", "clerk", ((0.0, VAULT),)), job("watch", calls=((0.0, SITE), (5 * HOUR, SITE))),
        at=(9 * HOUR,), agents=[changer(rights=(SITE,)), bot("clerk")], domain=Domain("d", approvers="people"),
        approvers={"people": Approvers("people", service=Fixed(9 * HOUR), patience=600.0)},
        resources=(Resource("db", "d", sensitivity=9.0), Resource("vault", "d", sensitivity=9.0)),
        threats=(PromptInjection("site", When("at-work", ZERO)),), horizon=2 * HOUR,
        attacker=script("read:db", pace=600.0, repeat=True),
    )  # fmt: skip
    watched = run(seen, parse("static-rbac+human-approval:sensitivity=9"))
    every_20_minutes = [600.0, 1800.0, 3000.0, 4200.0, 5400.0, 6600.0]
    assert asked(watched) == [(time, "read:db", "approval-expired") for time in every_20_minutes]
