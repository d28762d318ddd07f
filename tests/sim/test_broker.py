"""The broker: rotation and grace, credentials of tasks, derived ones, giving back, finding, replacing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simlab.model.access import Intent, Permission
from simlab.model.chance import Fixed
from simlab.model.events import Tally
from simlab.model.system import Agent, Call, Delegation, Domain, Resource, Secret, Task, Workflow
from simlab.sim.broker import Broker, Context, Session
from simlab.sim.plan import Plan
from simlab.strategies import JIT, StaticRBAC
from simlab.threats import KeyLeak
from tests.helpers import LAW
from tests.sim.small import HOUR, NOW, READ, RIGHTS, SEND, acts, asked, bot, job, run, world

P = Permission.parse
HIDING = (Resource("den", "d", holds=("bot", "s")),)
SECRET = {"s": Secret("s", frozenset({READ}), ttl=2 * HOUR)}


def broker(policy, scenario=None):
    scenario = scenario or world(job(), resources=HIDING, secrets=SECRET)
    plan = Plan(scenario, policy)
    issued = []
    return Broker(
        plan, scenario.horizon, Tally(), lambda credential, now: issued.append((credential, now))
    ), issued


# --- standing keys ----------------------------------------------------------------------------------


def test_a_key_without_rotation_is_issued_once():
    """At the start of the run, for ever."""
    desk, _ = broker(StaticRBAC())
    key = desk.standing("bot", 0, 5 * HOUR)
    assert (key.serial, key.issued, key.expires) == (1, 0.0, math.inf)
    assert desk.standing("bot", 0, 9 * HOUR) is key


def test_a_key_is_replaced_each_rotation_and_good_for_the_grace_after_it():
    """24 h and 2 h: the key of 23 h is the first, dead at 26 h; the key of 24 h is the second."""
    desk, _ = broker(StaticRBAC(rotation=24 * HOUR, grace=2 * HOUR))
    first = desk.standing("bot", 0, 23 * HOUR)
    second = desk.standing("bot", 0, 24 * HOUR)
    assert (first.issued, first.expires) == (0.0, 26 * HOUR)
    assert (second.serial, second.issued, second.expires) == (2, 24 * HOUR, 50 * HOUR)
    assert desk.live("bot", 25 * HOUR) == [first, second]
    assert desk.live("bot", 26 * HOUR) == [second]


def test_rotations_that_nobody_saw_are_skipped():
    """Keys are looked at, not simulated: the one of the fifth day was issued at its beginning."""
    desk, _ = broker(StaticRBAC(rotation=24 * HOUR))
    key = desk.standing("bot", 0, 4.5 * 24 * HOUR)
    assert (key.serial, key.issued, key.expires) == (1, 4 * 24 * HOUR, 5 * 24 * HOUR)


@LAW
@given(
    st.lists(st.floats(0.0, 1e6, allow_subnormal=False), min_size=1, max_size=8),
    st.sampled_from([0.1, 0.3, 1.1, 7.7, 3600.0, 90061.125, 1e5 / 3]),
)
def test_the_key_of_any_instant_is_valid_at_that_instant(times, rotation):
    """Whatever floats do: issued <= now < expires, and keys follow each other."""
    desk, _ = broker(StaticRBAC(rotation=rotation))
    last = None
    for now in sorted(times):
        key = desk.standing("bot", 0, now)
        assert key.issued <= now < key.expires
        assert last is None or last is key or last.serial < key.serial
        last = key


@pytest.mark.parametrize("steps", [1, 3, 7, 10, 1000])
def test_the_key_of_a_rotation_is_valid_at_its_first_instant(steps):
    """Multiples of a tenth are no round floats."""
    desk, _ = broker(StaticRBAC(rotation=0.1))
    for now in (steps * 0.1, math.nextafter(steps * 0.1, 0.0), math.fsum([0.1] * steps)):
        key = Broker(desk.plan, 1.0, Tally(), lambda *_: None).standing("bot", 0, now)
        assert key.issued <= now < key.expires


def test_standing_privilege_is_counted_for_the_whole_run():
    """Four rights for ten hours; two agents that share a key hold one key."""
    assert broker(StaticRBAC())[0].tally.standing == 40.0
    shared = world(job(), agents=(bot(key="k"), bot("aide", rights={READ}, key="k")))
    assert broker(StaticRBAC(), shared)[0].tally.standing == 40.0
    assert broker(JIT())[0].tally.standing == 0.0


def test_a_revoked_key_is_replaced_when_that_is_ordered():
    """From then on the next one is presented; issued at that instant."""
    desk, _ = broker(StaticRBAC())
    first = desk.standing("bot", 0, 0.0)
    desk.replaced_from(first, 2 * HOUR)
    assert desk.standing("bot", 0, HOUR) is first
    second = desk.standing("bot", 0, 3 * HOUR)
    assert (second.serial, second.issued) == (2, 2 * HOUR)
    desk.replaced_from(first, 4 * HOUR)  # no longer the one in use
    assert desk.standing("bot", 0, 5 * HOUR) is second


# --- credentials of tasks ---------------------------------------------------------------------------


def session(desk, above=None, kind=None):
    flow = desk.plan.flows[0]
    return Session(kind or flow.kinds[0][0], Context(), 1, above, desk.groups)


def test_a_task_gets_a_credential_of_its_own():
    """For its time to live; the next task gets another."""
    desk, _ = broker(JIT(ttl=900.0))
    one, other = session(desk), session(desk)
    first, second = desk.acquire(one, 0, 100.0), desk.acquire(other, 0, 100.0)
    assert (first.serial, first.issued, first.expires) == (1, 100.0, 1000.0)
    assert second.serial == 2
    assert one.credentials == [first]
    assert desk.granted() == 2 * 4 * 900 / 3600


def test_what_is_given_back_is_dead_and_not_counted_any_longer():
    """After 300 of 900 s: two thirds of the privilege-hours are taken off again."""
    desk, _ = broker(JIT(ttl=900.0))
    one = session(desk)
    credential = desk.acquire(one, 0, 0.0)
    desk.close([one], 300.0)
    assert credential.expires == 300.0
    assert one.running is False
    assert desk.granted() == pytest.approx(4 * 300 / 3600)
    assert desk.live("bot", 300.0) == []


def test_what_an_intruder_keeps_is_not_given_back():
    """The session is captured: its credential lives on."""
    desk, _ = broker(JIT(ttl=900.0))
    one = session(desk)
    one.captured = True
    credential = desk.acquire(one, 0, 0.0)
    desk.close([one], 300.0)
    assert credential.expires == 900.0
    assert one.running is False


def test_giving_back_a_standing_key_changes_nothing():
    """It belongs to the agent, not to the task."""
    desk, _ = broker(StaticRBAC())
    one = session(desk)
    credential = desk.acquire(one, 0, 0.0)
    desk.close([one], 300.0)
    assert credential.expires == math.inf


def test_privilege_hours_end_with_the_run():
    """Issued half an hour before the horizon, for an hour."""
    desk, _ = broker(JIT(ttl=HOUR))
    desk.acquire(session(desk), 0, 9.5 * HOUR)
    assert desk.granted() == 4 * 0.5
    desk.acquire(session(desk), 0, 10.5 * HOUR)
    assert desk.granted() == 4 * 0.5


def test_nothing_is_issued_for_what_is_not_granted():
    """A job whose tools need nothing that the roles allow."""
    empty = world(job(template=()), resources=HIDING, secrets=SECRET)
    desk, _ = broker(JIT(), empty)
    assert desk.acquire(session(desk), 0, 0.0) is None
    assert desk.tally.issued == 0


# --- derived credentials ----------------------------------------------------------------------------


def chain(mode="on-behalf-of", rights=(READ,)):
    """Return a world in which `bot` has `aide` do a part, on its behalf or not."""
    intent = Intent("job", RIGHTS)
    tasks = (
        Task("job", "owner", ("bot",), intent, RIGHTS),
        Task("job/aide", "owner", ("bot", "aide"), intent, RIGHTS, mode, 0),
    )
    calls = (
        Call(0, READ, Fixed(0.0)),
        Call(1, READ, Fixed(2400.0)),
        Call(1, READ, Fixed(1200.0)),
        Call(0, READ, Fixed(60.0)),
    )
    return world(
        Workflow("job", tasks, calls, at=(0.0,)),
        agents=(bot(), Agent("aide", frozenset(rights), (READ, SEND), "aide")),
        delegations=(Delegation("bot", "aide", mode),),
        resources=HIDING,
        secrets=SECRET,
    )


def test_a_derived_credential_never_outlives_that_of_its_caller():
    """DT4: the caller's lives until 3600, asked at 2400 with 1800 to live: dead at 3600."""
    desk, _ = broker(JIT(ttl=HOUR), chain())
    (upper, _), (lower, _) = desk.plan.flows[0].kinds
    caller = session(desk, kind=upper)
    parent = desk.acquire(caller, 0, 0.0)
    callee = session(desk, caller, lower)
    child = desk.acquire(callee, 0, 2400.0)
    assert (child.parent, child.expires, parent.expires) == (parent, HOUR, HOUR)
    assert child.grant.scope == {READ}
    desk.close([caller], 3000.0)
    assert child.dies("d") == 3000.0


def test_a_child_is_not_issued_before_its_parent():
    """The caller's credential is still being issued, until 100."""
    desk, _ = broker(JIT(ttl=HOUR), chain())
    (upper, _), (lower, _) = desk.plan.flows[0].kinds
    caller = session(desk, kind=upper)
    desk.acquire(caller, 0, 100.0)
    assert desk.acquire(session(desk, caller, lower), 0, 50.0).issued == 100.0


def test_a_callee_makes_its_caller_renew_and_gets_nothing_from_one_that_has_ended():
    """The caller's is dead: a new one while its task goes on, none afterwards."""
    desk, _ = broker(JIT(ttl=HOUR), chain())
    (upper, _), (lower, _) = desk.plan.flows[0].kinds
    caller = session(desk, kind=upper)
    desk.acquire(caller, 0, 0.0)
    child = desk.acquire(session(desk, caller, lower), 0, 2 * HOUR)
    assert (child.parent.serial, child.expires) == (2, 3 * HOUR)
    desk.close([caller], 2 * HOUR)
    assert desk.acquire(session(desk, caller, lower), 0, 4 * HOUR) is None
    assert desk.acquire(session(desk, None, lower), 0, 4 * HOUR) is None


def test_a_long_chain_of_work_is_done_with_derived_credentials():
    """Under JIT with an hour: four requests, a caller's credential and two of the callee."""
    watched = run(chain(), JIT(ttl=HOUR))
    presented = [event.credential for event in watched.run.trace if event.kind == "request"]
    assert presented == ["bot#1", "aide#1", "aide#2", "bot#2"]
    assert watched.run.tally.finished == 1
    assert [one.parent and f"{one.parent.key}#{one.parent.serial}" for one, _ in watched.issued] == [
        None, "bot#1", None, "bot#2",
    ]  # fmt: skip


def test_under_its_own_identity_a_callee_has_no_parent():
    """A credential of its own, which outlives that of its caller."""
    watched = run(chain("own-identity"), JIT(ttl=HOUR))
    assert all(one.parent is None for one, _ in watched.issued)


def test_a_standing_key_is_the_parent_of_what_is_derived_from_it():
    """Static RBAC on behalf of: the callee asks with a copy cut to what both may, which dies with the caller's key."""
    watched = run(chain(), StaticRBAC())
    derived = [one for one, _ in watched.issued if one.parent is not None]
    assert [(one.key, one.parent.key, one.grant.scope) for one in derived] == [
        ("aide", "bot", frozenset({READ}))
    ]


# --- finding ----------------------------------------------------------------------------------------


def test_a_secret_is_one_credential_for_its_time():
    """The same object each time; nobody finds it when it has expired."""
    desk, _ = broker(StaticRBAC())
    assert desk.secret("s") is desk.secret("s")
    assert desk.live("s", HOUR) == [desk.secret("s")]
    assert desk.live("s", 2 * HOUR) == []


def test_who_looks_finds_what_is_live_now():
    """Under JIT: those of tasks under way, not one that is still being issued; under static RBAC the key."""
    desk, _ = broker(JIT(ttl=900.0))
    assert desk.live("bot", 0.0) == []
    first = desk.acquire(session(desk), 0, 0.0)
    later = desk.acquire(session(desk), 0, 100.0)
    assert desk.live("bot", 50.0) == [first]
    assert desk.live("bot", 100.0) == [first, later]
    assert desk.live("bot", 900.0) == [later]
    standing, _ = broker(StaticRBAC())
    assert [one.serial for one in standing.live("bot", 7 * HOUR)] == [1]


def test_a_credential_dies_when_the_last_domain_in_which_it_counts_has_heard():
    """`far` does not count for the secret: it covers nothing there."""
    far = {"d": Domain("d"), "far": Domain("far")}
    desk, _ = broker(StaticRBAC(), world(job(), resources=HIDING, secrets=SECRET, domains=far))
    secret = desk.secret("s")
    secret.revoked = {"d": 100.0, "far": 5000.0}
    assert desk.dies(secret) == 100.0
    secret.revoked = {"far": 100.0}
    assert desk.dies(secret) == 2 * HOUR


def test_issues_of_watched_keys_are_reported():
    """Those, and no others."""
    desk, issued = broker(JIT())
    desk.acquire(session(desk), 0, 0.0)
    assert issued == []
    desk.watched.add("bot")
    credential = desk.acquire(session(desk), 0, 10.0)
    assert issued == [(credential, 10.0)]


def test_a_revoked_credential_is_refused_to_workers_too():
    """The owner finds the leak after an hour; a job that runs with that key fails."""
    scenario = world(
        job(calls=((0.0, READ), (2 * HOUR, READ))), threats=(KeyLeak("bot", when=NOW, noticed=Fixed(HOUR)),),
        response=acts(replace=Fixed(5 * HOUR)),
    )  # fmt: skip
    watched = run(scenario, StaticRBAC())
    assert asked(watched, "worker") == [(0.0, "read:db", "yes"), (2 * HOUR, "read:db", "revoked")]
    assert (watched.run.tally.failed, watched.run.tally.revoked) == (1, 1)
