"""Domains that have limits, fail, keep answers and spread news unevenly: one small case each, by hand."""

from dataclasses import replace

import pytest

from simlab.attackers import Passive
from simlab.errors import BudgetError
from simlab.graph import reach
from simlab.metrics import METRICS
from simlab.model.attack import Foothold
from simlab.model.chance import NEVER, Fixed
from simlab.model.doors import explore
from simlab.model.enforcement import Cache, Outage, Replicas
from simlab.model.system import Domain, Telemetry
from simlab.sim.outages import Outages
from simlab.sim.streams import Streams
from simlab.strategies import JIT, Intent, Layered, StaticRBAC
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import HOUR, MINUTE, NOW, READ, SEND, SITE, acts, asked, job, rows, run, script, world

STOLEN = KeyLeak("bot", when=NOW, use=Fixed(0.0))


def domain(**changes):
    return {"d": Domain("d", **changes)}


def down(what, begin, length, **changes):
    return domain(outages=(Outage(what, (Fixed(begin),), lasts=Fixed(length)),), **changes)


def measured(watched, name):
    return METRICS[name].compute(watched.run)


# --- decision points --------------------------------------------------------------------------------


def test_who_comes_first_is_decided_first():
    """One decider, 10 s each, at 0, 1, 2: in line for 0, 9, 18 s; answered at 10, 20, 30."""
    watched = run(world(job(at=(0.0, 1.0, 2.0)), domains=domain(decision=Fixed(10.0), deciders=1)), Intent())
    assert asked(watched, "worker") == [
        (10.0, "read:db", "yes"),
        (20.0, "read:db", "yes"),
        (30.0, "read:db", "yes"),
    ]
    assert measured(watched, "decision_wait") == 9.0
    assert measured(watched, "decision_latency") == 19.0
    assert measured(watched, "open_decisions") == 57.0 / (10 * HOUR)


def test_who_finds_the_line_full_is_turned_away():
    """One decided, one in line; the third is denied at once, the fourth comes when there is room again."""
    place = domain(decision=Fixed(10.0), deciders=1, waiting=1)
    watched = run(world(job(at=(0.0, 1.0, 2.0, 10.0)), domains=place), Intent())
    assert asked(watched, "worker") == [
        (2.0, "read:db", "pdp-busy"), (10.0, "read:db", "yes"), (20.0, "read:db", "yes"), (30.0, "read:db", "yes"),
    ]  # fmt: skip
    assert measured(watched, "undecided") == 0.25


def test_a_strategy_that_asks_nobody_has_no_line():
    place = domain(decision=Fixed(10.0), deciders=1, waiting=0, errors=1.0)
    watched = run(world(job(at=(0.0, 1.0)), domains=place), JIT())
    assert asked(watched, "worker") == [(0.0, "read:db", "yes"), (1.0, "read:db", "yes")]


def test_an_answer_is_kept_for_a_while_and_only_for_the_same_question():
    """Decided at 10; found at 11 and 69 for 1 s each; decided anew at 70; another label is another question."""
    place = domain(decision=Fixed(10.0), cache=Cache(60.0, Fixed(1.0)))
    watched = run(world(job(at=(0.0, 11.0, 69.0, 70.0)), domains=place), Intent())
    assert [time for time, *_ in asked(watched, "worker")] == [10.0, 12.0, 70.0, 80.0]
    twice = job(calls=((0.0, SITE), (0.0, READ), (0.0, SITE)))
    watched = run(world(twice, domains=place), Intent())
    assert [time for time, *_ in asked(watched, "worker")] == [
        10.0,
        20.0,
        30.0,
    ]  # after reading, with a label
    without = job(calls=((0.0, SITE), (0.0, SITE)))
    watched = run(world(without, domains=place), Intent())
    assert [time for time, *_ in asked(watched, "worker")] == [10.0, 11.0]


def test_an_answer_that_is_not_there_yet_helps_nobody():
    place = domain(decision=Fixed(10.0), cache=Cache(60.0, Fixed(1.0)))
    watched = run(world(job(at=(0.0, 5.0, 14.0)), domains=place), Intent())
    assert [time for time, *_ in asked(watched, "worker")] == [10.0, 15.0, 15.0]


def test_a_failure_takes_its_time_and_is_tried_again():
    flow = replace(job(), retries=1, backoff=60.0)
    watched = run(world(flow, domains=domain(decision=Fixed(10.0), errors=1.0)), Intent())
    assert asked(watched, "worker") == [(10.0, "read:db", "pdp-error"), (80.0, "read:db", "pdp-error")]
    assert measured(watched, "retry_wait") == 60.0
    assert measured(watched, "decisions") == 2.0


# --- outages ----------------------------------------------------------------------------------------


def test_outages_that_meet_are_one_and_end_when_the_last_ends():
    outage = Outage("issuer", (Fixed(50.0), Fixed(10.0), Fixed(20.0), Fixed(90.0)), lasts=Fixed(30.0))
    outages = Outages([Domain("d", outages=(outage,))], Streams(0, 0), 1000.0)
    assert outages.begin("d", "issuer") == [10.0, 90.0]
    ends = [outages.over("d", "issuer", now) for now in (0.0, 10.0, 49.0, 79.0, 80.0, 119.0, 120.0)]
    assert ends == [0.0, 80.0, 80.0, 80.0, 80.0, 120.0, 120.0]
    assert outages.over("d", "decisions", 10.0) == 10.0


def test_too_many_outages_are_an_error():
    outage = Outage("decisions", every=Fixed(1.0), lasts=Fixed(0.0))
    with pytest.raises(BudgetError, match="E302"):
        Outages([Domain("d", outages=(outage,))], Streams(0, 0), 1e6)


def test_workers_are_denied_while_decision_points_are_down_unless_their_answer_was_kept():
    at = (0.0, 100.0, 200.0)
    closed = run(world(job(at=at), domains=down("decisions", 100.0, 50.0)), Intent())
    assert [why for *_, why in asked(closed, "worker")] == ["yes", "pdp-down", "yes"]
    kept = run(world(job(at=at), domains=down("decisions", 100.0, 50.0, cache=Cache(HOUR))), Intent())
    assert [why for *_, why in asked(kept, "worker")] == ["yes", "yes", "yes"]
    opened = run(
        world(job(at=at, needs=()), domains=down("decisions", 100.0, 50.0, fails_open=True)), Intent()
    )
    assert [why for *_, why in asked(opened, "worker")] == ["not-for-purpose", "yes", "not-for-purpose"]


def test_fail_open_stays_within_the_scope_of_the_credential():
    """The bot may do all that its roles say; under just in time only what the job may need."""
    flow = job(calls=((0.0, READ), (0.0, SEND)), needs=(), template=(READ,))
    place = down("decisions", 0.0, HOUR, fails_open=True)
    assert [why for *_, why in asked(run(world(flow, domains=place), Intent()), "worker")] == ["yes", "yes"]
    both = run(world(flow, domains=place), Layered((JIT(), Intent())))
    assert [why for *_, why in asked(both, "worker")] == ["yes", "pdp-down"]


def test_an_intruder_is_told_of_an_outage_that_opens_doors():
    """Refused at 0, because no task is attested; let through when decision points go down at 1 h."""
    here = world(
        job(at=()),
        threats=(STOLEN,),
        attacker=script("read:db"),
        domains=down("decisions", HOUR, HOUR, fails_open=True),
    )
    first = run(here, Intent())
    assert asked(first) == [(0.0, "read:db", "no-attested-task")]  # a script has no second try
    again = run(replace(here, attacker=script("read:db", repeat=True, pace=40 * MINUTE)), Intent())
    assert asked(again)[:2] == [(0.0, "read:db", "no-attested-task"), (HOUR + 40 * MINUTE, "read:db", "yes")]
    assert measured(again, "failed_open") >= 1.0


def test_an_intruder_who_is_denied_by_an_outage_tries_again_after_it():
    here = world(
        job(at=(0.0,), calls=((0.0, SITE), (5 * HOUR, SITE))), threats=(PromptInjection("site"),),
        attacker=script("read:db"), domains=down("decisions", 1.0, HOUR, decision=Fixed(0.0)),
    )  # fmt: skip
    watched = run(replace(here, attacker=script("read:db", pace=600.0, repeat=True)), Intent())
    whys = [(time, why) for time, _, why in asked(watched)]
    assert whys[0] == (0.0, "yes")
    late = replace(here, attacker=script("read:db", pace=600.0), threats=(PromptInjection("site"),))
    begun = replace(late, system=replace(late.system, domains=down("decisions", 0.5, HOUR)))
    moved = replace(begun, attacker=script("read:vault", "read:db", pace=600.0))
    assert asked(run(moved, Intent())) == [(0.0, "read:vault", "yes"), (600.0, "read:db", "pdp-down")]


def test_reach_knows_that_a_domain_fails_open():
    hold = Foothold(keys=("bot",))

    def reached(**changes):
        return {
            str(one)
            for one in reach(world(job(), domains=domain(**changes)).system, Intent(), hold).permissions
        }

    everything = {"read:db", "read:site", "read:vault", "send:mail"}
    outage = (Outage("decisions", (Fixed(0.0),), lasts=Fixed(1.0)),)
    assert reached() == set()
    assert reached(outages=outage) == set()
    assert reached(fails_open=True) == set()  # it never has to
    assert reached(fails_open=True, outages=(replace(outage[0], what="issuer"),)) == set()
    assert reached(fails_open=True, deciders=1) == set()  # all wait
    assert reached(fails_open=True, outages=outage) == everything
    assert reached(fails_open=True, errors=0.1) == everything
    assert reached(fails_open=True, deciders=1, waiting=3) == everything


def test_an_issuer_that_is_down_lets_people_wait_or_turns_them_away():
    waits = run(world(job(at=(0.0,)), domains=down("issuer", 0.0, 100.0, issuance=Fixed(5.0))), JIT())
    assert asked(waits, "worker") == [(105.0, "read:db", "yes")]
    assert measured(waits, "latency_p50") == 105.0
    flow = replace(job(at=(0.0,)), retries=1, backoff=100.0)
    place = down("issuer", 0.0, 100.0, issuance=Fixed(5.0), issuer_refuses=True)
    refused = run(world(flow, domains=place), JIT())
    assert asked(refused, "worker") == [(0.0, "read:db", "no-credential"), (105.0, "read:db", "yes")]


def test_a_steered_session_gets_no_credential_while_the_issuer_is_down():
    """Its credential lives 5 min; at 10 min the issuer is down until 1 h; then it is issued another one."""
    flow = job(at=(0.0,), calls=((0.0, SITE), (5 * HOUR, SITE)))
    here = world(
        flow, threats=(PromptInjection("site"),), attacker=script("read:vault", "read:db", "send:mail")
    )
    closed = replace(
        here, system=replace(here.system, domains=down("issuer", 400.0, 3200.0, issuer_refuses=True))
    )
    tries = asked(run(closed, JIT(ttl=300.0)))
    assert tries[:2] == [(0.0, "read:vault", "yes"), (600.0, "read:db", "expired")]
    assert tries[2] == (4200.0, "send:mail", "yes")
    waits = replace(here, system=replace(here.system, domains=down("issuer", 400.0, 3200.0)))
    assert asked(run(waits, JIT(ttl=300.0)))[:2] == [(0.0, "read:vault", "yes"), (3600.0, "read:db", "yes")]


def test_what_is_done_while_telemetry_is_down_is_never_seen():
    place = down("telemetry", 500.0, 1000.0, telemetry=Telemetry(1.0))
    here = world(
        job(at=()), threats=(STOLEN,), attacker=script("read:site", "read:vault", "read:db"), domains=place
    )
    watched = run(here, StaticRBAC())
    assert [time for time, *_ in rows(watched, "detect")] == [0.0]
    late = replace(
        here, system=replace(here.system, domains=down("telemetry", 0.0, 1000.0, telemetry=Telemetry(1.0)))
    )
    assert [time for time, *_ in rows(run(late, StaticRBAC()), "detect")] == [1200.0]


# --- revocation -------------------------------------------------------------------------------------

NOTICED = KeyLeak("bot", when=NOW, use=Fixed(0.0), noticed=Fixed(0.0))


def exposed(**changes):
    """Return how long a key works somewhere that was ordered revoked at 0 [s]."""
    place = changes.pop("domains", None) or domain(**changes)
    here = world(
        job(at=()), threats=(NOTICED,), attacker=Passive(), domains=place, response=acts(replace=NEVER)
    )
    return run(here, StaticRBAC()).run.exposure


def test_an_order_that_comes_in_an_outage_is_carried_out_after_it():
    assert exposed(revocation=Fixed(7.0)) == 7.0
    assert exposed(domains=down("revocation", 0.0, 100.0, revocation=Fixed(7.0))) == 107.0


def test_who_does_not_know_how_to_revoke_takes_longer_or_never_does():
    assert exposed(runbook=0.0, manual=Fixed(50.0), revocation=Fixed(7.0)) == 50.0
    assert exposed(runbook=0.0) == 10 * HOUR
    assert exposed(runbook=1.0, manual=Fixed(50.0)) == 0.0


def test_the_slowest_of_those_that_poll_decides():
    phases = [600.0 * Streams(0, 0).uniform("poll phase", "d", point) for point in range(4)]
    assert exposed(replicas=Replicas(4, 600.0)) == max(phases)
    assert exposed(replicas=Replicas(4, 600.0, push_loss=0.0)) == 0.0
    assert exposed(replicas=Replicas(4)) == 0.0


def test_a_request_meets_one_of_the_points():
    """The key is known revoked at each point from its own poll on; each use meets a point of its own."""
    place = domain(replicas=Replicas(3, HOUR))
    here = world(
        job(at=()), threats=(NOTICED,), attacker=script("read:db", repeat=True, pace=300.0), domains=place,
        response=acts(replace=NEVER),
    )  # fmt: skip
    streams, move = Streams(0, 0), str(explore(here.system).doors[0].move)
    heard = [HOUR * streams.uniform("poll phase", "d", point) for point in range(3)]
    expected = []
    for nth in range(1, 100):
        now = 300.0 * (nth - 1)
        point = int(3 * streams.uniform("replica", "d", "intruder", move, nth))
        expected.append((now, "read:db", "yes" if now < heard[point] else "revoked"))
        if now >= heard[point]:
            break
    assert asked(run(here, StaticRBAC())) == expected


def test_what_was_heard_is_trusted_for_a_while():
    """Asked at 0, before the order at 60; trusted for 300 s: used at 120 and 240, refused at 360, when asked anew."""
    leak = KeyLeak("bot", when=NOW, use=Fixed(0.0), noticed=Fixed(60.0))
    here = world(
        job(at=()), threats=(leak,), attacker=script("read:db", repeat=True, pace=120.0),
        domains=domain(replicas=Replicas(introspection=300.0)), response=acts(replace=NEVER),
    )  # fmt: skip
    assert [(time, why) for time, _, why in asked(run(here, StaticRBAC()))] == [
        (0.0, "yes"), (120.0, "yes"), (240.0, "yes"), (360.0, "revoked"),
    ]  # fmt: skip


def test_a_worker_is_refused_by_a_point_that_has_heard_and_gets_what_replaces_its_key():
    place = domain(replicas=Replicas(introspection=300.0))
    leak = KeyLeak("bot", when=NOW, use=NEVER, noticed=Fixed(60.0))
    here = world(
        job(at=(0.0, 200.0, 400.0, 1000.0)),
        threats=(leak,),
        domains=place,
        response=acts(replace=Fixed(800.0)),
    )
    assert [why for *_, why in asked(run(here, StaticRBAC()), "worker")] == ["yes", "yes", "revoked", "yes"]


def test_an_answer_that_was_kept_for_a_thief_is_good_for_the_same_request_only():
    """A purpose is a mere claim here, so that the thief is answered; then decision points go down."""
    place = down("decisions", 100.0, HOUR, cache=Cache(HOUR))
    here = world(
        job(at=()),
        threats=(STOLEN,),
        attacker=script("read:db", "read:db", "read:vault", pace=600.0),
        domains=place,
    )
    assert asked(run(here, Intent(attested=False))) == [
        (0.0, "read:db", "yes"), (600.0, "read:db", "yes"), (1200.0, "read:vault", "pdp-down"),
    ]  # fmt: skip


def test_an_order_between_two_polls_waits_for_the_next_one():
    """Ordered at 1,000 s, polled every 600 s from a phase on: known at the first poll that is not before it."""
    phase = 600.0 * Streams(0, 0).uniform("poll phase", "d", 0)
    due = next(phase + k * 600.0 for k in range(4) if phase + k * 600.0 >= 1000.0)
    leak = KeyLeak("bot", when=NOW, use=Fixed(0.0), noticed=Fixed(1000.0))
    place = domain(replicas=Replicas(poll=600.0))
    here = world(job(at=()), threats=(leak,), attacker=Passive(), domains=place, response=acts(replace=NEVER))
    assert run(here, StaticRBAC()).run.exposure == due
