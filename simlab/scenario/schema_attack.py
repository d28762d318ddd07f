"""The language, part three: what goes wrong, what it costs, and how anybody knows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simlab.scenario.fields import Amount, Probability, Strict, Text, fault
from simlab.scenario.laws import DurationSpec
from simlab.scenario.number_laws import NumberSpec


class ResponseSpec(Strict):
    """What the defenders do about an alert."""

    acts: bool = True
    """False for an organisation that does nothing."""
    triage: DurationSpec = 0.0
    """From alert to the order to revoke."""
    quarantine: bool = True
    """Stop the sessions and workloads that were seen to be steered, as well as the credentials."""
    replace: DurationSpec = 0.0
    """From revoking a standing credential to its replacement."""
    roots: bool = False
    """Revoke as well what a credential descends from: the caller's, or the secret that had it issued."""
    analysts: Annotated[int, Field(ge=0, le=10_000)] = 0
    """People who do the triage, one alert at a time, first come, first served; 0 for no limit."""
    false_alarms: DurationSpec = float("inf")
    """The time between alerts that mean nothing, and take an analyst as long as the others."""


def _no_response(value: Any) -> Any:
    return {"acts": False} if value == "none" else value


class PriceSpec(Strict):
    """What it costs when an attacker has this."""

    once: NumberSpec = 0.0
    """Currency units when it is first used."""
    per_hour: NumberSpec = 0.0
    """Currency units for each hour from first use to the end of access."""


class PricesSpec(Strict, extra="allow"):
    """The currency, and under each fact what it costs."""

    __pydantic_extra__: dict[str, PriceSpec] = Field(init=False)
    currency: Text
    """The currency of all prices, such as USD."""


class EvidenceSpec(Strict):
    """Where a number comes from: exactly one of measured, published and assumed."""

    measured: Text = ""
    """Measured here; say how."""
    published: Text = ""
    """Published elsewhere; say by whom."""
    assumed: Text = ""
    """Assumed; say why."""
    source: Text = ""
    """An address or a citation; required for published."""

    @model_validator(mode="after")
    def _one_basis(self) -> EvidenceSpec:
        given = {"measured", "published", "assumed"} & self.model_fields_set
        if len(given) != 1:
            raise fault("E102", "say exactly one of measured, published and assumed")
        if given == {"published"} and not self.source:
            raise fault("E102", "missing key 'source'", "what is published can be looked up")
        return self


class RunExpectation(Strict):
    """A number that the simulation must give."""

    strategy: Text
    """The strategy, as on the command line."""
    metric: Text
    """The metric."""
    exactly: float = 0.0
    """Its value in every run."""
    mean: float = 0.0
    """Its mean over the runs."""
    variance: Amount = 0.0
    """Its variance over the runs."""
    share: Probability = 0.0
    """The share of runs in which it is at least `at_least`."""
    at_least: float = 0.0
    """The bound for `share`."""
    formula: str = ""
    """How the number was worked out."""
    replications: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    """Runs to make."""

    @model_validator(mode="after")
    def _one_statistic(self) -> RunExpectation:
        given = {"exactly", "mean", "variance", "share"} & self.model_fields_set
        if len(given) != 1:
            raise fault("E102", "say exactly one of exactly, mean, variance and share")
        if ("at_least" in self.model_fields_set) != (given == {"share"}):
            raise fault("E102", "'share' and 'at_least' belong together")
        return self


class ExpectSpec(Strict):
    """Answers worked out without the simulator; `simlab check` compares."""

    reach: dict[str, Amount] = Field(default_factory=dict)
    """By strategy: how many resources the graph says can be reached."""
    runs: list[RunExpectation] = Field(default_factory=list)
    """Numbers that simulated runs must give."""


Response = Annotated[
    ResponseSpec, BeforeValidator(_no_response, json_schema_input_type=Literal["none"] | ResponseSpec)
]
