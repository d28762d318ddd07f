"""What the intruder tries, by which way, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlab.errors import ParameterError
from simlab.graph.possible import extend
from simlab.model.access import Credential, Decision, Permission
from simlab.model.attack import Attacker, Move, View
from simlab.model.doors import Door
from simlab.model.system import EXFILTRATE
from simlab.sim.broker import Session
from simlab.sim.ways import Ways
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
        self.ways = Ways(intruder)
        self._below: dict[tuple[Session, tuple[str, ...]], Session] = {}
        """Sessions that it set going from one that it steers, by chain."""
        self._counts: dict[int, int] = {}
        self._shown: frozenset[str] = frozenset()

    def replaced(self) -> None:
        """Try again with what was revoked and has been replaced."""
        self.ways.replaced()
        self.choose()

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
        self.engine.after(delay, lambda: self._finish(attacker, index, nth))

    def _finish(self, attacker: Attacker, index: int, nth: int) -> None:
        self.under_way.discard(index)
        if not attacker.revisits:
            self.ways.changed()
        door = self.plan.world.doors[index]
        what = self.ways.what_to_present(index, door)
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
            self.ways.credential_lapsed(door, credential)
        else:
            self.ways.refused(index, id(credential.grant))

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
            self.ways.session_lapsed(door, session)
        else:
            self.ways.refused(index, session.kind.tasks, session.context.labels)

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
        self.engine.responder.observe(
            str(door.move), nth, door.move.permission.resource, credential, steered, allowed=decision.allowed
        )

    # --- what a success leads to ----------------------------------------------------------------------

    def _succeed(self, index: int, door: Door, credential: Credential, session: Session | None) -> None:
        """Have done what *door* stands for; find what the resource holds, and move what was read."""
        self.ways.passed(index)
        self.intruder.keep(door.fact, door.domain, credential, session)
        permission = door.move.permission
        resource = self.plan.system.resources[permission.resource]
        if resource.obeyed_by and self.plan.system.writes(permission):
            self.intruder.contents.write(resource, self.engine.env.now)
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
            self.ways.carry_again(session)
        if self.ways.is_outward_write(permission):
            others = self.intruder.sessions.get(agent, ()) if agent in self.intruder.controlled else ()
            data = context.data.union(*(other.context.data for other in others))
            for name in sorted(data):
                self.intruder.gain(f"{EXFILTRATE}:{name}", f"{permission} in one session")


def _goes_on(session: Session) -> bool:
    """Return whether the issuer still knows the task of *session*, and of those that it descends from."""
    return session.running and (session.above is None or _goes_on(session.above))
