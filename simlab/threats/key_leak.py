"""A credential gets out: into a repository, a registry, a log, a chat or a bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, ZERO, Distribution, Exponential, LogNormal, Mixture
from simlab.model.system import Agent, Call, System

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

PLACES: dict[str, Distribution] = {
    "given": ZERO,
    "public-repository": LogNormal(4 * MINUTE, 1.2),
    "package-registry": LogNormal(2 * MINUTE, 1.0),
    "image-layer": LogNormal(15 * MINUTE, 1.2),
    "paste": LogNormal(1 * HOUR, 1.8),
    "bucket": LogNormal(1 * DAY, 1.5),
    "internal": Exponential(120 * DAY),
    "targeted": LogNormal(44 * DAY, 1.0),
    "scraped-or-targeted": Mixture((0.8, 0.2), (LogNormal(4 * MINUTE, 1.2), LogNormal(44 * DAY, 1.0))),
}
"""[s] from leak to first use, by place. Published: public-repository (honeypots, 2 to 17 minutes) and
package-registry (one test each). Assumed: the rest, and the weights of the mixture."""


@dataclass(frozen=True, slots=True)
class KeyLeak:
    """A copy of an agent's credential ends up where an attacker finds it, after a while.

    What leaks is what the agent holds at that moment: a long-lived key under static RBAC, perhaps nothing
    under just-in-time. A secret that no strategy governs leaks as it is.

    References
    ----------
    First use by place: Cybenari 2024; Comparitech honeypot; Unit 42 EleKtra-Leak 2023; Entro Labs 2025.
    """

    key: str = field(metadata={"names": "key"})
    """The agent, shared key or secret whose credential leaks."""
    place: Literal[
        "given", "public-repository", "package-registry", "image-layer", "paste", "bucket", "internal",
        "targeted", "scraped-or-targeted",
    ] = "given"  # fmt: skip
    """Where it leaks to; it says how soon it is used, unless `use` does."""
    when: When = When()
    """The moment of the leak."""
    use: Distribution | None = field(default=None, metadata={"unit": "s"})
    """[s] from leak to first use."""
    noticed: Distribution = field(default=NEVER, metadata={"unit": "s"})
    """[s] from the leak until the owner finds out by himself, as secret scanning does."""

    name = "key-leak"
    once = True
    lasts: Distribution = field(default=NEVER, init=False)

    @property
    def first_use(self) -> Distribution:
        """Return the law of the wait from leak to first use [s]."""
        return PLACES[self.place] if self.use is None else self.use

    def strike(self, system: System) -> Foothold:  # noqa: ARG002
        """Return the credential, in the attacker's hands."""
        return Foothold(keys=(self.key,))

    def exposes(self, agent: Agent, call: Call) -> bool:  # noqa: ARG002
        """Return whether the agent uses the key that leaks."""
        return self.key in {agent.key, agent.name}

    def succeeds(self, agent: Agent) -> float:  # noqa: ARG002
        """Return one: a leak at work is a leak."""
        return 1.0
