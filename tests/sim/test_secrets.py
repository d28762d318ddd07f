"""Secrets that are replaced back to back, and secrets that come in bundles."""

from dataclasses import replace

from simlab.attackers import Opportunist
from simlab.metrics import METRICS
from simlab.model.attack import Response, When
from simlab.model.chance import ZERO, Empirical, Exponential, Fixed
from simlab.model.counts import Amount, Poisson
from simlab.model.system import Resource, Secret
from simlab.sim.secrets import Series
from simlab.sim.streams import Streams
from simlab.threats import KeyLeak
from tests.sim.small import HOUR, MINUTE, NOW, READ, VAULT, P, asked, rows, run, script, world

TOKEN = Secret("token", frozenset({VAULT}), lifetime=Fixed(HOUR))
FILE = Resource("file", "d", holds=("token",))
LOGIN = Secret("login", frozenset({P("read:file")}))


def metric(watched, name):
    return METRICS[name].compute(watched.run)


def test_one_credential_follows_another_without_a_gap():
    """Valid on [issued, expires); numbered from 1; those in between are counted though nobody asked."""
    series = Series(TOKEN, Streams(1, 0).stream("lifetime", "token"))
    first = series.at(0.0)
    assert (first.serial, first.issued, first.expires) == (1, 0.0, HOUR)
    assert series.at(HOUR - 1) is first
    second = series.at(HOUR)
    assert (second.serial, second.issued, second.expires) == (2, HOUR, 2 * HOUR)
    later = series.at(5.5 * HOUR)
    assert (later.serial, later.issued, later.expires) == (6, 5 * HOUR, 6 * HOUR)


def test_who_asks_seldom_finds_the_same_lives():
    """A life belongs to the number of a credential, not to who looks when."""
    law = replace(TOKEN, lifetime=Exponential(HOUR))
    often, seldom = (Series(law, Streams(3, 7).stream("lifetime", "token")) for _ in range(2))
    for minute in range(600):
        often.at(minute * MINUTE)
    one, other = often.at(10 * HOUR), seldom.at(10 * HOUR)
    assert (one.serial, one.issued, one.expires) == (other.serial, other.issued, other.expires)


def test_the_end_of_a_secret_is_the_end_of_its_credentials():
    """Its last credential is cut, and what is asked for later is dead."""
    series = Series(replace(TOKEN, ttl=1.5 * HOUR), Streams(1, 0).stream("lifetime", "token"))
    assert series.at(1.2 * HOUR).expires == 1.5 * HOUR
    assert series.at(4 * HOUR).expires == 1.5 * HOUR


def test_a_leak_hands_over_the_credential_of_that_moment():
    """At 90 min it is the second one, which is good until 120; the third one is another."""
    threat = KeyLeak("token", when=When("clock", Fixed(1.5 * HOUR)), use=ZERO)
    watched = run(
        world(
            secrets={"token": TOKEN},
            threats=[threat],
            attacker=script("read:vault", pace=1200.0, repeat=True),
        )
    )
    assert asked(watched) == [
        (90 * MINUTE, "read:vault", "yes"),
        (110 * MINUTE, "read:vault", "yes"),
        (130 * MINUTE, "read:vault", "expired"),
    ]
    assert metric(watched, "leaked_lifetime") == 1.0
    assert metric(watched, "exposure_hours") == 0.5


def test_an_intruder_looks_again_where_a_replaced_secret_lies():
    """It has done what the token allows, but takes each new one; it hears of it when it is issued."""
    threat = KeyLeak("login", when=NOW, use=ZERO)
    watched = run(
        world(
            secrets={"token": TOKEN, "login": LOGIN}, resources=[FILE], threats=[threat],
            attacker=Opportunist(Fixed(600.0)), horizon=3 * HOUR,
        )
    )  # fmt: skip
    assert asked(watched) == [
        (0.0, "read:file", "yes"),
        (10 * MINUTE, "read:vault", "yes"),
        (70 * MINUTE, "read:file", "yes"),
        (130 * MINUTE, "read:file", "yes"),
    ]
    assert metric(watched, "second_order_credentials") == 3.0
    assert metric(watched, "credentials_lost") == 4.0


def test_each_issue_of_a_replaced_secret_is_a_chance_to_leak():
    """Six lives of an hour in six hours; each leaks, 15 min after its issue."""
    threat = KeyLeak("token", when=When("per-issuance", Fixed(900.0), 1.0))
    watched = run(world(secrets={"token": TOKEN}, threats=[threat], horizon=6 * HOUR))
    assert [time for time, *_ in rows(watched, "strike")] == [hour * HOUR + 900.0 for hour in range(6)]
    assert metric(watched, "credentials_lost") == 6.0
    assert metric(watched, "exposure_hours") == 6 * 0.75


BUNDLE = Secret("token", frozenset({VAULT, READ}), reveals=Empirical((0.0, 0.0, 2.0)))


def bundle(seed, **changes):
    """The token leaks at 0, and the thief reads the vault every ten minutes."""
    given = {"attacker": script("read:vault", repeat=True), "horizon": 2 * HOUR, **changes}
    threat = KeyLeak("token", when=NOW, use=ZERO)
    secret = given.pop("secret", BUNDLE)
    return run(world(secrets={"token": secret}, threats=[threat], **given), seed=seed)


def test_keys_come_to_light_in_pairs():
    """Each that is found brings none or two others: an odd number in all, also more than three."""
    found = {metric(bundle(seed), "credentials_lost") for seed in range(60)}
    assert all(number % 2 == 1 for number in found)
    assert {1.0, 3.0} < found


def test_what_is_stale_is_not_found():
    """And with the same chance what is found then is a part of it."""
    for seed in range(60):
        fresh, some, none = (
            metric(bundle(seed, secret=replace(BUNDLE, stale=share)), "credentials_lost")
            for share in (0.0, 0.5, 1.0)
        )
        assert none == 1.0 <= some <= fresh


def test_to_revoke_one_of_a_bundle_leaves_the_others():
    """The leak is noticed at 25 min and revoked; with what came along the thief goes on."""
    noticed = Fixed(25 * MINUTE)
    alone, together = 0, 0
    for seed in range(40):
        watched = run(
            world(
                secrets={"token": BUNDLE}, attacker=script("read:vault", repeat=True), horizon=2 * HOUR,
                threats=[KeyLeak("token", when=NOW, use=ZERO, noticed=noticed)], response=Response(),
            ),
            seed=seed,
        )  # fmt: skip
        uses = metric(watched, "attacker_uses")
        if metric(watched, "credentials_lost") == 1:
            alone += 1
            assert uses == 3  # 0, 10, 20
        else:
            together += 1
            assert uses == 12  # 0, 10, .. 110: it presents the latest that works
    assert alone > 5
    assert together > 5


def test_a_poisson_law_is_one_by_its_weights():
    """P(0) = exp(-0.9) = 0.4066, P(at most 1) = 0.7725, P(at most 2) = 0.9371."""
    law = Poisson(0.9)
    assert [law.quantile(u) for u in (0.0, 0.4065, 0.4066, 0.7724, 0.7725, 0.9371, 0.9372)] == [
        0, 0, 1, 1, 2, 2, 3,
    ]  # fmt: skip
    assert law.quantile(1 - 2.0**-53) < 30
    amount = Amount(law).scaled(2.0)
    assert (law.mean(), amount.quantile(0.5), amount.mean()) == (0.9, 2.0, 1.8)
    assert abs(Poisson(500.0).quantile(0.5) - 500) <= 1
