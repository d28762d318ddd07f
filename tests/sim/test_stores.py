"""What is in a store, for how long, and who has it from there."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import simlab
from simlab.attackers import Opportunist
from simlab.metrics import METRICS
from simlab.model.access import Permission
from simlab.model.attack import When
from simlab.model.chance import Fixed
from simlab.model.path import path_to
from simlab.model.system import Call, Domain, Resource, System
from simlab.sim.broker import Context
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.sim.stores import Stores
from simlab.strategies import parse
from simlab.threats import KeyLeak
from tests.helpers import HOUR, with_system

FILE = Path(__file__).parents[2] / "scenarios" / "reference" / "memory-launders.yaml"
WRITE, READ = Permission("write", "memory"), Permission("read", "memory")


class Quiet:
    """An engine in which nothing happens but the clock."""

    def __init__(self, **memory: object) -> None:
        """Have one store, which is as *memory* says."""
        system = System({"d": Domain("d")}, {"memory": Resource("memory", "d", **memory)})
        self.plan = SimpleNamespace(system=system)
        self.env = SimpleNamespace(now=0.0)
        self.ledger = SimpleNamespace(own=lambda *_: None, of=lambda _: -1)
        self.intruder = SimpleNamespace(sessions={})
        self.stores = Stores(self)

    def write(self, now, *labels):
        """Let a session with *labels* write, *now*."""
        self.env.now = now
        context = Context()
        context.labels, context.data = frozenset(labels), frozenset(f"{each} data" for each in labels)
        self.stores.work(SimpleNamespace(context=context), WRITE)

    def read(self, now):
        """Return what a fresh session has read, *now*."""
        self.env.now = now
        context = Context()
        self.stores.work(SimpleNamespace(context=context), READ)
        return sorted(context.labels), sorted(context.data)


def test_a_label_is_there_from_the_write_until_it_is_forgotten_to_the_instant():
    """On [10, 40), and a second write renews what it carries, and nothing else."""
    world = Quiet(carries="labels", retained=30.0)
    assert world.read(9.0) == ([], [])
    world.write(10.0, "pii", "code")
    assert world.read(10.0) == (["code", "pii"], ["code data", "pii data"])
    world.write(20.0, "pii")
    assert world.read(39.0) == (["code", "pii"], ["code data", "pii data"])
    assert world.read(40.0) == (["pii"], ["pii data"])
    assert world.read(50.0) == ([], [])


def test_a_store_that_loses_labels_has_the_data_all_the_same():
    world = Quiet(carries="data")
    world.write(10.0, "pii")
    assert world.read(1e9) == ([], ["pii data"])


def test_who_writes_without_labels_takes_none_off():
    world = Quiet(carries="labels")
    world.write(10.0, "pii")
    world.write(20.0)
    assert world.read(30.0) == (["pii"], ["pii data"])


def test_the_first_reader_of_a_queue_has_the_labels_and_the_second_has_not():
    world = Quiet(carries="labels", consumed=True)
    world.write(10.0, "pii")
    assert world.read(20.0) == (["pii"], ["pii data"])
    assert world.read(20.0) == ([], [])


@pytest.mark.parametrize("retained", [HOUR, 3 * HOUR])
def test_an_outsider_reads_in_a_memory_what_is_there(retained):
    """The planner's key leaks at 2 h. The clerk's note of 0 is there by then, or it is not."""
    world = simlab.load(FILE).scenario
    resources = world.system.resources
    memory = Resource("memory", "cloud", carries="data", retained=retained)
    flow = world.system.workflows["sort"]
    flow = replace(flow, calls=(Call(0, Permission("read", "crm")), Call(0, WRITE)))
    world = with_system(world, resources={**resources, "memory": memory}, workflows={"sort": flow})
    leak = KeyLeak("planner", when=When("clock", Fixed(2 * HOUR)))
    world = replace(world, threats=(leak,), attacker=Opportunist(Fixed(60.0)))
    run = simulate(Plan(world, parse("static-rbac+data-flow")), trace=True)
    assert METRICS["exfiltrated"].compute(run) == float(retained > 2 * HOUR)


def test_the_way_of_data_through_a_memory_is_told_from_the_strike_on():
    """The post rests on the planner's session, and the data on the clerk's write."""
    world = simlab.load(FILE).scenario
    run = simulate(Plan(world, parse("static-rbac")), 1, trace=True)
    facts = [cause.fact for cause in path_to(run, "exfiltrate:crm").causes()]
    assert {"steer:clerk", "write:memory", "steer:planner", "post:web", "exfiltrate:crm"} <= set(facts)
