"""Secrets that are issued anew by themselves, and secrets that come in bundles.

No strategy governs a secret. Its owner may replace it back to back, each credential living as long as a law
says; and who gets hold of one may find others like it in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simlab.model.access import Credential, Grant
from simlab.model.chance import NEVER, ZERO
from simlab.model.system import Secret
from simlab.sim.clock import REPLACE

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Series:
    """The credentials of one secret, back to back: the next one is issued when the one before it expires."""

    def __init__(self, secret: Secret, lives: Iterator[float]) -> None:
        """Begin at 0 with a fresh credential; *lives* are uniform numbers, one a credential."""
        self._secret = secret
        self._lives = lives
        self._grant = Grant(secret.scope)
        self._serial = 0
        self._due = 0.0
        self._current: Credential | None = None

    def at(self, now: float) -> Credential:
        """Return the credential as it is *now*; ask in order of time."""
        if self._current is None or now >= self._due:
            quantile, issued = self._secret.lifetime.quantile, self._due
            while now >= self._due:  # nobody asked for those in between: they need not be made
                self._serial += 1
                issued = self._due
                self._due += quantile(next(self._lives))
            # The end of the secret may cut the last one short.
            expires = min(self._due, self._secret.ttl)
            self._current = Credential(self._serial, self._secret.name, self._grant, issued, expires)
        return self._current


class Secrets:
    """What there is to know of the secrets of one run beyond their first credential."""

    def __init__(self, engine: Engine) -> None:
        """Open a series for each secret that is replaced."""
        self.engine = engine
        self._secrets = engine.plan.system.secrets
        self._last: dict[str, int] = {}
        """By secret: the number of the credential that was revealed last."""
        self._reported: set[str] = set()
        self.series = {
            name: Series(secret, engine.streams.stream("lifetime", name))
            for name, secret in self._secrets.items()
            if secret.lifetime != NEVER
        }
        resources = engine.plan.system.resources.values() if self.series else ()
        self._lying = {key for resource in resources for key in resource.holds}
        """Keys that somebody who looks again may find anew."""

    def watch(self, key: str) -> None:
        """Report each issue of *key* to an intruder who looks for it, if there is a place where it finds it."""
        if key in self._lying:
            self.report(key)

    def report(self, key: str) -> None:
        """Report each issue of *key* from now on, as those of other keys are; nothing for what is not replaced."""
        if key in self.series and key not in self._reported:
            self._reported.add(key)
            self._wait(key, self.series[key].at(self.engine.env.now))

    def _wait(self, key: str, current: Credential) -> None:
        due = max(current.expires - self.engine.env.now, 0.0)
        self.engine.after(due, lambda: self._replaced(key, current), REPLACE, key)

    def _replaced(self, key: str, before: Credential) -> None:
        now = self.engine.env.now
        current = self.series[key].at(now)
        if current is not before and now < current.expires:
            self.engine.issued(current, now)
        if now < self._secrets[key].ttl:
            self._wait(key, current)

    def unfold(self, credentials: list[Credential]) -> list[Credential]:
        """Return *credentials* with those that they reveal, and those that these reveal."""
        found = list(credentials)
        for credential in found:  # grows while it is read
            secret = self._secrets.get(credential.key)
            if secret is not None and secret.reveals != ZERO:
                found += self._revealed(secret, credential)
        return found

    def _revealed(self, secret: Secret, credential: Credential) -> list[Credential]:
        uniform, made = self.engine.streams.uniform, []
        what = (secret.name, credential.serial)
        for nth in range(int(secret.reveals.quantile(uniform("reveals", *what)))):
            if uniform("stale", *what, nth) >= secret.stale:
                serial = self._last[secret.name] = self._last.get(secret.name, 1) + 1
                made.append(
                    Credential(serial, secret.name, credential.grant, credential.issued, credential.expires)
                )
        return made
