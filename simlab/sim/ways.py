"""The ways that are open to the intruder: doors that what it has leads to, and what it would present there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from simlab.model.access import Credential, Grant, Permission
from simlab.model.attack import Move
from simlab.model.doors import Door, signed
from simlab.model.system import EXFILTRATE, Agent
from simlab.sim.broker import Session

if TYPE_CHECKING:
    from simlab.sim.intruder import Intruder


class Ways:
    """What one intruder can try, looked at anew only when something has changed."""

    def __init__(self, intruder: Intruder) -> None:
        """Begin with no way open."""
        self.intruder = intruder
        self.plan = intruder.plan
        attacker = self.plan.scenario.attacker
        self.revisits = attacker is not None and attacker.revisits
        self._open: list[int] = []
        """Doors that something it has opens the way to."""
        self._again: set[int] = set()
        """Doors worth going through once more."""
        self._closed: set[tuple[object, ...]] = set()
        """What was refused for good: a door, and the kind of thing that was presented there."""
        self._lapsed: set[tuple[Session, str]] = set()
        """Sessions whose credential no longer works in a domain."""
        self._exposed: set[tuple[str, str]] = set()
        """Facts by which nothing can be had any more in a domain."""
        self._presentable: dict[tuple[str, str], dict[Credential, None]] = {}
        """By key and domain: credentials of which it was not yet told that they have lapsed there."""
        self._ways: dict[Move, int] | None = None
        """The moves that it can try, with their doors; None when something has changed."""
        self._until = math.inf

    def changed(self) -> None:
        """Look anew at what can be tried, the next time."""
        self._ways = None

    def open_doors(self, fact: str) -> None:
        """Open the way to the doors behind *fact*."""
        behind = self.plan.world.behind.get(fact)
        if behind:
            self._open += behind
            self._ways = None

    def present_from_now_on(self, credential: Credential) -> None:
        """Have *credential* at hand in every domain that could accept it."""
        for domain, group in self.plan.authority.group_of.items():
            if credential.group in {group, -1}:
                self._presentable.setdefault((credential.key, domain), {})[credential] = None
        self._ways = None

    def look_again_for(self, key: str) -> None:
        """Read once more what holds *key*."""
        self._again.update(
            index
            for index in self._open
            if key in self.plan.system.resources[self._permission(index).resource].holds
        )
        self._ways = None

    def replaced(self) -> None:
        """Try again with what was revoked and has been replaced."""
        self._lapsed.clear()
        self._ways = None

    def carry_again(self, session: Session) -> None:
        """Read and write outward once more, where *session* may still carry out data that are still in."""
        inside = [index for index in self._open if self.plan.world.doors[index].agents]
        outward = [index for index in inside if self.is_outward_write(self._permission(index))]
        for read in inside if outward else ():
            name = self._permission(read).resource
            label = self.plan.system.resources[name].label
            if not (label and self.plan.system.reads(self._permission(read))):
                continue
            if f"{EXFILTRATE}:{name}" in self.intruder.facts:
                continue
            labels = session.context.labels | {label}
            ways = [index for index in outward if not self._refused(index, session, labels)]
            self._again.update(ways)
            if ways and name not in session.context.data:
                self._again.add(read)
        if self.plan.stores:
            self._travel_again(session, inside, outward)
        self._ways = None

    def _travel_again(self, session: Session, inside: list[int], outward: list[int]) -> None:
        """Go once more to where data are that *session* lacks, or where those are lacking that it has."""
        data, labels, agent = session.context.data, session.context.labels, session.kind.task.agent
        left = any(f"{EXFILTRATE}:{name}" not in self.intruder.facts for name in data)
        for index in inside:
            worth = self.intruder.engine.stores.worth(self._permission(index), data)
            own = self.plan.world.doors[index].agents[0] == agent
            if own and (worth or (left and index in outward)) and not self._refused(index, session, labels):
                self._again.add(index)

    def open_again(self, agent: Agent, rights: list[Permission]) -> bool:
        """Try again what was refused, now that *agent* has come to have *rights*; return whether there is any."""
        doors = self.plan.world.doors
        changed = {
            index
            for index in self._open
            if doors[index].move.permission in rights
            and (doors[index].key == (agent.key or agent.name) or agent.name in doors[index].agents)
        }
        refused = {what for what in self._closed if what[0] in changed}
        self._closed -= refused
        self._ways = None if refused else self._ways
        return bool(refused)

    def passed(self, index: int) -> None:
        """Have gone through the door *index*."""
        self._again.discard(index)

    def refused(self, *what: object) -> None:
        """Do not present *what* again: a door, and the kind of thing that was presented there."""
        self._closed.add(what)
        self._ways = None

    def reopen(self, which: Callable[[tuple[object, ...]], bool]) -> None:
        """Forget those refusals of which *which* holds."""
        self._closed = {what for what in self._closed if not which(what)}
        self._ways = None

    def credential_lapsed(self, door: Door, credential: Credential) -> None:
        """Do not present *credential* in the domain of *door* again."""
        self._presentable[door.key, door.domain].pop(credential, None)  # another hand may have been told
        self._ways = None

    def mint_lapsed(self, door: Door) -> None:
        """Have nothing issued by way of *door* again: what it was issued with is no longer good."""
        self._exposed.add((door.move.via, door.domain))
        self._ways = None

    def session_lapsed(self, door: Door, session: Session) -> None:
        """Do not ask by *session* in the domain of *door*, until something is replaced."""
        self._lapsed.add((session, door.domain))
        self._ways = None

    def open_now(self, under_way: set[int]) -> dict[Move, int]:
        """Return the moves that it can try now, in the order of the doors, with their doors."""
        now = self.intruder.engine.env.now
        if self._ways is None or now >= self._until:
            doors = self.plan.world.doors
            self._ways = {
                doors[index].move: index for index in sorted(self._open) if self._available(index, under_way)
            }
            sessions = (session for mine in self.intruder.sessions.values() for session in mine)
            self._until = min((each.ends for each in sessions if each.ends > now), default=math.inf)
        return self._ways

    def _available(self, index: int, under_way: set[int]) -> bool:
        door = self.plan.world.doors[index]
        done = door.fact in self.intruder.facts and index not in self._again and not self.revisits
        return index not in under_way and not done and self.what_to_present(index, door) is not None

    def what_to_present(self, index: int, door: Door) -> Credential | Session | Grant | None:
        """Return what it would present at *door*: a credential it holds or can have issued, or a session."""
        if door.minted:
            return self._minted(index, door)
        return self._session(index, door) if door.agents else self._stolen(index, door)

    def _minted(self, index: int, door: Door) -> Grant | None:
        """Return the terms to have a credential issued on: those that cover the permission, or else any."""
        if (door.move.via, door.domain) in self._exposed:
            return None
        authority, other = self.plan.authority, None
        for grant in authority.mintable(door.minted, authority.group_of[door.domain], signed(door)):
            if (index, id(grant)) in self._closed:
                continue
            if door.move.permission in grant.scope:
                return grant
            other = other or grant
        return other

    def _stolen(self, index: int, door: Door) -> Credential | None:
        """Return the latest credential that covers the permission (it can read them), or else the latest."""
        other = None
        for credential in reversed(self._presentable.get((door.key, door.domain), {})):
            if (index, id(credential.grant)) in self._closed or (index, id(credential)) in self._closed:
                continue
            right = door.move.permission
            if right in credential.grant.scope or self.intruder.engine.policies.issued_with(
                credential, right
            ):
                return credential
            other = other or credential
        return other

    def _session(self, index: int, door: Door) -> Session | None:
        """Return the latest session that it steers and that was not refused.

        A conversation carries only what it has read, so outward it goes by one that has read something. A
        workload remembers, and rather asks where no label is in the way.
        """
        now, agent, other = self.intruder.engine.env.now, door.agents[0], None
        system, permission = self.plan.system, door.move.permission
        puts = self.is_outward_write(permission) or (
            system.is_store(permission) and system.writes(permission)
        )
        laden = agent not in self.intruder.controlled and puts
        for session in reversed(self.intruder.sessions.get(agent, ())):
            refused = self._refused(index, session, session.context.labels)
            if now >= session.ends or refused or (session, door.domain) in self._lapsed:
                continue
            if not laden or session.context.data:
                return session
            other = other or session
        return other

    def _refused(self, index: int, session: Session, labels: frozenset[str]) -> bool:
        return (index, session.kind.tasks, labels) in self._closed or (index, session) in self._closed

    def _permission(self, index: int) -> Permission:
        return self.plan.world.doors[index].move.permission

    def is_outward_write(self, permission: Permission) -> bool:
        """Return whether *permission* writes to where it leaves the organisation."""
        return self.plan.system.resources[permission.resource].outward and self.plan.system.writes(permission)
