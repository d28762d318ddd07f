"""P4: what one foothold reaches, against a loop in numba and against networkx."""

from __future__ import annotations

from statistics import median

import networkx as nx
import numpy as np
from numba import njit

from bench.measure import Row, interleaved, ratio
from simlab.graph.fixpoint import Compact, closure
from simlab.model.composition import Rulebook

RULES, FACTS = 1_000_000, 250_000
NODES, EDGES = 200_000, 1_000_000
DICT_RUNS = 5


def rules(count: int, facts: int, *, both: bool) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return needs and gives of *count* random rules: one need or, for every other rule if *both*, two."""
    rng = np.random.default_rng(1)
    first, second, gives = rng.integers(0, facts, (3, count)).tolist()
    needs = [
        (a, b) if both and number % 2 and a != b else (a,)
        for number, (a, b) in enumerate(zip(first, second, strict=True))
    ]
    return needs, [(give,) for give in gives]


@njit
def counter_loop(starts, waiting, lacks, gives, start):
    """Mark what follows from *start*: the plainest loop that counts what each rule still lacks."""
    lacks = lacks.copy()
    known = np.zeros(len(starts) - 1, np.bool_)
    queue = np.empty(len(known), np.int32)
    known[start] = True
    queue[0] = start
    done, count = 0, 1
    while done < count:
        fact = queue[done]
        done += 1
        for place in range(starts[fact], starts[fact + 1]):
            rule = waiting[place]
            lacks[rule] -= 1
            if lacks[rule] == 0 and not known[gives[rule]]:
                known[gives[rule]] = True
                queue[count] = gives[rule]
                count += 1
    return queue[:count]


def rows_of(facts: int, needs: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """Return, as compressed rows, the rules that wait for each fact."""
    pairs = np.array([(fact, rule) for rule, body in enumerate(needs) for fact in body], np.int32)
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return np.searchsorted(pairs[:, 0], np.arange(facts + 1)).astype(np.int32), pairs[:, 1].copy()


def horn() -> list[Row]:
    """Measure P4 on rules with AND and OR: arrays against a loop in numba, and dictionaries."""
    needs, gives = rules(RULES, FACTS, both=True)
    compact = Compact(FACTS, needs, gives)
    starts, waiting = rows_of(FACTS, needs)
    lacks, heads = np.array(list(map(len, needs)), np.int32), np.array(gives, np.int32)[:, 0].copy()
    start = np.array([0], np.int32)
    reached = compact.closure(start)[0]
    assert len(reached) > FACTS / 2
    assert set(reached.tolist()) == set(counter_loop(starts, waiting, lacks, heads, 0).tolist())
    ours, plain = interleaved(
        lambda: compact.closure(start), lambda: counter_loop(starts, waiting, lacks, heads, 0)
    )

    book = Rulebook()
    names = [f"f{fact}" for fact in range(FACTS)]
    for body, head in zip(needs, gives, strict=True):
        book.add("", [names[fact] for fact in body], [names[fact] for fact in head])
    first = book.fact(names[0])
    assert len(closure(book, [first])) == len(reached)
    dicts, plain_again = interleaved(
        lambda: closure(book, [first]), lambda: counter_loop(starts, waiting, lacks, heads, 0), runs=DICT_RUNS
    )
    what = f"{RULES:,} random rules with AND and OR, {len(reached):,} of {FACTS:,} facts reached"
    slower, much_slower = ratio(ours, plain), ratio(dicts, plain_again)
    return [
        Row(
            "P4", f"Compact.closure against a numba counter loop, {what}",
            f"{slower:.2f} times its time ({median(ours) * 1e3:.1f} ms)", "<= 2", slower <= 2,
        ),
        Row(
            "P4", "closure (dictionaries) against the same",
            f"{much_slower:.0f} times its time ({median(dicts) * 1e3:.0f} ms)",
        ),
    ]  # fmt: skip


def graph() -> list[Row]:
    """Measure P4 on rules with OR alone, which are the edges of a graph, against networkx."""
    needs, gives = rules(EDGES, NODES, both=False)
    compact = Compact(NODES, needs, gives)
    plain = nx.DiGraph()
    plain.add_nodes_from(range(NODES))
    plain.add_edges_from((a, b) for (a,), (b,) in zip(needs, gives, strict=True))
    source = 1
    start = np.array([source], np.int32)
    reached = set(compact.closure(start)[0].tolist())
    assert len(reached) > NODES / 2
    assert reached == nx.descendants(plain, source) | {source}
    ours, theirs = interleaved(lambda: compact.closure(start), lambda: nx.descendants(plain, source), runs=5)
    faster = ratio(theirs, ours)
    what = f"{NODES:,} nodes and {EDGES:,} edges, {len(reached):,} reached"
    measured = f"{faster:.0f} times faster ({median(ours) * 1e3:.1f} of {median(theirs) * 1e3:,.0f} ms)"
    return [
        Row("P4", f"Compact.closure against networkx.descendants, {what}", measured, ">= 30", faster >= 30)
    ]
