"""Reach: the potential blast radius of a foothold under a strategy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from simlab.graph.fixpoint import START, closure
from simlab.graph.possible import Possible, possible
from simlab.graph.travel import travel
from simlab.model.access import Permission, Strategy
from simlab.model.attack import Foothold
from simlab.model.doors import explore
from simlab.model.system import CONTROL, HOLD, STEER, System


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: the fact, the rule that gives it, and what the rule needed."""

    fact: str
    rule: str
    needs: tuple[str, ...]
    credential: str = ""
    reason: str = ""
    policy: str = ""

    def __str__(self) -> str:
        """Return one line that a person reads."""
        if not self.needs:
            return f"{self.fact}: {self.rule}"
        why = f" [{self.credential}; {self.policy}: {self.reason}]" if self.credential else ""
        rule = self.rule if self.rule.startswith(self.fact) else f"{self.fact}: {self.rule}"
        return f"{rule}{why}"


@dataclass(frozen=True)
class Reach:
    """Everything that a foothold leads to.

    An upper bound of any run: nothing expires, nothing is detected, every chance comes off, and roles allow
    whatever any policy that is ever in force during the run says (the union, if it changes). A leaked
    credential stands for the grants of its key; a steered session for what its agent can ask for, over the
    tasks that it can be given. Reach says what could happen, not that it can be exploited.
    """

    system: System
    strategy: str
    foothold: Foothold
    steps: dict[str, Step]
    """By fact, in order of rounds."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Return every fact, nearest first."""
        return tuple(self.steps)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Return every action on a resource that can be brought about, nearest first."""
        derived = (Permission.parse(fact) for fact, step in self.steps.items() if step.needs)
        return tuple(
            permission
            for permission in derived
            if permission.action in self.system.actions and permission.resource in self.system.resources
        )

    @property
    def resources(self) -> frozenset[str]:
        """Return the resources that can be touched: the potential blast radius."""
        return frozenset(permission.resource for permission in self.permissions)

    def explain(self, fact: str) -> tuple[Step, ...]:
        """Return one explanation of *fact* in the fewest rounds: what leads to it, in order.

        Empty where *fact* cannot be reached.
        """
        wanted, stack = set(), [fact] if fact in self.steps else []
        while stack:
            current = stack.pop()
            if current not in wanted:
                wanted.add(current)
                stack.extend(self.steps[current].needs)
        return tuple(step for name, step in self.steps.items() if name in wanted)


def facts_of(foothold: Foothold) -> Iterator[str]:
    """Yield the facts that *foothold* starts with."""
    yield from (f"{HOLD}:{key}" for key in foothold.keys)
    yield from (f"{STEER}:{agent}" for agent in foothold.sessions)
    yield from (f"{CONTROL}:{agent}" for agent in foothold.agents)
    yield from foothold.facts


def reach(system: System, strategy: Strategy, foothold: Foothold) -> Reach:
    """Return everything that *foothold* leads to under *strategy*.

    References
    ----------
    Ou, Govindavajhala and Appel, "MulVAL", USENIX Security 2005.

    Examples
    --------
    >>> from simlab.strategies.bounds import DenyAll
    >>> reach(System(), DenyAll(), Foothold()).resources
    frozenset()
    """
    return _close(_possible(_Same(system), strategy), foothold, strategy)  # type: ignore[arg-type]


class _Same:
    """A system as a key: the same object, because comparing whole systems would cost more than it saves."""

    def __init__(self, system: System) -> None:
        self.system = system

    def __hash__(self) -> int:
        return id(self.system)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.system is self.system


@lru_cache(maxsize=64)
def _possible(key: _Same, strategy: Strategy) -> Possible:  # strategies are frozen, so they hash
    return travel(possible(explore(key.system), strategy))


def _close(what: Possible, foothold: Foothold, strategy: Strategy) -> Reach:
    book = what.book
    start = [book.fact(fact) for fact in facts_of(foothold)]
    steps = {}
    for fact, rule in closure(book, start).items():
        name = book.names[fact]
        if rule == START:
            steps[name] = Step(name, "foothold", ())
            continue
        needs = tuple(book.names[need] for need in book.rules[rule].needs)
        why = what.why.get(rule)
        steps[name] = (
            Step(name, book.rules[rule].name, needs, why.credential, why.reason, why.policy)
            if why
            else Step(name, book.rules[rule].name, needs)
        )
    return Reach(what.world.system, strategy.name, foothold, steps)
