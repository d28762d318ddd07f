"""Whether the stolen credential still worked when it was first tried."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ValidAtFirstUse:
    """1 where the first request with a stolen credential found it alive, else 0; 0 where none was tried.

    Original.

    Examples
    --------
    >>> ValidAtFirstUse().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "valid_at_first_use"
    unit = "probability"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [probability]."""
        for event in run.incident:
            if event.kind == "request" and event.actor == "intruder" and not event.chain:
                return float(event.reason not in {"expired", "revoked", "used", "not-holder"})
        return 0.0
