"""The intruder: what it knows, which credentials it holds, and which sessions it steers.

It sleeps until something that it could use changes: a try ends, a rule comes off, a session is captured, a
credential that it looks for is issued. What it then tries is in :mod:`simlab.sim.tries`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from simlab.model.access import Credential, Permission
from simlab.model.causes import NONE
from simlab.model.composition import Rule
from simlab.model.system import CONTROL, HOLD, STEER
from simlab.sim.broker import Context, Session
from simlab.sim.clock import RULE
from simlab.sim.compiled import CallPlan
from simlab.sim.contents import Contents
from simlab.sim.tries import Tries
from simlab.strategies.authority import idle

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
        self.facts: set[str] = set()
        self.gains: list[Gain] = []
        self.held: dict[str, dict[Credential, None]] = {}
        """By key, in the order in which it got hold of them."""
        self.sessions: dict[str, list[Session]] = {}
        """By agent: those that it steers."""
        self.controlled: dict[str, float] = {}
        """[s] until when each controlled workload obeys."""
        self.tries = Tries(self)
        self._agenda: list[str] = []
        """Facts of this instant whose consequences are still to be drawn."""
        self._left = list(engine.plan.lacking)
        self._alive: dict[str, list[Credential]] = {}
        """Those that may still work somewhere, by key: looked at from the latest on, dropped once dead."""
        self.contents = Contents(self.plan.system)
        """What it has put where agents read it."""

    # --- facts ----------------------------------------------------------------------------------------

    def learn(self, fact: str, cause: int = NONE) -> None:
        """Have *fact* from *cause*, and all that follows from it at once."""
        if fact in self.facts:
            return
        self.facts.add(fact)
        self.engine.ledger.own(fact, cause)
        self._agenda.append(fact)
        if len(self._agenda) > 1:  # learnt while something else is: its turn comes
            return
        for new in self._agenda:  # grows while it is read: chains of rules may be long
            self.tries.ways.open_doors(new)
            if self.plan.book.known(new):
                for index in self.plan.book.complete(self.plan.book.fact(new), self._left):
                    self._fire(self.plan.book.rules[index])
        self._agenda.clear()

    def gain(self, fact: str, rule: str, cause: int = NONE) -> None:
        """Write that *rule* gave *fact*, if it is new, and learn it."""
        if fact not in self.facts:
            verb, _, name = fact.partition(":")
            static = self.plan.intern(
                "gain", "intruder", permission=(verb, name), reason="composition", policy=rule
            )
            self.engine.note(self.engine.env.now, static)
            self.gains.append(Gain(fact, self.engine.env.now))
        self.learn(fact, cause)

    def keep(
        self, fact: str, domain: str, credential: Credential, session: Session | None, cause: int = NONE
    ) -> None:
        """Have done *fact* with *credential*, by way of *session* or from outside."""
        self.gains.append(Gain(fact, self.engine.env.now, domain, credential, session))
        self.learn(fact, cause)

    def _fire(self, rule: Rule) -> None:
        streams = self.engine.streams
        if rule.probability < 1 and streams.uniform("composition", rule.name) >= rule.probability:
            return
        delay = rule.duration.quantile(streams.uniform("composition time", rule.name))
        if delay:
            self.engine.after(delay, lambda: self._give_later(rule), RULE, rule.name)
        else:
            self._give(rule)

    def _give_later(self, rule: Rule) -> None:
        self._give(rule)
        self.tries.look()

    def _give(self, rule: Rule) -> None:
        needs = [self.plan.book.names[need] for need in rule.needs]
        inside = bool(needs) and needs[0].startswith((f"{CONTROL}:", f"{STEER}:"))
        because = [self.engine.ledger.of(need) for need in needs]
        for number in rule.gives:
            fact = self.plan.book.names[number]
            verb, _, name = fact.partition(":")
            cause = self.engine.ledger.note("rule", fact, rule.name, *because)
            if verb == HOLD:
                self.obtain(name, rule.name, cause=cause)
            elif verb == CONTROL:
                self.control(name, rule.name, cause=cause)
            elif verb == STEER and inside:
                self.learn(fact, cause)
            elif verb == STEER:
                place = Permission.parse(needs[0]).resource if " obeys " in rule.name else ""
                self.contents.plant(name, place, self.engine.env.now)
                self.engine.ledger.own((name, place), cause)
            else:
                self.gain(fact, rule.name, cause)

    # --- credentials ----------------------------------------------------------------------------------

    def obtain(
        self, key: str, how: str, credentials: list[Credential] | None = None, cause: int = NONE
    ) -> None:
        """Get hold of *credentials* of *key*, or of those that are live now; be told of new ones."""
        now = self.engine.env.now
        found = self.engine.broker.live(key, now) if credentials is None else credentials
        mine = self.held.setdefault(key, {})
        new = self.engine.secrets.unfold([credential for credential in found if credential not in mine])
        for credential in new:
            mine[credential] = None
            self._alive.setdefault(key, []).append(credential)
            self.tries.ways.present_from_now_on(credential)
            static = self.plan.intern(
                "gain", "intruder", permission=(HOLD, key), reason="found", policy=how, key=key
            )
            self.engine.note(now, static, credential.serial)
            found_by = self.engine.ledger.note("find", f"{HOLD}:{key}", how, cause, credential=credential)
            self.engine.ledger.own(credential, found_by)
        if new:
            self.learn(f"{HOLD}:{key}", self.engine.ledger.of(new[-1]))
        self.engine.broker.watched.add(key)
        self.engine.secrets.watch(key)

    def issued(self, credential: Credential) -> None:
        """Hear that a credential of a key that it looks for was issued: look again where it was found."""
        now = self.engine.env.now
        alive = self._alive.setdefault(credential.key, [])
        while alive and now >= self.engine.broker.dies(alive[-1]):
            alive.pop()
        if not alive:
            self.tries.ways.look_again_for(credential.key)
            self.engine.wake_at(credential.issued)

    # --- sessions and workloads -----------------------------------------------------------------------

    def control(self, agent: str, how: str, lasts: float = math.inf, cause: int = NONE) -> None:
        """Control the workload *agent*: all its sessions from now on, and its standing keys in between."""
        now = self.engine.env.now
        if self.controlled.get(agent, -1.0) > now:
            return
        self.controlled[agent] = now + lasts
        between = Session(self.plan.kind((idle(agent),)), Context(), 0, None, self.engine.broker.groups)
        between.captured = True
        between.ends = now + lasts
        self.sessions.setdefault(agent, []).append(between)
        self.tries.ways.changed()
        taken = self.engine.ledger.note("control", f"{CONTROL}:{agent}", how, cause)
        for thing in (between, (CONTROL, agent)):
            self.engine.ledger.own(thing, taken)
        self.gain(f"{CONTROL}:{agent}", how, taken)

    def at_work(self, session: Session) -> None:
        """Take over *session* if the intruder controls its workload."""
        ends = self.controlled.get(session.kind.task.agent)
        if ends is not None and self.engine.env.now < ends and not session.captured:
            self.capture(session, ends, self.engine.ledger.of((CONTROL, session.kind.task.agent)))
            self.tries.choose()

    def capture(self, session: Session, ends: float, cause: int = NONE) -> None:
        """Steer *session* until *ends*, because of *cause*."""
        session.captured = True
        session.ends = min(session.ends, ends)
        agent = session.kind.task.agent
        now = self.engine.env.now
        mine = [old for old in self.sessions.get(agent, ()) if now < old.ends]
        same = [old for old in mine if old.kind is session.kind]
        if len(same) >= REMEMBERED:
            mine.remove(same[0])
        self.sessions[agent] = [*mine, session]
        self.tries.ways.changed()
        steered = self.engine.ledger.note("steer", f"{STEER}:{agent}", agent, cause, task=session.kind.task)
        self.engine.ledger.own(session, steered)
        self.learn(f"{STEER}:{agent}", steered)
        self.tries.ways.carry_again(session)

    def exposed(self, session: Session, call: CallPlan, number: int) -> None:
        """Let threats and planted content act on a call that *session* has just made."""
        agent = self.plan.system.agents[session.kind.task.agent]
        self.engine.harm.exposed(session, call, number, agent)
        if not self.contents.planted:
            return
        resource = call.call.permission.resource
        for place in (resource, ""):
            heard = self.contents.speaks_to(agent.name, place, self.engine.env.now)
            if heard and not session.captured:
                name = ("planted", agent.name, resource, session.kind.task.name, session.serial, number)
                if self.engine.streams.uniform(*name) < agent.susceptibility:
                    content = f"content in {resource}"
                    static = self.engine.strike(session.kind, content, call.call.permission)
                    planted = self.engine.ledger.of((agent.name, place))
                    fact = f"{STEER}:{agent.name}"
                    obeyed = self.engine.ledger.note("obey", fact, content, planted, static=static)
                    self.capture(session, math.inf, obeyed)
                    self.tries.choose()
        self.contents.taken(resource)

    def quarantine(self, agent: str, when: float) -> None:
        """Lose every session of *agent*, and control of it, at *when*."""
        for session in self.sessions.get(agent, ()):
            session.ends = min(session.ends, when)
        if agent in self.controlled:
            self.controlled[agent] = min(self.controlled[agent], when)
        self.tries.ways.changed()
