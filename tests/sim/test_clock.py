"""The clock: SimPy's, with a place for everything that is due at one instant."""

import pytest
import simpy

from simlab.sim.clock import ANSWER, REVOKE, TRY, WORK, Clock, Sleeper


def test_what_is_due_at_one_instant_happens_by_rank_whenever_it_came_to_be_due():
    clock, said = Clock(), []
    for sort, name in ((TRY, 1), (WORK, 2), (WORK, 1), (REVOKE, "key"), (ANSWER, "owner")):
        clock.after(60.0, lambda what=(sort, name): said.append(what), sort, name)
    clock.run_until(61.0)
    assert said == [(REVOKE, "key"), (ANSWER, "owner"), (WORK, 1), (WORK, 2), (TRY, 1)]


def test_a_process_goes_on_after_each_wait_until_the_horizon():
    clock, times = Clock(), []

    def process():
        while True:
            times.append(clock.now)
            yield 2.0

    clock.drive(process(), WORK, 0)
    clock.run_until(6.0)
    assert times == [0.0, 2.0, 4.0]


def test_a_sleeper_goes_on_when_it_is_woken():
    clock, times = Clock(), []

    def process():
        for wait in (1.0, float("inf"), 3.0):
            yield wait
            times.append(clock.now)

    sleeper = Sleeper(clock, WORK, 0)
    sleeper.drive(process())
    clock.after(10.0, sleeper.wake, TRY)
    clock.run_until(100.0)
    assert times == [1.0, 10.0, 13.0]


def test_simpys_own_processes_and_resources_work_on_it():
    """Two jobs of 5 s at one desk: the second one ends at 10 s."""
    clock, done = Clock(), []
    desk = simpy.Resource(clock)

    def job():
        with desk.request() as turn:
            yield turn
            yield clock.timeout(5.0)
        done.append(clock.now)

    clock.process(job())
    clock.process(job())
    clock.run_until(100.0)
    assert done == [5.0, 10.0]


def test_a_failure_in_a_process_of_simpys_is_not_lost():
    clock = Clock()

    def job():
        yield clock.timeout(1.0)
        raise LookupError("gone")

    clock.process(job())
    with pytest.raises(LookupError, match="gone"):
        clock.run_until(100.0)


def test_nothing_due_is_simpys_empty_schedule():
    with pytest.raises(simpy.core.EmptySchedule):
        Clock().step()
