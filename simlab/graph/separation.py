"""Identity, secret and execution: what a thief of one of the three reaches."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.graph.reach import reach
from simlab.model.access import Strategy
from simlab.model.attack import Foothold
from simlab.model.system import Agent, System

PARTS = ("secret", "identity", "execution")
"""What there is to steal of an agent: a credential that it holds, what it is known by, the workload that it runs as."""


@dataclass(frozen=True, slots=True)
class Separation:
    """How far the theft of one part of an agent leads: resources within reach, a count."""

    agent: str
    secret: int
    """By a copy of a credential that the agent holds."""
    identity: int | None
    """By the secrets that stand for it; None where there are none, and the issuer attests the workload."""
    execution: int
    """By control of its workload."""


def separation(system: System, strategy: Strategy, agent: Agent) -> Separation:
    """Return how far the theft of each part of *agent* leads under *strategy* (original).

    Where two of the numbers are equal, the two parts are one to a thief; where one is 0, to steal it is useless.

    Examples
    --------
    >>> from simlab.strategies.bounds import DenyAll
    >>> separation(System(agents={"bot": Agent("bot")}), DenyAll(), Agent("bot"))
    Separation(agent='bot', secret=0, identity=None, execution=0)
    """
    stands = tuple(
        secret for secret, agents in system.forgers().items() if any(name == agent.name for name, _ in agents)
    )

    def within(foothold: Foothold) -> int:
        return len(reach(system, strategy, foothold).resources)

    return Separation(
        agent.name,
        within(Foothold(keys=(agent.key or agent.name,))),
        within(Foothold(keys=stands)) if stands else None,
        within(Foothold(agents=(agent.name,))),
    )
