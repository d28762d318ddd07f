"""First-passage oracle: without AND, an attack is a question of shortest paths through windows that close.

An implementation of its own (Dijkstra's algorithm over facts, no SimPy, no intruder, no broker) draws the same
keyed numbers, and must give the same floats.
"""

import heapq
import math
from collections import Counter
from dataclasses import replace

from simlab.model.access import Permission
from simlab.model.attack import Response
from simlab.model.chance import NEVER, ZERO
from simlab.model.system import Telemetry
from simlab.sim.streams import Streams
from simlab.strategies import StaticRBAC
from tests.helpers import ALONE, HOUR, Dice, scenario, span, watch, with_system

SHAPE = replace(
    ALONE,
    resources=9,
    agents=4,
    secrets=4,
    compositions=6,
    needs=1,
    modes=("own-identity", "impersonation"),
    enforces=False,
    ties=False,
)


def case(seed):
    """Return a world, a rotation and a grace [s] in which each key has one credential at most for the attacker."""
    dice = Dice("first passage", seed)
    world = scenario(seed, SHAPE)
    domains = {
        name: replace(
            domain, telemetry=Telemetry(), revocation=dice.one((ZERO, span(dice, HOUR / 3, ties=False)))
        )
        for name, domain in world.system.domains.items()
    }
    threats = tuple(
        replace(threat, noticed=dice.one((NEVER, span(dice, 1.5 * HOUR, ties=False))))
        for threat in world.threats
    )
    world = replace(
        with_system(world, domains=domains),
        threats=threats,
        response=Response(triage=dice.one((ZERO, span(dice, HOUR / 4, ties=False))), replace=NEVER),
    )
    if dice.chance(0.5):
        return world, math.inf, 0.0
    # Where keys rotate, each key has one source only, so that nobody ever holds two credentials of it.
    leaked = {threat.key for threat in threats}
    secrets = set(world.system.secrets)
    resources = {
        name: replace(resource, holds=tuple(key for key in resource.holds if key in secrets))
        for name, resource in world.system.resources.items()
    }
    rules = []
    for rule in world.system.compositions:
        gives = []
        for fact in rule.gives:
            verb, _, name = fact.partition(":")
            if verb == "hold" and name not in secrets:
                if name in leaked:
                    continue
                leaked.add(name)
            if verb != "control":
                gives.append(fact)
        if gives:
            rules.append(replace(rule, gives=tuple(gives)))
    world = with_system(world, resources=resources, compositions=tuple(rules))
    return world, HOUR * dice.one((0.4, 1.1, 2.3)), dice.one((0.0, 700.0))


class Oracle:
    """Dijkstra's algorithm: the first time of each fact."""

    def __init__(self, world, rotation, grace, seed):
        self.world, self.system, self.rotation, self.grace = world, world.system, rotation, grace
        self.draw = Streams(seed, 0).uniform
        self.horizon = world.horizon
        self.first = {}
        self.queue = []
        self.window = {}
        self.ordered = {}
        users = {}
        for agent in self.system.agents.values():
            users.setdefault(agent.key, []).append(agent)
        self.scope = {key: frozenset().union(*(a.entitlements for a in some)) for key, some in users.items()}
        self.menu = {
            key: {right for agent in some for right in (*agent.menu, *agent.entitlements)}
            for key, some in users.items()
        }
        for secret in self.system.secrets.values():
            self.scope[secret.name] = secret.scope
            self.menu[secret.name] = set(secret.scope)
        self.gate = {
            rule.name: self.draw("composition", rule.name) < rule.probability
            for rule in self.system.compositions
        }

    def issue(self, key, now):
        """Settle which credential of *key* there is for whoever gets hold of it *now*: its expiry [s]."""
        if key not in self.window:
            if key in self.system.secrets:
                self.window[key] = self.system.secrets[key].ttl
            elif self.rotation == math.inf:
                self.window[key] = math.inf
            else:
                issued = math.floor(now / self.rotation) * self.rotation
                self.window[key] = issued + self.rotation + self.grace
        return self.window[key]

    def dies(self, key, domain):
        order = self.ordered.get(key, math.inf)
        if order == math.inf:
            return self.window[key]
        lag = self.system.domains[domain].revocation.quantile(self.draw("revocation", domain, key, 1))
        return min(self.window[key], order + lag)

    def alive(self, key, now):
        """Return whether anybody who looks *now* finds a credential of *key* that works somewhere."""
        if not self.scope[key]:
            return False
        self.issue(key, now)
        domains = {self.system.resources[right.resource].domain for right in self.scope[key]}
        return now < max(self.dies(key, domain) for domain in domains)

    def push(self, time, fact):
        if time < self.horizon and fact not in self.first:
            heapq.heappush(self.queue, (time, fact))

    def leaks(self):
        """Yield the leaks in the order in which they come, with what the owner then does about them."""
        for threat in self.world.threats:
            name = f"key-leak {threat.key}"
            start = threat.when.delay.quantile(self.draw("when", name))
            if start < self.horizon:
                yield start, name, threat

    def run(self):
        # A leak may kill what somebody finds later, never what was found before: so leaks come first, in order.
        for start, name, threat in sorted(self.leaks(), key=lambda leak: leak[:2]):
            if not self.scope[threat.key] or start >= self.issue(threat.key, start):
                continue
            self.push(
                start + threat.first_use.quantile(self.draw("first use", name, 0)), f"hold:{threat.key}"
            )
            noticed = start + threat.noticed.quantile(self.draw("noticed", name, 0))
            if noticed < self.horizon:
                triage = self.world.response.triage.quantile(self.draw("triage", "noticed", name, 0))
                self.ordered[threat.key] = noticed + triage
        while self.queue:
            time, fact = heapq.heappop(self.queue)
            if fact not in self.first:
                self.first[fact] = time
                self.follow(time, fact)
        return self.first

    def follow(self, time, fact):
        verb, _, name = fact.partition(":")
        if verb == "hold":
            for right in self.menu[name]:
                self.attempt(time, right, fact, name)
        elif verb == "control":
            for chain in self.chains(name):
                callee = self.system.agents[chain[-1]]
                for right in callee.menu:
                    self.attempt(time, right, f"steer:{'>'.join(chain)}", callee.key)
        else:
            right = Permission.parse(fact)
            if right.action == "read":
                for key in self.system.resources[right.resource].holds:
                    self.find(time, key)
        for rule in self.system.compositions:
            if fact in rule.needs and self.gate[rule.name]:
                after = time + rule.duration.quantile(self.draw("composition time", rule.name))
                for given in rule.gives:
                    if given.startswith("hold:"):
                        self.find(after, given.removeprefix("hold:"))
                    else:
                        self.push(after, given)

    def find(self, time, key):
        if time < self.horizon and self.alive(key, time):
            self.push(time, f"hold:{key}")

    def attempt(self, time, right, via, key):
        """Try *right*: it takes a while, and what is presented must still work then."""
        fact = str(right)
        if fact in self.first or right not in self.scope[key]:
            return
        then = time + self.world.attacker.pace.quantile(self.draw("pace", f"{fact} via {via}", 1))
        self.issue(key, then)
        if then < self.dies(key, self.system.resources[right.resource].domain):
            self.push(then, fact)

    def chains(self, agent):
        chains = [(agent,)]
        for chain in chains:
            if len(chain) <= self.system.depth:
                callees = (edge.callee for edge in self.system.delegations if edge.caller == chain[-1])
                chains += [(*chain, callee) for callee in callees if callee not in chain]
        return chains


def engine_times(world, policy, seed):
    times = {}
    for event in watch(world, policy, seed).run.incident:
        if event.kind in {"request", "gain"} and event.allowed and event.actor == "intruder":
            times.setdefault(f"{event.action}:{event.resource}", event.time)
    return times


def test_the_engine_gives_the_same_floats_as_dijkstra():
    """Three hundred random worlds: every first time of every fact, bit by bit."""
    seen = Counter()
    for seed in range(300):
        world, rotation, grace = case(seed)
        expected = Oracle(world, rotation, grace, seed).run()
        found = engine_times(world, StaticRBAC(rotation, grace), seed)
        assert found == expected, seed
        seen["worlds"] += bool(expected)
        seen["rotating"] += bool(expected) and rotation < math.inf
        for fact in expected:
            seen[fact.partition(":")[0]] += 1
    assert seen["worlds"] > 200
    assert seen["rotating"] > 80
    assert min(seen[verb] for verb in ("read", "write", "deploy", "hold", "control")) > 30, seen


def test_the_windows_of_the_oracle_matter():
    """Were nothing ever revoked, and did nothing expire, more would be reached: the worlds above have teeth."""
    longer = 0
    for seed in range(300):
        world, rotation, grace = case(seed)
        forever = replace(
            with_system(
                world,
                secrets={name: replace(one, ttl=math.inf) for name, one in world.system.secrets.items()},
            ),
            threats=tuple(replace(threat, noticed=NEVER) for threat in world.threats),
        )
        longer += len(Oracle(forever, math.inf, 0.0, seed).run()) > len(
            Oracle(world, rotation, grace, seed).run()
        )
    assert longer > 40
