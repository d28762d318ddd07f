"""Which share of the actions can be traced to a principal by what was decided on."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.events import Run


@dataclass(frozen=True, slots=True)
class UnbrokenChainShare:
    """Allowed requests whose decision carried an unbroken chain to a principal, divided by all allowed requests.

    Of the work that ended, and of the intruder. A decision carries the chain if every delegation kept it and the
    decision point was shown it, or the credential was issued for the task, as every one that it derives from. A
    standing key tells whose it is, not for whom it acts; a stolen credential tells nothing. A steered session
    still carries its chain: it is unbroken, and abused.

    Original.

    Examples
    --------
    >>> UnbrokenChainShare().compute(Run("empty", "none", 0, 0, 3600.0))
    0.0
    """

    name = "unbroken_chain_share"
    unit = "ratio"
    direction = "higher"
    side = "governance"

    def compute(self, run: Run) -> float:
        """Return the number [ratio]."""
        told = run.governance
        return told.unbroken / told.allowed if told.allowed else 0.0
