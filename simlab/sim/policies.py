"""Roles that change during a run: which policy each enforcement point knows, and what credentials then cover.

Nothing runs to change a policy. The instants are known from the start, and are compared with the time of each
request, so a change comes after revocation and expiry at its instant, and before detection and use. Each
change brings the whole policy: a point that has missed one is up to date with the next.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING

from simlab.model.access import Credential, Decision, Permission, Scope
from simlab.model.system import Domain
from simlab.sim.clock import RIGHTS
from simlab.sim.compiled import Answer, CallPlan
from simlab.sim.meeting import Who
from simlab.strategies.authority import undecided

if TYPE_CHECKING:
    from simlab.sim.broker import Session
    from simlab.sim.engine import Engine

ROLE_CHANGED = "role-changed"
"""Why a right is denied that roles once allowed."""


class Policies:
    """The policies of one run, era by era."""

    def __init__(self, engine: Engine) -> None:
        """Let every enforcement point hear of every change, and write down when."""
        self.engine = engine
        system = engine.plan.system
        self.eras = system.eras
        self._eras_of = {
            name: dict(agent.changing) for name, agent in system.agents.items() if agent.changing
        }
        self._heard = {
            name: tuple(self._hear(domain, era, at) for era, at in enumerate(self.eras, start=1))
            for name, domain in (system.domains.items() if self.eras else ())
        }
        """[s] by domain, era and enforcement point: when that point knows the policy of that era."""
        if self.eras:
            engine.broker.more = self._hourly
            self._write_down()

    def _hear(self, domain: Domain, era: int, at: float) -> tuple[float, ...]:
        engine, what = self.engine, (domain.name, "policy change", era)
        order = engine.outages.over(domain.name, "revocation", at)
        told = order + domain.revocation.quantile(engine.streams.uniform("revocation", *what))
        return engine.replicas.spread(domain, told, what)

    def _write_down(self) -> None:
        """Enter each change, and each point that hears of it later; let the intruder try what was added."""
        engine = self.engine
        intern = partial(engine.plan.intern, "policy", "broker")
        for change in engine.plan.system.policy:
            rows = ((right, False) for right in change.removed), ((right, True) for right in change.added)
            for right, allowed in (row for part in rows for row in part):
                said = f"added to {change.role}" if allowed else f"removed from {change.role}"
                domain = engine.plan.system.resources[right.resource].domain
                static = intern(
                    permission=right, domain=domain, allowed=allowed, reason=said, policy=change.role
                )
                engine.note(change.at, static)
        times: set[float] = set(self.eras)
        for domain, eras in sorted(self._heard.items()):
            for at, heard in zip(self.eras, eras, strict=True):
                times.update(heard)
                for point, time in enumerate(heard):
                    if time > at:
                        said = f"enforcement point {point + 1} of {len(heard)} hears of a change"
                        engine.note(time, intern(domain=domain, reason=said))
        if engine.plan.scenario.attacker:
            for time in sorted(times):
                engine.after(time, self._try_again, RIGHTS, "")

    def _try_again(self) -> None:
        """Let the intruder try what was refused, where roles allow at any point what they once did not."""
        engine = self.engine
        now = self.era(engine.env.now)
        for name, rights in self._eras_of.items():
            added = [right for right, eras in rights.items() if any(era in eras for era in range(1, now + 1))]
            if added and engine.intruder.tries.ways.open_again(engine.plan.system.agents[name], added):
                engine.intruder.tries.look()

    # --- what is known ------------------------------------------------------------------------------------

    def era(self, now: float) -> int:
        """Return the era at *now*: which policy is in force."""
        return bisect_right(self.eras, now)

    def known(self, domain: str, point: int, now: float) -> int:
        """Return the era whose policy enforcement point *point* of *domain* knows at *now*."""
        heard = self._heard[domain]
        return max((era for era, times in enumerate(heard, start=1) if times[point] <= now), default=0)

    def roles(self, agent: str, now: float) -> Scope:
        """Return what the roles of *agent* allow at *now*."""
        always, era = self.engine.plan.system.agents[agent].entitlements, self.era(now)
        return always.union(right for right, eras in self._eras_of.get(agent, {}).items() if era in eras)

    # --- what credentials cover ---------------------------------------------------------------------------

    def widened(self, credential: Credential, right: Permission, domain: str, now: float, who: Who) -> Scope:
        """Return the scope of *credential*, with *right* where that is covered when *who* presents it in *domain*.

        What a standing credential covers is looked up when it is used, in the policy that the enforcement point
        knows. What was issued for a task covers what roles allowed when it was issued, for as long as it lives:
        less only where each request is decided online, or where the domain asks what has become of it.
        """
        scope = credential.grant.scope
        if not self.eras:
            return self.engine.drift.widened(credential, right, now)
        if right in scope or right not in dict(credential.grant.excess):
            return scope
        self.engine.drift.settle(now)
        point = self.engine.replicas.point(domain, who)
        here = self.known(domain, point, now)
        covered = self._covers(credential, right, now, here)
        if covered and self.engine.plan.authority.groups[self.engine.plan.authority.group_of[domain]].online:
            covered = self._all_have(credential, right, now, here)
        if (
            covered
            and self.engine.plan.system.domains[domain].replicas.introspection
            and not _looked_up(credential)
        ):
            asked = self.engine.replicas.asked(credential, domain, point, now)
            covered = self._all_have(credential, right, now, self.era(asked))
        return scope | {right} if covered else scope

    def issued_with(self, credential: Credential, right: Permission) -> bool:
        """Return whether *right*, which comes and goes, was there when *credential* was issued for a task."""
        if not self.eras or _looked_up(credential) or right not in dict(credential.grant.excess):
            return False
        return self._covers(credential, right, credential.issued, self.era(credential.issued))

    def _covers(self, credential: Credential, right: Permission, now: float, here: int) -> bool:
        """Return whether *credential* covers *right*: its own part of the chain, and what it was made from."""
        groups, parent = dict(credential.grant.excess)[right], credential.parent
        theirs = dict(parent.grant.excess).get(right, ()) if parent is not None else ()
        moment, era = (
            _moment(credential, now),
            here if _looked_up(credential) else self.era(credential.issued),
        )
        mine = groups[len(theirs) :]
        if not all(any(self._has(agent, right, moment, era) for agent in group) for group in mine):
            return False
        return not theirs or parent is None or self._covers(parent, right, now, here)

    def _all_have(self, credential: Credential, right: Permission, now: float, era: int) -> bool:
        """Return whether the roles of all who hand on *right* with *credential* allow it in *era*."""
        moment = _moment(credential, now)
        groups = dict(credential.grant.excess).get(right, ())
        return all(any(self._has(agent, right, moment, era) for agent in group) for group in groups)

    def _has(self, agent: str, right: Permission, moment: float, era: int) -> bool:
        return era in self._eras_of.get(agent, {}).get(right, ()) or self.engine.drift.has(
            agent, right, moment
        )

    # --- what comes of it ---------------------------------------------------------------------------------

    def use(self, credential: Credential, right: Permission, now: float) -> None:
        """Count a use of *right*, which *credential* covered, if the policy in force had already forbidden it."""
        if self.eras and right in dict(credential.grant.excess):
            self.engine.tally.stale += not self._all_have(credential, right, now, self.era(now))

    def told(
        self, decision: Decision, credential: Credential, right: Permission, domain: str, now: float, who: Who
    ) -> Decision:
        """Return *decision*, which says so if it denies what roles once allowed, as far as the point knows."""
        if decision.allowed or not self.eras or right not in dict(credential.grant.excess):
            return decision
        known = self.known(domain, self.engine.replicas.point(domain, who), now)
        if not _looked_up(credential):
            known = max(known, self.era(credential.issued))
        once = any(self._all_have(credential, right, now, era) for era in range(known))
        lost = not self._all_have(credential, right, now, known)
        return replace(decision, reason=ROLE_CHANGED) if once and lost else decision

    # --- counting -----------------------------------------------------------------------------------------

    def _hourly(self, credential: Credential) -> float:
        """Return how many of its changing rights *credential*, issued for a task, covers [privilege-hours per s]."""
        return sum(self.issued_with(credential, right) for right, _ in credential.grant.excess) / 3600.0

    def standing_hours(self) -> dict[tuple[str, Permission], float]:
        """Return for how long standing keys covered each right that comes and goes [privilege-hours]."""
        authority, found = self.engine.plan.authority, {}
        ends = (0.0, *self.eras, self.engine.plan.scenario.horizon)
        for key, users in authority.users.items():
            for group in range(len(authority.groups)):
                grant = authority.standing(key, group)
                for right, _ in grant.excess if grant else ():
                    having = [user for user in users if right in self._eras_of.get(user, {})]
                    eras = frozenset[int]().union(*(self._eras_of[user][right] for user in having))
                    if eras:
                        spans = enumerate(pairwise(ends))
                        found[having[0], right] = fsum(
                            end - start for era, (start, end) in spans if era in eras
                        )
        return {held: seconds / 3600.0 for held, seconds in found.items()}


def _looked_up(credential: Credential) -> bool:
    """Return whether it is an identity, whose roles are looked up when it is used, or that of a chain of them."""
    return credential.grant.standing


def _moment(credential: Credential, now: float) -> float:
    """Return as of when *credential* covers what its holders have in excess of their roles [s], as drift has it."""
    return now if credential.grant.standing and credential.parent is None else credential.issued


def in_excess(
    engine: Engine,
    session: Session,
    call: CallPlan,
    credential: Credential | None,
    answer: tuple[float, int, str],
    who: Who,
) -> Answer:
    """Return the answer to a call that roles do not always allow, but that the agent may have at the moment.

    *answer* is the time [s], the row of the denial so far, and why no decision point answers, if none does.
    """
    right, domain, (now, static, silent) = call.call.permission, call.domain, answer
    if credential is None:
        return False, static
    scope = engine.policies.widened(credential, right, domain, now, who)
    if silent:
        decision = undecided(engine.plan.system.domains[domain], right, scope, silent)
    else:
        decision = engine.plan.ask(call.declared or session.kind, right, scope, session.context.labels)
        decision = engine.policies.told(decision, credential, right, domain, now, who)
    alive = now < credential.dies(domain)
    if alive and call.differ:
        alive = not engine.replicas.refuse(credential, domain, now, who)
    if decision.allowed and alive:
        engine.drift.use(credential, right, now)
        if right in scope:
            engine.policies.use(credential, right, now)
    return decision.allowed, engine.plan.row(session.kind, "worker", right, domain, decision)
