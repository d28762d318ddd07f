"""The language, part four: what agents do beyond what they were asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from simlab.scenario.count_laws import CountSpec
from simlab.scenario.fields import Identifier, Probability, Strict, fault
from simlab.scenario.laws import DurationSpec


class ImproviseSpec(Strict):
    """What an agent does that nobody planned: it chooses its tools at run time."""

    chance: Probability = 0.0
    """Chance that, before a planned call, it calls another of its tools; dimensionless."""
    tools: list[Identifier] = Field(default_factory=list)
    """The tools that it may call so; all that it has, if it is not said."""
    work: DurationSpec = 0.0
    """Work before such a call."""
    strays: Probability = 0.0
    """Chance that a planned call goes to another resource than planned: the same action, on any of those that
    its roles or its tools name; dimensionless."""
    replan: bool = True
    """When that is denied it goes on with the plan; false to let the work fail."""


class SpawnSpec(Strict):
    """Further work that a piece of work sets going, and for which nobody waits."""

    workflow: Identifier
    """The workflow of which a piece is set going; it may be this one."""
    count: CountSpec = 1
    """How many: a whole number, or a law of whole numbers."""
    every: DurationSpec = 0.0
    """Again and again while it lives, with this time between; once, when it has ended well, if it is not said."""
    depth: Annotated[int, Field(ge=0, le=10_000)] = 10_000
    """Most generations from the work that arrived; no limit, if it is not said."""
    most: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000_000
    """Most pieces of work that one arrival may lead to, itself included; no limit, if it is not said."""


class LingerSpec(Strict):
    """Calls that go on in the background after the work was reported done."""

    after: DurationSpec = 0.0
    """From the end of the work to the first of these calls, and from one to the next."""
    calls: Annotated[list[Identifier], Field(min_length=1)]
    """The tools that are called, in order, by the agent of the workflow."""


def _given(value: Any) -> Any:
    if value is None:
        raise fault("E103", "expected a mapping, got nothing", "write {after: 10m, calls: [mail.send]}")
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise fault("E103", "on_demand is true, or is not there", "delete it, and say when it arrives")
    return value


class Beyond(Strict):
    """What every workflow may say of the work that nobody planned."""

    improvises: ImproviseSpec = ImproviseSpec()
    """What its agents do that nobody planned; what each agent says of itself, if it is not said."""
    spawns: list[SpawnSpec] = Field(default_factory=list)
    """Further work that a piece of it sets going."""
    lingers: Annotated[LingerSpec | None, BeforeValidator(_given, json_schema_input_type=LingerSpec)] = None
    """Calls that go on after the work was reported done."""
    on_demand: Annotated[Literal[True], BeforeValidator(_true)] = True
    """true: it never arrives by itself, other work sets it going. Instead of `arrivals`."""
