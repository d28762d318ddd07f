"""Run the benchmarks, print a table, and write it to ``bench/RESULTS.md``.

``python -m bench`` runs all; ``python -m bench decisions horn`` runs those two, and writes nothing.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import commands, engine, graph
from bench.measure import Row

BENCHMARKS: dict[str, Callable[[], list[Row]]] = {
    "decisions": engine.decisions,
    "horizon": engine.horizon,
    "agents": engine.agents,
    "horn": graph.horn,
    "graph": graph.graph,
    "start": commands.start,
    "study": commands.study,
}
RESULTS = Path(__file__).parent / "RESULTS.md"
LIBRARIES = ("simpy", "numpy", "numba", "networkx", "typer")


def main(names: list[str]) -> int:
    """Run the benchmarks *names*, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}: choose among {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or BENCHMARKS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += BENCHMARKS[name]()
    text = table(rows)
    print(text)
    if not names:
        RESULTS.write_text(f"{HEADER}\n{machine()}\n\n{text}\n{NOTES}", encoding="utf-8")
    return 0


def table(rows: list[Row]) -> str:
    """Return *rows* as a table in Markdown."""
    said = {True: "yes", False: "no", None: ""}
    lines = [f"| {row.goal} | {row.what} | {row.measured} | {row.target} | {said[row.met]} |" for row in rows]
    return "\n".join(("| goal | what | measured | target | met |", "|---|---|--:|--:|---|", *lines))


def machine() -> str:
    """Return what it was measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    today = datetime.now(UTC).date().isoformat()
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; {python}; {libraries}; {today}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


HEADER = """# How fast

Written by `make bench`. Each number is a ratio of times that were measured in turn in one process (medians of at
least 5 rounds), so it means the same on another machine; absolute times in brackets do not.
"""
NOTES = """
P1 and P2 divide the rate of decisions by the rate at which SimPy alone serves 1,000 processes that only wait.
The rows without a target are the same at a size at which the work no longer fits the processor's cache.
What can be counted rather than timed (P11) is asserted in `tests/sim/test_costs.py`.
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
