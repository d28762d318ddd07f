"""Keeps account of what led to what, while the intruder gets it: nobody need guess afterwards.

Only what the intruder gets is entered, never the work, and only where a trace was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlab.model.access import Credential
from simlab.model.causes import NONE, Cause, Sort, terms_of
from simlab.model.events import Event
from simlab.model.system import Task

if TYPE_CHECKING:
    from simlab.sim.engine import Engine


class Ledger:
    """The causes of one run, numbered in the order in which they happened."""

    def __init__(self, engine: Engine, *, kept: bool) -> None:
        """Begin with nothing; enter nothing at all unless it is *kept*."""
        self.engine = engine
        self.kept = kept
        self.causes: list[Cause] = []
        self._of: dict[object, int] = {}

    def note(
        self,
        sort: Sort,
        fact: str,
        by: str,
        *because: int,
        static: int = NONE,
        credential: Credential | None = None,
        task: Task | None = None,
        agent: str = "",
    ) -> int:
        """Enter that *because* of those causes, *by* this, the intruder got *fact*; return the entry's number."""
        if not self.kept:
            return NONE
        number, now = len(self.causes), self.engine.env.now
        known = tuple(sorted({cause for cause in because if cause != NONE}))
        self.causes.append(
            Cause(
                number, now, sort, fact, by, known,
                None if static == NONE else self._event(now, static, credential),
                terms_of(credential) if credential else None,
                task.principal if task else "",
                agent or (task.agent if task else ""),
            )
        )  # fmt: skip
        return number

    def own(self, thing: object, cause: int) -> None:
        """Remember that the intruder has *thing* (a fact, a credential, a session, ...) from *cause*."""
        if self.kept:
            self._of[thing] = cause

    def of(self, thing: object) -> int:
        """Return the cause of *thing*, or ``NONE``."""
        return self._of.get(thing, NONE)

    def _event(self, now: float, static: int, credential: Credential | None) -> Event:
        *columns, allowed, reason, policy, key = self.engine.plan.statics[static]
        presented = f"{key}#{credential.serial}" if credential and key else ""
        return Event._make((now, *columns, presented, allowed, reason, policy, 0))
