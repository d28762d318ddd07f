"""How often nobody decided, and an attacker was let through for that."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class FailedOpen:
    """Requests of the attacker that passed on the scope of a credential, because no decision point answered.

    Original.

    Examples
    --------
    >>> FailedOpen().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "failed_open"
    unit = "requests"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        let_through = (
            event.actor == "intruder" and event.allowed and event.policy == "fail-open"
            for event in run.incident
        )
        return float(sum(let_through))
