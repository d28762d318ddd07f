"""A small world that tests of the engine change bit by bit: a bot reads a database and sends mail."""

from dataclasses import replace

from simlab.attackers import Scripted
from simlab.model.access import Intent, Permission
from simlab.model.attack import Response, When
from simlab.model.chance import ZERO, Fixed
from simlab.model.scenario import Scenario
from simlab.model.system import Agent, Call, Domain, Resource, System, Task, Workflow
from tests.helpers import watch

P = Permission.parse
READ, SEND, SITE, VAULT = P("read:db"), P("send:mail"), P("read:site"), P("read:vault")
RIGHTS = frozenset({READ, SEND, SITE, VAULT})
NOW = When("clock", ZERO)
HOUR, MINUTE = 3600.0, 60.0


def job(
    name="job",
    agent="bot",
    calls=((0.0, READ),),
    at=(0.0,),
    *,
    needs=RIGHTS,
    template=RIGHTS,
    principal="owner",
):
    """Return a workflow of one task: *calls* are pairs of work before the call [s] and permission."""
    task = Task(name, principal, (agent,), Intent(name, frozenset(needs)), frozenset(template))
    return Workflow(
        name, (task,), tuple(Call(0, right, Fixed(work), f"{right}") for work, right in calls), at=at
    )


def bot(name="bot", rights=RIGHTS, menu=RIGHTS, key="", susceptibility=1.0):
    return Agent(name, frozenset(rights), tuple(sorted(menu)), key or name, susceptibility)


def world(
    *flows, agents=(), resources=(), threats=(), attacker=None, horizon=10 * HOUR, response=None, **system
):
    """Return a scenario with one domain, and with what is given instead of what it usually has."""
    usual = (
        Resource("db", "d", label="pii"),
        Resource("mail", "d", outward=True),
        Resource("site", "d"),
        Resource("vault", "d"),
    )
    given = {
        "domains": {"d": Domain("d")},
        "resources": {one.name: one for one in (*usual, *resources)},
        "agents": {one.name: one for one in (agents or (bot(),))},
        "workflows": {flow.name: flow for flow in flows},
    }
    scenario = Scenario("small", "?", horizon, System(**{**given, **system}), tuple(threats), attacker)
    return scenario if response is None else replace(scenario, response=response)


def script(*lines, pace=600.0, repeat=False, goal=""):
    return Scripted(lines, Fixed(pace), repeat, goal)


def acts(**changes):
    return Response(**changes)


def run(scenario, policy=None, seed=0):
    return watch(scenario, policy, seed)


def asked(watched, actor="intruder"):
    """Return time, permission, and yes or the reason of the denial, of each request."""
    return [
        (event.time, f"{event.action}:{event.resource}", "yes" if event.allowed else event.reason)
        for event in watched.run.trace
        if event.kind == "request" and event.actor == actor
    ]


def rows(watched, kind):
    """Return time, fact and reason of each row of *kind*."""
    return [
        (event.time, f"{event.action}:{event.resource}", event.reason)
        for event in watched.run.trace
        if event.kind == kind
    ]
