"""Approvers at their desks: who is asked, in which order, and what a tired one says."""

import math
from dataclasses import replace

import pytest

from simlab.model.attack import When
from simlab.model.chance import Fixed
from simlab.model.people import DAY, Approvers, BreakGlass, Fatigue, Hours
from simlab.model.system import Domain
from simlab.strategies import JIT, HumanApproval, Layered, StaticRBAC
from simlab.strategies import Intent as IntentPolicy
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import HOUR, MINUTE, READ, SEND, SITE, VAULT, asked, bot, job, run, script, world

ASK = HumanApproval(sensitivity=0.0)
STATIC, SHORT = Layered((StaticRBAC(), ASK)), Layered((JIT(ttl=5 * MINUTE), ASK))


def desk(flows=(), *, policy=STATIC, seed=0, **people):
    """Return a run in which `people` are asked about everything."""
    who = Approvers("people", **people)
    given = {"domains": {"d": Domain("d", approvers="people")}, "approvers": {"people": who}}
    return run(world(*flows, **given), policy, seed)


def times(watched, actor="worker"):
    return [(time / MINUTE, what) for time, _, what in asked(watched, actor)]


def test_where_nobody_is_to_be_asked_the_answer_is_no():
    """Denied at once, with a reason, and no time goes by."""
    watched = run(world(job()), STATIC)
    assert asked(watched, "worker") == [(0.0, "read:db", "no-approver")]
    assert watched.run.tally.approvals == 0


def test_a_row_says_who_approved():
    watched = desk([job()], service=Fixed(60.0))
    rows = [event for event in watched.run.trace if event.kind == "request"]
    assert [(event.time, event.allowed, event.reason, event.policy) for event in rows] == [
        (60.0, True, "approved", "people")
    ]


def test_a_full_line_turns_away():
    """One is looked at, one waits; the third is denied at once."""
    watched = desk([job(at=(0.0, 60.0, 120.0))], service=Fixed(600.0), limit=2)
    assert times(watched) == [(2.0, "approvers-busy"), (10.0, "yes"), (20.0, "yes")]
    assert (watched.run.tally.approvals, watched.run.tally.approvals_busy) == (3, 1)


def test_who_is_refused_may_ask_again():
    """Retries stand in the line once more: refused at 10, asks at 15, refused at 25."""
    flow = replace(job(), retries=1, backoff=5 * MINUTE)
    watched = desk([flow], service=Fixed(600.0), wrongly_denies=1.0)
    assert times(watched) == [(10.0, "approver-refused"), (25.0, "approver-refused")]
    assert watched.run.tally.failed == 1


def test_a_credential_that_expires_in_the_line_is_renewed_with_the_approval():
    """It lives for five minutes, and the answer takes ten."""
    watched = desk([job()], policy=SHORT, service=Fixed(600.0))
    assert times(watched) == [(10.0, "yes")]
    assert watched.run.tally.renewed == 1


def test_one_approval_is_enough_for_a_credential():
    """Per credential: asked once for two calls within its life, and again for one after it."""
    flow = job(calls=((0.0, READ), (60.0, SEND), (600.0, VAULT)))
    watched = desk([flow], policy=SHORT, service=Fixed(600.0), per="credential")
    assert times(watched) == [(10.0, "yes"), (11.0, "yes"), (31.0, "yes")]
    assert watched.run.tally.approvals == 2
    assert desk([flow], service=Fixed(600.0), per="credential").run.tally.approvals == 3  # a standing key


def test_only_what_matters_is_asked():
    """A write, outward, and the sensitive."""
    flow = job(calls=((0.0, READ), (0.0, SEND)))
    outward = Layered((StaticRBAC(), HumanApproval(9.0, outward=True)))
    assert times(desk([flow], policy=outward, service=Fixed(60.0))) == [(0.0, "yes"), (1.0, "yes")]
    intent = Layered((IntentPolicy(), outward.layers[1]))
    labelled = desk([flow], policy=intent, service=Fixed(60.0))
    assert times(labelled) == [(0.0, "yes"), (0.0, "flow")]  # a denial goes before an approval
    assert labelled.run.tally.approvals == 0


def test_people_work_in_turns():
    """Whoever has been free for longest is next, so that two share the work and the fatigue."""
    watched = desk(
        [job(at=(0.0, 600.0, 1200.0, 1800.0))],
        count=2,
        service=Fixed(60.0),
        fatigue=Fatigue(1.0, HOUR),
        catches=1.0,
    )
    assert [list(person) for person in watched.engine.asking.desks["people"].answered] == [
        [60, 1260],
        [660, 1860],
    ]


@pytest.mark.parametrize(("answers", "load"), [(1, 0), (4, 3), (12, 9)])
def test_attention_falls_with_the_answers_of_the_last_hour(answers, load):
    """One answer every six minutes until now: of those before the last one, nine lie within the hour."""
    at = tuple(2 * HOUR - 6 * MINUTE * number for number in reversed(range(answers)))
    watched = desk([job(at=at)], fatigue=Fatigue(10.0, HOUR, 0.05), catches=0.7)
    where = watched.engine.asking.desks["people"]
    assert len(where.answered[0]) - 1 == load  # the last one counts for those after it
    assert where.people.attention(load) == pytest.approx(0.05 + 0.65 * math.exp(-load / 10))


def test_hours():
    """Nine to five from Monday to Friday."""
    week = Hours(9 * HOUR, 17 * HOUR)
    opens = {
        0.0: 9 * HOUR, 9 * HOUR: 9 * HOUR, 12 * HOUR: 12 * HOUR, 17 * HOUR: DAY + 9 * HOUR,
        4 * DAY + 18 * HOUR: 7 * DAY + 9 * HOUR, 6 * DAY: 7 * DAY + 9 * HOUR,
    }  # fmt: skip
    assert {now: week.opens(now) for now in opens} == opens
    assert Hours(0.0, DAY, 7).opens(3.5 * DAY) == 3.5 * DAY


THIEF = {
    "threats": (KeyLeak("bot", when=When("clock", Fixed(0.0))),),
    "attacker": script("read:vault", pace=0.0),
}


def attacked(policy=STATIC, attacker=None, seed=0, flows=(), **people):
    given = {**THIEF, **({"attacker": attacker} if attacker else {})}
    who = Approvers("people", **people)
    scenario = world(
        *flows, domains={"d": Domain("d", approvers="people")}, approvers={"people": who}, **given
    )
    return run(scenario, policy, seed)


def test_a_thief_asks_again_only_if_it_revisits():
    """A no is for good for who takes it, and not for who asks every ten minutes."""
    again = attacked(attacker=script("read:vault", pace=600.0, repeat=True), catches=1.0)
    assert {what for *_, what in asked(again)} == {"approver-refused"}
    assert len(asked(again)) == 60
    assert len(asked(attacked(catches=1.0))) == 1


def test_a_thief_whose_key_dies_in_the_line_gets_nothing():
    """Approved after an hour; the key was of the last rotation."""
    rotated = Layered((StaticRBAC(rotation=30 * MINUTE), ASK))
    watched = attacked(rotated, service=Fixed(HOUR), catches=0.0)
    assert times(watched, "intruder") == [(60.0, "expired")]
    assert watched.run.taken() == {}


def test_a_steered_session_uses_the_key_of_who_broke_the_glass():
    """Its job is to read the database; the key opens the vault, too, and nobody is asked."""
    flow = job(calls=((0.0, READ), (HOUR, READ)), template=(READ,), needs=(READ,))
    threat = PromptInjection("db", When("at-work", Fixed(0.0)))
    given = {"threats": (threat,), "attacker": script("read:vault", pace=60.0)}
    who = Approvers("people", service=Fixed(HOUR), break_glass=BreakGlass(0.0, DAY), catches=1.0)
    busy = job("busy", "clerk", calls=((0.0, SITE),), template=(SITE,), needs=(SITE,))
    scenario = world(
        busy, replace(flow, at=(60.0,)), domains={"d": Domain("d", approvers="people")}, approvers={"people": who},
        agents=(bot(), bot("clerk")), **given,
    )  # fmt: skip
    watched = run(scenario, Layered((JIT(), ASK)))
    assert [(fact, what) for _, fact, what in asked(watched)][:1] == [("read:vault", "yes")]
    vault = next(event for event in watched.run.incident if event.kind == "request")
    assert vault.reason == "break-glass"
    why = watched.engine.plan.reach.explain("read:vault")[-1]
    assert (why.credential, why.reason) == ("break-glass key of bot", "needs-approval")


def test_a_batch_is_of_one_kind():
    """Two of one kind are answered together, and the one between them waits."""
    flows = [job(at=(0.0, 60.0, 180.0)), job("other", calls=((0.0, SEND),), at=(120.0,))]
    watched = desk(flows, service=Fixed(600.0), batch=5)
    assert sorted(times(watched)) == [(10.0, "yes"), (20.0, "yes"), (20.0, "yes"), (30.0, "yes")]
    assert [what for time, what, _ in asked(watched, "worker") if time == 30 * MINUTE] == ["send:mail"]
