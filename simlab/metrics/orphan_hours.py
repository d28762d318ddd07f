"""How long credentials lived that nobody answered for."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class OrphanHours:
    """Hours of live standing credentials and secrets whose agent has no owner, or is gone, or whose owner is gone.

    A shared key has somebody as long as one of its users has. Each key counts once for each group of domains that
    enforce alike, rotated or not, until it is revoked for good or expires. A credential issued for a task ends
    with it and is not left behind.

    Original.

    Examples
    --------
    >>> OrphanHours().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "orphan_hours"
    unit = "credential-hours"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [credential-hours]."""
        return run.governance.orphaned
