"""How far composition reaches beyond the foothold's own grants."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class Amplification:
    """Resources touched, divided by those that the foothold's own grants cover; 0 where these cover none.

    Original.

    Examples
    --------
    >>> Amplification().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "amplification"
    unit = "ratio"
    direction = "lower"
    side = "harm"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        touched = {permission.resource for permission in run.taken()}
        return len(touched) / len(run.direct) if run.direct else 0.0
