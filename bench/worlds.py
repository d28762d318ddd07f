"""The scenarios that are timed, built in Python."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from simlab.attackers.opportunist import Opportunist
from simlab.model.access import Intent, Permission
from simlab.model.attack import Response, When
from simlab.model.chance import Exponential, Fixed, LogNormal, Uniform
from simlab.model.scenario import Scenario
from simlab.model.system import (
    Agent,
    Call,
    Delegation,
    Domain,
    Resource,
    Secret,
    System,
    Task,
    Telemetry,
    Workflow,
)
from simlab.threats.key_leak import KeyLeak

DAY = 86_400.0
CALLS = 5
CLOUD = Domain(
    "cloud",
    issuance=LogNormal(0.08, 0.6),
    decision=LogNormal(0.003, 0.7),
    telemetry=Telemetry(0.3, Fixed(60.0)),
    revocation=Uniform(1.0, 60.0),
)
"""As in the published cases: it takes time to issue a credential, and to decide online."""


def chains(
    flows: int,
    horizon: float,
    *,
    hops: int = 3,
    arrivals: float = 600.0,
    work: float = 60.0,
    attacked: bool = True,
) -> Scenario:
    """Return *flows* chains of *hops* agents, each of which acts on behalf of the one before it.

    A piece of work of five calls arrives at each chain every *arrivals* seconds, and a call takes *work*
    seconds, on average: so about ``flows * CALLS * work / arrivals`` pieces are live. One key leaks, an intruder
    makes use of it, and its credentials are revoked.
    """
    agents: dict[str, Agent] = {}
    resources: dict[str, Resource] = {}
    delegations: list[Delegation] = []
    workflows: dict[str, Workflow] = {}
    for number in range(flows):
        names = [f"agent-{number}-{hop}" for hop in range(hops)]
        permissions = tuple(Permission("read", f"store-{number}-{call}") for call in range(CALLS))
        resources |= {name: Resource(name, "cloud") for _, name in permissions}
        agents |= {name: Agent(name, frozenset(permissions), permissions) for name in names}
        delegations += [Delegation(*pair) for pair in pairwise(names)]
        workflows[f"flow-{number}"] = Workflow(
            f"flow-{number}",
            tuple(_task(number, hop, names, permissions) for hop in range(hops)),
            tuple(
                Call(call * hops // CALLS, permission, Exponential(work))
                for call, permission in enumerate(permissions)
            ),
            arrivals=Exponential(arrivals),
        )
    system = System(
        domains={"cloud": CLOUD},
        resources=resources,
        agents=agents,
        delegations=tuple(delegations),
        workflows=workflows,
        depth=hops,
    )
    scenario = Scenario("chains", "How fast?", horizon, system)
    if not attacked:
        return scenario
    return replace(
        scenario,
        threats=(KeyLeak("agent-0-0", "public-repository", When("clock", Fixed(horizon / 4))),),
        attacker=Opportunist(pace=Fixed(60.0)),
        response=Response(triage=Fixed(300.0)),
    )


def _task(number: int, hop: int, names: list[str], permissions: tuple[Permission, ...]) -> Task:
    return Task(
        name=f"part-{number}-{hop}",
        principal="owner",
        chain=tuple(names[: hop + 1]),
        intent=Intent("work", frozenset(permissions)),
        template=frozenset(permissions),
        parent=hop - 1,
    )


def office(horizon: float = 5 * DAY) -> Scenario:
    """Return 60 agents in chains of three: ten pieces of work at once, and 72,000 decisions in five days."""
    return chains(20, horizon)


def crowd() -> Scenario:
    """Return 1,000 agents in chains of five: a thousand pieces of work at once, 72,000 decisions in 78 minutes."""
    return chains(200, 4_680.0, hops=5, arrivals=60.0)


def besieged(horizon: float) -> Scenario:
    """Return two chains whose credentials an intruder finds in a vault, again and again as they are issued."""
    scenario = chains(2, horizon, attacked=False)
    vault = Resource("vault", "cloud", holds=("agent-0-0", "agent-1-0"))
    system = replace(
        scenario.system,
        resources={**scenario.system.resources, "vault": vault},
        secrets={"old": Secret("old", frozenset({Permission("read", "vault")}))},
    )
    return replace(
        scenario,
        system=system,
        threats=(KeyLeak("old"),),
        attacker=Opportunist(pace=Fixed(60.0), revisits=True),
    )
