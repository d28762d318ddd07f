"""How many credentials the attacker found beyond its foothold."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class SecondOrderCredentials:
    """Credentials that it found where it got to, or was given by a composition, and that no threat had leaked;
    each counted once.

    Original.

    Examples
    --------
    >>> SecondOrderCredentials().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "second_order_credentials"
    unit = "credentials"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [credentials]."""
        return float(len(run.found() - {leak.credential for leak in run.leaks}))
