"""The language, part one: what is there before anything goes wrong."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from simlab.model.access import DelegationMode
from simlab.model.enforcement import NO_LIMIT
from simlab.model.system import Carries
from simlab.scenario.fields import (
    Amount,
    Duration,
    FactText,
    FiniteDuration,
    Identifier,
    PermissionText,
    Probability,
    StrategyName,
    Strict,
    fault,
)
from simlab.scenario.laws import DurationSpec
from simlab.scenario.number_laws import NumberSpec
from simlab.scenario.schema_conduct import ImproviseSpec
from simlab.scenario.schema_domains import CacheSpec, OutagesSpec, WhenDownSpec
from simlab.scenario.schema_governance import ExcessSpec

Copies = Annotated[int, Field(ge=1, le=10_000)]


def _empty(value: Any) -> Any:
    return {} if value is None else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Permissions = Annotated[
    list[PermissionText],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=PermissionText | list[PermissionText]),
]


class TelemetrySpec(Strict):
    """What a domain sees of the requests made in it."""

    coverage: Probability = 0.0
    """Share of an attacker's requests that raise an alert; dimensionless."""
    lag: DurationSpec = 0.0
    """From request to alert."""
    flagged: Probability = 1.0
    """Share of an attacker's requests that a policy allowed and flagged that raise an alert; dimensionless."""
    denials: Probability = 0.0
    """Share of an attacker's refused requests that raise an alert; the coverage, if it is not said."""
    false_alarms: Probability = 0.0
    """Share of the refused requests of the organisation's own agents that raise an alert, which somebody then
    looks into and dismisses; dimensionless."""


class DomainSpec(Strict):
    """A trust domain, such as a cloud or a SaaS."""

    enforces: list[StrategyName] = Field(default_factory=list)
    """Strategies that it can enforce; all, if it is not said."""
    fallback: StrategyName = "static-rbac"
    """What it does instead of a strategy that it cannot enforce."""
    issuance: DurationSpec = 0.0
    """The time it takes to issue a credential for a task."""
    issuers: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Credentials that can be issued at once, first come, first served; 0 for no limit."""
    decision: DurationSpec = 0.0
    """The time it takes to decide one request at a decision point."""
    telemetry: TelemetrySpec = TelemetrySpec()
    """What it sees of the requests made in it."""
    revocation: DurationSpec = 0.0
    """From the order to revoke until no enforcement point accepts the credential."""
    signing_key: Identifier = ""
    """The secret with which its credentials are signed: who holds it can issue any of them."""
    cascade: DurationSpec = 0.0
    """More for each delegation below the revoked credential, until what descends from it is refused too."""
    approvers: Identifier = ""
    """Who is asked where a strategy wants an approval; nobody if it is not said, and then it is denied."""
    deciders: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Requests that can be decided at once, first come, first served; 0 for no limit."""
    waiting: Annotated[int, Field(ge=0, le=NO_LIMIT)] = NO_LIMIT
    """Most requests in line for a decision; the next one is turned away (see `when_down`)."""
    errors: Probability = 0.0
    """Chance that a decision point fails on one request, after having dealt with it; dimensionless."""
    cache: CacheSpec = CacheSpec(ttl=0)
    """Answers that are kept, so that no decision point is asked."""
    outages: OutagesSpec = OutagesSpec()
    """When its services are out of order."""
    when_down: WhenDownSpec = WhenDownSpec()
    """What it does while it cannot ask."""
    replicas: Annotated[int, Field(ge=1, le=1000)] = 1
    """Enforcement points, each of which hears of a revocation by itself; a request meets any of them."""
    poll: FiniteDuration = 0.0
    """The time between two polls for revocations, each point with a phase of its own; 0 if all hear at once."""
    push_loss: Probability = 1.0
    """Chance that a pushed order to revoke is lost, so that the next poll brings it; 1 where nobody pushes."""
    introspection: FiniteDuration = 0.0
    """The time for which a point trusts what it last heard of a credential; 0 for not at all."""
    runbook: Probability = 1.0
    """Chance, settled once a run, that the responders know how to revoke here."""
    manual: DurationSpec = float("inf")
    """From the order to revoke to its effect where they do not know; never, if it is not said."""

    @model_validator(mode="after")
    def _means_something(self) -> DomainSpec:
        given = self.model_fields_set
        for key, needs in (("waiting", "deciders"), ("push_loss", "poll"), ("manual", "runbook")):
            if key in given and needs not in given:
                raise fault(
                    "E102", f"'{key}' means nothing without '{needs}'", f"add {needs}, or delete {key}"
                )
        return self


class ResourceSpec(Strict):
    """Something that can be read, written or set in motion."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    domain: Identifier
    """The domain that enforces access to it."""
    sensitivity: Amount = 1.0
    """Weight in the sensitivity-weighted blast radius; dimensionless."""
    label: str = ""
    """What kind of data it holds, for rules on flows."""
    untrusted: bool = False
    """A stranger can put content into it."""
    outward: bool = False
    """What is written to it leaves the organisation."""
    honeytoken: bool = False
    """Touching it always raises an alert."""
    holds: list[Identifier] = Field(default_factory=list)
    """Keys and secrets that a reader finds in it."""
    obeyed_by: list[Identifier] = Field(default_factory=list)
    """Agents that do what its content says."""
    owner: str = ""
    """The team that it belongs to, for rules on attributes; everybody's, if it is not said."""
    consumed: bool = False
    """The first agent that reads it takes away what was put into it, as from a queue."""
    retained: Duration = float("inf")
    """From when content is put into it until it has expired or is cleaned; for ever, if it is not said."""
    carries: Carries = "nothing"
    """What who reads it takes over from who wrote to it, as from a memory that agents share: `nothing`, the `data` that
    they had read without their labels, or the data with their `labels`. It has them for as long as `retained` says."""


class ToolSpec(Strict):
    """An operation that an agent can choose."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    does: Permissions
    """The permissions it needs: one, or a list."""


class PrincipalSpec(Strict):
    """A person or organisation that is accountable for the work it asks for."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    owner: str = ""
    """The team it belongs to."""
    leaves: DurationSpec = float("inf")
    """From the start of the run until it leaves; never, if it is not said."""


class AgentSpec(Strict):
    """An autonomous workload with an identity."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    roles: list[Identifier] = Field(default_factory=list)
    """What it may do: names of roles."""
    tools: list[Identifier] = Field(default_factory=list)
    """What it can call: names of tools."""
    susceptibility: Probability = 1.0
    """Chance that it does what injected content says; dimensionless."""
    owner: str = ""
    """Who answers for it: a team, or a principal or agent that is named here and may leave."""
    leaves: DurationSpec = float("inf")
    """From the start of the run until it is retired; never, if it is not said."""
    excess: ExcessSpec | None = None
    """Rights that it comes to have beyond its roles."""
    key: Identifier = ""
    """The standing key it uses; agents that name the same key share it. Default: one of its own."""
    identity: Identifier = ""
    """The secret by which the issuer knows it, such as a client secret. The issuer attests the running workload,
    if it is not said."""
    clearance: list[str] = Field(default_factory=list)
    """Labels of data that it may touch, for rules on attributes; all, if it is not said."""
    ceiling: Amount = float("inf")
    """Highest sensitivity that it may touch, for rules on attributes; dimensionless; any, if it is not said."""
    improvises: ImproviseSpec = ImproviseSpec()
    """What it does that nobody planned, in every workflow that does not say so itself."""


class SecretSpec(Strict):
    """A credential that no strategy governs."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    grants: Permissions = Field(default_factory=list)
    """What its holder may do; nothing by itself, for a secret that only stands for an identity or signs."""
    ttl: Duration = float("inf")
    """From the start of the run to expiry; never, if it is not said."""
    lifetime: DurationSpec = float("inf")
    """How long each of its credentials lives; the next one is issued as it ends. For good, if it is not said."""
    reveals: NumberSpec = 0.0
    """How many credentials like it come to light with each one that gets into wrong hands; rounded down."""
    stale: Probability = 0.0
    """Share of what comes to light that no longer works; dimensionless."""
    owner: str = ""
    """Who answers for it: a team, or a principal or agent that is named here and may leave."""


class DelegationSpec(Strict):
    """An edge along which one agent may task another."""

    caller: Identifier = Field(alias="from")
    """The agent that tasks."""
    callee: Identifier = Field(alias="to")
    """The agent that is tasked."""
    mode: DelegationMode
    """How the callee acts: with its own full rights and the chain lost (impersonation), with the rights
    that both share (on-behalf-of), or with its own rights and the caller unchecked (own-identity)."""


class CompositionSpec(Strict):
    """A rule by which what an attacker has adds up to more."""

    copies: Copies = 1
    """So many of them; the sign # in the name becomes 1, 2, 3."""
    name: Identifier
    """What the report calls it."""
    needs: Annotated[list[FactText], Field(min_length=1)]
    """All that it takes."""
    gives: Annotated[list[FactText], Field(min_length=1)]
    """What comes of it."""
    probability: Probability = 1.0
    """Chance that it works at all, settled once a run; dimensionless."""
    duration: DurationSpec = 0.0
    """From having all it needs to having what it gives."""


Domain = Annotated[DomainSpec, BeforeValidator(_empty, json_schema_input_type=DomainSpec | None)]
Principal = Annotated[PrincipalSpec, BeforeValidator(_empty, json_schema_input_type=PrincipalSpec | None)]
