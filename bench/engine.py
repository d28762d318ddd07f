"""P1, P2, P3: the event engine, against SimPy with nothing on top of it, and against itself."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from statistics import median

from simpy import Environment

from bench.measure import Row, growth, interleaved, ratio, slope
from bench.worlds import DAY, besieged, chains, crowd, office
from simlab.graph.possible import possible
from simlab.model.doors import explore
from simlab.sim.engine import simulate
from simlab.sim.plan import Plan
from simlab.strategies import parse

JIT = "jit:ttl=10m"
"""Twice as long as a piece of work takes on average, so some credentials expire at work."""
TIMERS, PINGS = 1_000, 72_000


def pings() -> Callable[[], None]:
    """Return what lets a thousand SimPy processes, which do nothing else, wait 72,000 times in turn."""
    env = Environment()

    def process(wait: float):
        while True:
            yield env.timeout(wait)

    for timer in range(TIMERS):
        env.process(process(1 + timer / TIMERS))

    def ping() -> None:
        step = env.step
        for _ in range(PINGS):
            step()

    return ping


def decisions() -> list[Row]:
    """Measure P1 and P2: decisions per second, against a bare SimPy timer loop."""
    rows = []
    ping = pings()
    worlds = {
        "60 agents in chains of 3, 10 live": office(),
        "1,000 agents in chains of 5, 1,000 live": crowd(),
    }
    for (what, world), strategy in product(worlds.items(), (JIT, "static-rbac", "intent")):
        plan = Plan(world, parse(strategy))
        requests = simulate(plan, 1).tally.requests
        bare, traced, silent = interleaved(
            ping, lambda plan=plan: simulate(plan, 1, trace=True), lambda plan=plan: simulate(plan, 1)
        )
        for goal, times, target in (("P1", traced, 0.4), ("P2", silent, 0.55)):
            share = ratio(bare, times) * requests / PINGS
            trace = "trace on" if goal == "P1" else "trace off"
            rate = f"{requests / median(times):,.0f} of {PINGS / median(bare):,.0f} a second"
            row = Row(goal, f"{strategy}, {what}, {requests:,} decisions, {trace}", f"{share:.3f} ({rate})")
            rows.append(
                row._replace(target=f">= {target}", met=share >= target) if world.horizon > DAY else row
            )
    return sorted(rows, key=lambda row: row.goal)


def horizon() -> list[Row]:
    """Measure P3: how the time of a run grows with the number of tasks, over 1, 10 and 100 days."""
    days = (1, 10, 100)
    rows = []
    for what, world, strategy in (
        ("run, 4 chains", lambda day: chains(4, day * DAY, arrivals=200.0), JIT),
        ("run, 4 chains", lambda day: chains(4, day * DAY, arrivals=200.0), "static-rbac"),
        ("run, an intruder finds credentials again and again", lambda day: besieged(day * DAY), JIT),
    ):
        plans = {day: Plan(world(day), parse(strategy)) for day in days}
        times = growth(lambda day, plans=plans: lambda: simulate(plans[day], 1), days)
        tasks = [simulate(plans[day], 1).tally.tasks for day in times]
        power = slope(tasks, list(times.values()))
        cost = ", ".join(f"{time / task * 1e6:.0f}" for time, task in zip(times.values(), tasks, strict=True))
        measured = f"exponent {power:.3f}: {cost} us a task{left_out(times, days)}"
        met = len(times) == len(days) and abs(power - 1) <= 0.05
        rows.append(Row("P3", f"{what}, {strategy}, days 1, 10, 100", measured, "1.0 ± 0.05", met))
    return rows


def agents() -> list[Row]:
    """Measure P3: how run and compilation grow with the number of agents, at equal work for each."""
    sizes = (10, 100, 1_000, 10_000)
    worlds = {size: chains(size // 5, 12_000.0, hops=5) for size in sizes}

    def run(size: int) -> Callable[[], object]:
        plan = Plan(worlds[size], parse(JIT))
        return lambda: simulate(plan, 1)

    def compiled(size: int) -> Callable[[], object]:
        return lambda: possible(explore(worlds[size].system), parse(JIT))

    reach = growth(compiled, sizes)
    rows = []
    for what, times in (("reach compile", reach), ("run", growth(run, tuple(reach)))):
        power = slope(list(times), list(times.values()))
        cost = ", ".join(f"{time / size * 1e6:.0f}" for size, time in times.items())
        measured = f"exponent {power:.3f}: {cost} us an agent{left_out(times, sizes)}"
        met = len(times) == len(sizes) and power <= 1.1
        rows.append(Row("P3", f"{what}, {JIT}, agents 10, 100, 1,000, 10,000", measured, "<= 1.1", met))
    return rows


def left_out(times: dict[int, float], sizes: tuple[int, ...]) -> str:
    """Return a remark on the *sizes* that were not timed."""
    return "" if len(times) == len(sizes) else f"; beyond {max(times):,} it takes too long"
