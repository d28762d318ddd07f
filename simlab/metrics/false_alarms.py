"""How many alerts the organisation's own refused requests raised."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Alerts that somebody has to look into, and nothing is behind them; only where telemetry says so.

    Original.

    Examples
    --------
    >>> FalseAlarms().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "false_alarms"
    unit = "alerts"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [alerts]."""
        return float(run.tally.false_alarms)
