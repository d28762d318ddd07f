"""Work that sets work going: generations, ends, limits, and runaways that are stopped."""

from collections import Counter
from dataclasses import replace
from math import exp, factorial

import pytest
from scipy.stats import chi2

from simlab.errors import BudgetError, NoProgressError
from simlab.model.chance import Exponential, Fixed
from simlab.model.conduct import Spawn
from simlab.model.counts import Always, Poisson
from simlab.sim import spawning
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import DenyAll, StaticRBAC
from tests.sim.small import HOUR, READ, job, run, world


def spawns(workflow="job", count=1, **changes):
    return Spawn(f"{workflow}#1", workflow, Always(count), **changes)


def arrivals(watched, task="job"):
    return [event.time for event in watched.run.trace if event.kind == "arrive" and event.task == task]


def test_a_piece_that_ends_sets_so_many_going_at_its_end():
    """Two generations of two: 1, then 2 a minute later, then 4 after another minute."""
    flow = replace(job(calls=((60.0, READ),)), spawns=(spawns(count=2, depth=2),))
    assert Counter(arrivals(run(world(flow)))) == {0.0: 1, 60.0: 2, 120.0: 4}


def test_a_piece_that_fails_sets_nothing_going():
    flow = replace(job(), spawns=(spawns(count=2, depth=2),))
    assert arrivals(run(world(flow), DenyAll())) == [0.0]


def test_the_most_of_a_family_is_never_exceeded_and_families_do_not_share_it():
    flow = replace(job(calls=((60.0, READ),), at=(0.0, 5.0)), spawns=(spawns(count=2, most=5),))
    assert Counter(arrivals(run(world(flow)))) == {0.0: 1, 5.0: 1, 60.0: 2, 65.0: 2, 120.0: 2, 125.0: 2}


def test_while_it_lives_it_sets_work_going_again_and_again():
    """A piece of 10 minutes, every 4 minutes: at 4 and at 8, and what comes of it does the same, once."""
    flow = replace(job(calls=((600.0, READ),)), spawns=(spawns(every=Fixed(240.0), depth=1),))
    assert arrivals(run(world(flow))) == [0.0, 240.0, 480.0]


def test_work_that_waits_to_be_set_going_never_arrives_by_itself():
    flow = replace(job(calls=((60.0, READ),)), spawns=(spawns("later"),))
    watched = run(world(flow, job("later", at=())))
    assert arrivals(watched, "later") == [60.0]
    assert arrivals(run(world(job("later", at=()))), "later") == []


def test_a_piece_of_work_is_what_it_is_wherever_else_work_is_set_going():
    """Its number and its work depend on where it comes from, and not on how many came before it."""
    flow = replace(job(calls=((60.0, READ),)), spawns=(spawns("later", count=2),))
    later = replace(job("later", at=()), calls=(replace(job().calls[0], work=Exponential(60.0)),))
    other = replace(job("other", calls=((30.0, READ),)), spawns=(spawns("later", count=3),))
    alone, beside = (run(world(*flows, later)) for flows in ((flow,), (flow, other)))
    some, more = (
        {(serial, waits) for name, serial, waits in one.work if name == "later"} for one in (alone, beside)
    )
    assert some < more
    assert (len(some), len(more)) == (2, 5)


def test_a_thousand_generations_at_one_instant_are_no_deep_stack():
    flow = replace(job(), spawns=(spawns(depth=5000),))
    assert len(arrivals(run(world(flow)))) == 5001


def test_a_line_of_descendants_without_end_at_one_instant_is_an_error():
    flow = replace(job(), spawns=(spawns(),))
    with pytest.raises(NoProgressError, match="E301"):
        simulate(Plan(world(flow), StaticRBAC()))


def test_work_that_grows_without_end_is_an_error(monkeypatch):
    """Twice as many each minute: 512 are alive when the ninth generation ends at 600 s, and sets 1,024 going."""
    monkeypatch.setattr(spawning, "MOST_ALIVE", 1000)
    flow = replace(job(calls=((60.0, READ),)), spawns=(spawns(count=2),))
    with pytest.raises(BudgetError, match=r"E302 more than 1000 pieces of work alive at 600 s.*`depth`"):
        simulate(Plan(world(flow), StaticRBAC()))
    yule = replace(job(calls=((1000 * HOUR, READ),)), spawns=(spawns(every=Exponential(60.0)),))
    with pytest.raises(BudgetError, match="E302"):
        simulate(Plan(world(yule), StaticRBAC()))


def test_a_family_of_one_child_each_is_no_runaway(monkeypatch):
    """What counts is how many live at once, not how many there have been."""
    monkeypatch.setattr(spawning, "MOST_ALIVE", 2)
    flow = replace(job(calls=((60.0, READ),)), spawns=(spawns(),))
    assert len(arrivals(run(world(flow)))) == 600


def test_sizes_of_families_follow_borels_law():
    """CF14, the whole law: 20,000 families of Poisson(0.6) children, by size, and all of 10 or more together."""
    m, n = 0.6, 20_000
    flow = replace(job(calls=((60.0, READ),)), spawns=(Spawn("job#1", "job", Poisson(m)),))
    plan = Plan(world(flow), StaticRBAC())
    sizes = Counter(min(simulate(plan, 1, number).tally.tasks, 10) for number in range(n))
    masses = {size: exp(-m * size) * (m * size) ** (size - 1) / factorial(size) for size in range(1, 10)}
    masses[10] = 1 - sum(masses.values())
    statistic = sum((sizes[size] - n * mass) ** 2 / (n * mass) for size, mass in masses.items())
    assert 1e-4 < chi2.sf(statistic, len(masses) - 1) < 1 - 1e-4
