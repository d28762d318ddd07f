"""How many resources the attacker changed."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Changed:
    """The part of the blast radius in which something was written, sent or deleted.

    Original.

    Examples
    --------
    >>> Changed().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "changed"
    unit = "resources"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [resources]."""
        return float(len({p.resource for p in run.taken() if run.classes[p.action] == "write"}))
