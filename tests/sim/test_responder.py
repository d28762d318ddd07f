"""The responder: coverage, lags, triage, revocation domain by domain, replacement, quarantine."""

import pytest

from simlab.model.access import Permission
from simlab.model.attack import When
from simlab.model.chance import NEVER, Fixed
from simlab.model.system import Domain, Resource, Secret, Telemetry
from simlab.strategies import StaticRBAC
from simlab.threats import CompromisedTool, KeyLeak, PromptInjection
from tests.sim.small import HOUR, MINUTE, NOW, READ, SITE, acts, asked, bot, job, rows, run, script, world

P = Permission.parse
REPEAT = script("read:db", pace=10 * MINUTE, repeat=True)


def stolen(
    *, coverage=1.0, lag=0.0, revocation=0.0, attacker=REPEAT, seed=0, horizon=HOUR, policy=None, **response
):
    """Return a run in which the key of `bot` leaks at 0 and is used every ten minutes."""
    domain = Domain("d", telemetry=Telemetry(coverage, Fixed(lag)), revocation=Fixed(revocation))
    scenario = world(
        threats=(KeyLeak("bot", when=NOW),), attacker=attacker, response=acts(**response), domains={"d": domain},
        horizon=horizon,
    )  # fmt: skip
    return run(scenario, policy, seed)


def test_what_nobody_sees_goes_on():
    """No coverage: six uses in an hour."""
    assert [what for *_, what in asked(stolen(coverage=0.0))] == ["yes"] * 6


def test_two_clocks_between_a_use_and_its_end():
    """Used at 0; alert at 5, order at 15, refused from 25 minutes on: uses at 0, 10 and 20."""
    watched = stolen(lag=5 * MINUTE, triage=Fixed(10 * MINUTE), revocation=10 * MINUTE, replace=NEVER)
    assert [(time / MINUTE, what) for time, _, what in asked(watched)] == [
        (0, "yes"), (10, "yes"), (20, "yes"), (30, "revoked"),
    ]  # fmt: skip
    assert rows(watched, "detect")[0][0] == 5 * MINUTE
    assert rows(watched, "revoke")[0] == (15 * MINUTE, ":", "alert")
    assert watched.run.exposure == 25 * MINUTE
    assert watched.run.tally.revoked == 1


def test_each_domain_hears_in_its_own_time():
    """`near` refuses at once, `far` after half an hour: the same key is dead here and alive there."""
    domains = {
        "d": Domain("d"),
        "near": Domain("near", telemetry=Telemetry(1.0)),
        "far": Domain("far", revocation=Fixed(30 * MINUTE)),
    }
    rights = {P("read:here"), P("read:there")}
    scenario = world(
        agents=(bot(rights=rights, menu=rights),), domains=domains, threats=(KeyLeak("bot", when=NOW),),
        resources=(Resource("here", "near"), Resource("there", "far")), response=acts(replace=NEVER),
        attacker=script("read:here", "read:there", "read:here", "read:there", "read:there", pace=10 * MINUTE),
    )  # fmt: skip
    assert [(time / MINUTE, fact, what) for time, fact, what in asked(run(scenario))] == [
        (0, "read:here", "yes"), (10, "read:there", "yes"), (20, "read:here", "revoked"), (30, "read:there", "revoked"),
    ]  # fmt: skip


@pytest.mark.parametrize("coverage", [0.1, 0.5, 0.9])
def test_coverage_is_a_share_of_requests(coverage):
    """Each request has a number of its own: of 2,880, about as many are seen as should be (4.5 s.e.)."""
    watched = stolen(coverage=coverage, attacker=script("read:db", pace=1.25, repeat=True), acts=False)
    seen, tries = len(rows(watched, "detect")), len(asked(watched))
    assert tries == 2880
    assert abs(seen - coverage * tries) < 4.5 * (tries * coverage * (1 - coverage)) ** 0.5


def test_more_coverage_sees_what_less_sees_and_more():
    """The same number, another threshold."""
    fast = script("read:db", pace=6.0, repeat=True)
    some, more = (
        {time for time, *_ in rows(stolen(coverage=share, attacker=fast, acts=False), "detect")}
        for share in (0.2, 0.6)
    )
    assert some < more


def test_who_does_not_act_only_knows():
    """Alerts, but no revocation and no quarantine."""
    watched = stolen(acts=False)
    assert len(rows(watched, "detect")) == 6
    assert rows(watched, "revoke") == []
    assert [what for *_, what in asked(watched)] == ["yes"] * 6


def test_a_denied_request_is_seen_as_well():
    """Probing a boundary costs detection."""
    watched = stolen(attacker=script("deploy:db", pace=MINUTE), acts=False)
    assert asked(watched) == []  # there is no door: nobody holds or can ask for it
    rights = {READ}
    scenario = world(
        agents=(bot(rights=rights, menu={READ, SITE}),), threats=(KeyLeak("bot", when=NOW),),
        attacker=script("read:site"), response=acts(), domains={"d": Domain("d", telemetry=Telemetry(1.0))},
    )  # fmt: skip
    watched = run(scenario)
    assert asked(watched) == [(0.0, "read:site", "not-in-role")]
    assert len(rows(watched, "detect")) == 1


def test_a_honeytoken_always_alerts():
    """Also where nothing else is seen; at once and after the domain's lag."""
    rights = {P("read:bait"), READ}
    scenario = world(
        agents=(bot(rights=rights, menu=rights),), threats=(KeyLeak("bot", when=NOW),), response=acts(replace=NEVER),
        resources=(Resource("bait", "d", honeytoken=True),), domains={"d": Domain("d", telemetry=Telemetry(0.0, Fixed(60.0)))},
        attacker=script("read:db", "read:bait", "read:db", pace=600.0),
    )  # fmt: skip
    watched = run(scenario)
    assert [what for *_, what in asked(watched)] == ["yes", "yes", "revoked"]
    assert [time for time, *_ in rows(watched, "detect")] == [660.0]


def test_a_revoked_standing_key_is_replaced():
    """Noticed at 1 h, a new one at 3 h: the job at 2 h fails, that at 4 h does not."""
    scenario = world(
        job(at=(0.0, 2 * HOUR, 4 * HOUR)), threats=(KeyLeak("bot", when=NOW, noticed=Fixed(HOUR)),),
        response=acts(replace=Fixed(2 * HOUR)),
    )  # fmt: skip
    watched = run(scenario)
    assert [what for *_, what in asked(watched, "worker")] == ["yes", "revoked", "yes"]
    assert [event.credential for event in watched.run.trace if event.kind == "request"] == [
        "bot#1",
        "bot#1",
        "bot#2",
    ]


def test_an_earlier_order_that_comes_later_counts():
    """The first alert takes two hours, the second none: revoked when the second says so, and once."""
    domains = {
        "d": Domain("d"),
        "slow": Domain("slow", telemetry=Telemetry(1.0, Fixed(2 * HOUR))),
        "fast": Domain("fast", telemetry=Telemetry(1.0)),
    }
    rights = {P("read:one"), P("read:two")}
    scenario = world(
        agents=(bot(rights=rights, menu=rights),), domains=domains, threats=(KeyLeak("bot", when=NOW),),
        resources=(Resource("one", "slow"), Resource("two", "fast")), response=acts(replace=NEVER),
        attacker=script("read:one", "read:two", "read:one", pace=10 * MINUTE),
    )  # fmt: skip
    watched = run(scenario)
    assert [what for *_, what in asked(watched)] == ["yes", "yes", "revoked"]
    assert [time for time, *_ in rows(watched, "revoke")] == [10 * MINUTE, 2 * HOUR]
    assert watched.run.tally.revoked == 1
    assert watched.run.exposure == 10 * MINUTE


def test_quarantine_ends_what_was_seen_to_be_steered():
    """A session is captured at 0, seen at its first request, and lost at once; the work itself goes on."""
    flow = job(calls=((0.0, SITE), (HOUR, READ)))
    seen = {"d": Domain("d", telemetry=Telemetry(1.0))}
    for quarantine, tries in ((True, 1), (False, 4)):
        scenario = world(
            flow, threats=(PromptInjection("site"),), attacker=script(*["read:vault"] * 4, pace=10 * MINUTE),
            response=acts(quarantine=quarantine), domains=seen,
        )  # fmt: skip
        watched = run(scenario)
        assert len(asked(watched)) == tries
        assert watched.run.tally.finished == 1
        assert ("quarantine" in {reason for *_, reason in rows(watched, "revoke")}) is quarantine


def test_quarantine_ends_control_until_the_tool_strikes_again():
    """Control is lost at the order, five minutes after the first request."""
    scenario = world(
        job(calls=((0.0, SITE),)), threats=(CompromisedTool("read:site", NOW),),
        attacker=script("read:db", pace=MINUTE, repeat=True), horizon=HOUR,
        response=acts(triage=Fixed(5 * MINUTE), replace=Fixed(0.0)), domains={"d": Domain("d", telemetry=Telemetry(1.0))},
    )  # fmt: skip
    watched = run(scenario)
    assert [time / MINUTE for time, *_ in asked(watched)] == [0, 1, 2, 3, 4]


def test_what_descends_from_a_revoked_credential_is_refused_too():
    """DT6 in short: see tests/sim/test_broker.py and scenarios/reference/dt06*.yaml; here, a secret has no children."""
    scenario = world(
        secrets={"s": Secret("s", frozenset({READ}))}, threats=(KeyLeak("s", when=NOW, noticed=Fixed(600.0)),),
        attacker=REPEAT, response=acts(), horizon=HOUR,
    )  # fmt: skip
    assert [what for *_, what in asked(run(scenario, StaticRBAC()))] == ["yes", "revoked"]


def test_the_owner_finds_out_by_himself_whether_or_not_anything_is_seen():
    """Secret scanning: a detection without a request."""
    scenario = world(
        threats=(KeyLeak("bot", when=When("clock", Fixed(HOUR)), noticed=Fixed(HOUR)),),
        response=acts(),
        horizon=3 * HOUR,
    )
    watched = run(scenario)
    assert rows(watched, "detect") == [(2 * HOUR, ":", "key-leak bot noticed")]
    assert watched.run.exposure == HOUR
