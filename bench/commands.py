"""P9, P10: what a person waits for: the command line, and a whole study."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.measure import Row, interleaved, ratio, seconds
from bench.worlds import DAY, chains
from simlab.experiment.study import compare

CASE = Path(__file__).parents[1] / "scenarios" / "cases" / "clinejection.yaml"
STRATEGIES = ("static-rbac", "jit", "intent", "jit+intent")


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def start() -> list[Row]:
    """Measure P9: how long the command line takes to say something."""
    bare, helped, checked = interleaved(
        lambda: _python("-c", "import typer"),
        lambda: _python("-m", "simlab", "--help"),
        lambda: _python("-m", "simlab", "check", str(CASE)),
    )
    times, wait = ratio(helped, bare), median(checked)
    lines = len(CASE.read_text(encoding="utf-8").splitlines())
    return [
        Row(
            "P9", "`simlab --help` against `python -c 'import typer'`",
            f"{times:.2f} times its time ({median(helped):.2f} s)", "<= 2.5", times <= 2.5,
        ),
        Row("P9", f"`simlab check` of a scenario of {lines} lines", f"{wait:.2f} s", "<= 0.5 s", wait <= 0.5),
    ]  # fmt: skip


def study() -> list[Row]:
    """Measure P10: a study of 4 strategies x 200 replications of 51 agents over 30 days, on two cores."""
    scenario = chains(17, 30 * DAY, arrivals=7_200.0)
    took = seconds(lambda: compare(scenario, STRATEGIES, reps=200, jobs=2))
    what = (
        "study: 4 strategies x 200 replications, 51 agents, 30 days, work every 2 h for each chain, 2 workers"
    )
    return [Row("P10", what, f"{took:.0f} s", "<= 60 s", took <= 60)]
