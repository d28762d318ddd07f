"""Exhaustive oracle: reach is the closure that a naive reader of the rules would come to by trying everything.

This implementation shares nothing with `simlab.graph` and `simlab.strategies.authority`: sets, loops, and the
two functions of a strategy.
"""

from collections import Counter
from dataclasses import replace
from itertools import combinations

from simlab.graph import reach
from simlab.model.access import Intent, Permission, Request
from simlab.model.attack import Foothold
from simlab.model.system import Task
from simlab.strategies import JIT, STRATEGIES, Layered
from simlab.strategies import Intent as IntentPolicy
from tests.helpers import ANY, Dice, scenario, strategy
from tests.trouble import troubled

SMALL = replace(ANY, domains=2, resources=4, agents=3, secrets=1, workflows=2, compositions=3)


class Naive:
    """Everything that follows, by trying everything until nothing new comes."""

    def __init__(self, system, policy):
        self.system, self.policy = system, policy
        labels = sorted({resource.label for resource in system.resources.values()} - {""})
        self.contexts = [
            frozenset(some) for size in range(len(labels) + 1) for some in combinations(labels, size)
        ]
        self.known = {}

    # --- authority

    def enforced(self, domain):
        """Return what one domain makes of the strategy."""
        wanted = self.system.domains[domain]
        layers = self.policy.layers if isinstance(self.policy, Layered) else (self.policy,)
        if wanted.enforces is None:
            return self.policy
        able = {*wanted.enforces, "allow-all", "deny-all"}
        kept = tuple(layer for layer in layers if layer.name in able)
        if not kept:
            return STRATEGIES[wanted.fallback]()
        return kept[0] if len(kept) == 1 else Layered(kept)

    def domain(self, right):
        return self.system.resources[right.resource].domain

    def within(self, scope, domain):
        """Return the part of *scope* in domains that enforce what *domain* enforces: one credential covers it."""
        return {right for right in scope if self.enforced(self.domain(right)) == self.enforced(domain)}

    def users(self, key):
        return [agent for agent in self.system.agents.values() if agent.key == key]

    def standing(self, key, domain):
        """Return what the standing credential of *key* covers; nothing where there is none."""
        scope = set()
        for agent in self.users(key):
            grant = self.enforced(domain).grant(agent, idle(agent.name))
            if grant.standing:
                scope |= grant.scope
        return self.within(scope, domain)

    def held(self, task, domain):
        agent = self.system.agents[task.chain[-1]]
        grant = self.enforced(domain).grant(agent, task)
        if grant.standing:
            return self.standing(agent.key, domain)
        return self.within(grant.scope, domain) if task.name else set()

    def scope(self, tasks, domain):
        """Return what the last of *tasks* presents: the intersection along those done on behalf of another."""
        own = self.held(tasks[-1], domain)
        if len(tasks) > 1 and self.seen(tasks, domain).mode == "on-behalf-of":
            above = self.scope(tasks[:-1], domain)
            return None if own == set() or above is None else own & above
        return own or None

    def seen(self, tasks, domain):
        """Return the last of *tasks* as *domain* sees it, where the strategy may rule how callees act."""
        task = tasks[0]
        for below in tasks[1:]:
            agent = below.chain[-1]
            mode = self.enforced(domain).grant(self.system.agents[agent], below).mode or below.mode
            task = replace(
                below,
                mode=mode,
                principal="" if mode == "impersonation" else task.principal,
                chain=(*task.chain, agent) if mode == "on-behalf-of" else (agent,),
            )
        return task

    def may(self, tasks, right, scope, labels=frozenset()):
        """Return whether some context that contains *labels* lets the last of *tasks* do *right*."""
        task = self.seen(tasks, self.domain(right))
        attested = bool(task.name and task.principal)
        if self.may_pass_unasked(self.domain(right)) and right in scope:
            return True
        return any(
            self.enforced(self.domain(right))
            .decide(
                Request(
                    principal=task.principal,
                    chain=task.chain,
                    agent=self.system.agents[task.chain[-1]],
                    task=task.name,
                    intent=task.intent if attested else None,
                    permission=right,
                    resource=self.system.resources[right.resource],
                    scope=frozenset(scope),
                    labels=context,
                    writes=self.system.actions[right.action] == "write",
                )
            )
            .allowed
            for context in self.contexts
            if labels <= context
        )

    def may_pass_unasked(self, name):
        """Return whether decision points of a domain can leave a question open that the domain then lets pass."""
        domain = self.system.domains[name]
        silent = domain.errors > 0 or (domain.deciders and domain.waiting < 1000)
        silent = silent or any(outage.what == "decisions" for outage in domain.outages)
        return self.enforced(name).online and domain.fails_open and silent

    def insider(self, tasks, right, labels=frozenset()):
        what = (tasks, right, labels)
        if what not in self.known:
            scope = self.scope(tasks, self.domain(right))
            self.known[what] = scope is not None and self.may(tasks, right, scope, labels)
        return self.known[what]

    # --- what there is to try

    def chains(self, root):
        """Return each chain of delegations from *root*, with its modes; *root* alone first."""
        found = [((root,), ())]
        for chain, modes in found:
            if len(chain) <= self.system.depth:
                found += [
                    ((*chain, edge.callee), (*modes, edge.mode))
                    for edge in self.system.delegations
                    if edge.caller == chain[-1] and edge.callee not in chain
                ]
        return found

    def jobs(self, agent):
        """Return each flow and lineage that ends at a task of *agent*."""
        return [
            (flow, flow.lineage(index))
            for flow in self.system.workflows.values()
            for index, task in enumerate(flow.tasks)
            if task.chain[-1] == agent
        ]

    def asked(self, lineage, chain, modes):
        tasks = lineage
        for callee, mode in zip(chain[1:], modes, strict=True):
            above = tasks[-1]
            tasks = (
                *tasks,
                Task(
                    f"{above.name}>{callee}",
                    "" if mode == "impersonation" else above.principal,
                    (*above.chain, callee) if mode == "on-behalf-of" else (callee,),
                    above.intent,
                    frozenset(self.system.agents[callee].menu),
                    mode,
                    passes=self.system.agents[callee].entitlements,
                ),
            )
        return tasks

    # --- rules

    def labelled_read(self, right):
        return (
            bool(self.system.resources[right.resource].label) and self.system.actions[right.action] == "read"
        )

    def outward_write(self, right):
        return self.system.resources[right.resource].outward and self.system.actions[right.action] == "write"

    def step(self, facts):
        """Yield what follows from *facts* at once."""
        for rule in self.system.compositions:
            if set(rule.needs) <= facts:
                yield from rule.gives
        for fact in facts:
            verb, _, name = fact.partition(":")
            if verb == "control":
                yield f"steer:{name}"
            elif verb == "hold":
                yield from self.outsider(name, facts)
                yield from self.stands_for(name)
            elif verb == "mint":
                yield from self.minted(*name.partition("@")[::2])
            elif verb == "steer" and ">" not in name:
                yield from (f"steer:{'>'.join(chain)}" for chain, _ in self.chains(name)[1:])
            elif verb in self.system.actions and name in self.system.resources:
                resource = self.system.resources[name]
                if self.system.actions[verb] == "read":
                    yield from (f"hold:{key}" for key in resource.holds)
                if self.system.actions[verb] == "write":
                    able = (
                        agent for agent in resource.obeyed_by if self.system.agents[agent].susceptibility > 0
                    )
                    yield from (f"steer:{agent}" for agent in able)
        for agent in self.system.agents:
            yield from self.steered(agent, facts)
            yield from self.carried(agent, facts)

    def outsider(self, key, facts):
        if key in self.system.secrets:
            rights = set(self.system.secrets[key].scope)
        else:
            rights = {right for agent in self.users(key) for right in (*agent.menu, *agent.entitlements)}
            rights = {right for right in rights if self.stolen(key, right, facts)}
        for right in rights:
            yield str(right)
            if self.labelled_read(right):
                yield f"exfiltrate:{right.resource}"

    def stands_for(self, secret):
        """Yield the agents in whose name who holds *secret* has credentials issued, and where."""
        for agent in self.system.agents.values():
            if agent.identity == secret:
                yield f"mint:{agent.name}"
            acts_in = {self.domain(right) for right in (*agent.menu, *agent.entitlements)}
            for domain in self.system.domains.values():
                if domain.signing_key == secret and domain.name in acts_in:
                    yield f"mint:{agent.name}@{domain.name}"

    def minted(self, name, where):
        """Yield what a credential opens that was issued, or signed for *where*, in the name of an agent."""
        agent = self.system.agents[name]
        for right in {*agent.menu, *agent.entitlements}:
            domain = self.domain(right)
            if where and where != domain:
                continue
            scopes = [self.standing(agent.key, domain)]
            for _, lineage in self.jobs(name):
                alone = len(lineage) == 1 or self.seen(lineage, domain).mode != "on-behalf-of"
                if where or alone:
                    scopes.append(self.held(lineage[-1], domain))
            if any(scope and self.may((idle(name),), right, scope) for scope in scopes):
                yield str(right)
                if self.labelled_read(right):
                    yield f"exfiltrate:{right.resource}"

    def stolen(self, key, right, facts):
        """Return whether some credential of *key* that can be found lets an outsider do *right*."""
        domain = self.domain(right)
        for agent in self.users(key):
            found = [(idle(agent.name),), *(lineage[-1:] for _, lineage in self.jobs(agent.name))]
            for root in self.system.agents:
                for chain, modes in self.chains(root)[1:]:
                    if chain[-1] != agent.name or f"steer:{'>'.join(chain)}" not in facts:
                        continue
                    lineages = [lineage for _, lineage in self.jobs(root)]
                    if f"control:{root}" in facts:
                        lineages.append((idle(root),))
                    found += [self.asked(lineage, chain, modes) for lineage in lineages]
            for tasks in found:
                grant = self.enforced(domain).grant(agent, tasks[-1])
                scope = None if grant.bound and not grant.replay else self.scope(tasks, domain)
                if scope and self.may((idle(agent.name),), right, scope):
                    return True
        return False

    def steered(self, agent, facts):
        for chain, modes in self.chains(agent):
            lineages = (
                [lineage for _, lineage in self.jobs(agent)] if f"steer:{'>'.join(chain)}" in facts else []
            )
            if f"control:{agent}" in facts:
                lineages.append((idle(agent),))
            for right in self.system.agents[chain[-1]].menu:
                if any(self.insider(self.asked(lineage, chain, modes), right) for lineage in lineages):
                    yield str(right)

    def readable(self, agent, lineage):
        return {
            right.resource
            for chain, modes in self.chains(agent)
            for right in self.system.agents[chain[-1]].menu
            if self.labelled_read(right) and self.insider(self.asked(lineage, chain, modes), right)
        }

    def writable(self, agent, lineage, labels=frozenset()):
        return {
            right
            for chain, modes in self.chains(agent)
            for right in self.system.agents[chain[-1]].menu
            if self.outward_write(right) and self.insider(self.asked(lineage, chain, modes), right, labels)
        }

    def carried(self, agent, facts):
        """Yield what a session of *agent* can carry out, and what its workload can, from session to session."""
        everything, out = set(), set()
        for flow, lineage in (*self.jobs(agent), (None, (idle(agent),))):
            data = self.readable(agent, lineage)
            if flow:
                data |= {
                    call.permission.resource for call in flow.calls if self.labelled_read(call.permission)
                }
                for index, task in enumerate(flow.tasks):
                    other = task.chain[-1]
                    if other != agent and f"steer:{other}" in facts:
                        data |= self.readable(other, flow.lineage(index))
            everything |= data
            out |= self.writable(agent, lineage)
            if (f"steer:{agent}" if flow else f"control:{agent}") in facts:
                for name in data:
                    ways = self.writable(agent, lineage, frozenset({self.system.resources[name].label}))
                    if any(str(right) in facts for right in ways):
                        yield f"exfiltrate:{name}"
        if f"control:{agent}" in facts and out:
            yield from (f"exfiltrate:{name}" for name in everything)

    def closure(self, start):
        facts, before = set(start), None
        while facts != before:
            before = set(facts)
            facts |= set(self.step(before))
        return facts


def idle(agent):
    return Task("", "", (agent,), Intent(""), frozenset())


def test_reach_is_what_trying_everything_comes_to():
    """Three hundred small worlds with work, labels, delegations, compositions and mixed enforcement."""
    seen = Counter()
    for seed in range(300):
        world, policy, dice = scenario(seed, SMALL), strategy(seed), Dice("foothold", seed)
        system = world.system
        foothold = Foothold(
            keys=tuple(
                dice.some(sorted({agent.key for agent in system.agents.values()} | set(system.secrets)), 0.3)
            ),
            sessions=tuple(dice.some(list(system.agents), 0.4)),
            agents=tuple(dice.some(list(system.agents), 0.3)),
        )
        start = [
            *(f"hold:{key}" for key in foothold.keys),
            *(f"steer:{agent}" for agent in foothold.sessions),
            *(f"control:{agent}" for agent in foothold.agents),
        ]
        expected = Naive(system, policy).closure(start)
        found = reach(system, policy, foothold)
        assert set(found.facts) == expected, (seed, policy, set(found.facts) ^ expected)
        assert {str(right) for right in found.permissions} <= expected
        seen["more than the foothold"] += len(expected) > len(start)
        for fact in expected - set(start):
            seen[fact.partition(":")[0]] += 1
    assert seen["more than the foothold"] > 150
    assert min(seen[verb] for verb in ("read", "write", "deploy", "hold", "steer", "exfiltrate")) > 50, seen


def test_reach_is_what_trying_everything_comes_to_where_domains_fail_open():
    """A hundred and fifty of those worlds in trouble: what a scope covers passes where nobody may decide."""
    wider = 0
    for seed in range(150):
        calm = scenario(seed, SMALL)
        system = troubled(calm, seed).system
        policy = (IntentPolicy(), Layered((JIT(), IntentPolicy())), strategy(seed))[seed % 3]
        keys = tuple(sorted({agent.key for agent in system.agents.values()}))
        foothold = Foothold(keys=keys[:1], sessions=tuple(system.agents)[:1])
        start = [*(f"hold:{key}" for key in keys[:1]), *(f"steer:{agent}" for agent in foothold.sessions)]
        found = set(reach(system, policy, foothold).facts)
        assert found == Naive(system, policy).closure(start), (seed, policy)
        closed = set(reach(calm.system, policy, foothold).facts)
        assert found >= closed
        wider += found > closed
    assert wider > 30


def test_every_explanation_is_a_proof():
    """Each step of each explanation needs only what stands before it, and ends at the fact."""
    steps = 0
    for seed in range(100):
        world, policy = scenario(seed), strategy(seed)
        found = reach(world.system, policy, Foothold(agents=tuple(world.system.agents)))
        for fact in found.facts:
            known = set()
            for step in found.explain(fact):
                assert set(step.needs) <= known, (seed, fact)
                assert step.fact in str(step)
                known.add(step.fact)
                steps += 1
            assert fact in known
        assert found.explain("no:such-thing") == ()
    assert steps > 1000


def test_permissions_are_actions_on_resources_and_nothing_else():
    """Facts such as `hold:key` are no permissions; what the foothold brings along is not counted as reached."""
    for seed in range(50):
        world, policy = scenario(seed), strategy(seed)
        found = reach(world.system, policy, Foothold(facts=("read:r1",), keys=("s1",)))
        assert Permission("hold", "s1") not in found.permissions
        assert Permission("read", "r1") not in found.permissions
        assert found.resources <= set(world.system.resources)
