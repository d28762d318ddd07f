"""How facts add up: one step function, which the graph and the simulation both call.

Rules are Horn clauses with AND preconditions. Each rule counts what it still lacks; learning a fact
lowers the counts of the rules that wait for it (Dowling and Gallier 1984), so that a whole closure costs
time linear in the size of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from simlab.model.chance import ZERO, Distribution


class Rule(NamedTuple):
    """If all of *needs* hold, then so does each of *gives*."""

    name: str
    """Stable identifier; chance is keyed by it."""
    needs: tuple[int, ...]
    gives: tuple[int, ...]
    probability: float = 1.0
    duration: Distribution = ZERO
    """[s]."""


@dataclass(slots=True)
class Rulebook:
    """Facts as integers, and the rules over them.

    Examples
    --------
    >>> book = Rulebook()
    >>> book.add("deploy", ["read:config", "write:cache"], ["deploy:prod"])
    >>> left = book.counts()
    >>> [book.rules[rule].name for rule in book.complete(book.fact("read:config"), left)]
    []
    >>> [book.rules[rule].name for rule in book.complete(book.fact("write:cache"), left)]
    ['deploy']
    """

    names: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    waiting: list[list[int]] = field(default_factory=list)
    """For each fact, the rules that need it."""
    _index: dict[str, int] = field(default_factory=dict)

    def fact(self, name: str) -> int:
        """Return the number of the fact *name*, a new one if it has none yet."""
        number = self._index.get(name)
        if number is None:
            number = self._index[name] = len(self.names)
            self.names.append(name)
            self.waiting.append([])
        return number

    def known(self, name: str) -> bool:
        """Return whether any rule or door speaks of the fact *name*."""
        return name in self._index

    def add(
        self,
        name: str,
        needs: Iterable[str],
        gives: Iterable[str],
        probability: float = 1.0,
        duration: Distribution = ZERO,
    ) -> None:
        """Add a rule; a need named twice counts once."""
        body = tuple(sorted({self.fact(need) for need in needs}))
        head = tuple(self.fact(give) for give in gives)
        for need in body:
            self.waiting[need].append(len(self.rules))
        self.rules.append(Rule(name, body, head, probability, duration))

    def counts(self) -> list[int]:
        """Return how many facts each rule lacks before anything is known."""
        return [len(rule.needs) for rule in self.rules]

    def complete(self, fact: int, left: list[int]) -> Iterator[int]:
        """Yield the rules that *fact* completes; *left* is lowered, so call it once for each fact."""
        for index in self.waiting[fact]:
            left[index] -= 1
            if left[index] == 0:
                yield index
