"""Nothing goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, Distribution
from simlab.model.system import Agent, Call, System


@dataclass(frozen=True, slots=True)
class Nothing:
    """A threat that never strikes: the baseline for friction (original)."""

    when: When = When("clock", NEVER)
    """Never."""
    first_use: Distribution = NEVER
    """[s] never."""
    noticed: Distribution = NEVER
    """[s] never."""
    lasts: Distribution = NEVER
    """[s] as long as it likes."""

    name = "nothing"
    once = True

    def strike(self, system: System) -> Foothold:  # noqa: ARG002 (there is nothing to hand over)
        """Return an empty foothold."""
        return Foothold()

    def exposes(self, agent: Agent, call: Call) -> bool:  # noqa: ARG002
        """Return false."""
        return False

    def succeeds(self, agent: Agent) -> float:  # noqa: ARG002
        """Return zero."""
        return 0.0
