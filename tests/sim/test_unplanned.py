"""Unplanned requests: what comes when, what falls away, and what each is worth."""

from dataclasses import replace

import pytest

from simlab.model.chance import Exponential, Fixed
from simlab.model.conduct import Improvisation
from simlab.model.system import Call, Domain
from simlab.strategies import JIT, Intent, StaticRBAC
from tests.sim.small import READ, SEND, SITE, VAULT, asked, bot, job, run, world

SCOPE = frozenset({READ})


def planned(*calls, **changes):
    """Return a job that was reviewed for reading the database alone."""
    return replace(job(calls=calls or ((60.0, READ),), needs=SCOPE, template=SCOPE), **changes)


def unplanned(*tools, chance=1.0, work=0.0, **changes):
    """Return what is done unplanned: by tool, the permissions that one call of it needs."""
    calls = tuple(
        tuple(
            Call(0, right, Fixed(0.0 if place else work), f"tool{number}")
            for place, right in enumerate(rights)
        )
        for number, rights in enumerate(tools)
    )
    return (Improvisation(chance, calls, **changes),)


def requests(flow, policy, **changes):
    return [
        (time, right, answer) for time, right, answer in asked(run(world(flow, **changes), policy), "worker")
    ]


def test_it_comes_before_each_planned_call_after_its_own_work():
    flow = planned((60.0, READ), (60.0, READ), improvises=unplanned((SEND,), work=10.0))
    assert requests(flow, StaticRBAC()) == [
        (10.0, str(SEND), "yes"), (70.0, str(READ), "yes"), (80.0, str(SEND), "yes"), (140.0, str(READ), "yes"),
    ]  # fmt: skip


def test_a_denial_ends_the_unplanned_call_and_not_the_work():
    """A tool that needs three permissions: what follows the denial is never asked, and not counted."""
    flow = planned(improvises=unplanned((SITE, SEND, VAULT)))
    seen = run(world(flow, agents=(bot(rights={READ, SITE, VAULT}),)), StaticRBAC())
    assert [(right, answer) for _, right, answer in asked(seen, "worker")] == [
        (str(SITE), "yes"), (str(SEND), "not-in-role"), (str(READ), "yes"),
    ]  # fmt: skip
    tally = seen.run.tally
    assert (tally.requests, tally.denied, tally.failed, tally.finished) == (3, 1, 0, 1)


def test_a_denied_one_is_not_tried_again():
    flow = planned(improvises=unplanned((SEND,)), retries=3, backoff=60.0)
    assert [answer for _, _, answer in requests(flow, JIT())] == ["outside-task", "yes"]


def test_an_agent_that_cannot_plan_anew_tries_again_and_fails():
    flow = planned(improvises=unplanned((SEND,), replans=False), retries=1, backoff=60.0)
    seen = run(world(flow), JIT())
    assert [answer for _, _, answer in asked(seen, "worker")] == ["outside-task", "outside-task"]
    assert (seen.run.tally.failed, seen.run.tally.denied) == (1, 2)


def test_the_tool_of_the_planned_call_is_no_other_tool():
    """`READ` is planned by the tool that is named after it."""
    same = (Improvisation(1.0, ((Call(0, READ, Fixed(0.0), str(READ)),),)),)
    assert len(requests(planned(improvises=same), StaticRBAC())) == 1


def test_a_call_that_goes_astray_is_made_instead_of_the_planned_one():
    flow = planned(
        (60.0, READ), (60.0, READ), improvises=(Improvisation(strays=1.0, others=(READ, SEND, SITE)),)
    )
    assert requests(flow, StaticRBAC()) == [(60.0, str(SITE), "yes"), (120.0, str(SITE), "yes")]


def test_where_that_is_denied_the_planned_one_follows_at_once():
    flow = planned((60.0, READ), (60.0, READ), improvises=(Improvisation(strays=1.0, others=(READ, SITE)),))
    assert requests(flow, JIT()) == [
        (60.0, str(SITE), "outside-task"), (60.0, str(READ), "yes"),
        (120.0, str(SITE), "outside-task"), (120.0, str(READ), "yes"),
    ]  # fmt: skip


@pytest.mark.parametrize(("scope", "made"), [("roles", 1), ("job", 2)])
def test_the_credential_ends_with_the_last_call_whether_or_not_it_went_astray(scope, made):
    """One privilege of the job, or four of the roles, for the minute that the work takes."""
    flow = planned(improvises=(Improvisation(strays=1.0, others=(SITE,)),))
    seen = run(world(flow), JIT(scope=scope))
    assert seen.run.tally.requests == made
    assert seen.run.tally.granted == pytest.approx({"roles": 4, "job": 1}[scope] * 60.0 / 3600.0)


def test_each_unplanned_request_is_issued_for_and_decided_like_any_other():
    """Two domains: the mail is in another one, so its credential is issued in the middle of the work."""
    slow = {
        "d": Domain("d", issuance=Fixed(1.0), decision=Fixed(0.25)),
        "e": Domain("e", issuance=Fixed(8.0), decision=Fixed(0.5)),
    }
    usual = world().system.resources
    resources = [replace(usual["mail"], domain="e")]
    flow = planned(improvises=unplanned((SEND,)))
    seen = run(world(flow, resources=resources, domains=slow), Intent())
    assert [time for time, _, _ in asked(seen, "worker")] == [0.5, 60.75]
    assert list(seen.run.tally.delays) == [0.75]
    # One credential for both domains, issued where it is first needed.
    seen = run(world(replace(flow, tasks=job().tasks), resources=resources, domains=slow), JIT())
    assert [time for time, _, _ in asked(seen, "worker")] == [8.0, 68.0]
    assert seen.run.tally.issued == 1


def test_planned_work_keeps_its_numbers():
    """With or without anything unplanned before it, a planned call takes the time that it takes."""
    calm = planned(*[(60.0, READ)] * 3)
    calm = replace(calm, calls=tuple(replace(call, work=Exponential(60.0)) for call in calm.calls))
    wild = replace(calm, improvises=unplanned((SEND,), (SITE,), chance=0.5))
    made = [requests(flow, StaticRBAC()) for flow in (calm, wild)]
    reads = [[time for time, right, _ in each if right == str(READ)] for each in made]
    assert reads[0] == reads[1]
    assert len(made[1]) > len(made[0])
