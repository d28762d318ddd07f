"""Work that no intruder can touch is done without events, and comes out the same."""

from __future__ import annotations

import dataclasses

import pytest

from simlab.metrics import METRICS
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse
from tests.helpers import ANY, RESTLESS
from tests.helpers import scenario as random_scenario

STRATEGIES = ("static-rbac", "jit:ttl=5m", "intent", "jit+intent", "static-rbac:rotation=2h")


def event_by_event(plan: Plan) -> Plan:
    """Return *plan* with no work taken for untouchable."""
    plan.flows = tuple(dataclasses.replace(flow, touchable=True) for flow in plan.flows)
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


def rows(run):
    """Return the rows of *run* without the numbers of credentials, in an order of their own."""
    return sorted(event._replace(credential=event.credential.partition("#")[0]) for event in run.trace)
