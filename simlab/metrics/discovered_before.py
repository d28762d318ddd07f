"""Which share of the incidents was known before the attack was over."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class DiscoveredBefore:
    """Strikes after which something was detected before the attack had run to its last step, divided by all strikes.

    The last step is the goal; of an attacker without one, the touch that leaves nothing in reach untouched. An
    attack that never gets there is discovered in time if it is discovered. With several strikes in a run, any
    detection after a strike counts for it: which strike an alert belongs to is not asked.

    Original.

    Examples
    --------
    >>> DiscoveredBefore().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "discovered_before"
    unit = "ratio"
    direction = "higher"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        struck = [event.time for event in run.incident if event.kind == "strike" and event.allowed]
        known = [event.time for event in run.incident if event.kind == "detect"]
        last = run.completed()
        seen = sum(any(time <= alert <= last for alert in known) for time in struck)
        return seen / len(struck) if struck else 0.0
