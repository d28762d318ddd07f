"""Those who leave, followed by hand."""

from dataclasses import replace

import pytest

from simlab.metrics import METRICS
from simlab.model.attack import When
from simlab.model.chance import Exponential, Fixed
from simlab.model.governance import Excess, Offboarding
from simlab.model.system import Domain, Principal, Secret
from simlab.strategies import parse
from simlab.threats import CompromisedTool, KeyLeak
from tests.sim.small import HOUR, READ, VAULT, asked, bot, job, rows, run, script, world

THIEF = script("read:vault", repeat=True, pace=HOUR)
LATER = Fixed(5 * HOUR)
TIDY = Offboarding()


def leaver(name="bot", **given):
    return replace(bot(name, **given), leaves=LATER, owner="platform")


def value(watched, metric):
    return METRICS[metric].compute(watched.run)


def stolen(key="bot", at=1.0, **given):
    leak = KeyLeak(key, when=When("clock", Fixed(at * HOUR)))
    return world(threats=[leak], attacker=THIEF, **given)


def test_an_agent_that_leaves_does_no_more_work():
    """Work at 1, 4, 5 and 9 h; it leaves at 5 h, before the work of that instant."""
    system = world(job(at=(HOUR, 4 * HOUR, 5 * HOUR, 9 * HOUR)), agents=[leaver()])
    assert [time for time, *_ in asked(run(system), "worker")] == [HOUR, 4 * HOUR]


def test_what_a_principal_asked_for_ends_with_it():
    """The bot goes on working for the other one."""
    mine, theirs = (
        job("mine", principal="ann", at=(HOUR, 6 * HOUR)),
        job("theirs", principal="bob", at=(7 * HOUR,)),
    )
    people = {"ann": Principal("ann", leaves=LATER), "bob": Principal("bob")}
    watched = run(world(mine, theirs, principals=people))
    assert [time for time, *_ in asked(watched, "worker")] == [HOUR, 7 * HOUR]


def test_a_stolen_key_dies_with_the_agent():
    """Stolen at 1 h, used at 1, 2, 3 and 4; at 5 it is revoked before it is used."""
    watched = run(stolen(agents=[leaver()], offboarding=TIDY))
    assert [answer for *_, answer in asked(watched)] == ["yes"] * 4 + ["revoked"]
    assert rows(watched, "revoke") == [(5 * HOUR, ":", "offboarded")]
    assert value(watched, "orphan_hours") == 0.0
    assert watched.run.tally.revoked == 1


def test_without_offboarding_it_lives_on():
    """Used at 1, 2, ... 9 h; nobody answers for it from 5 h on."""
    watched = run(stolen(agents=[leaver()]))
    assert value(watched, "attacker_uses") == 9
    assert value(watched, "orphan_hours") == 5.0


def test_a_domain_takes_its_time_to_revoke():
    """Two hours more: the uses at 5 and 6 come through."""
    slow = {"d": Domain("d", revocation=Fixed(2 * HOUR))}
    watched = run(stolen(agents=[leaver()], offboarding=TIDY, domains=slow))
    assert value(watched, "attacker_uses") == 6
    assert value(watched, "orphan_hours") == 2.0


def test_an_owner_who_leaves_takes_the_agent_s_key_along():
    """The bot's work for somebody else is refused from then on: offboarding has a price."""
    agents = [replace(bot(), owner="ann")]
    people = {"ann": Principal("ann", leaves=LATER), "owner": Principal("owner")}
    system = world(job(at=(4 * HOUR, 5 * HOUR)), agents=agents, principals=people, offboarding=TIDY)
    assert [answer for *_, answer in asked(run(system), "worker")] == ["yes", "revoked"]
    assert [answer for *_, answer in asked(run(system, parse("jit")), "worker")] == ["yes", "no-credential"]


def test_a_shared_key_is_kept_for_those_who_stay():
    """One of two users leaves: nothing is revoked, and the other answers for it. Both leave: it goes with the last."""
    first, second = leaver(key="both"), replace(bot("second", key="both"), owner="platform")
    one = run(stolen("both", agents=[first, second], offboarding=TIDY))
    assert (value(one, "attacker_uses"), value(one, "orphan_hours")) == (9, 0.0)
    last = replace(second, leaves=Fixed(7 * HOUR))
    both = run(stolen("both", agents=[first, last], offboarding=TIDY))
    assert (value(both, "attacker_uses"), value(both, "orphan_hours")) == (6, 0.0)


def test_a_secret_goes_with_its_owner():
    """Stolen at 1 h and used at 1, 2, 3 and 4."""
    token = {"token": Secret("token", frozenset({VAULT}), owner="bot")}
    watched = run(stolen("token", agents=[leaver()], secrets=token, offboarding=TIDY))
    assert value(watched, "attacker_uses") == 4
    forgotten = run(stolen("token", agents=[leaver()], secrets=token, offboarding=Offboarding(forgotten=1.0)))
    assert value(forgotten, "attacker_uses") == 9
    assert value(forgotten, "orphan_hours") == 2 * 5.0  # the token and the key


def test_a_rotated_key_is_not_issued_again():
    """Rotation every 2 h: the key of 4 h is revoked at 5, and that of 6 h never comes."""
    system = stolen(at=4.5, agents=[leaver()], offboarding=TIDY)
    watched = run(system, parse("static-rbac:rotation=2h,grace=1h"))
    assert [answer for *_, answer in asked(watched)] == ["yes", "revoked"]
    later = run(
        stolen(at=7.0, agents=[leaver()], offboarding=TIDY), parse("static-rbac:rotation=2h,grace=1h")
    )
    assert asked(later) == []
    assert rows(later, "strike") == [(7 * HOUR, "hold:bot", "nothing to leak")]


def test_the_predecessor_of_a_rotated_key_is_revoked_too():
    """Stolen at 3 h, rotated at 4, good until 6 by its grace: but for offboarding at 5, the use at 5 would pass."""
    strategy = parse("static-rbac:rotation=4h,grace=2h")
    assert value(run(stolen(at=3.0, agents=[leaver()], offboarding=TIDY), strategy), "attacker_uses") == 2
    assert value(run(stolen(at=3.0, agents=[leaver()]), strategy), "attacker_uses") == 3


def test_nothing_is_issued_for_a_workload_that_is_controlled_and_gone():
    """Controlled from 1 h on; under static RBAC it uses the key until 5 h, and no other is issued."""
    poisoned = CompromisedTool("read:db", When("at-work"))
    system = world(job(at=(HOUR,)), agents=[leaver()], threats=[poisoned], attacker=THIEF, offboarding=TIDY)
    assert value(run(system), "attacker_uses") == 4


def test_what_an_agent_has_in_excess_goes_with_it():
    """Gained at 1 h, gone at 5 h; nothing is gained any more."""
    agent = replace(leaver(rights={READ}), excess=Excess(Fixed(HOUR), (VAULT,)))
    assert value(run(world(agents=[agent], offboarding=TIDY)), "over_permissions") == pytest.approx(0.4)
    assert value(run(world(agents=[agent])), "over_permissions") == pytest.approx(0.9)


def test_two_credentials_in_ten_are_forgotten():
    """500 agents leave at 5 h; of their keys some 100 live on for 5 h: 4.5 standard deviations are 40."""
    agents = [leaver(f"bot-{number}") for number in range(500)]
    watched = run(world(agents=agents, offboarding=Offboarding(forgotten=0.2)))
    assert 60 < value(watched, "orphan_hours") / 5.0 < 140


def test_times_of_leaving_do_not_depend_on_the_strategy():
    """Work stops at the same instant, whatever authority costs."""
    agent = replace(leaver(), leaves=Exponential(5 * HOUR))
    system = world(job(at=tuple(600.0 * number for number in range(60))), agents=[agent], offboarding=TIDY)
    for seed in range(10):
        arrivals = {
            run(system, parse(text), seed).run.tally.tasks for text in ("static-rbac", "jit", "intent")
        }
        assert len(arrivals) == 1
