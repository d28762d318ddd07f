"""How long leaked credentials went on working."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ExposureHours:
    """From each leak to the instant at which the last domain refuses the credential, cut at the horizon, summed.

    Original.

    Examples
    --------
    >>> ExposureHours().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "exposure_hours"
    unit = "hours"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [hours]."""
        return run.exposure / 3600.0
