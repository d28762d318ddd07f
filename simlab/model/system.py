"""What there is: agents, tools, resources, domains, and the work that is asked of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from simlab.model.access import DelegationMode, Intent, Permission, Scope
from simlab.model.chance import NEVER, ZERO, Distribution
from simlab.model.conduct import Improvisation, Spawn
from simlab.model.enforcement import NO_CACHE, NO_LIMIT, ONE_POINT, Cache, Outage, Replicas, Service
from simlab.model.governance import Excess, Offboarding, Review
from simlab.model.people import Approvers
from simlab.model.policy import Changing, PolicyChange

ActionClass = Literal["read", "write", "execute"]

ACTIONS: dict[str, ActionClass] = {
    **dict.fromkeys(("read", "list", "get", "search", "query", "download"), "read"),
    **dict.fromkeys(
        ("write", "create", "update", "comment", "post", "send", "push", "upload", "delete", "pay"), "write"
    ),
    **dict.fromkeys(("execute", "exec", "run", "invoke", "use", "deploy", "publish", "admin"), "execute"),
}
"""The verbs that every scenario may use, and what each does; a scenario can declare more."""

Carries = Literal["nothing", "data", "labels"]
"""What travels through a memory, a queue or a cache: nothing, data that lose their labels, or data that keep them."""

CONTROL, STEER, HOLD, MINT, EXFILTRATE = "control", "steer", "hold", "mint", "exfiltrate"
"""Verbs of facts that are not requests: control of a workload, steering of one session of it, a credential
held outside its workload, the power to have credentials issued in its name, data carried out."""


TRAVEL, LAUNDER = "travel", "launder"
"""Verbs of facts about stores: data are in one with their label, or without it; ``travel:crm>memory``."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or organisation that is accountable for the work it asks for."""

    name: str
    owner: str = ""
    leaves: Distribution = NEVER
    """[s] from the start of the run until it leaves."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What a domain sees of the requests made in it."""

    coverage: float = 0.0
    """Share of an attacker's requests that raise an alert; dimensionless."""
    lag: Distribution = ZERO
    """[s] from request to alert."""
    flagged: float = 1.0
    """Share of an attacker's requests that a policy allowed and flagged that raise an alert; dimensionless."""
    denials: float | None = None
    """Share of an attacker's refused requests that raise an alert; dimensionless, None for *coverage*."""
    false_alarms: float = 0.0
    """Share of workers' refused requests that raise an alert, too; dimensionless."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A trust domain, such as a cloud or a SaaS, that enforces, reports and revokes in its own way."""

    name: str
    enforces: tuple[str, ...] | None = None
    """Names of the strategies that it can enforce; None for all."""
    fallback: str = "static-rbac"
    """What it does instead of a strategy that it cannot enforce."""
    issuance: Distribution = ZERO
    """[s] to issue a credential for a task."""
    issuers: int = 0
    """Credentials that can be issued at once, first come, first served; a count, 0 for no limit."""
    decision: Distribution = ZERO
    """[s] to decide one request at a decision point."""
    telemetry: Telemetry = Telemetry()
    revocation: Distribution = ZERO
    """[s] from the order to revoke until no enforcement point accepts the credential."""
    signing_key: str = ""
    """The secret with which its credentials are signed; empty where nobody can get at it."""
    cascade: Distribution = ZERO
    """[s] more for each delegation below the revoked credential, until what descends from it is refused too."""
    approvers: str = ""
    """Who is asked where a strategy wants an approval; empty for nobody, and then it is denied."""
    deciders: int = 0
    """Requests that can be decided at once, first come, first served; a count, 0 for no limit."""
    waiting: int = NO_LIMIT
    """Most requests in line for a decision; the next one is turned away; a count."""
    errors: float = 0.0
    """Chance that a decision point fails on one request, after having dealt with it; dimensionless."""
    cache: Cache = NO_CACHE
    fails_open: bool = False
    """Whether a request that no decision point answers is let through on the scope of its credential alone."""
    issuer_refuses: bool = False
    """Whether an issuer that is out of order turns people away, instead of letting them wait."""
    outages: tuple[Outage, ...] = ()
    replicas: Replicas = ONE_POINT
    runbook: float = 1.0
    """Chance, settled once a run, that the responders know how to revoke here; dimensionless."""
    manual: Distribution = NEVER
    """[s] from the order to revoke to its effect everywhere, where they do not know."""

    def fails(self, what: Service) -> bool:
        """Return whether *what* is ever out of order."""
        return any(outage.what == what for outage in self.outages)

    @property
    def unsteady(self) -> bool:
        """Return whether a decision depends on more than what is asked: on load, on failures, on a cache."""
        return bool(self.deciders or self.errors or self.cache.ttl) or self.fails("decisions")

    @property
    def leaves_open(self) -> bool:
        """Return whether a request can ever get through because nobody decides it."""
        turns_away = self.deciders > 0 and self.waiting < NO_LIMIT
        return self.fails_open and (turns_away or self.errors > 0 or self.fails("decisions"))


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be read, written or set in motion."""

    name: str
    domain: str
    sensitivity: float = 1.0
    """Weight in the sensitivity-weighted blast radius; dimensionless."""
    label: str = ""
    """What kind of data it holds, for rules on flows; empty for data that may go anywhere."""
    untrusted: bool = False
    """A stranger can put content into it."""
    outward: bool = False
    """What is written to it leaves the organisation."""
    honeytoken: bool = False
    """Touching it always raises an alert."""
    holds: tuple[str, ...] = ()
    """Keys and secrets that a reader finds in it."""
    obeyed_by: tuple[str, ...] = ()
    """Agents that do what its content says."""
    owner: str = ""
    """The team that it belongs to; empty for everybody's."""
    consumed: bool = False
    """The first who reads it takes away what was put into it, as from a queue."""
    retained: float = float("inf")
    """[s] from when content is put into it until it is gone."""
    carries: Carries = "nothing"
    """What who reads it takes over from who wrote to it: data that they had read, with their labels or without."""


@dataclass(frozen=True, slots=True)
class Tool:
    """An operation that an agent can choose: what it does needs permission."""

    name: str
    does: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How often an agent's work needs a permission, as a log of its use would tell."""

    permission: Permission
    every: float = field(metadata={"unit": "s"})
    """[s] mean time between pieces of work that need it."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An autonomous workload with an identity (NHI, SPIFFE)."""

    name: str
    entitlements: Scope = frozenset()
    """All that its roles let it do, at any time of the run."""
    menu: tuple[Permission, ...] = ()
    """All that its tools could ask for, allowed or not; sorted."""
    key: str = ""
    """The standing key it uses; agents that name the same key share it."""
    susceptibility: float = 1.0
    """Chance that it does what injected content says; dimensionless."""
    owner: str = ""
    """Who answers for it: a team, or a principal or an agent, which may leave; empty for nobody; an attribute."""
    identity: str = ""
    """The secret by which the issuer knows it; empty where the issuer attests the workload that runs."""
    clearance: tuple[str, ...] | None = None
    """Labels of data that it may touch; None for all; an attribute."""
    ceiling: float = math.inf
    """Highest sensitivity that it may touch; dimensionless; an attribute."""
    used: tuple[Use, ...] = ()
    """What its workflows need; filled in when the system is built."""
    leaves: Distribution = NEVER
    """[s] from the start of the run until it is retired."""
    excess: Excess | None = None
    """Rights that it comes to have beyond its roles."""
    changing: Changing = ()
    """Rights that its roles allow in some eras of the run; *entitlements* are what they allow in all."""

    @property
    def in_roles(self) -> Scope:
        """Return all that its roles allow in any era."""
        return (
            self.entitlements.union(right for right, _ in self.changing)
            if self.changing
            else self.entitlements
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential that no strategy governs: a key of a third party, or one that was forgotten."""

    name: str
    scope: Scope
    ttl: float = float("inf")
    """[s] from the start of the run to expiry."""
    lifetime: Distribution = NEVER
    """[s] for which each of its credentials lives; the next one is issued as it ends."""
    reveals: Distribution = ZERO
    """How many credentials like it come to light with each one that gets into wrong hands; a count."""
    stale: float = 0.0
    """Share of those that no longer work; dimensionless."""
    owner: str = ""
    """Who answers for it: a team, or a principal or an agent, which may leave; empty for nobody."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """An edge along which one agent may task another."""

    caller: str
    callee: str
    mode: DelegationMode = "on-behalf-of"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that a task makes: which task it belongs to, what it asks, how long it works first."""

    task: int
    """Index into the workflow's tasks."""
    permission: Permission
    work: Distribution = ZERO
    """[s] of work before the request."""
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work with an intent: what a strategy grants for."""

    name: str
    principal: str
    chain: tuple[str, ...]
    """Agents from the first to the one that does this task."""
    intent: Intent
    template: Scope
    """What the tools that the job may call need: the scope of a job, wider than its intent."""
    mode: DelegationMode = "on-behalf-of"
    """How the last agent of the chain was tasked by the one before it."""
    parent: int = -1
    """Index, in its workflow, of the task that delegated this one; -1 for a root."""
    ttl: float = math.inf
    """[s] that its credentials live at most, whatever the strategy grants."""
    passes: Scope = frozenset()
    """What the tools of the parts that it delegates need, however it delegates them."""

    @property
    def agent(self) -> str:
        """Return the agent that does this task."""
        return self.chain[-1]


@dataclass(frozen=True, slots=True)
class Workflow:
    """Work that arrives again and again: a task, and the tasks that it delegates."""

    name: str
    tasks: tuple[Task, ...]
    """The root task first; each delegated part is a task of its own."""
    calls: tuple[Call, ...]
    """Every request in the order in which it is made."""
    arrivals: Distribution | None = None
    """[s] between arrivals."""
    at: tuple[float, ...] = ()
    """[s] arrivals at given times, instead of a law."""
    retries: int = 0
    """How often a request that was denied is made again; a count."""
    backoff: float = 0.0
    """[s] before the first retry; doubled each time."""
    urgent: bool = False
    """Its requests for approval are looked at before those of other work."""
    improvises: tuple[Improvisation, ...] = ()
    """By task: what it may do that nobody planned; empty for nothing."""
    spawns: tuple[Spawn, ...] = ()
    """Further work that a piece of it sets going."""
    lingers: tuple[Call, ...] = ()
    """Requests of the first task that go on, in this order, after the work was reported done."""

    def possible_calls(self) -> tuple[Call, ...]:
        """Return every request that a piece of this work could ever make: planned, unplanned, and afterwards."""
        calls = list(self.calls)
        for improvisation in self.improvises:
            calls += improvisation.requests()
        for call in self.calls if self.improvises else ():
            others = self.improvises[call.task].astray(call)
            calls += (replace(call, permission=other) for other in others)
        return (*calls, *self.lingers)

    def lineage(self, index: int) -> tuple[Task, ...]:
        """Return the task at *index* and those it descends from, root first."""
        task = self.tasks[index]
        return (task,) if task.parent < 0 else (*self.lineage(task.parent), task)


@dataclass(frozen=True, slots=True)
class Composition:
    """A rule by which what an attacker has adds up to more (MulVAL, MAL).

    Facts are written like permissions: ``read:config``, ``control:bot``, ``hold:key``, ``exfiltrate:db``.
    """

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    probability: float = 1.0
    """Chance that it works at all, settled once a run; dimensionless."""
    duration: Distribution = ZERO
    """[s] from having all it needs to having what it gives."""


@dataclass(frozen=True, slots=True)
class System:
    """Everything that is there before anything goes wrong."""

    domains: Mapping[str, Domain] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    principals: Mapping[str, Principal] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()
    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    compositions: tuple[Composition, ...] = ()
    actions: Mapping[str, ActionClass] = field(default_factory=lambda: ACTIONS)
    depth: int = 3
    """Most delegations in a row that any agent accepts."""
    approvers: Mapping[str, Approvers] = field(default_factory=dict)
    reviews: Review | None = None
    offboarding: Offboarding | None = None
    """What is done when somebody leaves; None for nothing."""
    policy: tuple[PolicyChange, ...] = ()
    """How roles change during the run, in order of time."""

    @property
    def eras(self) -> tuple[float, ...]:
        """Return the instants at which roles change, each once [s]; era n begins with the n-th of them."""
        return tuple(sorted({change.at for change in self.policy}))

    def users_of(self, key: str) -> tuple[Agent, ...]:
        """Return the agents that use the standing key *key*; one agent of that name if none names it."""
        return tuple(agent for agent in self.agents.values() if agent.key == key)

    def forgers(self) -> dict[str, list[tuple[str, str]]]:
        """Return, by secret, the agents in whose name its holder can have credentials issued, and where.

        The secret of an identity is good in every domain (an empty name), the key that signs in its own, for
        agents that could ever do anything there.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for agent in self.agents.values():
            if agent.identity:
                found.setdefault(agent.identity, []).append((agent.name, ""))
        for domain in self.domains.values():
            if domain.signing_key:
                names = (agent.name for agent in self.drifted().values() if self._acts_in(agent, domain.name))
                found.setdefault(domain.signing_key, []).extend((name, domain.name) for name in names)
        return {secret: sorted(agents) for secret, agents in sorted(found.items())}

    def _acts_in(self, agent: Agent, domain: str) -> bool:
        rights = (*agent.menu, *agent.entitlements)
        return any(self.resources[right.resource].domain == domain for right in rights)

    def drifted(self) -> Mapping[str, Agent]:
        """Return the agents with every right that they can come to have: in excess, or by any policy ever in force."""
        if not any(agent.excess or agent.changing for agent in self.agents.values()):
            return self.agents
        return {
            name: replace(
                agent, entitlements=agent.in_roles.union(agent.excess.rights if agent.excess else ())
            )
            if agent.excess or agent.changing
            else agent
            for name, agent in self.agents.items()
        }

    def writes(self, permission: Permission) -> bool:
        """Return whether *permission* changes or sends something."""
        return self.actions[permission.action] == "write"

    def executes(self, permission: Permission) -> bool:
        """Return whether *permission* sets something in motion."""
        return self.actions[permission.action] == "execute"

    def reads(self, permission: Permission) -> bool:
        """Return whether *permission* reads something."""
        return self.actions[permission.action] == "read"

    def is_store(self, permission: Permission) -> bool:
        """Return whether data travel with *permission*, into a store or out of one."""
        carries = self.resources[permission.resource].carries != "nothing"
        return carries and not self.executes(permission)

    def sessions(self) -> dict[str, list[tuple[Workflow, tuple[Task, ...]]]]:
        """Return, by agent, each kind of task it can be given: its workflow, and the task with its ancestors."""
        kinds: dict[str, list[tuple[Workflow, tuple[Task, ...]]]] = {name: [] for name in self.agents}
        for flow in self.workflows.values():
            for index, task in enumerate(flow.tasks):
                kinds.setdefault(task.agent, []).append((flow, flow.lineage(index)))
        return kinds
