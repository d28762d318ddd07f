"""What was done in the name of a request that was over."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class ActionsAfterEnd:
    """Allowed requests made for a task whose root work had finished or failed by then.

    Work itself does nothing after its end; whoever steers a session may. A stolen credential, presented from
    outside, and a workload between its tasks belong to no request.

    Original.

    Examples
    --------
    >>> ActionsAfterEnd().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "actions_after_end"
    unit = "requests"
    direction = "lower"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [requests]."""
        return float(run.governance.late)
