"""Law 5: the same inputs give the same bytes, whatever the order in which Python keeps its sets."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib
from tests.helpers import ANY, RESTLESS, scenario, strategy, watch
from simlab.metrics import METRICS
digest = hashlib.sha256()
for seed in range(40):
    watched = watch(scenario(seed, RESTLESS if seed % 2 else ANY), strategy(seed), seed)
    run, plan = watched.run, watched.engine.plan
    digest.update(repr(list(run.trace)).encode())
    digest.update(repr(run.tally).encode())
    digest.update(repr([(name, metric.compute(run)) for name, metric in METRICS.items()]).encode())
    digest.update(repr([str(step) for step in plan.reach.steps.values()]).encode())
    digest.update(repr(plan.distance).encode())
print(digest.hexdigest())
"""


def digest(hash_seed):
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_runs_and_reach_do_not_depend_on_pythonhashseed():
    """Forty random worlds: traces, tallies, metrics, explanations and the attacker's map."""
    first, second = digest("1"), digest("4242")
    assert len(first) == 64
    assert first == second
