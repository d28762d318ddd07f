"""Issues credentials, and refuses them: the policy enforcement point and the issuer.

A credential never expires by itself. Its times are data, compared when it is used: that is exact, it costs
nothing while nobody asks, and it settles ties (revocation, then expiry, then use; valid on [issued, expires)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from heapq import heapreplace
from math import inf

from simlab.model.access import Credential, Grant
from simlab.model.events import Tally
from simlab.sim.compiled import KindPlan
from simlab.sim.outages import NO_OUTAGES, Outages
from simlab.sim.plan import Plan
from simlab.strategies.authority import NOTHING

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

    __slots__ = ("above", "captured", "context", "credentials", "ends", "kind", "running", "serial")

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
        self.serials = dict.fromkeys(plan.authority.users, 0)
        """By key: the number of the credential that was issued last."""
        self._granted = dict.fromkeys(plan.authority.users, 0.0)
        """[privilege-hours] by key, so that the sum does not depend on whose work came first."""
        self._standing: dict[tuple[str, int], Credential] = {}
        self._renews: dict[tuple[str, int], float] = {}
        self._before: dict[tuple[str, int], Credential] = {}
        """By key and group: the predecessor of the standing credential."""
        self._secrets: dict[str, Credential] = {}
        self._covers: dict[Grant, tuple[str, ...]] = {}
        """The domains in which a grant covers anything."""
        self._live: dict[str, dict[int, Credential]] = {key: {} for key in plan.leakable}
        self._desks = {domain.name: [0.0] * domain.issuers for domain in plan.domains if domain.issuers}
        """[s] by domain: from when each issuer is free, the earliest first."""
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

    def granted(self) -> float:
        """Return what was granted for tasks [privilege-hours]."""
        return math.fsum(self._granted.values())

    def _count_standing(self) -> None:
        for key in self.plan.authority.users:
            for group in range(self.groups):
                grant = self.plan.authority.standing(key, group)
                if grant:
                    self.tally.standing += len(grant.scope) * self.horizon / 3600.0

    def issue(
        self, key: str, group: int, grant: Grant, now: float, parent: Credential | None = None
    ) -> Credential:
        """Return a new credential of *key*, valid from *now*; never longer than its parent."""
        self.serials[key] = serial = self.serials[key] + 1
        if parent is not None and parent.issued > now:
            now = parent.issued
        expires = now + grant.ttl + grant.grace
        if parent is not None and parent.expires < expires:
            expires = parent.expires
        credential = Credential(serial, key, grant, now, expires, parent, group)
        self.tally.issued += 1
        live = self._live.get(key)
        if live is not None:
            live[serial] = credential
            if key in self.watched:  # which can be found, so it is among the live ones
                self.on_issue(credential, now)
        return credential

    def standing(self, key: str, group: int, now: float) -> Credential | None:
        """Return the standing credential of *key* in *group* as it is *now*, replaced where that is due."""
        at = (key, group)
        credential = self._standing.get(at)
        if credential is not None and now < self._renews[at]:
            return credential if now >= credential.issued else self._older(key, group, now)
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
        else:
            parent = None
            if kind.above is not None:
                parent = self._of_caller(session.above, group, now)
                if parent is None:
                    return None
            credential = self.issue(kind.key, group, grant, now, parent)
            end = credential.expires if credential.expires < self.horizon else self.horizon
            if now < end:
                self._granted[kind.key] += kind.rates[group] * (end - now)
        session.credentials[group] = credential
        return credential

    def _of_caller(self, caller: Session | None, group: int, now: float) -> Credential | None:
        if caller is None:
            return None
        held = caller.credentials[group]
        if held is not None and now < held.expires:
            return held
        return self.acquire(caller, group, now) if caller.running else None

    def close(self, sessions: Iterable[Session], now: float) -> None:
        """End *sessions*, and the credentials issued for them, unless an intruder keeps them."""
        for session in sessions:
            session.running = False
            if session.captured:
                continue
            for group in session.kind.issued:
                credential = session.credentials[group]
                if credential is not None:
                    end = credential.expires if credential.expires < self.horizon else self.horizon
                    if now < end:
                        self._granted[credential.key] -= session.kind.rates[group] * (end - now)
                        credential.expires = now
                    live = self._live.get(credential.key)
                    if live is not None:
                        live.pop(credential.serial, None)
                        self._forget_dead(live, now)

    def _forget_dead(self, live: dict[int, Credential], now: float) -> None:
        """Drop the eldest of *live* that nobody can use any more: memory must not grow with the horizon."""
        while live and now >= self.dies(eldest := next(iter(live.values()))):
            del live[eldest.serial]

    def live(self, key: str, now: float) -> list[Credential]:
        """Return the credentials of *key* that somebody who looks *now* finds, still valid somewhere."""
        if key in self.plan.system.secrets:
            found = [self.secret(key)]
        else:
            for group in range(self.groups):
                self.standing(key, group, now)
            found = list(self._live[key].values())
        alive = [credential for credential in found if now < self.dies(credential)]
        if key in self._live:
            self._live[key] = {credential.serial: credential for credential in alive}
        return [credential for credential in alive if credential.issued <= now]

    def dies(self, credential: Credential) -> float:
        """Return when the last domain in which it covers anything stops accepting *credential* [s]."""
        domains = self._covers.get(credential.grant)
        if domains is None:
            resources = self.plan.system.resources
            found = {resources[permission.resource].domain for permission in credential.grant.scope}
            domains = self._covers[credential.grant] = tuple(sorted(found))
        return max((credential.dies(domain) for domain in domains), default=credential.expires)

    def replaced_from(self, credential: Credential, when: float) -> None:
        """Replace a standing *credential* by a new one at *when*."""
        for at, standing in self._standing.items():
            if standing is credential:
                self._renews[at] = min(self._renews[at], when)
