"""What is in the memories and queues that agents read: who would obey it, and until when it is there."""

from __future__ import annotations

import math

from simlab.model.system import Resource, System


class Contents:
    """All content that an intruder has planted in one run, and what has become of that of strangers."""

    def __init__(self, system: System) -> None:
        """Begin with nothing planted."""
        self.system = system
        self.planted: dict[tuple[str, str], float] = {}
        """[s] until when it is there, by agent that obeys it and resource; an empty resource for any."""
        self._taken: set[tuple[str, str]] = set()
        """Threats, and the resource from which somebody has taken what a stranger put there."""

    def plant(self, agent: str, place: str, now: float) -> None:
        """Put content in *place* that *agent* would obey; an empty place is wherever it reads."""
        lasts = self.system.resources[place].retained if place else math.inf
        self.planted[agent, place] = now + lasts

    def write(self, resource: Resource, now: float) -> None:
        """Put content in *resource* once more, for everybody who would obey it."""
        for agent in resource.obeyed_by:
            if self.system.agents[agent].susceptibility > 0:
                self.plant(agent, resource.name, now)

    def speaks_to(self, agent: str, place: str, now: float) -> bool:
        """Return whether *agent*, which reads *place*, finds planted content that it would obey."""
        until = self.planted.get((agent, place))
        return until is not None and now < until

    def taken(self, name: str) -> None:
        """Let somebody read *name*: where a reader consumes, nobody finds again what was in it."""
        if self.system.resources[name].consumed:
            for agent in self.system.resources[name].obeyed_by:
                self.planted.pop((agent, name), None)

    def of_a_stranger(self, threat: str, through: str, start: float, now: float) -> bool:
        """Return whether a reader still finds what *threat* put into *through* at *start*; take it from a queue."""
        resource = self.system.resources[through]
        if now >= start + resource.retained or (threat, through) in self._taken:
            return False
        if resource.consumed:
            self._taken.add((threat, through))
        return True
