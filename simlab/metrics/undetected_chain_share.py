"""Which share of the attack chains was complete before anybody knew."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class UndetectedChainShare:
    """Attack chains completed before the first detection, divided by all that were; see chains_before_detection.

    Original.

    Examples
    --------
    >>> UndetectedChainShare().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "undetected_chain_share"
    unit = "ratio"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        known = min((event.time for event in run.incident if event.kind == "detect"), default=run.horizon)
        chains = [event.time for event in run.incident if event.completes_chain]
        return sum(time < known for time in chains) / len(chains) if chains else 0.0
