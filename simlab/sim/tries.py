"""What the intruder tries, by which way, and what comes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simlab.errors import ParameterError
from simlab.graph.possible import extend
from simlab.model.access import Credential, Decision, Permission
from simlab.model.attack import Attacker, Move, View
from simlab.model.doors import Door
from simlab.model.system import EXFILTRATE
from simlab.sim.broker import Session
from simlab.strategies.authority import NOTHING, decide_secret, idle

if TYPE_CHECKING:
    from simlab.sim.intruder import Intruder

LAPSED = frozenset({"expired", "revoked", "no-credential"})
"""Reasons that speak of what was presented, and not of what was asked."""


class Tries:
    """The hands of one intruder: doors that are open to it, and tries under way."""

    def __init__(self, intruder: Intruder) -> None:
        """Begin with nothing to try."""
        self.intruder = intruder
        self.engine = intruder.engine
        self.plan = intruder.plan
        self.attacker: Attacker | None = self.plan.scenario.attacker
        self.made = 0
        """Requests made so far; a count."""
        self.under_way: set[int] = set()
        self.fresh = False
        """Whether the next try is the first after a strike, which comes at once."""
        self._open: list[int] = []
        """Doors that something it has opens the way to."""
        self._again: set[int] = set()
        """Doors worth going through once more."""
        self._closed: set[tuple[object, ...]] = set()
        """What was refused for good: a door, and the kind of thing that was presented there."""
        self._lapsed: set[tuple[Session, str]] = set()
        """Sessions whose credential no longer works in a domain."""
        self._presentable: dict[tuple[str, str], dict[Credential, None]] = {}
        """By key and domain: credentials of which it was not yet told that they have lapsed there."""
        self._below: dict[tuple[Session, tuple[str, ...]], Session] = {}
        """Sessions that it set going from one that it steers, by chain."""
        self._counts: dict[int, int] = {}
        self._shown: frozenset[str] | None = None
        self._ways: dict[Move, int] | None = None
        """The moves that it can try, with their doors; None when something has changed."""
        self._ways_until = math.inf

    # --- what opens and closes ------------------------------------------------------------------------

    def changed(self) -> None:
        """Look anew at what can be tried, the next time."""
        self._ways = None

    def open_doors(self, fact: str) -> None:
        """Open the way to the doors behind *fact*."""
        self._shown = None
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
        self.choose()

    def carry_again(self, session: Session) -> None:
        """Read and write outward once more, where *session* may still carry out data that are still in."""
        inside = [index for index in self._open if not self.plan.world.doors[index].key]
        outward = [index for index in inside if self._is_outward_write(self._permission(index))]
        for read in inside if outward else ():
            name = self._permission(read).resource
            label = self.plan.system.resources[name].label
            if not (label and self.plan.system.reads(self._permission(read))):
                continue
            if f"{EXFILTRATE}:{name}" in self.intruder.facts:
                continue
            labels = session.context.labels | {label}
            ways = [index for index in outward if (index, session.kind.tasks, labels) not in self._closed]
            self._again.update(ways)
            if ways and name not in session.context.data:
                self._again.add(read)
        self._ways = None

    # --- choosing -------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Set as many tries going as there are hands for."""
        attacker = self.attacker
        while attacker and (not attacker.hands or len(self.under_way) < attacker.hands):
            ways = self._open_ways()
            view = View(tuple(ways), self._facts(), self.made + len(self.under_way), self.plan.distance)
            move = attacker.next_move(view, self._chance)
            if move is None:
                return
            if move not in ways:
                msg = f"attacker '{attacker.name}' chose '{move}', which it was not shown"
                raise ParameterError(msg)
            self._start(attacker, ways[move], move)

    def _open_ways(self) -> dict[Move, int]:
        """Return the moves that it can try now, in the order of the doors, with their doors."""
        now = self.engine.env.now
        if self._ways is None or now >= self._ways_until:
            doors = self.plan.world.doors
            self._ways = {doors[index].move: index for index in sorted(self._open) if self._available(index)}
            sessions = (session for mine in self.intruder.sessions.values() for session in mine)
            self._ways_until = min((each.ends for each in sessions if each.ends > now), default=math.inf)
        return self._ways

    def _facts(self) -> frozenset[str]:
        if self._shown is None:
            self._shown = frozenset(self.intruder.facts)
        return self._shown

    def _chance(self, name: str) -> float:
        return self.engine.streams.uniform("attacker", name)

    def _available(self, index: int) -> bool:
        door = self.plan.world.doors[index]
        revisits = self.attacker is not None and self.attacker.revisits
        done = door.fact in self.intruder.facts and index not in self._again and not revisits
        return index not in self.under_way and not done and self._what_to_present(index, door) is not None

    def _what_to_present(self, index: int, door: Door) -> Credential | Session | None:
        """Return what it would present at *door*: a credential it holds, or a session it steers."""
        return self._session(index, door) if door.agents else self._stolen(index, door)

    def _stolen(self, index: int, door: Door) -> Credential | None:
        """Return the latest credential that covers the permission (it can read them), or else the latest."""
        other = None
        for credential in reversed(self._presentable.get((door.key, door.domain), {})):
            if (index, id(credential.grant)) in self._closed:
                continue
            if door.move.permission in credential.grant.scope:
                return credential
            other = other or credential
        return other

    def _session(self, index: int, door: Door) -> Session | None:
        """Return the latest session that it steers and that was not refused.

        A conversation carries only what it has read, so outward it goes by one that has read something. A
        workload remembers, and rather asks where no label is in the way.
        """
        now, agent, other = self.engine.env.now, door.agents[0], None
        laden = agent not in self.intruder.controlled and self._is_outward_write(door.move.permission)
        for session in reversed(self.intruder.sessions.get(agent, ())):
            refused = (index, session.kind.tasks, session.context.labels) in self._closed
            if now >= session.ends or refused or (session, door.domain) in self._lapsed:
                continue
            if not laden or session.context.data:
                return session
            other = other or session
        return other

    # --- trying ---------------------------------------------------------------------------------------

    def _start(self, attacker: Attacker, index: int, move: Move) -> None:
        nth = self._counts[index] = self._counts.get(index, 0) + 1
        self.under_way.add(index)
        if attacker.hands != 1:
            self._ways = None
        delay = 0.0
        if not (self.fresh and attacker.hands):
            delay = attacker.pace.quantile(self.engine.streams.uniform("pace", move, nth))
        self.fresh = False
        self.engine.after(delay, lambda: self._finish(attacker, index, nth))

    def _finish(self, attacker: Attacker, index: int, nth: int) -> None:
        self.under_way.discard(index)
        if not attacker.revisits:
            self._ways = None
        door = self.plan.world.doors[index]
        what = self._what_to_present(index, door)
        if isinstance(what, Credential):
            self.made += 1
            self._present(index, door, nth, what)
        elif what is not None:
            self.made += 1
            self._steer(attacker, index, nth, what)
        self.choose()  # also where what it would have presented is gone, and the try was in vain

    def _present(self, index: int, door: Door, nth: int, credential: Credential) -> None:
        """Present a stolen credential, as an outsider."""
        users = self.plan.authority.users.get(door.key, ())
        decision = self._decide_outsider(door, credential, users)
        self._record(door, nth, decision, credential, users[0] if users else "")
        if decision.allowed:
            self._succeed(index, door, credential, None)
        elif decision.reason in LAPSED:
            del self._presentable[door.key, door.domain][credential]
            self._ways = None
        else:
            self._close(index, id(credential.grant))

    def _decide_outsider(self, door: Door, credential: Credential, users: tuple[str, ...]) -> Decision:
        late = self._too_late(credential, door.domain)
        if late is not None:
            return late
        if credential.grant.bound:
            return Decision(allowed=False, reason="not-holder", policy="broker")
        scope = credential.grant.scope
        if not users:
            return decide_secret(door.move.permission, scope)
        request = self.plan.authority.request(idle(users[0]), door.move.permission, scope, NOTHING)
        return self.plan.authority.decide(request)

    def _steer(self, attacker: Attacker, index: int, nth: int, session: Session) -> None:
        """Let a steered session ask, by itself or through agents that it can task."""
        door = self.plan.world.doors[index]
        asker = self._at_the_end(session, door)
        credential = self._credential(asker, self.plan.authority.group_of[door.domain])
        now = self.engine.env.now
        if credential is not None and now < credential.issued:  # the request waits until it is issued
            self.made -= 1
            self.under_way.add(index)
            self.engine.after(credential.issued - now, lambda: self._finish(attacker, index, nth))
            return
        if credential is None:
            decision = Decision(allowed=False, reason="no-credential", policy="broker")
        else:
            decision = self._too_late(credential, door.domain) or self.plan.decide(
                asker.kind, door.move.permission, credential.grant.scope, session.context.labels
            )
        task = asker.kind.task
        self._record(door, nth, decision, credential, task.agent, ">".join(task.chain), task.name)
        if decision.allowed and credential is not None:
            self._succeed(index, door, credential, session)
        elif decision.reason in LAPSED and asker.kind.grants[self.plan.authority.group_of[door.domain]]:
            self._lapsed.add((session, door.domain))
            self._ways = None
        else:
            self._close(index, session.kind.tasks, session.context.labels)

    def _too_late(self, credential: Credential, domain: str) -> Decision | None:
        now = self.engine.env.now
        if now < credential.dies(domain):
            return None
        reason = "expired" if now >= credential.expires else "revoked"
        return Decision(allowed=False, reason=reason, policy="broker")

    def _at_the_end(self, session: Session, door: Door) -> Session:
        """Return the session of the agent that asks at the end of the chain to *door*."""
        if len(door.agents) == 1:
            return session
        below = self._below.get((session, door.agents))
        if below is None:
            shorter = door._replace(agents=door.agents[:-1], modes=door.modes[:-1])
            above = self._at_the_end(session, shorter)
            kind = self.plan.kind(extend(self.plan.system, session.kind.tasks, door))
            below = Session(kind, session.context, session.serial, above, self.engine.broker.groups)
            below.captured = True
            self._below[session, door.agents] = below
        return below

    def _credential(self, session: Session, group: int) -> Credential | None:
        held, now = session.credentials[group], self.engine.env.now
        if held is not None and now < held.expires:
            replaceable = session.kind.standing[group] and held.revoked is not None
            return self.engine.broker.acquire(session, group, now) if replaceable else held
        if session.kind.standing[group] or _goes_on(session):
            return self.engine.broker.acquire(session, group, now)
        return held

    def _record(
        self,
        door: Door,
        nth: int,
        decision: Decision,
        credential: Credential | None,
        agent: str,
        chain: str = "",
        task: str = "",
    ) -> None:
        static = self.plan.intern(
            "request", "intruder", agent=agent, chain=chain, task=task, permission=door.move.permission,
            domain=door.domain, allowed=decision.allowed, reason=decision.reason, policy=decision.policy,
            key=credential.key if credential else "",
        )  # fmt: skip
        self.engine.note(self.engine.env.now, static, credential.serial if credential else 0)
        steered = door.agents[0] if door.agents else ""
        self.engine.responder.observe(str(door.move), nth, door.move.permission.resource, credential, steered)

    def _close(self, *what: object) -> None:
        self._closed.add(what)
        self._ways = None

    # --- what a success leads to ----------------------------------------------------------------------

    def _succeed(self, index: int, door: Door, credential: Credential, session: Session | None) -> None:
        """Have done what *door* stands for; find what the resource holds, and move what was read."""
        self._again.discard(index)
        self.intruder.keep(door.fact, door.domain, credential, session)
        permission = door.move.permission
        resource = self.plan.system.resources[permission.resource]
        if self.plan.system.reads(permission):
            for key in resource.holds:
                self.intruder.obtain(key, f"{resource.name} holds {key}")
        if session is None:
            if resource.label and self.plan.system.reads(permission):
                self.intruder.gain(f"{EXFILTRATE}:{resource.name}", f"read with {door.key}")
        else:
            self._carry(permission, session)

    def _carry(self, permission: Permission, session: Session) -> None:
        """Remember what a session has read, and let what it writes outward carry it along."""
        resource = self.plan.system.resources[permission.resource]
        context, agent = session.context, session.kind.task.agent
        if resource.label and self.plan.system.reads(permission):
            context.data |= {resource.name}
            context.labels |= {resource.label}
            self.carry_again(session)
        if self._is_outward_write(permission):
            others = self.intruder.sessions.get(agent, ()) if agent in self.intruder.controlled else ()
            data = context.data.union(*(other.context.data for other in others))
            for name in sorted(data):
                self.intruder.gain(f"{EXFILTRATE}:{name}", f"{permission} in one session")

    def _permission(self, index: int) -> Permission:
        return self.plan.world.doors[index].move.permission

    def _is_outward_write(self, permission: Permission) -> bool:
        return self.plan.system.resources[permission.resource].outward and self.plan.system.writes(permission)


def _goes_on(session: Session) -> bool:
    """Return whether the issuer still knows the task of *session*, and of those that it descends from."""
    return session.running and (session.above is None or _goes_on(session.above))
