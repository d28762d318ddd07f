"""Data that travel: what a session puts into a memory, a queue or a cache, and who reads it there takes over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simlab.model.access import Permission
from simlab.model.system import EXFILTRATE, Resource
from simlab.sim.broker import Context, Session

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

Until = dict[str, float]
"""[s] until when each name is there."""


class Stores:
    """What is in the stores of one run, put there by work and by an intruder alike.

    A write adds: nothing takes a label off but time, or the reader of a queue. What is written at an instant is
    there for whoever reads after it, also at that instant. Use it in order of time.
    """

    def __init__(self, engine: Engine) -> None:
        """Begin with nothing in any store."""
        self.engine = engine
        self.system = engine.plan.system
        self._data: dict[str, Until] = {}
        """By store: data of which resource it holds."""
        self._labels: dict[str, Until] = {}
        """By store: which labels it holds."""

    # --- work -----------------------------------------------------------------------------------------

    def work(self, session: Session, permission: Permission) -> None:
        """Let *session* have done *permission* at its work, just now."""
        resource, context = self.system.resources[permission.resource], session.context
        if self.system.writes(permission):
            self._put(resource, context, context.data)
            return
        before = context.data
        self._take(resource, context, consumes=resource.consumed)
        if context.data != before:
            self._tell(context, resource.name, context.data - before)

    def _tell(self, context: Context, store: str, data: frozenset[str]) -> None:
        """Let an intruder that steers a session with *context* know that it has come to have *data*."""
        intruder, ledger = self.engine.intruder, self.engine.ledger
        for name in sorted(data):
            ledger.own((context, name), ledger.of((store, name)))
        steered = [one for mine in intruder.sessions.values() for one in mine if one.context is context]
        for session in steered:
            intruder.tries.ways.carry_again(session)
        if steered:
            intruder.tries.choose()

    # --- an intruder ----------------------------------------------------------------------------------

    def steered(
        self, session: Session, permission: Permission, others: Iterable[Context], cause: int
    ) -> None:
        """Let an intruder have done *permission* by way of *session*.

        A workload that it controls writes what *others* of its sessions have read, too; no policy sees that, so
        the labels are those of the one session.
        """
        resource, context, ledger = (
            self.system.resources[permission.resource],
            session.context,
            self.engine.ledger,
        )
        if self.system.writes(permission):
            data = context.data.union(*(other.data for other in others))
            self._put(resource, context, data)
            for name in sorted(data):
                ledger.own((resource.name, name), cause)
            return
        before = context.data
        self._take(resource, context, consumes=False)
        for name in sorted(context.data - before):
            ledger.own((context, name), cause)
        if context.data != before:
            self.engine.intruder.tries.ways.carry_again(session)

    def read_from_outside(self, resource: Resource, key: str, cause: int) -> None:
        """Let an outsider who presents *key* have the data that are in *resource*."""
        for name in sorted(self._there(self._data, resource.name)):
            fact, how = f"{EXFILTRATE}:{name}", f"read in {resource.name} with {key}"
            carried = self.engine.ledger.note("carry", fact, how, cause)
            self.engine.intruder.gain(fact, how, carried)

    def worth(self, permission: Permission, data: frozenset[str]) -> bool:
        """Return whether who has *data* gets more of them by *permission*, or leaves more of them there."""
        if not self.system.is_store(permission):
            return False
        there = self._there(self._data, permission.resource)
        facts = self.engine.intruder.facts
        more = data - there if self.system.writes(permission) else there - data
        return any(f"{EXFILTRATE}:{name}" not in facts for name in more)

    # --- what is there --------------------------------------------------------------------------------

    def _put(self, resource: Resource, context: Context, data: frozenset[str]) -> None:
        until = self.engine.env.now + resource.retained
        self._add(self._data, resource.name, data, until)
        if resource.carries == "labels":
            self._add(self._labels, resource.name, context.labels, until)

    def _take(self, resource: Resource, context: Context, *, consumes: bool) -> None:
        context.data |= self._there(self._data, resource.name)
        context.labels |= self._there(self._labels, resource.name)
        if consumes:
            self._data.pop(resource.name, None)
            self._labels.pop(resource.name, None)

    @staticmethod
    def _add(what: dict[str, Until], store: str, names: frozenset[str], until: float) -> None:
        held = what.setdefault(store, {})
        for name in names:
            held[name] = max(held.get(name, until), until)

    def _there(self, what: dict[str, Until], store: str) -> frozenset[str]:
        now = self.engine.env.now
        return frozenset(name for name, until in what.get(store, {}).items() if now < until)
