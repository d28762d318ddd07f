"""How often a right was used that the policy in force had already taken away."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class StaleUses:
    """Uses, by work or by an attacker, of a right that the policy in force had already forbidden.

    A removed right goes on working where an enforcement point has not heard of the change, or where a
    credential that was issued before it is still alive.

    References
    ----------
    Pang et al., "Zanzibar: Google's Consistent, Global Authorization System", USENIX ATC 2019, on what it calls
    the "new enemy" problem: access by a policy that is out of date.

    Examples
    --------
    >>> StaleUses().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "stale_uses"
    unit = "count"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number of uses; a count."""
        return float(run.tally.stale)
