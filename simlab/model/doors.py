"""What can be tried with what an attacker has, and what follows from it, whatever the strategy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from simlab.errors import BudgetError
from simlab.garbage import no_collection
from simlab.model.access import DelegationMode, Permission
from simlab.model.attack import Move
from simlab.model.composition import Rulebook
from simlab.model.system import CONTROL, HOLD, MINT, STEER, Agent, System

MOST_CHAINS = 100_000
"""Most chains of delegation that one system may have; beyond, naming them all takes too long."""


class Door(NamedTuple):
    """One permission, by way of one fact."""

    move: Move
    agents: tuple[str, ...]
    """For a steered session: from the steered agent to the one that asks. For a key: empty."""
    modes: tuple[DelegationMode, ...]
    """How each of *agents* but the first is tasked."""
    key: str
    """The key or secret presented; empty for a steered session."""
    fact: str
    """The permission as a fact."""
    domain: str
    """The domain that decides."""
    minted: str = ""
    """The agent in whose name a credential is issued to be presented; empty where one is held."""
    secret: str = ""
    """The secret that has it issued."""


@dataclass(slots=True)
class World:
    """All doors, and the rules of physics and composition over facts."""

    system: System
    doors: list[Door] = field(default_factory=list)
    behind: dict[str, list[int]] = field(default_factory=dict)
    """For each fact, the doors that it opens the way to."""
    chains: dict[str, list[str]] = field(default_factory=dict)
    """For each steered agent, the facts that name chains of delegation from it."""
    leading: dict[str, list[str]] = field(default_factory=dict)
    """For each agent, the facts that name chains of delegation to it, behind which there is a door."""

    def rulebook(self) -> Rulebook:
        """Return a new rulebook of what follows without asking anybody."""
        book = Rulebook()
        for agent in self.system.agents:
            book.add(f"control of {agent}", [f"{CONTROL}:{agent}"], [f"{STEER}:{agent}"])
        for agent, facts in self.chains.items():
            for fact in facts:
                book.add(f"delegation {fact}", [f"{STEER}:{agent}"], [fact])
        for secret, agents in self.system.forgers().items():
            for agent, domain in agents:
                fact = minting(agent, domain)
                book.add(f"{secret} stands for {agent}", [f"{HOLD}:{secret}"], [fact])
        for permission in self.permissions():
            for name, gives in self.consequences(permission):
                book.add(name, [str(permission)], [gives])
        for rule in self.system.compositions:
            book.add(rule.name, rule.needs, rule.gives, rule.probability, rule.duration)
        return book

    def permissions(self) -> list[Permission]:
        """Return every permission that any door or composition speaks of, sorted."""
        spoken = {door.move.permission for door in self.doors}
        for rule in self.system.compositions:
            for fact in (*rule.needs, *rule.gives):
                permission = Permission.parse(fact)
                if permission.action in self.system.actions and permission.resource in self.system.resources:
                    spoken.add(permission)
        return sorted(spoken)

    def consequences(self, permission: Permission) -> Iterator[tuple[str, str]]:
        """Yield the rule and the fact that having done *permission* leads to."""
        resource = self.system.resources[permission.resource]
        if self.system.reads(permission):
            for key in resource.holds:
                yield f"{resource.name} holds {key}", f"{HOLD}:{key}"
        if self.system.writes(permission):
            for agent in resource.obeyed_by:
                if self.system.agents[agent].susceptibility > 0:
                    yield f"{agent} obeys {resource.name}", f"{STEER}:{agent}"


@no_collection()
def explore(system: System) -> World:
    """Return every door of *system*: for each key, each steered agent, and each chain it can set going.

    Raises
    ------
    BudgetError
        If the delegations form more chains than can be named.
    """
    world = World(system)
    users: dict[str, list[Agent]] = {}
    for agent in system.drifted().values():
        users.setdefault(agent.key or agent.name, []).append(agent)
    for key in sorted(users):
        asked = {permission for agent in users[key] for permission in (*agent.menu, *agent.entitlements)}
        _open(world, f"{HOLD}:{key}", sorted(asked), (), (), key)
    for secret in system.secrets.values():
        _open(world, f"{HOLD}:{secret.name}", sorted(secret.scope), (), (), secret.name)
    _open_mints(world)
    edges = _edges(system)
    for agent in system.agents.values():
        _open(world, f"{STEER}:{agent.name}", agent.menu, (agent.name,), (), "")
        for chain, modes in _chains(edges, system.depth, agent.name):
            fact = f"{STEER}:{'>'.join(chain)}"
            world.chains.setdefault(agent.name, []).append(fact)
            if system.agents[chain[-1]].menu:
                world.leading.setdefault(chain[-1], []).append(fact)
            _open(world, fact, system.agents[chain[-1]].menu, chain, modes, "")
    world.doors.sort()  # not in the order of a file, which means nothing
    for index, door in enumerate(world.doors):
        world.behind.setdefault(door.move.via, []).append(index)
    return world


def minting(agent: str, domain: str = "") -> str:
    """Return the fact that credentials can be had in the name of *agent*: in one *domain*, or in all.

    Examples
    --------
    >>> minting("bot"), minting("bot", "cloud")
    ('mint:bot', 'mint:bot@cloud')
    """
    return f"{MINT}:{agent}@{domain}" if domain else f"{MINT}:{agent}"


def signed(door: Door) -> bool:
    """Return whether what is presented at *door* is signed by its thief, who asks no issuer."""
    return door.move.via.endswith(f"@{door.domain}")


def _open_mints(world: World) -> None:
    """Open the doors to which a credential can be presented that was issued in an agent's name."""
    system = world.system
    for secret, agents in system.forgers().items():
        for name, only in agents:
            agent = system.agents[name]
            for permission in sorted({*agent.menu, *agent.entitlements}):
                domain = system.resources[permission.resource].domain
                if only in {"", domain}:
                    move = Move(permission, minting(name, only))
                    key = agent.key or agent.name
                    world.doors.append(Door(move, (), (), key, str(permission), domain, name, secret))


def _open(
    world: World,
    via: str,
    menu: list[Permission] | tuple[Permission, ...],
    agents: tuple[str, ...],
    modes: tuple[DelegationMode, ...],
    key: str,
) -> None:
    for permission in menu:
        domain = world.system.resources[permission.resource].domain
        world.doors.append(Door(Move(permission, via), agents, modes, key, str(permission), domain))


Edges = dict[str, list[tuple[str, DelegationMode]]]
"""By caller: whom it can task, and how."""


def _edges(system: System) -> Edges:
    edges: Edges = {}
    for edge in dict.fromkeys(system.delegations):
        edges.setdefault(edge.caller, []).append((edge.callee, edge.mode))
    return edges


def _chains(
    edges: Edges, depth: int, root: str
) -> Iterator[tuple[tuple[str, ...], tuple[DelegationMode, ...]]]:
    frontier: list[tuple[tuple[str, ...], tuple[DelegationMode, ...]]] = [((root,), ())]
    count = 0
    while frontier:
        chain, modes = frontier.pop()
        if len(chain) > depth:
            continue
        for callee, mode in edges.get(chain[-1], ()):
            if callee in chain:
                continue
            count += 1
            if count > MOST_CHAINS:
                msg = f"more than {MOST_CHAINS} chains of delegation from '{root}' (lower `depth`)"
                raise BudgetError(msg)
            longer = ((*chain, callee), (*modes, mode))
            yield longer
            frontier.append(longer)
