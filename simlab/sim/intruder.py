"""The intruder: what it holds, what it can try, and what its tries lead to.

It sleeps until something that it could use changes: a try ends, a rule comes off, a session is captured, a
credential that it looks for is issued.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from simlab.errors import ParameterError
from simlab.graph.possible import extend
from simlab.model.access import Credential, Decision, Permission
from simlab.model.attack import Move, View
from simlab.model.composition import Rule
from simlab.model.doors import Door
from simlab.model.system import CONTROL, EXFILTRATE, HOLD, STEER
from simlab.sim.broker import Context, Session
from simlab.sim.plan import CallPlan
from simlab.strategies.authority import NOTHING, decide_secret, idle

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

REMEMBERED = 4
"""Sessions of one kind that an intruder keeps an eye on: the latest ones."""


class Gain(NamedTuple):
    """Something that the intruder got, and what it needs to keep it."""

    fact: str
    time: float
    """[s] when it got it."""
    domain: str = ""
    credential: Credential | None = None
    session: Session | None = None

    def ends(self) -> float:
        """Return when access ends, as far as is known by now [s]."""
        end = self.credential.dies(self.domain) if self.credential else math.inf
        return min(end, self.session.ends) if self.session else end


class Intruder:
    """One attacker in one run."""

    def __init__(self, engine: Engine) -> None:
        """Begin with nothing."""
        self.engine = engine
        self.plan = engine.plan
        self.attacker = engine.plan.scenario.attacker
        self.facts: set[str] = set()
        self.left = list(engine.plan.lacking)
        self.held: dict[str, list[Credential]] = {}
        self.sessions: dict[str, list[Session]] = {}
        self.controlled: dict[str, float] = {}
        """[s] until when each controlled workload obeys."""
        self.open: list[int] = []
        """Doors that something it has opens the way to."""
        self.again: set[int] = set()
        """Doors worth going through once more."""
        self.closed: set[tuple[object, ...]] = set()
        """What was denied: a door, and what was presented there."""
        self.pending: set[int] = set()
        self.counts: dict[int, int] = {}
        self.tries = 0
        self.fresh = False
        """Whether the next try is the first after a strike."""
        self.planted: dict[tuple[str, str], bool] = {}
        """Agent and resource through which the intruder speaks to it; an empty resource for any."""
        self.gains: list[Gain] = []
        self._shown: frozenset[str] | None = None
        self._ways: dict[Move, int] | None = None
        """The moves it can try, with their doors; None when something has changed."""
        self._ways_until = math.inf

    # --- what it learns -------------------------------------------------------------------------------

    def learn(self, fact: str) -> None:
        """Have *fact*, and all that follows from it at once."""
        if fact in self.facts:
            return
        self.facts.add(fact)
        self._shown = None
        opened = self.plan.world.behind.get(fact)
        if opened:
            self.open += opened
            self._ways = None
        if self.plan.book.known(fact):
            for index in self.plan.book.complete(self.plan.book.fact(fact), self.left):
                self._fire(self.plan.book.rules[index])

    def _fire(self, rule: Rule) -> None:
        streams = self.engine.streams
        if rule.probability < 1 and streams.uniform("composition", rule.name) >= rule.probability:
            return
        delay = rule.duration.quantile(streams.uniform("composition time", rule.name))
        if delay:
            self.engine.after(delay, lambda: self._give_later(rule))
        else:
            self._give(rule)

    def _give_later(self, rule: Rule) -> None:
        self._give(rule)
        self.choose()

    def _give(self, rule: Rule) -> None:
        needs = [self.plan.book.names[need] for need in rule.needs]
        for number in rule.gives:
            fact = self.plan.book.names[number]
            verb, _, name = fact.partition(":")
            if verb == HOLD:
                self.obtain(name, rule.name)
            elif verb == STEER and not needs[0].startswith((f"{CONTROL}:", f"{STEER}:")):
                self.planted[name, Permission.parse(needs[0]).resource if "obeys" in rule.name else ""] = True
            elif verb == CONTROL:
                self.control(name, rule.name)
            else:
                if verb != STEER:
                    self._gain(fact, rule.name)
                self.learn(fact)

    def _gain(self, fact: str, rule: str, key: str = "", serial: int = 0) -> None:
        if fact in self.facts:
            return
        verb, _, name = fact.partition(":")
        static = self.plan.intern(
            "gain", "intruder", permission=(verb, name), reason="composition", policy=rule, key=key
        )
        self.engine.note(self.engine.env.now, static, serial)
        self.gains.append(Gain(fact, self.engine.env.now))

    def obtain(self, key: str, how: str, credentials: list[Credential] | None = None) -> bool:
        """Get hold of the credentials of *key* that are live now; return whether there were any new ones."""
        now = self.engine.env.now
        found = self.engine.broker.live(key, now) if credentials is None else credentials
        self._ways = None
        mine = self.held.setdefault(key, [])
        new = [credential for credential in found if credential not in mine]
        for credential in new:
            mine.append(credential)
            static = self.plan.intern(
                "gain", "intruder", permission=(HOLD, key), reason="found", policy=how, key=key
            )
            self.engine.note(now, static, credential.serial)
        if new:
            self.learn(f"{HOLD}:{key}")
        self.engine.broker.watched.add(key)
        return bool(new)

    def issued(self, credential: Credential) -> None:
        """Hear that a credential of a key that it looks for was issued: look again where it was found."""
        now = self.engine.env.now
        if any(now < self.engine.broker.dies(mine) for mine in self.held.get(credential.key, ())):
            return
        for index in self.open:
            permission = self.plan.world.doors[index].move.permission
            if credential.key in self.plan.system.resources[permission.resource].holds:
                self.again.add(index)
        self._ways = None
        self.engine.wake_at(credential.issued)

    # --- sessions and workloads -----------------------------------------------------------------------

    def control(self, agent: str, how: str, lasts: float = math.inf) -> None:
        """Control the workload *agent*: all its sessions from now on, and its standing keys in between."""
        now = self.engine.env.now
        if self.controlled.get(agent, -1.0) > now:
            return
        self._gain(f"{CONTROL}:{agent}", how)
        self.controlled[agent] = now + lasts
        between = Session(self.plan.kind((idle(agent),)), Context(), 0, None, self.engine.broker.groups)
        between.captured = True
        between.ends = now + lasts
        self.sessions.setdefault(agent, []).append(between)
        self._ways = None
        self.learn(f"{CONTROL}:{agent}")

    def at_work(self, session: Session) -> None:
        """Take over *session* if the intruder controls its workload."""
        ends = self.controlled.get(session.kind.task.agent)
        if ends is not None and self.engine.env.now < ends and not session.captured:
            self.capture(session, ends)
            self.choose()

    def capture(self, session: Session, ends: float) -> None:
        """Steer *session* until *ends*."""
        session.captured = True
        session.ends = min(session.ends, ends)
        self._ways = None
        agent = session.kind.task.agent
        now = self.engine.env.now
        mine = [old for old in self.sessions.get(agent, ()) if now < old.ends]
        same = [old for old in mine if old.kind is session.kind]
        if len(same) >= REMEMBERED:
            mine.remove(same[0])
        self.sessions[agent] = [*mine, session]
        self.learn(f"{STEER}:{agent}")
        self._reopen(session)

    def exposed(self, session: Session, call: CallPlan, number: int) -> None:
        """Let threats and planted content act on a call that *session* has just made."""
        agent = self.plan.system.agents[session.kind.task.agent]
        self.engine.harm.exposed(session, call, number, agent)
        resource = call.call.permission.resource
        for place in (resource, ""):
            if (agent.name, place) in self.planted and not session.captured:
                name = ("planted", agent.name, resource, session.kind.task.name, session.serial, number)
                if self.engine.streams.uniform(*name) < agent.susceptibility:
                    self.engine.strike(session.kind, f"content in {resource}", call.call.permission)
                    self.capture(session, math.inf)
                    self.choose()

    def quarantine(self, agent: str, when: float) -> None:
        """Lose every session of *agent*, and control of it, at *when*."""
        self._ways = None
        for session in self.sessions.get(agent, ()):
            session.ends = min(session.ends, when)
        if agent in self.controlled:
            self.controlled[agent] = min(self.controlled[agent], when)

    # --- what it tries --------------------------------------------------------------------------------

    def choose(self) -> None:
        """Set as many tries going as it has hands for."""
        attacker = self.attacker
        if attacker is None:
            return
        while not attacker.hands or len(self.pending) < attacker.hands:
            ways = self._open_ways()
            view = View(tuple(ways), self._facts(), self.tries + len(self.pending), self.plan.distance)
            move = attacker.next_move(view, self._chance)
            if move is None:
                return
            if move not in ways:
                msg = f"attacker '{attacker.name}' chose '{move}', which it was not shown"
                raise ParameterError(msg)
            self._start(ways[move], move)

    def _open_ways(self) -> dict[Move, int]:
        """Return the moves that it can try now, sorted, with their doors."""
        if self._ways is None or self.engine.env.now >= self._ways_until:
            doors = self.plan.world.doors
            self._ways = {doors[index].move: index for index in sorted(self.open) if self._available(index)}
            ends = (session.ends for sessions in self.sessions.values() for session in sessions)
            self._ways_until = min((end for end in ends if end > self.engine.env.now), default=math.inf)
        return self._ways

    def _facts(self) -> frozenset[str]:
        if self._shown is None:
            self._shown = frozenset(self.facts)
        return self._shown

    def _chance(self, name: str) -> float:
        return self.engine.streams.uniform("attacker", name)

    def _start(self, index: int, move: Move) -> None:
        attacker = self.attacker
        nth = self.counts[index] = self.counts.get(index, 0) + 1
        self.pending.add(index)
        self._ways = None if attacker is None or attacker.hands != 1 else self._ways
        delay = 0.0
        if attacker is not None and not (self.fresh and attacker.hands):
            delay = attacker.pace.quantile(self.engine.streams.uniform("pace", move, nth))
        self.fresh = False
        self.engine.after(delay, lambda: self._finish(index, nth))

    def _finish(self, index: int, nth: int) -> None:
        self.pending.discard(index)
        if self.attacker is None or not self.attacker.revisits:
            self._ways = None
        door = self.plan.world.doors[index]
        what = self._usable(index, door)
        if isinstance(what, Credential):
            self.tries += 1
            self._present(index, door, nth, what)
        elif what:
            self.tries += 1
            self._steer(index, door, nth, what)
        else:  # what it would have presented is gone: the try was in vain
            self.choose()

    def _available(self, index: int) -> bool:
        door = self.plan.world.doors[index]
        done = door.fact in self.facts and index not in self.again
        if index in self.pending or (done and self.attacker is not None and not self.attacker.revisits):
            return False
        return self._usable(index, door) is not None

    def _usable(self, index: int, door: Door) -> Credential | Session | None:
        """Return what it would present at *door*: a credential it holds, or a session it steers.

        It reads its credentials: one that covers the permission comes first, then the latest.
        """
        if door.key:
            group = self.plan.authority.group_of[door.domain]
            other = None
            for credential in reversed(self.held.get(door.key, ())):
                if credential.group not in {group, -1} or self._in_vain(index, door, credential):
                    continue
                if door.move.permission in credential.grant.scope:
                    return credential
                other = other or credential
            return other
        now = self.engine.env.now
        fit = [
            session
            for session in reversed(self.sessions.get(door.agents[0], ()))
            if now < session.ends and (index, session.kind.tasks, session.context.labels) not in self.closed
        ]
        if self._is_outward_write(door.move.permission) and door.agents[0] not in self.controlled:
            # A conversation carries only what it has read; a workload rather asks where no label is in the way.
            laden = (session for session in fit if session.context.data)
            return next(laden, fit[0] if fit else None)
        return fit[0] if fit else None

    def _in_vain(self, index: int, door: Door, credential: Credential) -> bool:
        """Return whether it knows by now that *credential* is of no use at *door*."""
        closed = self.closed
        return bool(closed) and (
            (credential.key, credential.serial, door.domain) in closed
            or (index, id(credential.grant)) in closed
        )

    def _close(self, *what: object) -> None:
        self.closed.add(what)
        self._ways = None

    def _present(self, index: int, door: Door, nth: int, credential: Credential) -> None:
        """Present a stolen credential, as an outsider."""
        now, permission, domain = self.engine.env.now, door.move.permission, door.domain
        users = self.plan.authority.users.get(door.key, ())
        kind = self.plan.kind((idle(users[0]),)) if users else None
        decision = self._decide_outsider(credential, permission, domain, now)
        self._record(door, nth, decision, credential, kind.task.agent if kind else "", "", "")
        if not decision.allowed:
            if decision.reason in {"expired", "revoked"}:
                self._close(credential.key, credential.serial, domain)
            else:
                self._close(index, id(credential.grant))
        else:
            self.gains.append(Gain(door.fact, now, domain, credential))
            self._done(index, permission)
            self._carry_out(permission, None, f"read with {door.key}")
        self.choose()

    def _decide_outsider(
        self, credential: Credential, permission: Permission, domain: str, now: float
    ) -> Decision:
        if now >= credential.dies(domain):
            expired = now >= credential.expires
            return Decision(allowed=False, reason="expired" if expired else "revoked", policy="broker")
        if credential.grant.bound:
            return Decision(allowed=False, reason="not-holder", policy="broker")
        if credential.key in self.plan.system.secrets:
            return decide_secret(permission, credential.grant.scope)
        user = self.plan.authority.users[credential.key][0]
        request = self.plan.authority.request(idle(user), permission, credential.grant.scope, NOTHING)
        return self.plan.authority.decide(request)

    def _steer(self, index: int, door: Door, nth: int, session: Session) -> None:
        """Let a steered session ask, by itself or through agents that it can task."""
        asker = self._extended(session, door)
        permission, kind, domain = door.move.permission, asker.kind, door.domain
        now = self.engine.env.now
        credential = self._credential(asker, self.plan.authority.group(permission), now)
        if credential is None:
            decision = Decision(allowed=False, reason="no-credential", policy="broker")
        elif now >= credential.dies(domain):
            expired = now >= credential.expires
            decision = Decision(allowed=False, reason="expired" if expired else "revoked", policy="broker")
        else:
            decision = self.plan.decide(kind, permission, credential.grant.scope, session.context.labels)
        self._record(
            door, nth, decision, credential, kind.task.agent, ">".join(kind.task.chain), kind.task.name
        )
        if decision.allowed and credential is not None:
            self.gains.append(Gain(door.fact, now, domain, credential, session))
            self._done(index, permission)
            self._carry_out(permission, session, f"{permission} in one session")
        else:
            self._close(index, session.kind.tasks, session.context.labels)
        self.choose()

    def _extended(self, session: Session, door: Door) -> Session:
        """Return the session of the agent that asks at the end of the chain to *door*."""
        if len(door.agents) == 1:
            return session
        below = session.below.get(door.agents)
        if below is None:
            above = session
            if len(door.agents) > 2:
                shorter = door._replace(agents=door.agents[:-1], modes=door.modes[:-1])
                above = self._extended(session, shorter)
            tasks = extend(self.plan.system, session.kind.tasks, door)
            below = Session(
                self.plan.kind(tasks), session.context, session.serial, above, self.engine.broker.groups
            )
            below.captured = True
            session.below[door.agents] = below
        return below

    def _credential(self, session: Session, group: int, now: float) -> Credential | None:
        held = session.credentials[group]
        if held is not None and now < held.expires:
            return held
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
        chain: str,
        task: str,
    ) -> None:
        permission = door.move.permission
        static = self.plan.intern(
            "request", "intruder", agent=agent, chain=chain, task=task, permission=permission,
            domain=door.domain, allowed=decision.allowed,
            reason=decision.reason, policy=decision.policy, key=credential.key if credential else "",
        )  # fmt: skip
        self.engine.note(self.engine.env.now, static, credential.serial if credential else 0)
        steered = door.agents[0] if door.agents else ""
        self.engine.responder.observe(str(door.move), nth, permission.resource, credential, steered)

    # --- what its tries lead to -----------------------------------------------------------------------

    def _done(self, index: int, permission: Permission) -> None:
        """Have done *permission*; find what the resource holds."""
        self.again.discard(index)
        self.learn(str(permission))
        resource = self.plan.system.resources[permission.resource]
        if self.plan.system.reads(permission):
            for key in resource.holds:
                self.obtain(key, f"{resource.name} holds {key}")

    def _carry_out(self, permission: Permission, session: Session | None, how: str) -> None:
        """Move labelled data: out with an outsider who reads, along with a session that reads and then writes."""
        system = self.plan.system
        resource = system.resources[permission.resource]
        if session is None:
            if resource.label and system.reads(permission):
                self._exfiltrate(resource.name, how)
            return
        root = session.kind.task.agent
        stores = [session.context.data]
        if root in self.controlled:
            stores += [other.context.data for other in self.sessions.get(root, ())]
        if resource.label and system.reads(permission):
            session.context.data.add(resource.name)
            session.context.labels |= {resource.label}
            self._reopen(session)
        if resource.outward and system.writes(permission):
            for name in sorted(set().union(*stores)):
                self._exfiltrate(name, how)

    def _exfiltrate(self, name: str, how: str) -> None:
        self._gain(f"{EXFILTRATE}:{name}", how)
        self.learn(f"{EXFILTRATE}:{name}")

    def _reopen(self, session: Session) -> None:
        """Read and write outward once more, where *session* may still carry out data that are still in."""
        system, doors = self.plan.system, self.plan.world.doors
        inside = [index for index in self.open if not doors[index].key]
        reads = {
            index: system.resources[doors[index].move.permission.resource].label
            for index in inside
            if system.reads(doors[index].move.permission)
            and system.resources[doors[index].move.permission.resource].label
            and f"{EXFILTRATE}:{doors[index].move.permission.resource}" not in self.facts
        }
        outward = [index for index in inside if self._is_outward_write(doors[index].move.permission)]
        for read, label in reads.items():
            labels = session.context.labels | {label}
            ways = [index for index in outward if (index, session.kind.tasks, labels) not in self.closed]
            if ways:
                self.again.update(ways)
                if doors[read].move.permission.resource not in session.context.data:
                    self.again.add(read)
                self._ways = None

    def _is_outward_write(self, permission: Permission) -> bool:
        system = self.plan.system
        return system.resources[permission.resource].outward and system.writes(permission)


def _goes_on(session: Session) -> bool:
    """Return whether the issuer still knows the task of *session*, and of those that it descends from."""
    return session.running and (session.above is None or _goes_on(session.above))
