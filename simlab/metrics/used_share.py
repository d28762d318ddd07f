"""How much of what was granted the work needed."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class UsedShare:
    """Different permissions that agents used in their work, divided by those that they were granted.

    Each is counted once an agent. Used is what was allowed to work that ended; what an intruder did is not
    use. Granted is what standing credentials cover, rights in excess included, and what was issued for work that
    ended. Not a measure of safety: a narrower scope can lower it, because the denominator shrinks, too.

    Original.

    Examples
    --------
    >>> UsedShare().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "used_share"
    unit = "ratio"
    direction = "higher"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        told = run.governance
        return told.used / told.granted if told.granted else 0.0
