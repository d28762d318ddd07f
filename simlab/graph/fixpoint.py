"""The least fixed point of Horn rules, in time linear in their size.

The counting algorithm of Dowling and Gallier (1984): each rule counts what it lacks. It goes breadth first,
so the first rule that gives a fact is one that gives it in the fewest rounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from simlab.model.composition import Rulebook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]

NONE = -1
"""Instead of a fact: a rule that gives nothing."""
START = -1
"""Instead of a rule: given at the start."""


def closure(book: Rulebook, start: Iterable[int]) -> dict[int, int]:
    """Return every fact that follows from *start*, with the rule that first gave it, in order of rounds.

    Examples
    --------
    >>> book = Rulebook()
    >>> book.add("ab", ["a"], ["b"])
    >>> [book.names[fact] for fact in closure(book, [book.fact("a")])]
    ['a', 'b']
    """
    left = book.counts()
    by: dict[int, int] = dict.fromkeys(start, START)
    agenda = list(by)
    for index, rule in enumerate(book.rules):
        if not rule.needs:
            agenda += _take(rule.gives, index, by)
    for fact in agenda:  # grows while it is read: a queue without popping
        for index in book.complete(fact, left):
            agenda += _take(book.rules[index].gives, index, by)
    return by


def _take(gives: tuple[int, ...], rule: int, by: dict[int, int]) -> list[int]:
    new = [fact for fact in gives if fact not in by]
    by.update(dict.fromkeys(new, rule))
    return list(dict.fromkeys(new))


class Compact:
    """Rules as arrays, for systems of a size at which dictionaries are too slow.

    Parameters
    ----------
    facts
        Number of facts.
    needs, gives
        For each rule, numbers of facts; the rules of :class:`Rulebook`, flattened.
    """

    def __init__(self, facts: int, needs: list[tuple[int, ...]], gives: list[tuple[int, ...]]) -> None:
        """Lay the rules out as compressed rows."""
        self.facts = facts
        lacks = np.fromiter(map(len, needs), np.int32, len(needs))
        self.head_at, self.heads = _rows(gives)
        # What a rule lacks beside what it gives first: they are looked at together, so they lie together.
        self.rules = np.column_stack((lacks, [rule[0] if rule else NONE for rule in gives])).astype(np.int32)
        self.many = bool((np.diff(self.head_at) > 1).any())
        owner = np.repeat(np.arange(len(needs), dtype=np.int32), lacks)
        body = np.fromiter((fact for rule in needs for fact in rule), np.int32, int(lacks.sum()))
        order = np.argsort(body, kind="stable")
        self.waiting = owner[order]
        self.wait_at = np.searchsorted(body[order], np.arange(facts + 1)).astype(np.int32)

    @classmethod
    def of(cls, book: Rulebook) -> Compact:
        """Return the rules of *book*."""
        return cls(len(book.names), [rule.needs for rule in book.rules], [rule.gives for rule in book.rules])

    def closure(self, start: Numbers) -> tuple[Numbers, Numbers]:
        """Return the facts that follow from *start*, in order of rounds, and the rule that first gave each.

        Shapes: both ``(number of facts reached,)``. Uses numba where it is installed.
        """
        by = np.full(self.facts, -2, np.int32)
        agenda = np.empty(self.facts, np.int32)
        count = _kernel()(
            start.astype(np.int32), self.rules.copy(), self.many, self.wait_at, self.waiting, self.head_at,
            self.heads, by, agenda,
        )  # fmt: skip
        return agenda[:count], by[agenda[:count]]


def _rows(rows: list[tuple[int, ...]]) -> tuple[Numbers, Numbers]:
    sizes = np.fromiter(map(len, rows), np.int32, len(rows))
    at = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return at, np.fromiter((fact for row in rows for fact in row), np.int32, int(at[-1]))


def _count_down(  # noqa: PLR0913, PLR0917 (arrays of one layout; numba takes no objects)
    start: Numbers,
    rules: Numbers,
    many: bool,
    wait_at: Numbers,
    waiting: Numbers,
    head_at: Numbers,
    heads: Numbers,
    by: Numbers,
    agenda: Numbers,
) -> int:
    count = 0
    for fact in start:
        if by[fact] == -2:
            by[fact] = -1
            agenda[count] = fact
            count += 1
    done = 0
    while done < count:
        fact = agenda[done]
        done += 1
        for place in range(wait_at[fact], wait_at[fact + 1]):
            rule = waiting[place]
            rules[rule, 0] -= 1
            if rules[rule, 0] == 0:
                given = rules[rule, 1]
                if given >= 0 and by[given] == -2:
                    by[given] = rule
                    agenda[count] = given
                    count += 1
                if many:
                    for head in range(head_at[rule] + 1, head_at[rule + 1]):
                        given = heads[head]
                        if by[given] == -2:
                            by[given] = rule
                            agenda[count] = given
                            count += 1
    return count


_compiled: list[Any] = []


def _kernel() -> Any:
    """Return the counting loop, compiled once where numba is installed."""
    if not _compiled:
        try:
            from numba import njit
        except ImportError:
            _compiled.append(_count_down)
        else:
            _compiled.append(njit(cache=True)(_count_down))
    return _compiled[0]
