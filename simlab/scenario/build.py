"""Checked objects of the schema to the nouns of the model."""

from __future__ import annotations

from typing import Any

from simlab.attackers import ATTACKERS
from simlab.model.access import Permission
from simlab.model.attack import Price, Response
from simlab.model.enforcement import Cache, Replicas
from simlab.model.scenario import Evidence, Expectation, Scenario
from simlab.model.system import (
    ACTIONS,
    Agent,
    Composition,
    Delegation,
    Domain,
    Principal,
    Resource,
    Secret,
    System,
    Telemetry,
    Tool,
)
from simlab.model.usage import with_usage
from simlab.scenario import components, governance, policy
from simlab.scenario.flows import flow
from simlab.scenario.laws import law
from simlab.scenario.names import resolve
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.schema_attack import RunExpectation
from simlab.scenario.schema_system import AgentSpec, DomainSpec, ResourceSpec
from simlab.threats import THREATS


def scenario(file: ScenarioFile, evidence: tuple[Evidence, ...], source_hash: str) -> Scenario:
    """Return the scenario that *file* describes."""
    return Scenario(
        name=file.name,
        question=file.question,
        horizon=file.horizon,
        system=with_usage(system(file), file.horizon),
        threats=tuple(components.build(threat, THREATS) for threat in file.threats),
        attacker=None if file.attacker is None else components.build(file.attacker, ATTACKERS),
        response=_response(file),
        prices={fact: Price(law(spec.once), law(spec.per_hour)) for fact, spec in _prices(file).items()},
        currency=file.prices.currency if "prices" in file.model_fields_set else "",
        sources=tuple(file.sources),
        notes=file.notes,
        evidence=evidence,
        expectations=_expectations(file),
        source_hash=source_hash,
    )


def system(file: ScenarioFile) -> System:
    """Return what is there before anything goes wrong."""
    tools = {
        name: Tool(name, tuple(Permission.parse(text) for text in spec.does))
        for name, spec in file.tools.items()
    }
    eras = policy.eras(file)
    return System(
        domains={name: _domain(name, spec) for name, spec in file.domains.items()},
        resources={name: _resource(name, spec) for name, spec in file.resources.items()},
        tools=tools,
        principals={
            name: Principal(name, spec.owner, law(spec.leaves)) for name, spec in file.principals.items()
        },
        agents={name: _agent(name, spec, eras, tools, file) for name, spec in file.agents.items()},
        secrets={
            name: Secret(
                name,
                resolve(spec.grants, file.resources),
                spec.ttl,
                law(spec.lifetime),
                law(spec.reveals),
                spec.stale,
                spec.owner,
            )
            for name, spec in file.secrets.items()
        },
        delegations=tuple(Delegation(edge.caller, edge.callee, edge.mode) for edge in file.delegations),
        workflows={name: flow(name, spec, file, tools) for name, spec in file.workflows.items()},
        compositions=tuple(
            Composition(rule.name, tuple(rule.needs), tuple(rule.gives), rule.probability, law(rule.duration))
            for rule in file.compositions
        ),
        actions={**ACTIONS, **file.actions},
        depth=file.depth,
        approvers={name: spec.approvers(name) for name, spec in file.approvers.items()},
        reviews=governance.reviews(file),
        offboarding=governance.offboarding(file),
        policy=policy.changes(file),
    )


def _domain(name: str, spec: DomainSpec) -> Domain:
    return Domain(
        name=name,
        enforces=tuple(spec.enforces) if "enforces" in spec.model_fields_set else None,
        fallback=spec.fallback,
        issuance=law(spec.issuance),
        issuers=spec.issuers,
        decision=law(spec.decision),
        telemetry=Telemetry(
            spec.telemetry.coverage,
            law(spec.telemetry.lag),
            flagged=spec.telemetry.flagged,
            denials=spec.telemetry.denials if "denials" in spec.telemetry.model_fields_set else None,
            false_alarms=spec.telemetry.false_alarms,
        ),
        revocation=law(spec.revocation),
        signing_key=spec.signing_key,
        cascade=law(spec.cascade),
        approvers=spec.approvers,
        deciders=spec.deciders,
        waiting=spec.waiting,
        errors=spec.errors,
        cache=Cache(spec.cache.ttl, law(spec.cache.hit)),
        fails_open=spec.when_down.decisions == "open",
        issuer_refuses=spec.when_down.issuer == "closed",
        outages=spec.outages.outages(),
        replicas=Replicas(spec.replicas, spec.poll, spec.push_loss, spec.introspection),
        runbook=spec.runbook,
        manual=law(spec.manual),
    )


def _resource(name: str, spec: ResourceSpec) -> Resource:
    return Resource(
        name=name,
        domain=spec.domain,
        sensitivity=float(spec.sensitivity),
        label=spec.label,
        untrusted=spec.untrusted,
        outward=spec.outward,
        honeytoken=spec.honeytoken,
        holds=tuple(spec.holds),
        obeyed_by=tuple(spec.obeyed_by),
        owner=spec.owner,
        consumed=spec.consumed,
        retained=spec.retained,
        carries=spec.carries,
    )


def _agent(
    name: str, spec: AgentSpec, eras: policy.Eras, tools: dict[str, Tool], file: ScenarioFile
) -> Agent:
    entitlements, changing = policy.roles_of(spec.roles, eras)
    ever = entitlements.union(right for right, _ in changing)
    return Agent(
        name=name,
        entitlements=entitlements,
        menu=tuple(sorted({permission for tool in spec.tools for permission in tools[tool].does})),
        key=spec.key or name,
        susceptibility=spec.susceptibility,
        owner=spec.owner,
        identity=spec.identity,
        clearance=tuple(spec.clearance) if "clearance" in spec.model_fields_set else None,
        ceiling=float(spec.ceiling),
        leaves=law(spec.leaves),
        excess=governance.excess(spec.excess, ever, file),
        changing=changing,
    )


def _response(file: ScenarioFile) -> Response:
    spec = file.response
    return Response(
        acts=spec.acts,
        triage=law(spec.triage),
        quarantine=spec.quarantine,
        replace=law(spec.replace),
        roots=spec.roots,
        analysts=spec.analysts,
        false_alarms=law(spec.false_alarms),
    )


def _prices(file: ScenarioFile) -> dict[str, Any]:
    return file.prices.__pydantic_extra__ or {}


def _expectations(file: ScenarioFile) -> tuple[Expectation, ...]:
    reach = [Expectation(text, "reach", float(value)) for text, value in file.expect.reach.items()]
    return (*reach, *(_expectation(row) for row in file.expect.runs))


def _expectation(row: RunExpectation) -> Expectation:
    given = row.model_fields_set
    statistic = next(word for word in ("mean", "variance", "share", "exactly") if word in given)
    return Expectation(
        strategy=row.strategy,
        metric=row.metric,
        value=float(getattr(row, statistic)),
        statistic=statistic,
        at_least=float(row.at_least),
        formula=row.formula,
        replications=row.replications,
    )
