"""Workflows, calls and kinds of task, with all that the broker needs to know about them settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from simlab.model.access import Decision, Grant, Permission
from simlab.model.system import Call, Task, Workflow

if TYPE_CHECKING:
    from simlab.sim.quiet import Quiet

Law = Callable[[float], float]
"""Turns a uniform number into a time [s]."""

Answer = tuple[bool, int]
"""Allowed or not, and the index of the static columns that say why."""


@dataclass(eq=False, slots=True)
class KindPlan:
    """One kind of task, with what it descends from: what it holds in each group."""

    tasks: tuple[Task, ...]
    key: str
    grants: tuple[Grant | None, ...]
    """By group: the terms of the credential that it presents, after attenuation."""
    standing: tuple[bool, ...]
    """By group: whether that is the standing credential itself."""
    rates: tuple[float, ...]
    """[privilege-hours per second] by group: what holding the credential amounts to."""
    issued: tuple[int, ...]
    """Groups in which its credential is issued for the task, and ends with it."""
    derived: tuple[bool, ...]
    """By group: whether its credential is made from the caller's."""
    seen: tuple[Task, ...]
    """By group: the task as that group's decision point sees it."""
    lasting: tuple[int, ...] = ()
    """Groups in which its credential is issued for the task, and ends with the whole piece of work."""
    kept: tuple[int, ...] = ()
    """Groups in which nobody ends its credential, so that later tasks use it again."""
    answers: dict[tuple[Permission, frozenset[str]], Decision] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        """Return the task itself."""
        return self.tasks[-1]


@dataclass(eq=False, slots=True)
class CallPlan:
    """One call of a workflow, with all that the broker needs to know."""

    call: Call
    kind: int
    """Index into the kinds of the workflow."""
    group: int
    domain: str
    issuance: Law | None
    """Of the time to issue a credential; None for at once."""
    decision: Law | None
    """Of the time to decide; None for at once."""
    label: frozenset[str]
    """Labels of what it reads."""
    closes: tuple[int, ...]
    """Kinds of task that end with it, and then give their credentials back."""
    watched: bool
    """Whether anything can go wrong with it."""
    queued: bool
    """Whether its credential is waited for in a line, or its issuer may be out of order."""
    single_use: bool
    """Whether its credential is good for this one request."""
    kept: bool
    """Whether its credential may be one that an earlier task left."""
    declared: KindPlan | None
    """The kind of task that asks, where the task declares more by then than it did at first."""
    asks: bool
    """Whether it may need somebody's approval."""
    drifts: bool
    """Whether its permission may come in excess of roles."""
    unsteady: bool
    """Whether it is decided at a point that has a limit, keeps answers or fails."""
    differ: bool
    """Whether enforcement points differ in what they have heard of a revocation."""
    plain: bool
    """Whether nothing follows from it but its answer: no label, nothing to watch, no end of a task."""
    answers: dict[frozenset[str], Answer] = field(default_factory=dict)
    carries: bool = False
    """Whether data travel with it, into a store or out of one."""
    replans: bool = False
    """Whether the work goes on where it is denied."""
    online: int = 0
    """Decisions that it waits for at a decision point; a count."""
    flagged: bool = False
    """Whether a policy flags it where it allows it."""
    if_denied: int = 0
    """Requests after it that then fall away: the rest of an unplanned call; a count."""
    if_allowed: int = 0
    """Requests after it that fall away where it is allowed: the one it was made instead of; a count."""

    @property
    def shared(self) -> bool:
        """Return whether what comes of it depends on other work, or on an intruder, at its very moment."""
        ways = (self.watched, self.queued, self.kept, self.asks, self.drifts, self.unsteady, self.carries)
        return any(ways)

    @property
    def step(self) -> Step:
        """Return it as the tuple that the worker unpacks."""
        return (self.kind, self.group, self.issuance, self.decision, self.domain, self.answers, self)


Step = tuple[int, int, Law | None, Law | None, str, dict[frozenset[str], Answer], CallPlan]
"""Kind, group, issuance, decision, domain and answers of a call, and the call itself."""


class Turn(NamedTuple):
    """What may come unplanned at one planned call."""

    chance: float
    """That another tool is called before it; dimensionless."""
    tools: tuple[tuple[CallPlan, ...], ...]
    """By tool: its requests."""
    strays: float
    """That it goes to another resource; dimensionless."""
    others: tuple[CallPlan, ...]
    """The requests that it may be instead."""


@dataclass(eq=False, slots=True)
class FlowPlan:
    """One workflow, compiled."""

    flow: Workflow
    rank: int
    """Its place among all workflows: that of its work at one instant."""
    kinds: tuple[tuple[KindPlan, int], ...]
    """Each kind of task, and the index of the one that delegates it; -1 for a root."""
    calls: tuple[CallPlan, ...]
    steps: tuple[Step, ...]
    """The calls again, as the tuples that the worker unpacks: one load instead of ten."""
    works: tuple[tuple[Law | None, float], ...]
    """For each call, the law of the work before it, and the work where it is always the same [s]."""
    varies: bool
    """Whether any work is not always the same."""
    issues: bool
    """Whether issuing takes any time."""
    online: bool
    """Whether deciding takes any time."""
    online_calls: tuple[int, ...]
    """How many of the first so many calls are decided online."""
    flags: tuple[int, ...]
    """How many of the first so many calls a policy flags where it allows them; empty for none at all."""
    asks: bool
    """Whether any of its calls may need somebody's approval."""
    chained: tuple[int, ...]
    """How many of the first so many calls are decided with an unbroken chain to a principal."""
    touchable: bool
    """Whether an intruder could ever lay hands on it, so that it must be done event by event."""
    keys: tuple[str, ...]
    """Keys of which it has credentials issued."""
    numbers: int
    """The most credentials of one key that one piece of this work can have issued; a count."""
    arrive: int
    finish: tuple[int, int]
    """Static columns of a failed and of a finished piece of work."""
    troubled: bool = False
    """Whether any of its calls is decided at an unsteady point, or met by points that differ."""
    turns: tuple[Turn, ...] = ()
    """For each call, what may come unplanned; empty where nothing does."""
    lingers: tuple[CallPlan, ...] = ()
    """What goes on after the work was reported done."""
    beyond: bool = False
    """Whether anything follows its end, or it sets further work going."""
    quiet: Quiet | None = None
    """The same, where nothing can come in between, and every call is allowed."""
