"""The language, part four: how a domain caches, fails and spreads the news of a revocation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simlab.model.enforcement import Outage, Service
from simlab.scenario.fields import Duration, Strict, fault
from simlab.scenario.laws import DurationSpec, law

SHORTEST = 1.0
"""[s] in the mean between two outages: less is no outage, but a share of errors."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class CacheSpec(Strict):
    """Answers that an enforcement point keeps, by all that a policy sees."""

    ttl: Duration
    """The time for which an answer is kept."""
    hit: DurationSpec = 0.0
    """The time it takes to look one up."""


class OutageSpec(Strict):
    """When one service of a domain is out of order."""

    at: Annotated[
        list[DurationSpec],
        Field(min_length=1),
        BeforeValidator(_listed, json_schema_input_type=DurationSpec | list[DurationSpec]),
    ] = Field(default_factory=list)
    """When it begins: one time, or several; each may be a law."""
    every: DurationSpec = 0.0
    """From the end of one outage to the beginning of the next, instead of `at`."""
    lasts: DurationSpec
    """From beginning to end."""

    @model_validator(mode="after")
    def _one_clock(self) -> OutageSpec:
        given = {"at", "every"} & self.model_fields_set
        if not given:
            raise fault("E102", "missing key 'at' or 'every'", "add at: 2d, or every: 30d")
        if len(given) > 1:
            raise fault("E101", "both 'at' and 'every'", "keep one of them")
        if "every" in given and law(self.every).mean() < SHORTEST:
            raise fault("E114", "less than a second between outages", "write a share of errors: 0.3")
        return self

    def outage(self, what: Service) -> Outage:
        """Return what the model knows of it."""
        every = law(self.every) if "every" in self.model_fields_set else None
        return Outage(what, tuple(law(item) for item in self.at), every, law(self.lasts))


class OutagesSpec(Strict):
    """When the services of a domain are out of order."""

    decisions: OutageSpec | None = None
    """No decision point answers."""
    issuer: OutageSpec | None = None
    """No credential is issued."""
    revocation: OutageSpec | None = None
    """An order to revoke is carried out only afterwards."""
    telemetry: OutageSpec | None = None
    """What is done meanwhile is never seen."""

    def outages(self) -> tuple[Outage, ...]:
        """Return those that are said, in the order of their names."""
        return tuple(
            spec.outage(what)
            for what in ("decisions", "issuer", "revocation", "telemetry")
            if (spec := getattr(self, what)) is not None
        )


class WhenDownSpec(Strict):
    """What a domain does while it cannot ask."""

    decisions: Literal["open", "closed"] = "closed"
    """Where no decision point answers: let requests through on the scope of the credential alone, or deny them."""
    issuer: Literal["wait", "closed"] = "wait"
    """Where the issuer is out of order: wait until it is back, or go without a credential."""
