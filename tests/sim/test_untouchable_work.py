"""Work that no intruder can touch is done without events, and comes out the same."""

from __future__ import annotations

import dataclasses

import pytest

from bench.worlds import DAY, chains
from simlab.attackers import Scripted
from simlab.metrics import METRICS
from simlab.model.attack import Response, When
from simlab.model.chance import ZERO, Fixed
from simlab.model.system import Domain, Telemetry
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse
from simlab.threats import PromptInjection
from tests.helpers import ANY, RESTLESS
from tests.helpers import scenario as random_scenario
from tests.sim.small import HOUR, SITE, bot, job, world

STRATEGIES = (
    "static-rbac",
    "jit:ttl=5m",
    "intent",
    "jit+intent",
    "static-rbac:rotation=2h",
    "jit:life=workflow",
    "token-exchange",
    "intent:drift=redeclare",
    "intent:drift=soft+jit",
)


def event_by_event(plan: Plan) -> Plan:
    """Return *plan* with no work taken for untouchable."""
    plan.flows = tuple(dataclasses.replace(flow, touchable=True, quiet=None) for flow in plan.flows)
    return plan


@pytest.mark.parametrize("shape", [ANY, RESTLESS], ids=["as planned", "restless"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_comes_out_as_if_done_event_by_event(strategy, shape):
    """Rows and metrics agree in 60 random worlds; the numbers of credentials may be given in another order."""
    spared = 0
    for seed in range(60):
        scenario = random_scenario(seed, shape)
        quick, slow = Plan(scenario, parse(strategy)), event_by_event(Plan(scenario, parse(strategy)))
        spared += sum(not flow.touchable for flow in quick.flows)
        one, other = simulate(quick, seed, trace=True), simulate(slow, seed, trace=True)
        assert rows(one) == rows(other), seed
        for name, metric in METRICS.items():
            assert metric.compute(one) == pytest.approx(metric.compute(other), rel=1e-9, abs=1e-12), (
                seed,
                name,
            )
    assert spared > 0 or "rotation" in strategy


QUIET = (*STRATEGIES, "jit:ttl=2m", "jit:refresh=10m", "jit:audience=true", "token-exchange:ttl=3m")


@pytest.mark.parametrize("strategy", QUIET)
def test_quiet_work_comes_out_as_if_a_worker_did_it_to_the_last_bit(strategy):
    """The same rows with the same numbers, the same counts and sums, in 120 random worlds and in chains of three."""
    long = chains(3, DAY / 4, work=200.0, attacked=False)  # so that credentials expire at work
    quiet = 0
    for seed, scenario in enumerate((long, *map(random_scenario, range(120)))):
        quick, slow = Plan(scenario, parse(strategy)), Plan(scenario, parse(strategy))
        slow.flows = tuple(dataclasses.replace(flow, quiet=None) for flow in slow.flows)
        quiet += sum(flow.quiet is not None for flow in quick.flows)
        one, other = (simulate(plan, seed, trace=True) for plan in (quick, slow))
        assert sorted(one.trace) == sorted(other.trace), seed
        assert (one.tally, one.governance) == (other.tally, other.governance), seed
    assert quiet > 0


@pytest.mark.parametrize("key", ["", "etl"])
def test_work_whose_key_a_colleague_can_get_revoked_is_not_spared(key):
    """A bot that is steered is seen; whoever shares its key has it revoked, and is denied at work an hour later."""
    agents = (bot("bot", key=key), bot("clerk", key=key))
    flows = (job("job", "bot"), job("later", "clerk", ((0.0, SITE),), (HOUR,)))
    threat = PromptInjection("db", When("at-work", ZERO))
    scenario = world(
        *flows,
        agents=agents,
        threats=(threat,),
        attacker=Scripted(("read:vault",)),
        domains={"d": Domain("d", telemetry=Telemetry(1.0))},
        response=Response(replace=Fixed(2 * HOUR)),
    )
    plan = Plan(scenario, parse("static-rbac"))
    assert [flow.touchable for flow in plan.flows] == [True, key == "etl"]
    assert METRICS["denied"].compute(simulate(plan)) == float(key == "etl")


def rows(run):
    """Return the rows of *run* without the numbers of credentials, in an order of their own."""
    return sorted(event._replace(credential=event.credential.partition("#")[0]) for event in run.trace)
