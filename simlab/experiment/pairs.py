"""Two scenarios under the same strategy and the same chance: what the difference between them is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from simlab.errors import UnknownNameError, UsageError
from simlab.experiment.results import KEYS, Results
from simlab.experiment.study import compare
from simlab.lookup import did_you_mean
from simlab.metrics import METRICS
from simlab.model.access import Strategy
from simlab.model.events import Run
from simlab.model.scenario import Scenario


def between(one: Results, other: Results, level: float = 0.95) -> pd.DataFrame:
    """Return each metric of *one* minus the same run of *other*, for each strategy that both have.

    Streams of chance are keyed by seed, replication, purpose and name, and not by the scenario. So two scenarios
    that differ in a parameter share all other draws, as two strategies do. The columns are those of
    :meth:`Results.comparison`; ``scenario`` and ``other`` say which is which, and p-values are adjusted within a
    strategy (Holm 1979).

    Raises
    ------
    UsageError
        If the two have no strategy in common, or not the same seed, or are one scenario.
    """
    here, there = (str(part.manifest["scenario"]["name"]) for part in (one, other))
    if here == there or one.manifest["seed"] != other.manifest["seed"]:
        msg = f"'{here}' and '{there}' cannot be paired: that takes two scenarios and one seed"
        raise UsageError(msg)
    tables = []
    for strategy in one.strategies:
        if strategy not in other.strategies:
            continue
        parts = [part.runs[part.runs["strategy"] == strategy] for part in (one, other)]
        runs = pd.concat(
            [part.assign(strategy=name) for part, name in zip(parts, (here, there), strict=True)]
        )
        columns = [*KEYS, *(metric.name for metric in one.metrics)]
        table = Results(runs[columns], one.metrics, (there, here)).comparison(there, level)
        table["scenario"], table["other"], table["strategy"] = here, there, strategy
        tables.append(table.drop(columns="against"))
    if not tables:
        msg = f"no strategy in common: {', '.join(one.strategies)}; {', '.join(other.strategies)}"
        raise UsageError(msg)
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True, slots=True)
class TouchedIn:
    """How many resources of one domain the attacker touched (original)."""

    domain: str
    unit = "resources"
    direction = "lower"
    side = "harm"

    @property
    def name(self) -> str:
        """Return the name of the column."""
        return f"blast_radius_in_{self.domain}"

    def compute(self, run: Run) -> float:
        """Return the number [resources]."""
        touched = {permission.resource for permission in run.taken()}
        return float(sum(run.resources[name].domain == self.domain for name in touched))


def as_good_as(scenario: Scenario, domain: str, best: str) -> Scenario:
    """Return *scenario* with *domain* enforcing, deciding, seeing and revoking as *best* does.

    Raises
    ------
    UnknownNameError
        If the scenario has no such domain.
    """
    domains = scenario.system.domains
    for name in (domain, best):
        if name not in domains:
            msg = f"unknown domain '{name}' ({did_you_mean(name, domains)})"
            raise UnknownNameError(msg)
    changed = {**domains, domain: replace(domains[best], name=domain)}
    return replace(
        scenario,
        name=f"{scenario.name} with {domain} as {best}",
        system=replace(scenario.system, domains=changed),
    )


def repairs(
    scenario: Scenario, strategy: str | Strategy, best: str, reps: int = 200, seed: int = 0, jobs: int = 1
) -> pd.DataFrame:
    """Return, for each domain but *best*, what making only that one as good as *best* does to the blast radius.

    The domain whose repair helps most comes first. Columns: domain; touched, the resources of the domain that were
    touched in the mean; difference, low, high, n and p of the blast radius, repaired minus as it is, paired on
    common seeds.
    """
    others = [name for name in scenario.system.domains if name != best]
    radius = METRICS["blast_radius"]
    metrics = (radius, *(TouchedIn(name) for name in others))
    now = compare(scenario, [strategy], reps, seed, jobs, metrics)
    rows = []
    for name in others:
        repaired = compare(as_good_as(scenario, name, best), [strategy], reps, seed, jobs, metrics[:1])
        known = replace(now, metrics=metrics[:1])
        row = between(repaired, known).iloc[0]
        touched = now.runs[TouchedIn(name).name].mean()
        rows.append({"domain": name, "touched": touched, **row[["difference", "low", "high", "n", "p"]]})
    return pd.DataFrame(rows).sort_values("difference", ignore_index=True)
