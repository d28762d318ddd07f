"""The language, part two: the work that is asked of agents."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from simlab.scenario.fields import Duration, FiniteDuration, Identifier, PermissionText, Strict, Text, fault
from simlab.scenario.laws import DurationSpec
from simlab.scenario.schema_conduct import Beyond
from simlab.scenario.schema_system import Copies


class IntentSpec(Strict):
    """What a task declares: why it runs and what it needs for that."""

    purpose: Text
    """Why it runs."""
    needs: list[PermissionText] = Field(default_factory=list)
    """The permissions it needs; the resource may be a pattern such as repo-*."""


class CallStep(Strict):
    """The agent calls one of its tools."""

    call: Identifier
    """The tool."""
    work: DurationSpec = 0.0
    """Work before the call."""


class DelegateStep(Strict):
    """The agent hands a part of the work to another one."""

    delegate: Identifier
    """The agent that does this part."""
    intent: IntentSpec = IntentSpec(purpose="as the caller")
    """What this part declares; the caller's, if it is not said."""
    tools: list[Identifier] = Field(default_factory=list)
    """Tools that this part may call; those that its steps name, if it is not said."""
    ttl: Duration = float("inf")
    """Longest life of a credential issued for this part; what the strategy grants, if it is not said."""
    steps: Annotated[list[Step], Field(min_length=1)]
    """What it does, in order."""


def _step(value: Any) -> str:
    # In brackets, so that the tag cannot be taken for a key when an error is located.
    return "<delegate>" if isinstance(value, dict) and "delegate" in value else "<call>"


Step = Annotated[
    Annotated[CallStep, Tag("<call>")] | Annotated[DelegateStep, Tag("<delegate>")], Discriminator(_step)
]
DelegateStep.model_rebuild()


class WorkflowSpec(Beyond):
    """Work that arrives again and again."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    by: Identifier
    """Who asks for it: a principal, or the word anyone."""
    agent: Identifier
    """The agent that does it."""
    arrivals: DurationSpec = 0.0
    """The time between arrivals."""
    at: Annotated[list[FiniteDuration], Field(min_length=1)] = Field(default_factory=list)
    """Arrivals at given times, instead of `arrivals`."""
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    """How often a request that was denied is made again."""
    backoff: FiniteDuration = 0.0
    """The time before the first retry; doubled each time."""
    urgent: bool = False
    """Its requests for approval are looked at before those of other work."""
    intent: IntentSpec
    """What it declares."""
    tools: list[Identifier] = Field(default_factory=list)
    """Tools that the job may call; those that its steps name, if it is not said."""
    steps: Annotated[list[Step], Field(min_length=1)]
    """What it does, in order."""

    @model_validator(mode="after")
    def _one_clock(self) -> WorkflowSpec:
        given = [key for key in ("arrivals", "at", "on_demand") if key in self.model_fields_set]
        if not given:
            raise fault(
                "E102", "missing key 'arrivals' or 'at'", "add arrivals: {dist: exponential, mean: 2h}"
            )
        if len(given) > 1:
            raise fault("E101", f"both '{given[0]}' and '{given[1]}'", "keep one of them")
        return self
