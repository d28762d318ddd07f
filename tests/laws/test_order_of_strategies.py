"""Law 3: everything lies between allow-all and deny-all; attenuation never widens."""

from dataclasses import replace

from hypothesis import given

from simlab.graph import reach
from simlab.model.attack import Foothold
from simlab.strategies import (
    ABAC,
    JIT,
    AllowAll,
    DataFlow,
    DenyAll,
    Intent,
    Layered,
    RightSizedRBAC,
    StaticRBAC,
    TokenExchange,
)
from simlab.strategies.authority import Authority, ad_hoc, idle
from tests.helpers import ANY, LAW, Refusing, policies, scenario, scenarios, strategy

LAYERS = (
    StaticRBAC(),
    JIT(),
    JIT(bound=True),
    JIT(scope="intent"),
    JIT(scope="roles"),
    Intent(),
    Intent(flows=False),
    Intent(attested=False),
    Intent(hops=0),
    RightSizedRBAC(),
    ABAC(foreign="none"),
    TokenExchange(),
    DataFlow(),
    Intent(drift="redeclare"),
)
GOVERNED = replace(ANY, enforces=False)


def footholds(world):
    whole = Foothold()
    for threat in world.threats:
        whole |= threat.strike(world.system)
    everywhere = Foothold(agents=tuple(world.system.agents), keys=tuple(world.system.secrets))
    return (whole, everywhere)


def test_every_strategy_lies_between_the_bounds():
    """Reach of 300 random strategies; no condition, because every domain enforces the bounds themselves.

    A domain that cannot enforce x falls back to something; that lies between the bounds as well.
    """
    between = 0
    for seed in range(300):
        world, policy = scenario(seed), strategy(seed)
        for foothold in footholds(world):
            most, this, least = (
                set(reach(world.system, one, foothold).facts) for one in (AllowAll(), policy, DenyAll())
            )
            assert least <= this <= most, (seed, policy)
            between += least < this < most
    assert between > 100


def test_another_layer_never_reaches_further():
    """Where every domain enforces every layer. Without that, one layer may keep a worse fallback away."""
    moved = 0
    for seed in range(150):
        world = scenario(seed, GOVERNED)
        one, other = LAYERS[seed % len(LAYERS)], LAYERS[(seed // len(LAYERS)) % len(LAYERS)]
        for foothold in footholds(world):
            both, first, second = (
                set(reach(world.system, policy, foothold).facts)
                for policy in (Layered((one, other)), one, other)
            )
            assert both <= first & second, (seed, one, other)
            moved += both < first
    assert moved > 30


def test_a_layer_that_keeps_a_fallback_away_may_reach_further():
    """The condition is needed: alone, intent is not enforced and the domain denies all; with JIT it is JIT."""
    world = scenario(3, GOVERNED)
    domains = {
        name: replace(domain, enforces=("jit",), fallback="deny-all")
        for name, domain in world.system.domains.items()
    }
    system = replace(world.system, domains=domains)
    foothold = Foothold(agents=tuple(system.agents))
    alone, layered = (
        set(reach(system, policy, foothold).facts) for policy in (Intent(), Layered((JIT(), Intent())))
    )
    assert alone < layered


@LAW
@given(scenarios(), policies)
def test_refusing_more_never_reaches_further(world, policy):
    """One more enforcement point, which refuses a share of the permissions, and then a larger share."""
    foothold = footholds(world)[1]
    system = replace(
        world.system, domains={n: replace(d, enforces=None) for n, d in world.system.domains.items()}
    )
    free, some, more = (
        set(reach(system, Layered((policy, Refusing(share))), foothold).facts) for share in (0.0, 0.3, 0.6)
    )
    assert more <= some <= free


def test_attenuation_never_widens_a_scope():
    """What a callee has on behalf of its caller is in the scope of both, however long the chain."""
    narrower = 0
    for seed in range(200):
        world, policy = scenario(seed), strategy(seed)
        system, authority = world.system, Authority(world.system, policy)
        chains = [
            flow.lineage(index) for flow in system.workflows.values() for index in range(len(flow.tasks))
        ]
        for edge in system.delegations:
            task = idle(edge.caller)
            chains.append((task, ad_hoc(task, edge.callee, edge.mode, system.agents[edge.callee].menu)))
        for tasks in chains:
            for group in range(len(authority.groups)):
                scope = authority.scope(tasks, group)
                if scope is None or len(tasks) == 1:
                    continue
                own = authority.held(tasks[-1], group).scope
                assert scope <= own
                if authority.derives(tasks, group):
                    above = authority.scope(tasks[:-1], group)
                    assert scope == own & above
                    narrower += scope < own
    assert narrower > 50
