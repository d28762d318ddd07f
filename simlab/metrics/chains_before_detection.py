"""How many attack chains were complete before anybody knew."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ChainsBeforeDetection:
    """Facts that the intruder gained by adding up what it had, before the first detection.

    A chain is complete when a composition gives its fact or data are carried out; to hold a credential or to
    control a workload begins one. What is detected at an instant is detected before it.

    Original.

    Examples
    --------
    >>> ChainsBeforeDetection().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "chains_before_detection"
    unit = "chains"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [chains]."""
        known = min((event.time for event in run.incident if event.kind == "detect"), default=run.horizon)
        return float(sum(event.time < known for event in run.incident if event.completes_chain))
