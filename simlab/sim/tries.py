"""What the intruder tries, by which way, and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from simlab.errors import ParameterError
from simlab.graph.possible import extend
from simlab.model.access import Credential, Decision, EmergencyKey, Grant, Permission, Scope
from simlab.model.attack import Attacker, Move, View
from simlab.model.doors import Door
from simlab.model.system import EXFILTRATE, Task
from simlab.sim.approvers import BUSY, EXPIRED, REFUSED
from simlab.sim.broker import Session
from simlab.sim.clock import OPEN, TRY
from simlab.sim.moods import declaring
from simlab.sim.ways import Ways
from simlab.strategies.authority import (
    FAIL_CLOSED,
    NOTHING,
    decide_emergency,
    decide_secret,
    idle,
    undecided,
)

if TYPE_CHECKING:
    from simlab.sim.intruder import Intruder

LAPSED = frozenset({"expired", "revoked", "used", "no-credential"})
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
        self.ways = Ways(intruder)
        self._below: dict[tuple[Session, tuple[str, ...]], Session] = {}
        """Sessions that it set going from one that it steers, by chain."""
        self._minted: dict[tuple[str, int, Grant], Credential] = {}
        """Credentials that it had issued to itself: by fact, group and terms."""
        self._counts: dict[int, int] = {}
        self._shown: frozenset[str] = frozenset()

    def replaced(self) -> None:
        """Try again with what was revoked and has been replaced."""
        self.ways.replaced()
        self.look()

    def look(self) -> None:
        """Choose at the end of this instant, when all that opens at it is open."""
        self.engine.wake_at(self.engine.env.now)

    def choose(self) -> None:
        """Set as many tries going as there are hands for."""
        attacker = self.attacker
        while attacker and (not attacker.hands or len(self.under_way) < attacker.hands):
            ways = self.ways.open_now(self.under_way)
            view = View(tuple(ways), self._facts(), self.made + len(self.under_way), self.plan.distance)
            move = attacker.next_move(view, self._chance)
            if move is None:
                return
            if move not in ways:
                msg = f"attacker '{attacker.name}' chose '{move}', which it was not shown"
                raise ParameterError(msg)
            self._start(attacker, ways[move], move)

    def _facts(self) -> frozenset[str]:
        if len(self._shown) < len(self.intruder.facts):  # facts are only ever added
            self._shown = frozenset(self.intruder.facts)
        return self._shown

    def _chance(self, name: str) -> float:
        return self.engine.streams.uniform("attacker", name)

    # --- trying ---------------------------------------------------------------------------------------

    def _start(self, attacker: Attacker, index: int, move: Move) -> None:
        nth = self._counts[index] = self._counts.get(index, 0) + 1
        self.under_way.add(index)
        if attacker.hands != 1:
            self.ways.changed()
        delay = 0.0
        if not (self.fresh and attacker.hands):
            delay = attacker.pace.quantile(self.engine.streams.uniform("pace", move, nth))
        self.fresh = False
        self.engine.after(delay, lambda: self._finish(attacker, index, nth), TRY, index)

    def _finish(self, attacker: Attacker, index: int, nth: int) -> None:
        self.under_way.discard(index)
        if not attacker.revisits:
            self.ways.changed()
        door = self.plan.world.doors[index]
        what = self.ways.what_to_present(index, door)
        if isinstance(what, Credential):
            self.made += 1
            self._present(index, door, nth, what)
        elif isinstance(what, Grant):
            self.made += 1
            self._mint(index, door, nth, what)
        elif what is not None:
            self.made += 1
            self._steer(attacker, index, nth, what)
        self.choose()  # also where what it would have presented is gone, and the try was in vain

    def _present(
        self, index: int, door: Door, nth: int, credential: Credential, answer: Decision | None = None
    ) -> None:
        """Present a stolen credential, as an outsider; *answer* is that of an approver, where one was asked."""
        users = self.plan.authority.users.get(door.key, ())
        credential = self._renewed(door, credential)
        decision = self._decide_outsider(door, nth, credential, users)
        if self._needs_approval(decision, credential):
            if answer is None:
                again = partial(self._present, index, door, nth, credential)
                self._ask(index, door, nth, None, users[0], again)
                return
            decision = answer
        static = self._record(door, nth, decision, credential, users[0] if users else "")
        if decision.allowed:
            if credential.grant.single_use:
                self._use_up(credential, None)
                self.ways.credential_lapsed(door, credential)
            cause = self._note(door, credential, static, credential)
            self._succeed(index, door, credential, None, cause)
        elif decision.reason in LAPSED or (decision.reason == "not-holder" and credential.grant.replay):
            self.ways.credential_lapsed(door, credential)  # another one may do
        elif not self._asks_again(decision):
            self._denied(
                decision, index, id(credential if _comes_and_goes(credential, door) else credential.grant)
            )

    def _renewed(self, door: Door, credential: Credential) -> Credential:
        """Return *credential*, or what it is renewed into where it is dead and can be."""
        now = self.engine.env.now
        if (
            credential.refresh is None
            or now < credential.dies(door.domain)
            or not credential.grant.presentable
        ):
            return credential
        new = self.engine.broker.renew(credential, door.domain, now)
        if new is None:
            return credential
        self.ways.credential_lapsed(door, credential)
        cause = self.engine.ledger.of(credential)
        self.intruder.obtain(door.key, f"renewal of {credential.key}#{credential.serial}", [new], cause)
        return new

    def _mint(self, index: int, door: Door, nth: int, grant: Grant, answer: Decision | None = None) -> None:
        """Have a credential issued in an agent's name, and present it as an outsider."""
        now, group = self.engine.env.now, self.plan.authority.group_of[door.domain]
        at = (door.move.via, group, grant)
        credential = self._minted.get(at)
        if credential is None or now >= credential.dies(door.domain):
            parent = self.engine.broker.secret(door.secret)
            credential = self._minted[at] = self.engine.broker.issue(door.key, group, grant, now, parent)
        decision = self._decide_outsider(door, nth, credential, (door.minted,))
        if self._needs_approval(decision, credential):
            if answer is None:
                self._ask(index, door, nth, None, door.minted, partial(self._mint, index, door, nth, grant))
                return
            decision = answer
        static = self._record(door, nth, decision, credential, door.minted)
        if decision.allowed:
            if grant.single_use:
                self._use_up(credential, None)
            cause = self._note(door, door.move.via, static, credential)
            self._succeed(index, door, credential, None, cause)
        elif decision.reason in LAPSED:
            self.ways.mint_lapsed(door)
        elif not self._asks_again(decision):
            self._denied(decision, index, id(grant))

    def _decide_outsider(
        self, door: Door, nth: int, credential: Credential, users: tuple[str, ...]
    ) -> Decision:
        late = self._too_late(credential, door, nth)
        if late is not None:
            return late
        if credential.grant.bound and not self._replayable(credential):
            return Decision(allowed=False, reason="not-holder", policy="broker")
        scope = self._scope(credential, door, nth)
        if isinstance(credential, EmergencyKey):
            return decide_emergency(door.move.permission, scope)
        if not users:
            return decide_secret(door.move.permission, scope)
        request = self.plan.authority.request(idle(users[0]), door.move.permission, scope, NOTHING)
        silence = self._unanswered(door, nth, scope, (users[0], credential.grant, door.move.permission))
        return silence or self._told(self.plan.authority.decide(request), credential, door, nth)

    def _use_up(self, credential: Credential, session: Session | None) -> None:
        broker = self.engine.broker
        broker.spend(session, credential, self.engine.env.now)
        broker.revoked.append(credential)  # whoever else is about to use it must look closer

    def _replayable(self, credential: Credential) -> bool:
        """Return whether the proof of the holder leaked along with *credential*."""
        what = (credential.key, credential.serial)
        return self.engine.streams.uniform("replay", *what) < credential.grant.replay

    def _steer(
        self, attacker: Attacker, index: int, nth: int, session: Session, answer: Decision | None = None
    ) -> None:
        """Let a steered session ask, by itself or through agents that it can task."""
        door = self.plan.world.doors[index]
        asker = self._at_the_end(session, door)
        credential = self._credential(asker, door)
        now = self.engine.env.now
        if credential is not None and now < credential.issued:  # the request waits until it is issued
            self.made -= 1
            self.under_way.add(index)
            self.engine.after(credential.issued - now, lambda: self._finish(attacker, index, nth), TRY, index)
            return
        credential, decision = self._decide_insider(asker, door, nth, credential)
        task = asker.kind.seen[self.plan.authority.group_of[door.domain]]
        if self._needs_approval(decision, credential):
            if answer is None:
                again = partial(self._steer, attacker, index, nth, session)
                self._ask(index, door, nth, session, task.agent, again)
                return
            decision = replace(answer, widens=decision.widens)
        static = self._record(door, nth, decision, credential, task.agent, asker)
        if decision.allowed and credential is not None:
            if credential.grant.single_use:
                self._use_up(credential, asker)
            if decision.widens:
                asker.declared = self.plan.kind(declaring(asker.kind.tasks, door.move.permission))
            cause = self._note(door, session, static, credential, task)
            self._succeed(index, door, credential, session, cause)
        else:
            self._refused_inside(decision, index, session, asker, credential)

    def _refused_inside(
        self, decision: Decision, index: int, session: Session, asker: Session, credential: Credential | None
    ) -> None:
        """Remember what is of no use any more: a credential, a session, or sessions of that kind for good."""
        door = self.plan.world.doors[index]
        if decision.reason in LAPSED and asker.kind.grants[self.plan.authority.group_of[door.domain]]:
            self.ways.session_lapsed(door, session)
        elif asker.declared is not None:  # another session of the kind has not yet declared anything
            self.ways.refused(index, session)
        elif self._asks_again(decision):
            return
        elif _comes_and_goes(credential, door):
            self._denied(decision, index, session)  # one whose credential is of another time may have it
        else:
            self._denied(decision, index, session.kind.tasks, session.context.labels)

    def _decide_insider(
        self, asker: Session, door: Door, nth: int, credential: Credential | None
    ) -> tuple[Credential | None, Decision]:
        """Return what is decided when *asker* asks for what is behind *door*, and what it presents in the end."""
        permission, group = door.move.permission, self.plan.authority.group_of[door.domain]
        if credential is None:
            decision = Decision(allowed=False, reason="no-credential", policy="broker")
        else:
            scope = self._scope(credential, door, nth)
            kind, labels = asker.declared or asker.kind, asker.context.labels
            own = scope is credential.grant.scope and kind.grants[group] is not None
            ask = self.plan.decide if own else self.plan.ask
            decision = (
                self._too_late(credential, door, nth)
                or self._unanswered(door, nth, scope, (kind, permission, labels))
                or self._told(ask(kind, permission, scope, labels), credential, door, nth)
            )
        key = self.engine.asking.key(asker, group, door.domain)
        if key is None or (decision.allowed and not decision.approval):
            return credential, decision
        return key, self.engine.asking.decide(asker, permission, key)

    # --- asking people --------------------------------------------------------------------------------

    def _ask(
        self,
        index: int,
        door: Door,
        nth: int,
        session: Session | None,
        agent: str,
        again: Callable[[Decision], None],
    ) -> None:
        """Stand in the line of those who approve, with a hand that is busy until somebody has answered."""
        self.made -= 1
        self.under_way.add(index)

        def answered(decision: Decision) -> None:
            self.under_way.discard(index)
            self.ways.changed()
            if session is None or self.engine.env.now < session.ends:  # else nobody is there to hear it
                self.made += 1
                again(decision)
            self.choose()

        self.engine.asking.intruder_asks(door, nth, session, agent, answered)

    def _needs_approval(self, decision: Decision, credential: Credential | None) -> bool:
        """Return whether somebody must still say yes to what is done with *credential*."""
        return decision.approval and credential is not None and not self.engine.asking.settled(credential)

    def _asks_again(self, decision: Decision) -> bool:
        """Return whether a no is not for good: nobody looked, or a person said it and may say yes the next time."""
        revisits = self.attacker is not None and self.attacker.revisits
        return decision.reason == EXPIRED or (decision.reason in {REFUSED, BUSY} and revisits)

    def _scope(self, credential: Credential, door: Door, nth: int) -> Scope:
        """Return what *credential* covers now, as far as *door* is concerned."""
        now, who = self.engine.env.now, ("intruder", door.move, nth)
        return self.engine.policies.widened(credential, door.move.permission, door.domain, now, who)

    def _told(self, decision: Decision, credential: Credential, door: Door, nth: int) -> Decision:
        now, who = self.engine.env.now, ("intruder", door.move, nth)
        return self.engine.policies.told(decision, credential, door.move.permission, door.domain, now, who)

    def _denied(self, decision: Decision, index: int, *what: object) -> None:
        """Take a policy's denial for final; try again once decision points answer, if that is what was wrong."""
        self.ways.refused(index, *what)
        if decision.policy == FAIL_CLOSED:
            now, domain = self.engine.env.now, self.plan.world.doors[index].domain
            again = self.engine.points.worth_another_try(domain, now, decision.reason)
            reopen = partial(self._reopen, lambda closed: closed == (index, *what))
            self.engine.after(again - now, reopen, OPEN)

    def _reopen(self, which: Callable[[tuple[object, ...]], bool]) -> None:
        self.ways.reopen(which)
        self.look()

    def await_outages(self) -> None:
        """Hear of every outage that opens doors, when it begins, and try them again."""
        doors = self.plan.world.doors
        for name in sorted(self.plan.unsteady):
            if self.plan.system.domains[name].fails_open:
                behind = {index for index, door in enumerate(doors) if door.domain == name}
                for begin in self.engine.outages.begin(name, "decisions"):
                    self.engine.after(begin, partial(self._reopen, partial(_leads_into, behind)), OPEN)

    def _unanswered(self, door: Door, nth: int, scope: Scope, what: Hashable) -> Decision | None:
        """Return what comes of a request that no decision point answers; None where one does.

        It takes its place in line. What it waits there does not add to the attacker's pace.
        """
        if door.domain not in self.plan.unsteady:
            return None
        who = ("intruder", door.move, nth)
        u = self.engine.streams.uniform("decision", *who)
        reason = self.engine.points.visit(door.domain, self.engine.env.now, what, u, who).reason
        domain = self.plan.system.domains[door.domain]
        return undecided(domain, door.move.permission, scope, reason) if reason else None

    def _too_late(self, credential: Credential, door: Door, nth: int) -> Decision | None:
        now, domain = self.engine.env.now, door.domain
        if self.plan.system.domains[domain].replicas.differ:
            if not self.engine.replicas.refuse(credential, domain, now, ("intruder", door.move, nth)):
                return None
        elif now < credential.dies(domain):
            return None
        return Decision(allowed=False, reason=credential.why_refused(now), policy="broker")

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

    def _credential(self, session: Session, door: Door) -> Credential | None:
        domain, group = door.domain, self.plan.authority.group_of[door.domain]
        held, now = session.credentials[group], self.engine.env.now
        if held is not None and now < held.expires:
            replaceable = session.kind.standing[group] and held.revoked is not None
            return self.engine.broker.acquire(session, group, now) if replaceable else held
        if session.kind.standing[group]:
            return self.engine.broker.acquire(session, group, now)
        if not session.kind.task.name:  # between tasks nothing is issued; an earlier one may have left some
            return self.engine.broker.left_by(session.kind.task.agent, door.move.permission, now)
        if _goes_on(session):
            ready = self.engine.broker.ready(domain, now)
            if ready < math.inf:
                return self.engine.broker.acquire(session, group, ready)
            again = self.engine.outages.over(domain, "issuer", now)
            self.engine.after(again - now, self.replaced, OPEN)
        return held

    def _record(
        self,
        door: Door,
        nth: int,
        decision: Decision,
        credential: Credential | None,
        agent: str,
        asker: Session | None = None,
    ) -> int:
        """Write down that *agent* was asked for, by *asker* or from outside, and let who watches see it."""
        self.engine.account.tried(decision, door.domain, asker)
        comes_and_goes = decision.allowed and credential is not None and credential.grant.excess
        if credential and comes_and_goes and door.move.permission in self._scope(credential, door, nth):
            self.engine.policies.use(credential, door.move.permission, self.engine.env.now)
        task = asker.kind.seen[self.plan.authority.group_of[door.domain]] if asker else None
        static = self.plan.intern(
            "request", "intruder", agent=agent, chain=">".join(task.chain) if task else "",
            task=task.name if task else "", permission=door.move.permission,
            domain=door.domain, allowed=decision.allowed, reason=decision.reason, policy=decision.policy,
            key=credential.key if credential else "",
        )  # fmt: skip
        self.engine.note(self.engine.env.now, static, credential.serial if credential else 0)
        steered = door.agents[0] if door.agents else ""
        resource = door.move.permission.resource
        self.engine.responder.observe(
            str(door.move),
            nth,
            resource,
            credential,
            steered,
            flagged=decision.flagged,
            allowed=decision.allowed,
            told=decision.reason == REFUSED and self.plan.system.approvers[decision.policy].alerts,
        )
        return static

    def _note(
        self, door: Door, way: object, static: int, credential: Credential, task: Task | None = None
    ) -> int:
        """Enter that by *way* of a credential or a session the intruder went through *door*."""
        ledger = self.engine.ledger
        return ledger.note(
            "ask", door.fact, door.move.via, ledger.of(way), static=static, credential=credential, task=task
        )

    # --- what a success leads to ----------------------------------------------------------------------

    def _succeed(
        self, index: int, door: Door, credential: Credential, session: Session | None, cause: int
    ) -> None:
        """Have done what *door* stands for; find what the resource holds, and move what was read."""
        self.ways.passed(index)
        self.intruder.keep(door.fact, door.domain, credential, session, cause)
        permission = door.move.permission
        if credential.grant.excess:
            self.engine.drift.use(credential, permission, self.engine.env.now)
        resource = self.plan.system.resources[permission.resource]
        if resource.obeyed_by and self.plan.system.writes(permission):
            self.intruder.contents.write(resource, self.engine.env.now)
        if self.plan.system.reads(permission):
            for key in resource.holds:
                self.intruder.obtain(key, f"{resource.name} holds {key}", cause=cause)
        if session is None:
            if self.plan.system.is_store(permission) and self.plan.system.reads(permission):
                self.engine.stores.read_from_outside(resource, door.key, cause)
            if resource.label and self.plan.system.reads(permission):
                fact, how = f"{EXFILTRATE}:{resource.name}", f"read with {door.key}"
                self.intruder.gain(fact, how, self.engine.ledger.note("carry", fact, how, cause))
        else:
            self._carry(permission, session, cause)

    def _carry(self, permission: Permission, session: Session, cause: int) -> None:
        """Remember what a session has read, and let what it writes outward carry it along."""
        resource = self.plan.system.resources[permission.resource]
        context, agent = session.context, session.kind.task.agent
        if resource.label and self.plan.system.reads(permission):
            context.data |= {resource.name}
            context.labels |= {resource.label}
            self.engine.ledger.own((context, resource.name), cause)
            self.ways.carry_again(session)
        others = self.intruder.sessions.get(agent, ()) if agent in self.intruder.controlled else ()
        contexts = (context, *(other.context for other in others))
        if self.plan.system.is_store(permission):
            self.engine.stores.steered(session, permission, contexts, cause)
        if self.ways.is_outward_write(permission):
            data = frozenset().union(*(each.data for each in contexts))
            for name in sorted(data):
                fact, ledger = f"{EXFILTRATE}:{name}", self.engine.ledger
                reads = (ledger.of((each, name)) for each in contexts)
                carried = ledger.note("carry", fact, str(permission), cause, *reads)
                self.intruder.gain(fact, f"{permission} in one session", carried)


def _goes_on(session: Session) -> bool:
    """Return whether the issuer still knows the task of *session*, and of those that it descends from."""
    return session.running and (session.above is None or _goes_on(session.above))


def _comes_and_goes(credential: Credential | None, door: Door) -> bool:
    """Return whether what *door* takes is a right that *credential* covers at some times and not at others."""
    return credential is not None and door.move.permission in dict(credential.grant.excess)


def _leads_into(behind: set[int], closed: tuple[object, ...]) -> bool:
    """Return whether *closed* is a refusal at a door among those *behind*."""
    return closed[0] in behind
