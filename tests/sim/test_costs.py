"""What a run costs, counted rather than timed, so that no noise of the machine can fail it (P8, P11)."""

import dataclasses
import gc
import sys
import tracemalloc

import pytest

from bench.worlds import DAY, chains, office
from simlab.sim.clock import Clock
from simlab.sim.engine import Engine, simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse

STRATEGIES = ("jit:ttl=10m", "static-rbac:rotation=1h", "intent", "jit:ttl=2m+intent")
WAITING_PROCESS = 766
"""[bytes] that a waiting SimPy process takes."""
FLOWS = 4


@pytest.fixture(scope="module", params=STRATEGIES)
def strategy(request):
    return parse(request.param)


class Watched(Clock):
    """The clock, which looks at the event heap before each step."""

    def __init__(self):
        super().__init__()
        self.steps = 0
        self.look = lambda: None

    def run_until(self, horizon):
        while self.peek() < horizon:
            self.steps += 1
            self.look()
            self.step()


def event_by_event(world, strategy):
    """Return a plan in which no work is spared its events: the dearest case."""
    plan = Plan(world, strategy)
    plan.flows = tuple(dataclasses.replace(flow, touchable=True, quiet=None) for flow in plan.flows)
    return plan


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr("simlab.sim.engine.Clock", Watched)


@pytest.mark.usefixtures("watched")
def test_at_most_two_events_a_decision(strategy):
    engine = Engine(event_by_event(office(DAY), strategy), seed=1, replication=0)
    engine.run()
    assert engine.tally.requests > 10_000
    assert engine.env.steps <= 2 * engine.tally.requests


@pytest.mark.usefixtures("watched")
def test_the_event_heap_holds_live_work_and_no_credentials(strategy):
    world = chains(FLOWS, DAY / 4, arrivals=60.0, attacked=False)
    engine = Engine(event_by_event(world, strategy), seed=1, replication=0)
    tally, excess, most = engine.tally, [], []

    def look():
        live = tally.tasks - tally.finished - tally.failed
        most.append(live)
        excess.append(len(engine.env._queue) - 1.1 * live)

    engine.env.look = look
    engine.run()
    arrivals = FLOWS
    assert max(most) > 20
    assert max(excess) <= arrivals


def test_a_live_credential_is_small():
    engine = Engine(Plan(chains(1, DAY, attacked=False), parse("jit")), seed=1, replication=0)
    (kind, _), *_ = engine.plan.flows[0].kinds
    count, events = 10_000, len(engine.env._queue)
    held = [None] * count
    tracemalloc.start()
    for number in range(count):
        held[number] = engine.broker.issue(kind.key, 0, kind.grants[0], float(number))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / count <= 0.3 * WAITING_PROCESS
    assert len(engine.env._queue) == events


@pytest.mark.parametrize("attacked", [False, True])
def test_memory_does_not_grow_with_the_horizon(strategy, attacked):
    short, long = (memory(chains(FLOWS, days * DAY, attacked=attacked), strategy) for days in (1, 10))
    assert long <= 1.1 * short


def memory(world, strategy):
    """Return the peak of one run [bytes], without one number for each finished task, from which quantiles are taken."""
    plan = Plan(world, strategy)
    simulate(plan, seed=1)  # so that every answer is known
    gc.collect()
    tracemalloc.start()
    engine = Engine(plan, seed=1, replication=0)
    engine.run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    delays = engine.tally.delays
    numbers = sum(map(sys.getsizeof, delays)) if isinstance(delays, list) else 0
    return peak - sys.getsizeof(delays) - numbers


def test_a_row_of_the_trace_is_small(strategy):
    plan = Plan(office(DAY / 2), strategy)
    simulate(plan, seed=1, trace=True)
    gc.collect()
    tracemalloc.start()
    without = simulate(plan, seed=1)
    middle, _ = tracemalloc.get_traced_memory()
    with_rows = simulate(plan, seed=1, trace=True)
    end, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert without.tally.requests == with_rows.tally.requests
    assert len(with_rows.trace) > 5_000
    assert (end - middle) / len(with_rows.trace) <= 300
