"""How long it took the defenders to know."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class TimeToDetect:
    """From the first strike to the first detection, or to the horizon where there was none (a restricted time).

    Original.

    Examples
    --------
    >>> TimeToDetect().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "time_to_detect"
    unit = "hours"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [hours]."""
        struck = min((event.time for event in run.incident if event.kind == "strike"), default=run.horizon)
        known = min((event.time for event in run.incident if event.kind == "detect"), default=run.horizon)
        return (known - struck) / 3600.0
