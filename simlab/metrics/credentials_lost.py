"""How many credentials got into wrong hands."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class CredentialsLost:
    """Credentials that leaked, or that the attacker found or was given by a composition, each counted once.
    What it uses from inside a session that it steers has not left its workload, and does not count.

    Original.

    Examples
    --------
    >>> CredentialsLost().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "credentials_lost"
    unit = "credentials"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [credentials]."""
        return float(len({leak.credential for leak in run.leaks} | run.found()))
