"""What a policy says of a call beside yes and no, settled before the run: that it is odd, or that it asks for more.

A piece of work makes the same calls in the same order each time. So it is known which call of a task is the first
that its declared needs do not cover, and what the task has declared by each later one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from simlab.model.access import Permission, Scope
from simlab.model.system import Call, Task, Workflow
from simlab.sim.compiled import KindPlan, Law
from simlab.strategies.authority import NOTHING

if TYPE_CHECKING:
    from simlab.sim.plan import Plan


@dataclass(frozen=True, slots=True)
class Mood:
    """One call of a workflow: what the policy makes of it, where it allows it."""

    declared: KindPlan | None = None
    """The kind of task that asks, once it has declared more; None for as it began."""
    declares: bool = False
    """Whether the task declares more with this call, and waits for one more decision."""
    flagged: bool = False
    """Whether somebody hears of it."""

    def wait(self, law: Law) -> Law:
        """Return *law* of the time to decide, twice where there are two decisions."""
        return partial(_twice, law) if self.declares else law


def moods_of(plan: Plan, flow: Workflow) -> list[Mood]:
    """Return the mood of each planned call of *flow*, in order."""
    added: dict[int, Permission] = {}
    found = []
    for call in flow.calls:
        mood = mood_of(plan, flow, call, added.get(call.task))
        if mood.declares:
            added[call.task] = call.permission
        found.append(mood)
    return found


def mood_of(plan: Plan, flow: Workflow, call: Call, added: Permission | None = None) -> Mood:
    """Return the mood of one *call* of *flow*, whose task has declared *added* before it."""
    lineage, declared = flow.lineage(call.task), None
    kind = plan.kind(lineage)
    if added is not None:
        kind = declared = plan.kind(declaring(lineage, added))
    grant = kind.grants[plan.authority.group(call.permission)]
    scope: Scope = grant.scope if grant else frozenset()
    decision = plan.decide(kind, call.permission, scope, NOTHING)
    return Mood(declared, decision.allowed and decision.widens, decision.allowed and decision.flagged)


def declaring(tasks: tuple[Task, ...], permission: Permission) -> tuple[Task, ...]:
    """Return *tasks*, where the last one has declared that it needs *permission*, too."""
    task = tasks[-1]
    return (*tasks[:-1], replace(task, intent=replace(task.intent, added=frozenset({permission}))))


def _twice(law: Law, u: float) -> float:
    # One number for both waits: a second one would shift those of other calls.
    return 2.0 * law(u)
