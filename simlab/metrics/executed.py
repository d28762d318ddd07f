"""How many resources the attacker set in motion."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Executed:
    """The part of the blast radius in which something was run, deployed, published or used.

    Original.

    Examples
    --------
    >>> Executed().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "executed"
    unit = "resources"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [resources]."""
        return float(len({p.resource for p in run.taken() if run.classes[p.action] == "execute"}))
