"""How many labelled resources were carried out."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Exfiltrated:
    """Resources with a label whose data left: read by an outsider, or written outward by who had read them.

    Original.

    Examples
    --------
    >>> Exfiltrated().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "exfiltrated"
    unit = "resources"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [resources]."""
        names = {
            event.resource
            for event in run.incident
            if event.action == "exfiltrate" and event.actor == "intruder"
        }
        return float(len(names))
