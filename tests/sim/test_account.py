"""How authority was governed, counted by hand."""

from dataclasses import replace

import pytest

from simlab.metrics import METRICS
from simlab.model.access import Intent, Permission
from simlab.model.attack import When
from simlab.model.chance import NEVER, Fixed
from simlab.model.system import Agent, Call, Delegation, Secret, Task, Workflow
from simlab.strategies import parse
from simlab.threats import KeyLeak, PromptInjection
from tests.sim.small import HOUR, NOW, READ, RIGHTS, SEND, VAULT, acts, bot, job, run, script, world

DAY = 24 * HOUR


def value(watched, metric):
    return METRICS[metric].compute(watched.run)


def delegated(mode):
    """Return a world in which a bot reads and a clerk reads twice for it, tasked by *mode*."""
    root = Task("job", "owner", ("bot",), Intent("job", RIGHTS), RIGHTS)
    child = Task(
        "job/clerk",
        "" if mode == "impersonation" else "owner",
        ("bot", "clerk") if mode == "on-behalf-of" else ("clerk",),
        Intent("job", RIGHTS), RIGHTS, mode, 0,
    )  # fmt: skip
    flow = Workflow("job", (root, child), (Call(0, READ), Call(1, VAULT), Call(1, VAULT)), at=(0.0,))
    return world(flow, agents=(bot(), bot("clerk")), delegations=(Delegation("bot", "clerk", mode),))


@pytest.mark.parametrize(
    ("mode", "strategy", "share"),
    [
        ("on-behalf-of", "jit", 1.0),  # the credential is the task's, and names whom it acts for
        ("on-behalf-of", "intent", 1.0),  # the decision point is told
        ("on-behalf-of", "static-rbac", 0.0),  # a key tells whose it is, and no more
        ("own-identity", "jit", 1 / 3),  # the clerk's two requests do not name the bot
        ("own-identity", "intent", 1 / 3),
        ("impersonation", "jit", 1 / 3),  # the chain is lost
        ("impersonation", "intent", 1.0),  # the clerk's are denied: of what was allowed, all
    ],
)
def test_three_actions_and_how_many_carry_the_chain(mode, strategy, share):
    """One of the bot, two of the clerk."""
    assert value(run(delegated(mode), parse(strategy)), "unbroken_chain_share") == pytest.approx(share)


def test_what_a_steered_session_does_after_its_work_has_ended():
    """The work ends at 1000. The intruder reads the vault at 0, 600 and 1200: one of three is late.

    With the work's two requests there were five actions.
    """
    flow = job(calls=((0.0, READ), (1000.0, READ)))
    struck = world(
        flow,
        threats=[PromptInjection("db", When("at-work"))],
        attacker=script("read:vault", repeat=True),
        horizon=1500.0,
    )
    watched = run(struck, parse("jit"))
    assert value(watched, "attacker_uses") == 3
    assert value(watched, "actions_after_end") == 1
    assert value(watched, "after_end_share") == 0.2
    assert value(watched, "unbroken_chain_share") == 1.0  # all under the job's own credential


def test_work_that_failed_has_ended_too():
    """The second request of the work is denied at 1000: one allowed, and of three by the intruder one late."""
    flow = job(calls=((0.0, READ), (1000.0, SEND)))
    struck = world(
        flow, agents=[bot(rights=RIGHTS - {SEND})], threats=[PromptInjection("db", When("at-work"))],
        attacker=script("read:vault", repeat=True), horizon=1500.0,
    )  # fmt: skip
    assert value(run(struck, parse("jit")), "after_end_share") == 0.25


def test_a_stolen_key_carries_no_chain():
    """Three uses from outside beside two of the work: nothing of the five under static RBAC, 2/2 under JIT."""
    leaked = world(
        job(calls=((0.0, READ), (1000.0, READ))), threats=[KeyLeak("bot", when=When("clock", Fixed(1100.0)))],
        attacker=script("read:vault", repeat=True), horizon=2400.0,
    )  # fmt: skip
    static, jit = run(leaked, parse("static-rbac")), run(leaked, parse("jit"))
    assert (value(static, "attacker_uses"), value(static, "unbroken_chain_share")) == (3, 0.0)
    assert (value(jit, "attacker_uses"), value(jit, "unbroken_chain_share")) == (0, 1.0)
    assert value(static, "actions_after_end") == 0  # from outside: it belongs to no request
    assert value(static, "explicit_share") == 0.0


def test_what_the_broker_refuses_was_not_decided():
    """Intent. The work asks at 0 and 1000, a thief at 0 and 600. The key leaks at 0, is revoked at 300 for good.

    At 0 both are decided (the thief's has no attested task); at 600 and 1000 the key is refused: 2 of 4.
    """
    leak = KeyLeak("bot", when=NOW, noticed=Fixed(300.0))
    watched = run(
        world(
            job(calls=((0.0, READ), (1000.0, READ))), threats=[leak], attacker=script("read:vault", "send:mail"),
            response=acts(replace=NEVER),
        ),
        parse("intent"),
    )  # fmt: skip
    assert [event.reason for event in watched.run.trace if event.kind == "request"] == [
        "no-attested-task", "purpose", "revoked", "revoked",
    ]  # fmt: skip
    assert value(watched, "explicit_share") == 0.5


def test_a_secret_is_decided_by_nobody():
    """Two requests of the work are decided; the thief's two, with a vendor's token, are not."""
    leaked = world(
        job(calls=((0.0, READ), (1000.0, READ))), secrets={"token": Secret("token", frozenset({VAULT}))},
        threats=[KeyLeak("token", when=NOW)], attacker=script("read:vault", "read:vault"),
    )  # fmt: skip
    assert value(run(leaked, parse("intent")), "explicit_share") == 0.5


def test_permissions_used_of_those_granted():
    """The bot uses one right of the four in its roles, of the two that its job may call, of the one it declares."""
    flow = job(calls=((0.0, READ), (60.0, READ)), template={READ, SEND}, needs={READ})
    system = world(flow)
    shares = [
        value(run(system, parse(text)), "used_share") for text in ("static-rbac", "jit", "jit:scope=intent")
    ]
    assert shares == [0.25, 0.5, 1.0]


def test_each_permission_counts_once_an_agent():
    """Two bots, of which one works twice: 2 rights used of 8."""
    flow = job(calls=((0.0, READ), (60.0, SEND)), at=(0.0, 600.0))
    assert value(run(world(flow, agents=[bot(), bot("idle")])), "used_share") == 0.25


def test_a_shared_key_grants_each_of_its_users_everything():
    """One may read, one may send; each has both by the key they share: 1 used of 4."""
    agents = [bot(rights={READ}, key="both"), bot("other", rights={SEND}, key="both")]
    assert value(run(world(job(), agents=agents)), "used_share") == 0.25


def test_what_is_denied_is_not_used():
    """The work reads, and may not send: one of one."""
    flow = job(calls=((0.0, READ), (60.0, SEND)))
    assert value(run(world(flow, agents=[bot(rights={READ})])), "used_share") == 1.0


def test_an_agent_without_an_owner_is_seen_and_nothing_else():
    """Its key lives for the 10 h of the run; that of an agent with an owner is somebody's; JIT leaves none."""
    unowned, owned = bot(), replace(bot("mine"), owner="platform")
    both = world(job(), agents=[unowned, owned])
    assert value(run(both), "orphan_hours") == 10.0
    assert value(run(both, parse("jit")), "orphan_hours") == 0.0
    assert value(run(world(agents=[owned])), "orphan_hours") == 0.0


def test_a_secret_without_an_owner_is_an_orphan_until_it_expires():
    """It expires after 4 h of the 10."""
    secret = Secret("token", frozenset({VAULT}), 4 * HOUR)
    agents = [replace(bot(), owner="platform")]
    assert value(run(world(job(), agents=agents, secrets={"token": secret})), "orphan_hours") == 4.0
    owned = {"token": replace(secret, owner="platform")}
    assert value(run(world(job(), agents=agents, secrets=owned)), "orphan_hours") == 0.0


def test_rotated_keys_are_counted_as_one():
    """An unowned key that is rotated every hour, with a grace of half an hour, has somebody to miss for 10 h."""
    assert value(run(world(job()), parse("static-rbac:rotation=1h,grace=30m")), "orphan_hours") == 10.0


def test_agents_with_nothing_hold_nothing():
    """No key, no orphan, no share."""
    nothing = run(world(agents=[Agent("bot", key="bot")]))
    assert [value(nothing, name) for name in ("orphan_hours", "used_share", "unbroken_chain_share")] == [
        0,
        0,
        0,
    ]
    assert Permission.parse("read:db") == READ
