"""Which share of the requests was decided explicitly."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ExplicitShare:
    """Requests that a decision point decided at request time, divided by all requests.

    Of the work that ended, and of the intruder. What the broker refuses before anybody decides (expired,
    revoked, not the holder, no credential) was not decided.

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
        told, requests = run.governance, run.tally.requests + run.governance.asked
        decided = run.tally.decisions - run.tally.undecided - told.overruled + told.judged
        return min(decided / requests, 1.0) if requests else 0.0  # some requests take two decisions
