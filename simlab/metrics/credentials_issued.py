"""How many credentials were issued."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class CredentialsIssued:
    """For tasks, derived for delegated tasks, renewed, and standing ones at each rotation.

    Original.

    Examples
    --------
    >>> CredentialsIssued().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "credentials_issued"
    unit = "credentials"
    direction = "lower"
    side = "friction"

    def compute(self, run: Run) -> float:
        """Return the number [credentials]."""
        return float(run.tally.issued)
