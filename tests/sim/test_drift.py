"""Rights in excess of roles, followed by hand."""

from dataclasses import replace

import pytest

from simlab.errors import NoProgressError
from simlab.metrics import METRICS
from simlab.model.access import Intent
from simlab.model.attack import When
from simlab.model.chance import Exponential, Fixed
from simlab.model.governance import Excess, Review
from simlab.model.system import Call, Delegation, Domain, Resource, Task, Workflow
from simlab.strategies import parse
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import HOUR, NOW, READ, RIGHTS, SEND, SITE, VAULT, asked, bot, job, run, script, world


def drifter(name="bot", rights=(READ,), gains=(VAULT,), every=1000.0, **given):
    return replace(bot(name, rights, **given), excess=Excess(Fixed(every), tuple(sorted(gains))))


def value(watched, metric):
    return METRICS[metric].compute(watched.run)


def vault_at(*times):
    """Return work that asks for the vault at *times* [s]."""
    return job(calls=((0.0, VAULT),), at=times)


def test_a_standing_key_covers_a_right_from_the_instant_of_its_gain():
    """Gained at 1000: refused just before, allowed at that instant and ever after."""
    watched = run(world(vault_at(999.0, 1000.0, 5000.0), agents=[drifter()]))
    assert asked(watched, "worker") == [
        (999.0, "read:vault", "not-in-role"), (1000.0, "read:vault", "yes"), (5000.0, "read:vault", "yes"),
    ]  # fmt: skip
    assert value(watched, "used_share") == 0.5  # vault, of db and vault
    assert value(watched, "standing_hours") == pytest.approx(10 + (10 - 1000 / HOUR))


def test_a_review_takes_what_nobody_used_and_spares_what_was_used():
    """Gained at 1000, used at 1100, so spared at 1500. Not used, it is taken at 1500, before a use at that instant.

    Then it is gained again at 2000, and used at that instant.
    """
    watched = run(world(vault_at(1100.0, 2999.0), agents=[drifter()], reviews=Review(1500.0), horizon=3000.0))
    assert [answer for *_, answer in asked(watched, "worker")] == ["yes", "yes"]
    assert value(watched, "drift") == pytest.approx(500 / 3000)
    assert value(watched, "over_permissions") == pytest.approx(2000 / 3000)
    unused = run(world(vault_at(1500.0, 2000.0), agents=[drifter()], reviews=Review(1500.0), horizon=3000.0))
    assert [answer for *_, answer in asked(unused, "worker")] == ["not-in-role", "yes"]
    assert value(unused, "over_permissions") == pytest.approx((500 + 1000) / 3000)


def test_work_that_began_earlier_and_asks_later_does_not_run_ahead():
    """Nobody could touch either work. Begun at 0, one asks at 2900; the other at 1100, so the right is spared at 1500."""
    early, late = job("early", calls=((2900.0, VAULT),)), vault_at(1100.0)
    watched = run(world(early, late, agents=[drifter()], reviews=Review(1500.0), horizon=3000.0))
    assert value(watched, "over_permissions") == pytest.approx(2000 / 3000)


def test_a_review_that_overlooks_certifies():
    """It catches nothing: the right stays, and is no drift from 1500 on."""
    watched = run(world(agents=[drifter()], reviews=Review(1500.0, catches=0.0), horizon=3000.0))
    assert value(watched, "drift") == pytest.approx(500 / 3000)
    assert value(watched, "over_permissions") == pytest.approx(2000 / 3000)


def test_a_review_looks_only_where_it_is_said_to():
    """The vault is in d, the safe in e, where nobody looks."""
    safe = Resource("safe", "e")
    agent = drifter(gains=(VAULT, READ._replace(resource="safe")), every=500.0)
    watched = run(
        world(
            agents=[agent], resources=[safe], domains={"d": Domain("d"), "e": Domain("e")},
            reviews=Review(1200.0, frozenset({"d"})), horizon=1400.0,
        )
    )  # fmt: skip
    # Both by 1000, in either order; the vault's goes at 1200.
    assert value(watched, "over_permissions") in {(700 + 400) / 1400, (900 + 200) / 1400}


def test_what_is_issued_for_a_task_covers_what_was_there_when_it_was_issued():
    """JIT; gained at 1000, taken at 1500, gained again at 2000.

    Issued at 0 and used at 1100: refused. Issued at 1200 and used at 1800: allowed. Issued at 1600, used at 1700:
    refused.
    """
    jobs = [
        job(name, calls=((0.0, READ), (wait, VAULT)), at=(start,))
        for name, start, wait in (("a", 0.0, 1100.0), ("b", 1200.0, 600.0), ("c", 1600.0, 100.0))
    ]
    system = world(*jobs, agents=[drifter()], reviews=Review(1500.0), horizon=1900.0)
    vault = [row for row in asked(run(system, parse("jit:ttl=2h")), "worker") if row[1] == "read:vault"]
    assert vault == [
        (1100.0, "read:vault", "outside-task"), (1700.0, "read:vault", "outside-task"), (1800.0, "read:vault", "yes"),
    ]  # fmt: skip


def test_intent_lets_a_right_in_excess_through_only_for_its_purpose():
    """The same right, needed by one job and not declared by the other."""
    needed, other = vault_at(2000.0), job("other", calls=((0.0, VAULT),), at=(3000.0,), needs={READ})
    watched = run(world(needed, other, agents=[drifter()]), parse("intent"))
    assert [answer for *_, answer in asked(watched, "worker")] == ["yes", "not-for-purpose"]


def test_on_behalf_of_both_must_have_it():
    """The clerk may read the vault by its role; the bot that tasks it comes to at 1000."""
    root = Task("job", "owner", ("bot",), Intent("job", RIGHTS), RIGHTS)
    child = Task("job/clerk", "owner", ("bot", "clerk"), Intent("job", RIGHTS), RIGHTS, parent=0)
    flow = Workflow("job", (root, child), (Call(0, READ), Call(1, VAULT)), at=(0.0, 2000.0))
    system = world(
        flow, agents=[drifter(), bot("clerk")], delegations=(Delegation("bot", "clerk", "on-behalf-of"),)
    )
    for strategy in ("static-rbac", "jit", "intent"):
        vault = [
            row[2] == "yes" for row in asked(run(system, parse(strategy)), "worker") if row[1] == "read:vault"
        ]
        assert vault == [False, True], strategy


def test_a_shared_key_covers_what_any_of_its_users_has_in_excess():
    """The colleague comes to have it; the bot may from then on."""
    agents = [bot(rights={READ}, key="both"), drifter("colleague", key="both")]
    watched = run(world(vault_at(500.0, 1500.0), agents=agents))
    assert [answer for *_, answer in asked(watched, "worker")] == ["not-in-role", "yes"]


def test_of_a_shared_key_an_issued_credential_covers_what_its_own_agent_has():
    """JIT: the colleague's excess is the colleague's."""
    agents = [bot(rights={READ}, key="both"), drifter("colleague", key="both")]
    watched = run(world(vault_at(500.0, 1500.0), agents=agents), parse("jit"))
    assert [answer for *_, answer in asked(watched, "worker")] == ["outside-task", "outside-task"]


def test_a_steered_session_uses_what_its_agent_comes_to_have():
    """Struck at 0, refused at 0, told at 1000, allowed ten minutes later."""
    struck = world(
        job(calls=((0.0, READ), (9000.0, READ))), agents=[drifter()], threats=[PromptInjection("db", When("at-work"))],
        attacker=script("read:vault", "read:vault"),
    )  # fmt: skip
    watched = run(struck)
    assert asked(watched) == [(0.0, "read:vault", "not-in-role"), (1600.0, "read:vault", "yes")]
    assert "vault" in watched.engine.plan.reach.resources


def test_an_identity_without_roles_opens_what_it_comes_to_have():
    """It has a key from the start, which opens nothing until 1000."""
    stolen = world(
        agents=[drifter(rights=())],
        threats=[KeyLeak("bot", when=NOW)],
        attacker=script("read:vault", "read:vault"),
    )
    assert asked(run(stolen)) == [(0.0, "read:vault", "not-in-role"), (1600.0, "read:vault", "yes")]


def test_a_thief_keeps_a_right_alive():
    """Gained at 4000, stolen at 4100 and used every ten minutes: each review finds it used.

    Left alone, it goes at 4500, is gained again at 8000, and goes at 9000.
    """
    thief = script("read:vault", repeat=True)
    given = {"agents": [drifter(every=4000.0)], "reviews": Review(1500.0), "horizon": 9000.0}
    leak = KeyLeak("bot", when=When("clock", Fixed(4100.0)))
    used = run(world(threats=[leak], attacker=thief, **given))
    assert value(used, "over_permissions") == pytest.approx(5000 / 9000)
    assert value(used, "attacker_uses") == 9  # 4100, 4700, ... 8900
    idle = run(world(**given))
    assert value(idle, "over_permissions") == pytest.approx((500 + 1000) / 9000)


def test_what_is_gained_is_the_same_under_every_strategy_where_nobody_uses_it():
    """The law of the gains belongs to the agent."""
    agent = replace(bot(rights={READ}), excess=Excess(Exponential(HOUR), tuple(sorted({SEND, SITE, VAULT}))))
    system = world(job(), agents=[agent], reviews=Review(3 * HOUR, catches=0.5))
    for seed in range(20):
        values = {value(run(system, parse(text), seed), "drift") for text in ("static-rbac", "jit", "intent")}
        assert len(values) == 1


def test_gains_without_time_between_them_are_an_error_and_no_hang():
    """The reader of files refuses them; a system made by hand gets there."""
    with pytest.raises(NoProgressError, match="E301"):
        run(world(vault_at(10.0), agents=[drifter(every=0.0)]))
