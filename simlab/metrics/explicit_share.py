"""Which share of the work's requests was decided explicitly."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ExplicitShare:
    """Requests that a decision point decided at request time, divided by all requests of workers.

    Original.

    Examples
    --------
    >>> ExplicitShare().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "explicit_share"
    unit = "ratio"
    direction = "higher"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        decisions, requests = run.tally.decisions, run.tally.requests
        return min(decisions / requests, 1.0) if requests else 0.0  # some requests take two decisions
