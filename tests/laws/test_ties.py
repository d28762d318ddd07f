"""Law 6: what happens at one instant has an order, the horizon is not part of the run, time goes on."""

import math
import re
from dataclasses import replace

import pytest

from simlab.attackers import Opportunist, Scripted
from simlab.errors import NoProgressError
from simlab.model.access import Intent, Permission
from simlab.model.attack import Response, When
from simlab.model.chance import NEVER, Fixed
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Call, Composition, Domain, Resource, Secret, System, Task, Workflow
from simlab.sim.clock import BLOCK, STUCK
from simlab.sim.plan import Plan
from simlab.strategies import JIT, StaticRBAC
from simlab.threats import KeyLeak, PromptInjection
from tests.helpers import reordered, scenario, strategy, took, watch, with_system

P = Permission.parse
DB, BAIT = P("read:db"), P("read:bait")
AT_0 = When("clock", Fixed(0.0))
CLOCKED = Scripted(("read:db",), Fixed(600.0), repeat=True)


def one_secret(ttl=math.inf, horizon=3600.0, attacker=CLOCKED, **changes):
    """Return a world in which a secret for two resources leaks at 0, and is used every ten minutes from then on."""
    system = System(
        domains={"d": Domain("d")},
        resources={"db": Resource("db", "d"), "bait": Resource("bait", "d", honeytoken=True)},
        secrets={"s": Secret("s", frozenset({DB, BAIT}), ttl)},
    )
    world = Scenario("tie", "?", horizon, system, (KeyLeak("s", when=AT_0),), attacker)
    return replace(world, **changes)


def one_job(*calls, horizon=7200.0, at=(0.0,)):
    """Return a world in which one agent makes *calls*, each after so much work [s]."""
    task = Task("w", "owner", ("bot",), Intent("work", frozenset({DB})), frozenset({DB}))
    flow = Workflow("w", (task,), tuple(Call(0, DB, Fixed(work)) for work in calls), at=at)
    system = System(
        domains={"d": Domain("d")},
        resources={"db": Resource("db", "d")},
        agents={"bot": Agent("bot", frozenset({DB}), (DB,), "bot")},
        workflows={"w": flow},
    )
    return Scenario("job", "?", horizon, system)


def tries(watched):
    return [
        (event.time, event.allowed or event.reason)
        for event in watched.run.incident
        if event.kind == "request" and event.actor == "intruder"
    ]


def presented(watched):
    return [
        (event.time, event.credential)
        for event in watched.run.trace
        if event.kind == "request" and event.actor == "worker"
    ]


# --- ends -------------------------------------------------------------------------------------------


def test_use_at_exactly_the_expiry_is_refused():
    """Valid on [issued, expires): at 600 s a secret that lives for 600 s is dead, and stays so."""
    assert tries(watch(one_secret(ttl=600.0)))[:2] == [(0.0, True), (600.0, "expired")]


def test_use_just_before_the_expiry_is_allowed():
    """One float earlier it is still alive."""
    alive = math.nextafter(600.0, math.inf)
    assert tries(watch(one_secret(ttl=alive)))[:3] == [(0.0, True), (600.0, True), (1200.0, "expired")]


def test_use_at_the_instant_of_issue_is_allowed():
    """A JIT credential is used at the instant at which it is issued."""
    watched = watch(one_job(0.0), JIT())
    assert presented(watched) == [(0.0, "bot#1")]
    assert watched.run.tally.finished == 1


def test_a_worker_whose_credential_expires_now_gets_a_new_one():
    """At exactly 600 s the first one is dead; the work renews it, and goes on."""
    watched = watch(one_job(0.0, 600.0, 599.0), JIT(ttl=600.0))
    assert presented(watched) == [(0.0, "bot#1"), (600.0, "bot#2"), (1199.0, "bot#2")]
    assert watched.run.tally.renewed == 1


def test_a_standing_key_is_replaced_at_exactly_its_rotation():
    """At 3600 s it is the key of the second hour; with grace, a job that runs may end with the first one."""
    world = one_job(0.0, 3600.0)
    assert presented(watch(world, StaticRBAC(rotation=3600.0))) == [(0.0, "bot#1"), (3600.0, "bot#2")]
    assert presented(watch(world, StaticRBAC(3600.0, grace=60.0))) == [(0.0, "bot#1"), (3600.0, "bot#1")]
    twice = one_job(0.0, at=(0.0, 3600.0))
    assert presented(watch(twice, StaticRBAC(3600.0, grace=60.0))) == [(0.0, "bot#1"), (3600.0, "bot#2")]


def test_use_at_exactly_the_revocation_is_refused():
    """The owner notices at 600 s and every domain has heard at once: the use at 600 s is too late."""
    world = one_secret(threats=(KeyLeak("s", when=AT_0, noticed=Fixed(600.0)),), response=Response())
    assert tries(watch(world))[:2] == [(0.0, True), (600.0, "revoked")]


def test_use_at_exactly_the_end_of_the_lag_is_refused():
    """Noticed at 300 s, ordered at 500 s, heard of at 600 s."""
    world = one_secret(
        threats=(KeyLeak("s", when=AT_0, noticed=Fixed(300.0)),), response=Response(triage=Fixed(200.0))
    )
    world = with_system(world, domains={"d": Domain("d", revocation=Fixed(100.0))})
    assert tries(watch(world))[:2] == [(0.0, True), (600.0, "revoked")]
    later = with_system(world, domains={"d": Domain("d", revocation=Fixed(100.5))})
    assert tries(watch(later))[:3] == [(0.0, True), (600.0, True), (1200.0, "revoked")]


def test_what_is_detected_at_an_instant_is_refused_at_that_instant():
    """A honeytoken is touched at 0; the next try at 0 is refused, because nobody is slow here."""
    script = Scripted(("read:bait", "read:db"), Fixed(0.0))
    assert tries(watch(one_secret(attacker=script, response=Response()))) == [(0.0, True), (0.0, "revoked")]


def test_a_job_that_ends_at_an_instant_has_no_credential_at_that_instant():
    """The leak of a task's credential at its last call is the leak of a dead credential."""
    world = replace(one_job(0.0, 600.0), threats=(KeyLeak("bot", when=When("at-work", Fixed(600.0))),))
    world = replace(world, attacker=CLOCKED)
    assert tries(watch(world, JIT()))[0] == (600.0, "expired")
    assert tries(watch(world, StaticRBAC()))[0] == (600.0, True)


# --- the horizon ------------------------------------------------------------------------------------


def test_nothing_happens_at_the_horizon():
    """Arrival, try and strike at exactly 3600 s lie outside [0, 3600)."""
    assert [time for time, _ in tries(watch(one_secret(horizon=3600.0)))] == [600.0 * n for n in range(6)]
    assert watch(one_job(0.0, horizon=3600.0, at=(3600.0,))).run.tally.tasks == 0
    late = one_secret(threats=(KeyLeak("s", when=When("clock", Fixed(3600.0))),))
    assert watch(late).run.incident == []


def test_a_float_before_the_horizon_is_still_within():
    """The same three at the last instant before it."""
    last = math.nextafter(3600.0, 0.0)
    watched = watch(one_job(0.0, horizon=3600.0, at=(last,)))
    assert (watched.run.tally.tasks, watched.run.tally.finished) == (1, 1)
    late = one_secret(threats=(KeyLeak("s", when=When("clock", Fixed(last))),))
    assert tries(watch(late)) == [(last, True)]


def test_an_alert_at_the_horizon_is_nobodys_alert():
    """Touched at 0, but the alarm takes an hour."""
    world = one_secret(attacker=Scripted(("read:bait",)), response=Response())
    for lag, seen in ((3600.0, 0), (3599.0, 1)):
        slow = with_system(
            world, domains={"d": Domain("d", telemetry=replace(Domain("d").telemetry, lag=Fixed(lag)))}
        )
        watched = watch(slow)
        assert sum(event.kind == "detect" for event in watched.run.incident) == seen


# --- time goes on -----------------------------------------------------------------------------------


def is_noticed_soon(action):
    """How soon is a count of events: a clock would measure the machine."""
    with pytest.raises(NoProgressError, match="E301 time stands still") as error:
        action()
    events = int(re.search(r"(\d+) events", str(error.value)).group(1))
    assert STUCK <= events < STUCK + BLOCK


def test_work_that_arrives_without_pause_is_an_error_not_a_hang():
    """Arrivals every 0 s."""
    world = one_job(0.0)
    flow = replace(world.system.workflows["w"], at=(), arrivals=Fixed(0.0))
    is_noticed_soon(lambda: watch(with_system(world, workflows={"w": flow})))


def test_an_attacker_without_pause_is_an_error_not_a_hang():
    """It tries again and again, and a try takes 0 s."""
    is_noticed_soon(lambda: watch(one_secret(attacker=Opportunist(Fixed(0.0), revisits=True))))


def test_many_events_at_one_instant_are_no_error():
    """Ten thousand jobs that arrive at once are a busy day, not a loop."""
    watched = watch(one_job(0.0, at=(60.0,) * 10_000))
    assert watched.run.tally.finished == 10_000


def test_rules_that_give_each_other_come_to_an_end():
    """a -> b -> a, at once."""
    rules = (Composition("ab", ("read:db",), ("read:bait",)), Composition("ba", ("read:bait",), ("read:db",)))
    watched = watch(with_system(one_secret(attacker=Scripted(("read:db",))), compositions=rules))
    assert {"read:db", "read:bait"} <= watched.facts


def test_a_long_chain_of_rules_at_one_instant_adds_up():
    """Two thousand steps that take no time, as a generated attack graph may have."""
    count = 2000
    resources = {f"r{n}": Resource(f"r{n}", "d") for n in range(count + 1)}
    rules = tuple(Composition(f"c{n}", (f"read:r{n}",), (f"read:r{n + 1}",)) for n in range(count))
    world = one_secret(attacker=Scripted(("read:r0",)))
    world = with_system(
        world, resources=resources, compositions=rules, secrets={"s": Secret("s", frozenset({P("read:r0")}))}
    )
    watched = watch(world)
    assert took(watched.run)[f"read:r{count}"] == 0.0


def test_the_order_of_events_at_one_instant_does_not_change_what_comes_of_them():
    """L15: the same world, listed in another order, where many things happen on the minute."""
    crowded = 0
    for seed in range(400):
        world, policy = scenario(seed), strategy(seed)
        one, other = (watch(Plan(each, policy), seed=seed).run for each in (world, reordered(world, seed)))
        assert took(one) == took(other), seed
        assert one.tally == other.tally, seed
        times = [event.time for event in one.trace if event.kind == "request"]
        crowded += len(times) - len(set(times))
    assert crowded > 1000


def test_a_session_that_stops_obeying_now_does_not_obey_now():
    """An injection that lasts for 600 s is over at 600 s."""
    world = one_job(0.0, 3600.0)
    threat = PromptInjection("db", lasts=Fixed(600.0))
    world = replace(world, threats=(threat,), attacker=CLOCKED, response=Response(replace=NEVER))
    assert tries(watch(world)) == [(0.0, True)]
