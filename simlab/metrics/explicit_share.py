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
        decided = run.tally.decisions - run.tally.undecided
        return decided / run.tally.requests if run.tally.requests else 0.0
