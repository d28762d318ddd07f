"""The language: what a scenario file may say. The text under each key is what an editor shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BeforeValidator, Field

from simlab.attackers import ATTACKERS
from simlab.model.system import ActionClass
from simlab.scenario.components import union
from simlab.scenario.fields import Horizon, Identifier, PermissionText, Strict, Text, fault
from simlab.scenario.schema_attack import EvidenceSpec, ExpectSpec, PricesSpec, Response, ResponseSpec
from simlab.scenario.schema_governance import OffboardingSpec, ReviewsSpec
from simlab.scenario.schema_people import ApproversSpec
from simlab.scenario.schema_policy import PolicyChangeSpec
from simlab.scenario.schema_system import (
    AgentSpec,
    CompositionSpec,
    DelegationSpec,
    Domain,
    Principal,
    ResourceSpec,
    SecretSpec,
    ToolSpec,
)
from simlab.scenario.schema_work import WorkflowSpec
from simlab.threats import THREATS

VERSION = 1

if TYPE_CHECKING:
    ThreatSpec = Any
    AttackerSpec = Any
else:
    ThreatSpec = union(THREATS)
    AttackerSpec = union(ATTACKERS)


def _version(value: Any) -> Any:
    if type(value) is int and value != VERSION:
        raise fault("E110", f"version {value} of the language is not known", f"this simlab reads {VERSION}")
    return value


def _depth(value: Any) -> Any:
    if type(value) is int and not 0 <= value <= 16:
        raise fault("E207", f"depth {value} is out of range", "write 0 to 16")
    return value


class ScenarioFile(Strict):
    """A system of agents, the work in it, and what goes wrong."""

    simlab: Annotated[int, BeforeValidator(_version), Field(ge=VERSION, le=VERSION)]
    """Version of the language: 1."""
    name: Identifier
    """The scenario's name."""
    question: Text
    """What it is to answer."""
    sources: list[Text] = Field(default_factory=list)
    """Where the case comes from."""
    notes: str = ""
    """What the reader must know to trust the answer."""
    horizon: Horizon
    """How long a run lasts."""
    extends: Text = ""
    """A scenario that this one changes; a path relative to this file."""
    depth: Annotated[int, BeforeValidator(_depth), Field(ge=0, le=16)] = 3
    """Most delegations in a row that any agent accepts."""
    actions: dict[Identifier, ActionClass] = Field(default_factory=dict)
    """Verbs that this scenario adds, and what each does: read, write or execute."""
    domains: dict[Identifier, Domain] = Field(default_factory=dict)
    """Trust domains."""
    resources: dict[Identifier, ResourceSpec] = Field(default_factory=dict)
    """What can be read, written or set in motion."""
    tools: dict[Identifier, ToolSpec] = Field(default_factory=dict)
    """What agents can call."""
    roles: dict[Identifier, list[PermissionText]] = Field(default_factory=dict)
    """Permissions by role; the resource may be a pattern such as repo-*."""
    policy_changes: list[PolicyChangeSpec] = Field(default_factory=list)
    """Roles that allow less, or more, from an instant on; none, if it is not said."""
    principals: dict[Identifier, Principal] = Field(default_factory=dict)
    """Who asks for work."""
    agents: dict[Identifier, AgentSpec] = Field(default_factory=dict)
    """Who does it."""
    secrets: dict[Identifier, SecretSpec] = Field(default_factory=dict)
    """Credentials that no strategy governs."""
    delegations: list[DelegationSpec] = Field(default_factory=list)
    """Who may task whom, and how."""
    workflows: dict[Identifier, WorkflowSpec] = Field(default_factory=dict)
    """Work that arrives again and again."""
    reviews: ReviewsSpec | None = None
    """Periodic access reviews; none, if it is not said."""
    offboarding: OffboardingSpec | None = None
    """What is done when somebody leaves; nothing, if it is not said."""
    compositions: list[CompositionSpec] = Field(default_factory=list)
    """Rules by which what an attacker has adds up to more."""
    threats: list[ThreatSpec] = Field(default_factory=list)
    """What goes wrong."""
    attacker: AttackerSpec = None
    """Who makes use of it."""
    response: Response = ResponseSpec(acts=False)
    """What the defenders do about an alert; nothing, if it is not said."""
    approvers: dict[Identifier, ApproversSpec] = Field(default_factory=dict)
    """People who are asked before something is done; domains name them."""
    prices: PricesSpec = PricesSpec(currency="USD")
    """What access costs."""
    evidence: dict[str, EvidenceSpec] = Field(default_factory=dict)
    """How each number is known, by its path such as agents.bot.susceptibility."""
    expect: ExpectSpec = ExpectSpec()
    """Answers worked out without the simulator."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors."""
    schema = ScenarioFile.model_json_schema()
    _trim(schema)
    # A variant leaves out what it does not change.
    whole = {"if": {"not": {"required": ["extends"]}}, "then": {"required": schema.pop("required")}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, **whole}


def _trim(schema: Any) -> None:
    """Take out what misleads an editor: titles made from keys, and defaults that are not what a file says."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        for entry in cast("dict[str, Any]", properties).values() if isinstance(properties, dict) else ():
            entry.pop("title", None)
            entry.pop("default", None)
        for value in schema.values():
            _trim(value)
    elif isinstance(schema, list):
        for value in schema:
            _trim(value)
