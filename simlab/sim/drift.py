"""Rights in excess: who has them, since when and until when, and who has used them.

Nothing runs to grant or to remove them. What was due is caught up with when somebody asks, in order of time, so
a review and a gain at the instant of a use come before it, in this order.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simlab.errors import NoProgressError
from simlab.model.access import Credential, Permission, Scope
from simlab.sim.clock import STUCK
from simlab.sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simlab.sim.plan import Plan

_REVIEW, _GAIN = 0, 1
"""What comes first at one instant."""


@dataclass(slots=True, eq=False)
class Holding:
    """One agent's having one right in excess, once."""

    since: float
    until: float = math.inf
    certified: float = math.inf
    """[s] from when a review has certified it."""
    used: float = -1.0
    """[s] when it was used last."""


class Drift:
    """All rights in excess of one run."""

    def __init__(self, plan: Plan, streams: Streams, leaves: dict[str, float]) -> None:
        """Begin with none; *leaves* says when agents go, from when on they gain nothing [s]."""
        self.review = plan.system.reviews
        self.horizon = plan.scenario.horizon
        self.leaves = dict(leaves)
        self.gained: dict[str, list[Permission]] = {}
        """By agent: what was gained and the intruder was not yet told of."""
        self._resources = plan.system.resources
        self._streams = streams
        self._agents = {agent.name: agent for agent in plan.drifting}
        self._waits = {name: self.waits(name) for name in self._agents}
        self._gains = dict.fromkeys(self._agents, 0)
        self._free = {agent.name: list(agent.excess.rights) for agent in plan.drifting if agent.excess}
        """By agent: the rights that it does not have, sorted."""
        self._open: dict[tuple[str, Permission], Holding] = {}
        self._all: dict[tuple[str, Permission], list[Holding]] = {}
        self._reviewed, self._reviews = 0.0, 0
        self._due: list[tuple[float, int, str]] = []
        for name, waits in self._waits.items():
            self._expect(next(waits), _GAIN, name)
        if self._agents and self.review:
            self._expect(self.review.every, _REVIEW, "")

    def waits(self, agent: str) -> Iterator[float]:
        """Return the times between the gains of *agent* [s], from the beginning."""
        excess = self._agents[agent].excess
        return map(excess.arrivals.quantile, self._streams.stream("excess", agent)) if excess else iter(())

    def _expect(self, time: float, what: int, agent: str) -> None:
        if time < min(self.horizon, self.leaves.get(agent, math.inf)):
            heappush(self._due, (time, what, agent))

    def settle(self, now: float) -> None:
        """Catch up with all that is due until *now* [s].

        Raises
        ------
        NoProgressError
            If time stands still.
        """
        due, last, stuck = self._due, -1.0, 0
        while due and due[0][0] <= now:
            time, what, agent = heappop(due)
            stuck = stuck + 1 if time == last else 0
            last = time
            if stuck >= STUCK:
                msg = f"E301 time stands still at {time:g} s: '{agent}' gains rights without end"
                raise NoProgressError(msg)
            if what == _GAIN:
                self._gain(time, agent)
                self._expect(time + next(self._waits[agent]), _GAIN, agent)
            else:
                self._look(time)

    def _gain(self, time: float, agent: str) -> None:
        if time >= self.leaves.get(agent, math.inf):
            return
        self._gains[agent] += 1
        free = self._free[agent]
        if free:
            uniform = self._streams.uniform("excess right", agent, self._gains[agent])
            right = free.pop(int(uniform * len(free)))
            holding = self._open[agent, right] = Holding(time)
            self._all.setdefault((agent, right), []).append(holding)
            self.gained.setdefault(agent, []).append(right)

    def _look(self, time: float) -> None:
        review = self.review
        if review is None:
            return
        self._reviews += 1
        for agent, right in sorted(self._open):
            if review.sees is not None and self._resources[right.resource].domain not in review.sees:
                continue
            holding = self._open[agent, right]
            caught = self._streams.uniform("review", self._reviews, agent, right) < review.catches
            if holding.used < self._reviewed and caught:
                holding.until = time
                del self._open[agent, right]
                insort(self._free[agent], right)
            else:
                holding.certified = min(holding.certified, time)
        self._reviewed = time
        self._expect(time + review.every, _REVIEW, "")

    def drop(self, agent: str, now: float) -> None:
        """Take from *agent*, which is gone for good, all that it has in excess."""
        self.settle(now)
        self.leaves[agent] = min(self.leaves.get(agent, math.inf), now)
        for key in [key for key in self._open if key[0] == agent]:
            self._open.pop(key).until = now

    # --- asking -------------------------------------------------------------------------------------------

    def widened(self, credential: Credential, right: Permission, now: float) -> Scope:
        """Return the scope of *credential*, with *right* where its holders have that in excess.

        What a standing credential covers is looked up when it is used. What was issued for a task covers what
        was there when it was issued.
        """
        grant = credential.grant
        if not grant.excess or right in grant.scope:
            return grant.scope
        groups = dict(grant.excess).get(right)
        if groups is None:
            return grant.scope
        self.settle(now)
        moment = now if grant.standing and credential.parent is None else credential.issued
        covered = all(any(self.has(agent, right, moment) for agent in group) for group in groups)
        return grant.scope | {right} if covered else grant.scope

    def has(self, agent: str, right: Permission, moment: float) -> bool:
        """Return whether *agent* had *right* in excess at *moment* [s], until when all must be settled."""
        return any(one.since <= moment < one.until for one in self._all.get((agent, right), ()))

    def use(self, credential: Credential, right: Permission, now: float) -> None:
        """Remember that *right* was used, by whomever, with *credential*."""
        for group in dict(credential.grant.excess).get(right, ()):
            for agent in group:
                holding = self._open.get((agent, right))
                if holding is not None:
                    holding.used = now

    # --- counting -----------------------------------------------------------------------------------------

    def hours(self) -> dict[tuple[str, Permission], float]:
        """Return for how long each agent had each right [h]; settle the run first."""
        return {key: self._area(key, lambda one: one.until) / 3600.0 for key in sorted(self._all)}

    def averages(self) -> tuple[float, float]:
        """Return how many rights in excess were not certified, and how many there were, on average over the run."""
        self.settle(math.inf)
        drift = math.fsum(self._area(key, lambda one: min(one.until, one.certified)) for key in self._all)
        whole = math.fsum(self._area(key, lambda one: one.until) for key in self._all)
        return drift / self.horizon, whole / self.horizon

    def _area(self, key: tuple[str, Permission], end: Callable[[Holding], float]) -> float:
        return math.fsum(min(end(one), self.horizon) - one.since for one in self._all[key])
