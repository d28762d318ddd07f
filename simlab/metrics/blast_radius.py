"""How many resources the attacker touched."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """The realised blast radius: resources read, changed or set in motion by the attacker, each counted once.
    Reach is its upper bound.

    Original.

    Examples
    --------
    >>> BlastRadius().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "blast_radius"
    unit = "resources"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [resources]."""
        return float(len({permission.resource for permission in run.taken()}))
