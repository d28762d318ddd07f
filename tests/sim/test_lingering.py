"""Work that goes on after its end: what is counted, and what a captured session still has."""

from dataclasses import replace
from pathlib import Path

import pytest

import simlab
from simlab.model.attack import When
from simlab.model.chance import NEVER, Fixed
from simlab.model.enforcement import Replicas
from simlab.model.system import Call, Domain
from simlab.strategies import JIT, StaticRBAC, parse
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import MINUTE, READ, SEND, VAULT, acts, asked, bot, job, run, script, world

LINGERING = Path(__file__).parents[2] / "scenarios" / "reference" / "lingering-call.yaml"


@pytest.mark.parametrize(
    ("strategy", "allowed"),
    [("static-rbac", 2), ("jit", 0), ("intent", 1), ("jit+intent", 0), ("allow-all", 2), ("deny-all", 0)],
)
def test_what_is_allowed_after_the_end_is_counted(strategy, allowed):
    assert run(simlab.load(LINGERING).scenario, parse(strategy)).run.tally.after_end == allowed


def background(*calls):
    """Return a job that reads the database at once and goes on with *calls*: pairs of wait [s] and permission."""
    return replace(job(), lingers=tuple(Call(0, right, Fixed(wait), f"{right}") for wait, right in calls))


def test_requests_come_after_the_end_and_belong_to_it():
    seen = run(world(background((60.0, SEND), (30.0, READ))), StaticRBAC())
    assert asked(seen, "worker") == [
        (0.0, str(READ), "yes"),
        (60.0, str(SEND), "yes"),
        (90.0, str(READ), "yes"),
    ]
    assert [(event.time, event.serial) for event in seen.run.trace if event.kind == "finish"] == [(0.0, 1)]
    assert (seen.run.tally.requests, seen.run.tally.finished, seen.run.tally.after_end) == (3, 1, 2)


def test_nothing_goes_on_after_work_that_failed():
    flow = replace(background((60.0, SEND)), name="job")
    seen = run(world(flow, agents=(bot(rights=[SEND]),)), StaticRBAC())
    assert seen.run.tally.failed == 1
    assert [right for _, right, _ in asked(seen, "worker")] == [str(READ)]


def test_a_credential_that_was_never_asked_for_is_not_issued_after_the_end():
    seen = run(world(background((60.0, VAULT)), agents=(bot(rights=[VAULT]),)), JIT())
    assert seen.run.tally.after_end == 0


def test_what_goes_on_beyond_the_horizon_is_not_seen():
    seen = run(world(background((60.0, SEND), (30.0, READ)), horizon=75.0), StaticRBAC())
    assert [time for time, _, _ in asked(seen, "worker")] == [0.0, 60.0]


def test_a_captured_session_gives_nothing_back_so_its_background_work_goes_on_as_well():
    """Under JIT: the credential of a steered session lives its 15 minutes, whoever asks with it."""
    flow = background((5 * MINUTE, READ), (20 * MINUTE, READ))
    threat = PromptInjection("db", When("at-work"))
    seen = run(world(flow, threats=(threat,), attacker=script("send:mail")), JIT())
    assert [answer for _, _, answer in asked(seen, "worker")] == ["yes", "yes", "expired"]
    assert seen.run.tally.after_end == 1


def test_what_goes_on_meets_a_point_that_trusts_what_it_heard():
    """Asked at 0, revoked at 60, trusted for 300 s: used at 0 and 200, refused at 400, replaced from 860 on."""
    leak = KeyLeak("bot", when=When("clock", Fixed(0.0)), use=NEVER, noticed=Fixed(60.0))
    here = world(
        background((200.0, READ), (200.0, READ), (600.0, READ)),
        threats=(leak,),
        domains={"d": Domain("d", replicas=Replicas(introspection=300.0))},
        response=acts(replace=Fixed(800.0)),
    )
    assert [why for *_, why in asked(run(here, StaticRBAC()), "worker")] == ["yes", "yes", "revoked", "yes"]
