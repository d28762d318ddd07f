"""Issues credentials, and refuses them: the policy enforcement point and the issuer.

A credential never expires by itself. Its times are data, compared when it is used: that is exact, it costs
nothing while nobody asks, and it settles ties (revocation, then expiry, then use; valid on [issued, expires)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from heapq import heapreplace
from math import inf
from typing import TYPE_CHECKING

from simlab.model.access import Credential, EmergencyKey, Grant, Permission
from simlab.model.events import Tally
from simlab.sim.compiled import FlowPlan, KindPlan
from simlab.sim.outages import NO_OUTAGES, Outages
from simlab.sim.plan import Plan
from simlab.strategies.authority import NOTHING

if TYPE_CHECKING:
    from simlab.sim.secrets import Series

OnIssue = Callable[[Credential, float], None]


class Context:
    """What one piece of work has read so far: the labels that a policy sees, and the data themselves."""

    __slots__ = ("data", "labels")

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.labels = NOTHING
        self.data = NOTHING


class Session:
    """One task being done: its credentials, one a group, and the context of its piece of work."""

    __slots__ = (
        "above", "captured", "context", "credentials", "declared", "ends", "kind", "running", "serial",
    )  # fmt: skip

    def __init__(
        self, kind: KindPlan, context: Context, serial: int, above: Session | None, groups: int
    ) -> None:
        """Open a session of *kind* within a piece of work; *above* is the session that delegated it."""
        self.kind = kind
        self.context = context
        self.serial = serial
        self.above = above
        self.credentials: list[Credential | None] = [None] * groups
        self.running = True
        """Whether its task still goes on, so that the issuer still issues for it."""
        self.captured = False
        """Whether an intruder steers it, so that it gives nothing back."""
        self.ends = inf
        """[s] when it stops obeying."""
        self.declared: KindPlan | None = None
        """Its kind of task since an intruder had it declare more than it did; None for as it began."""


class Broker:
    """All credentials of one run."""

    def __init__(
        self, plan: Plan, horizon: float, tally: Tally, on_issue: OnIssue, outages: Outages = NO_OUTAGES
    ) -> None:
        """Begin with the standing credentials of every key, issued at 0."""
        self.outages = outages
        self.plan = plan
        self.horizon = horizon
        self.tally = tally
        self.groups = len(plan.authority.groups)
        self.on_issue = on_issue
        self.watched: set[str] = set()
        """Keys whose every issue is reported."""
        self.revoked: list[Credential] = []
        """Everything that was ever revoked: as long as there is nothing, nobody need look closer."""
        self.retired: set[str] = set()
        """Keys of those who have left: nothing is issued for them any more."""
        self.serials = dict.fromkeys(plan.authority.users, 0)
        """By key: the number of the credential that was issued last."""
        self.hours = dict.fromkeys(plan.authority.users, 0.0)
        """[privilege-hours] by key, so that the sum does not depend on whose work came first."""
        self._standing: dict[tuple[str, int], Credential] = {}
        self._renews: dict[tuple[str, int], float] = {}
        self._before: dict[tuple[str, int], Credential] = {}
        """By key and group: the predecessor of the standing credential."""
        self._secrets: dict[str, Credential] = {}
        self.series: dict[str, Series] = {}
        """By secret: its credentials, where they are replaced."""
        self._left: dict[tuple[str, int, Grant], Credential] = {}
        """By agent, group and terms: the credential that an earlier task left, where nobody ends it."""
        self._covers: dict[Grant, tuple[str, ...]] = {}
        """The domains in which a grant covers anything."""
        self._live: dict[str, dict[int, Credential]] = {key: {} for key in plan.leakable}
        self._desks = {domain.name: [0.0] * domain.issuers for domain in plan.domains if domain.issuers}
        """[s] by domain: from when each issuer is free, the earliest first."""
        self.more: Callable[[Credential], float] = lambda _: 0.0
        """Of a credential: how much the rights that come and go add to its rate [privilege-hours per second]."""
        self._count_standing()

    def wait_in_line(self, domain: str, now: float, service: float) -> float:
        """Return how long who asks *now* waits for a credential that takes *service* to issue [s].

        First come, first served: it goes to the issuer who is free first (Kiefer and Wolfowitz 1955). Ask in
        order of time. Infinite where it is turned away, because the issuer is out of order.
        """
        ready = self.ready(domain, now)
        desk = self._desks.get(domain)
        if desk is None or ready == inf:
            return ready + service - now
        done = self.outages.over(domain, "issuer", max(now, desk[0])) + service
        heapreplace(desk, done)
        return done - now

    def ready(self, domain: str, now: float) -> float:
        """Return when the issuer of *domain* works [s]: *now*, later, or never for who is turned away."""
        over = self.outages.over(domain, "issuer", now)
        return inf if over > now and self.plan.system.domains[domain].issuer_refuses else over

    def leave_room(self, flow: FlowPlan, before: list[int]) -> None:
        """Number what is issued next as if one piece of *flow* had taken all the numbers that it could have.

        It was done at once, up to the horizon; *before* it began, its keys stood at these numbers. What is issued
        after it must not be numbered by how far that was.
        """
        for key, last in zip(flow.keys, before, strict=True):
            self.serials[key] = last + flow.numbers

    def granted(self) -> float:
        """Return what was granted for tasks [privilege-hours]."""
        return math.fsum(self.hours.values())

    def _count_standing(self) -> None:
        for key in self.plan.authority.users:
            for group in range(self.groups):
                grant = self.plan.authority.standing(key, group)
                if grant:
                    self.tally.standing += len(grant.scope) * self.horizon / 3600.0

    def issue(
        self,
        key: str,
        group: int,
        grant: Grant,
        now: float,
        parent: Credential | None = None,
        refresh: Credential | None = None,
        make: type[Credential] = Credential,
    ) -> Credential:
        """Return a new credential of *key*, valid from *now*; never longer than its parent.

        It can be renewed with *refresh*, or with something new where its terms allow for that.
        """
        self.serials[key] = serial = self.serials[key] + 1
        if parent is not None and parent.issued > now:
            now = parent.issued
        expires = now + grant.ttl + grant.grace
        if parent is not None and parent.expires < expires:
            expires = parent.expires
        credential = make(serial, key, grant, now, expires, parent, group)
        if grant.refresh:
            end = min(now + grant.refresh, parent.expires if parent else math.inf)
            credential.refresh = refresh or Credential(serial, key, grant, now, end, parent, group)
        self.tally.issued += 1
        live = self._live.get(key)
        if live is not None:
            live[serial] = credential
            if key in self.watched:  # which can be found, so it is among the live ones
                self.on_issue(credential, now)
        return credential

    def renew(self, credential: Credential, domain: str, now: float) -> Credential | None:
        """Return what *credential* is renewed into, if *domain* still accepts what it is renewed with."""
        refresh = credential.refresh
        if refresh is None or now >= refresh.dies(domain):
            return None
        return self.issue(credential.key, credential.group, credential.grant, now, credential.parent, refresh)

    def standing(self, key: str, group: int, now: float) -> Credential | None:
        """Return the standing credential of *key* in *group* as it is *now*, replaced where that is due."""
        at = (key, group)
        credential = self._standing.get(at)
        if credential is not None and now < self._renews[at]:
            return credential if now >= credential.issued else self._older(key, group, now)
        if key in self.retired:
            return credential
        if credential is not None:
            self._before[at] = credential
        grant = self.plan.authority.standing(key, group)
        if grant is None:
            return None
        issued = self._renews.get(at, 0.0)
        if grant.ttl < math.inf:
            issued += math.floor(max(now - issued, 0.0) / grant.ttl) * grant.ttl
            if issued > now:  # where floats overshoot, or fall short of the next rotation
                issued -= grant.ttl
            while issued < issued + grant.ttl <= now:
                issued += grant.ttl
        self._renews[at] = issued + grant.ttl
        credential = self._standing[at] = self.issue(key, group, grant, issued)
        self._forget_dead(self._live.get(key, {}), now)
        return credential

    def _older(self, key: str, group: int, now: float) -> Credential:
        """Return what is valid *now*, though its successor was issued ahead, for somebody in line at an issuer."""
        older = self._before.get((key, group))
        grant = self.plan.authority.standing(key, group) or Grant(frozenset())
        start = 0.0 if older is None or now < older.issued else older.issued
        if older is None or not older.issued <= now < older.issued + grant.ttl:
            issued = start + math.floor((now - start) / grant.ttl) * grant.ttl
            older = self._before[key, group] = self.issue(key, group, grant, issued)
        return older

    def secret(self, name: str) -> Credential:
        """Return the one credential of a secret that no strategy governs."""
        credential = self._secrets.get(name)
        if credential is None:
            secret = self.plan.system.secrets[name]
            credential = Credential(1, name, Grant(secret.scope), 0.0, secret.ttl)
            self._secrets[name] = credential
        return credential

    def acquire(self, session: Session, group: int, now: float) -> Credential | None:
        """Return the credential with which *session* asks in *group*: standing, or issued for it *now*."""
        kind = session.kind
        grant = kind.grants[group]
        if grant is None:
            return None
        if kind.standing[group]:
            credential = self.standing(kind.key, group, now)
        elif group in kind.kept and (left := self.left_over(session, group, now)):
            credential = left
        else:
            if self.retired and kind.key in self.retired:
                return None
            parent = None
            if kind.derived[group]:
                parent = self._of_caller(session.above, group, now)
                if parent is None:
                    return None
            credential = self.issue(kind.key, group, grant, now, parent)
            end = credential.expires if credential.expires < self.horizon else self.horizon
            if now < end:
                self.hours[kind.key] += self._rate(kind, credential) * (end - now)
            if group in kind.kept:
                self._left[kind.task.agent, group, grant] = credential
                self._forget_dead(self._live.get(kind.key, {}), now)
        session.credentials[group] = credential
        return credential

    def left_over(self, session: Session, group: int, now: float) -> Credential | None:
        """Return what an earlier task left for *session* to use *now*; None where nothing fits, or works."""
        kind, above = session.kind, None
        if kind.derived[group] and session.above is not None:
            above = session.above.credentials[group]
            if above is None or above.expires <= now:
                above = self.left_over(session.above, group, now)
            if above is None:
                return None
        grant = kind.grants[group]
        found = self._left.get((kind.task.agent, group, grant)) if grant else None
        if found is None or found.parent is not above or now < found.issued:
            return None
        if now >= found.expires or any(now >= found.dies(domain) for domain in self._domains(found.grant)):
            return None
        session.credentials[group] = found
        return found

    def left_by(self, agent: str, right: Permission, now: float) -> Credential | None:
        """Return the longest-lived of what earlier tasks of *agent* left that covers *right* and works *now*."""
        domain = self.plan.system.resources[right.resource].domain
        group = self.plan.authority.group_of[domain]
        found = (
            one
            for (whose, where, _), one in self._left.items()
            if (whose, where) == (agent, group) and right in one.grant.scope
        )
        alive = (one for one in found if one.issued <= now < one.dies(domain))
        return max(alive, key=lambda one: (one.expires, one.serial), default=None)

    def _of_caller(self, caller: Session | None, group: int, now: float) -> Credential | None:
        if caller is None:
            return None
        held = caller.credentials[group]
        if held is not None and now < held.expires:
            return held
        return self.acquire(caller, group, now) if caller.running else None

    def spend(self, session: Session | None, credential: Credential, now: float) -> None:
        """Use up a *credential* for a single use; *session* must ask for another one, None for a thief."""
        credential.spent = now
        if session is None:
            return
        end = min(credential.expires, self.horizon)
        self.hours[credential.key] -= len(credential.grant.scope) * max(end - now, 0.0) / 3600.0
        self.hours[credential.key] -= self.more(credential) * max(end - now, 0.0)
        session.credentials[credential.group] = None

    def close(self, sessions: Iterable[Session], now: float, *, over: bool = False) -> None:
        """End *sessions*, and the credentials issued for them, unless an intruder keeps them.

        Some end only when the whole piece of work is *over*.
        """
        for session in sessions:
            session.running = False
            if session.captured:
                continue
            kind = session.kind
            for group in (*kind.issued, *kind.lasting) if over and kind.lasting else kind.issued:
                credential = session.credentials[group]
                if credential is not None:
                    end = credential.expires if credential.expires < self.horizon else self.horizon
                    if now < end:
                        self.hours[credential.key] -= self._rate(session.kind, credential) * (end - now)
                        credential.expires = now
                    if credential.refresh is not None:
                        credential.refresh.expires = min(credential.refresh.expires, now)
                    live = self._live.get(credential.key)
                    if live is not None:
                        live.pop(credential.serial, None)
                        self._forget_dead(live, now)

    def emergency(self, key: str, group: int, grant: Grant, now: float) -> Credential:
        """Return a break-glass key of *key*: it counts as granted, and does not end with the task."""
        credential = self.issue(key, group, grant, now, make=EmergencyKey)
        hours = len(grant.scope) * (min(credential.expires, self.horizon) - now) / 3600.0
        self.hours[key] += hours
        self.tally.glass_broken += 1
        self.tally.glass_hours += hours
        return credential

    def _rate(self, kind: KindPlan, credential: Credential) -> float:
        """Return what holding *credential* of a task of *kind* amounts to [privilege-hours per second]."""
        rate = kind.rates[credential.group]
        return rate + self.more(credential) if credential.grant.excess else rate

    def withhold(self, session: Session, credential: Credential, now: float) -> None:
        """Take back from *now* on what has been issued for *session*: another one comes with the approval."""
        end = min(credential.expires, self.horizon)
        if now < end:
            self.hours[credential.key] -= self._rate(session.kind, credential) * (end - now)
            credential.expires = now

    def _forget_dead(self, live: dict[int, Credential], now: float) -> None:
        """Drop the eldest of *live* that nobody can use any more: memory must not grow with the horizon."""
        while live and now >= self.dies(eldest := next(iter(live.values()))):
            del live[eldest.serial]

    def live(self, key: str, now: float) -> list[Credential]:
        """Return the credentials of *key* that somebody who looks *now* finds, still valid somewhere."""
        if key in self.plan.system.secrets:
            found = [self.series[key].at(now) if key in self.series else self.secret(key)]
        else:
            for group in range(self.groups):
                self.standing(key, group, now)
            found = list(self._live[key].values())
        alive = [credential for credential in found if now < self.dies(credential)]
        if key in self._live:
            self._live[key] = {credential.serial: credential for credential in alive}
        return [credential for credential in alive if credential.issued <= now]

    def dies(self, credential: Credential) -> float:
        """Return when the last domain in which it covers anything stops accepting *credential* [s].

        It lives on in what it can be renewed into.
        """
        domains = self._domains(credential.grant)
        end = max((credential.dies(domain) for domain in domains), default=credential.expires)
        return end if credential.refresh is None else max(end, self.dies(credential.refresh))

    def _domains(self, grant: Grant) -> tuple[str, ...]:
        """Return the domains in which *grant* covers anything."""
        domains = self._covers.get(grant)
        if domains is None:
            resources = self.plan.system.resources
            rights = (*grant.scope, *(right for right, _ in grant.excess))
            found = {resources[permission.resource].domain for permission in rights}
            domains = self._covers[grant] = tuple(sorted(found))
        return domains

    def retire(self, key: str, now: float) -> list[Credential]:
        """Issue nothing for *key* any more; return the standing credentials of it, or the secret itself."""
        if key in self.plan.system.secrets:
            return [self.secret(key)]
        found = {
            credential: None
            for group in range(self.groups)
            if (credential := self.standing(key, group, now)) is not None
        }
        older = (one for one in self._live.get(key, {}).values() if one.grant.standing and one.parent is None)
        self.retired.add(key)
        return [*(found | dict.fromkeys(older))]

    def ends(self, key: str, group: int, horizon: float) -> float:
        """Return when the standing credential of *key* in *group* was dead and not replaced, or *horizon* [s]."""
        credential = self._standing.get((key, group))
        replaced = key not in self.retired and self._renews.get((key, group), 0.0) < horizon
        return horizon if credential is None or replaced else min(self.dies(credential), horizon)

    def replaced_from(self, credential: Credential, when: float) -> None:
        """Replace a standing *credential* by a new one at *when*."""
        for at, standing in self._standing.items():
            if standing is credential:
                self._renews[at] = min(self._renews[at], when)
