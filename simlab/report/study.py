"""A study, to be asked by name: what the sentences and tables of a report are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simlab.experiment.results import Results
from simlab.report.numbers import share, spread

Entry = dict[str, Any]
UNDECIDED = "undecided"
USUAL = ("latency_p95", "denied", "tasks_failed")
"""What friction is told by, where it was measured."""


@dataclass(frozen=True)
class Study:
    """Results with everything looked up once."""

    results: Results

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what was asked, of what, with what."""
        return self.results.manifest

    @property
    def base(self) -> str:
        """Return the strategy that the others are compared with: the first."""
        return self.results.strategies[0]

    @property
    def goal(self) -> str:
        """Return the fact that the attacker wanted, or an empty string."""
        return str(self.manifest.get("scenario", {}).get("goal", ""))

    @cached_property
    def means(self) -> dict[tuple[str, str], Entry]:
        """Return the row of the summary for each metric and strategy."""
        rows = self.results.summary().to_dict("records")
        return {(row["metric"], row["strategy"]): {str(key): row[key] for key in row} for row in rows}

    @cached_property
    def pairs(self) -> dict[tuple[str, str], Entry]:
        """Return the row of the comparison for each metric and strategy but the first."""
        rows = self.results.comparison().to_dict("records")
        return {(row["metric"], row["strategy"]): {str(key): row[key] for key in row} for row in rows}

    @cached_property
    def harm(self) -> str:
        """Return the metric of harm that the answer is about: the blast radius, or else the first, if any."""
        names = [metric.name for metric in self.results.metrics if metric.side == "harm"]
        return "blast_radius" if "blast_radius" in names else (names or [""])[0]

    @cached_property
    def friction(self) -> list[str]:
        """Return the metrics of friction that the answer names."""
        names = [metric.name for metric in self.results.metrics if metric.side == "friction"]
        return [name for name in USUAL if name in names] or names[:3]

    def mean(self, metric: str, strategy: str, *, unit: bool = True) -> str:
        """Return a mean with its interval, as text."""
        row = self.means.get((metric, strategy))
        if row is None:
            return "no run ended"
        return spread(row["mean"], row["low"], row["high"], row["unit"] if unit else "")

    def difference(self, metric: str, strategy: str, *, unit: bool = True) -> str:
        """Return a paired difference with its interval, as text."""
        row = self.pairs.get((metric, strategy))
        if row is None:
            return "nothing to compare"
        return spread(row["difference"], row["low"], row["high"], row["unit"] if unit else "", sign=True)

    def verdict(self, metric: str, strategy: str) -> str:
        """Return what the paired comparison with the first strategy says."""
        row = self.pairs.get((metric, strategy))
        return str(row["verdict"]) if row else UNDECIDED

    def n(self, metric: str, strategy: str) -> int:
        """Return the number of runs behind a mean."""
        row = self.means.get((metric, strategy))
        return int(row["n"]) if row else 0

    def often(self, metric: str, strategy: str) -> str:
        """Return in how many runs *metric* was not zero, as text with an interval."""
        row = self.means.get((metric, strategy))
        return share(int(row["nonzero"]), int(row["n"])) if row else share(0, 0)

    def seen(self, metric: str, strategy: str) -> int:
        """Return in how many runs *metric* was not zero."""
        row = self.means.get((metric, strategy))
        return int(row["nonzero"]) if row else 0

    def reach(self, strategy: str) -> Entry:
        """Return what the graph says of *strategy*; empty where the study does not tell."""
        found: Entry = self.manifest.get("reach", {}).get(strategy, {})
        return found

    @property
    def resources(self) -> int:
        """Return the number of resources in the graph."""
        nodes = self.manifest.get("graph", {}).get("nodes", [])
        return sum(node.get("kind") == "resource" for node in nodes)

    def elsewhere(self, strategy: str) -> dict[str, list[str]]:
        """Return the domains that do something other than *strategy*, by what they do instead."""
        found: dict[str, list[str]] = {}
        for domain, does in sorted(self.manifest.get("enforced", {}).get(strategy, {}).items()):
            if does != strategy:
                found.setdefault(does, []).append(domain)
        return found

    def nowhere(self, strategy: str) -> bool:
        """Return whether no domain at all enforces *strategy* or a part of it."""
        enforced = self.manifest.get("enforced", {}).get(strategy, {}).values()
        return bool(enforced) and not any(
            set(strategy.split("+")) & set(does.split("+")) for does in enforced
        )

    def threats(self, *kinds: str) -> bool:
        """Return whether the scenario has a threat of one of *kinds*."""
        return any(threat["kind"] in kinds for threat in self.manifest.get("scenario", {}).get("threats", []))

    def story(self, strategy: str) -> list[Entry]:
        """Return the rows of the run that the manifest keeps."""
        rows: list[Entry] = self.manifest.get("story", {}).get("rows", {}).get(strategy, [])
        return rows
