"""Right-sized RBAC: roles cut down to what a log of use contains."""

import math

from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.chance import Exponential, Fixed
from simlab.model.system import Agent, Call, System, Task, Use, Workflow
from simlab.model.usage import with_usage
from simlab.strategies import RightSizedRBAC
from simlab.strategies.authority import idle
from tests.strategies.asking import ask

P = Permission.parse
READ, WRITE, SEND, DROP = (P(text) for text in ("read:db", "write:db", "send:mail", "drop:db"))
DAY = 86_400.0
BOT = Agent(
    "bot", frozenset({READ, WRITE, SEND}), (READ, DROP), "bot",
    used=(Use(READ, DAY), Use(SEND, 365 * DAY), Use(DROP, DAY)),
)  # fmt: skip


def test_the_key_is_what_the_roles_allow_and_the_log_has_seen():
    """Read daily; send once a year, which 90 days have not seen; drop is used, but in no role; write is unused."""
    assert RightSizedRBAC().grant(BOT, idle("bot")) == Grant(frozenset({READ}), standing=True)
    assert RightSizedRBAC(window=365 * DAY).grant(BOT, idle("bot")).scope == {READ, SEND}
    assert RightSizedRBAC(window=DAY - 1).grant(BOT, idle("bot")).scope == frozenset()


def test_it_is_rotated_with_a_grace():
    """As every long-lived key can be."""
    grant = RightSizedRBAC(rotation=DAY, grace=60.0).grant(BOT, idle("bot"))
    assert (grant.ttl, grant.grace, grant.standing, grant.life) == (DAY, 60.0, True, "task")
    assert RightSizedRBAC().grant(BOT, idle("bot")).ttl == math.inf


def test_a_request_is_allowed_if_the_key_covers_it():
    """And nothing else is asked."""
    assert RightSizedRBAC().decide(ask("read:db", scope={READ})) == Decision(
        True, "used-role", "right-sized-rbac"
    )
    assert RightSizedRBAC().decide(ask("send:mail", scope={READ})) == Decision(
        False, "not-seen-in-use", "right-sized-rbac"
    )


def test_use_adds_up_over_workflows():
    """Each hour and every two hours: 3 in 2 h, so every 40 min. Twice in a horizon of 8 h: every 4 h. Never: never."""
    job = Task("x", "owner", ("bot",), Intent("x"), frozenset({READ}))
    part = Task("x/aide", "owner", ("aide",), Intent("x"), frozenset({SEND}), "own-identity", 0)
    call = (Call(0, READ),)
    flows = (
        Workflow("x", (job, part), call, Fixed(3600.0)),
        Workflow("y", (job,), call, Exponential(7200.0)),
        Workflow("z", (Task("z", "owner", ("bot",), Intent("z"), frozenset({WRITE})),), call, at=(0.0, 60.0)),
        Workflow("idle", (Task("idle", "owner", ("bot",), Intent("i"), frozenset({DROP})),), call),
    )
    agents = {name: Agent(name) for name in ("bot", "aide")}
    system = with_usage(System(agents=agents, workflows={flow.name: flow for flow in flows}), 28_800.0)
    assert system.agents["bot"].used == (
        Use(DROP, math.inf), Use(READ, 2400.0), Use(WRITE, 14_400.0),
    )  # fmt: skip
    assert system.agents["aide"].used == (Use(SEND, 3600.0),)
    assert [task.passes for task in system.workflows["x"].tasks] == [{SEND}, frozenset()]
