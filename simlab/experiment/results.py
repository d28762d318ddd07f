"""The results of a study, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from simlab.errors import UnknownNameError
from simlab.experiment.estimates import Estimate, Paired
from simlab.experiment.intervals import mean_interval, proportion_interval
from simlab.experiment.statistics import holm, paired, verdict
from simlab.lookup import did_you_mean
from simlab.model.events import Metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

KEYS = ["scenario", "strategy", "replication", "seed"]
NEGLIGIBLE = 0.005
"""Share of the mean under the reference below which a difference, however sure, is called negligible."""


@dataclass(frozen=True)
class Results:
    """What strategies did to the same runs.

    Attributes
    ----------
    runs
        One row a run: scenario, strategy, replication, seed, then a column for each metric.
    manifest
        What was asked, of what, with what: everything that a report says beside the numbers.
    scenario_text
        The scenario, to be loaded again; empty where it was made in Python.
    """

    runs: pd.DataFrame
    metrics: tuple[Metric, ...]
    strategies: tuple[str, ...]
    manifest: dict[str, Any] = field(default_factory=dict)
    scenario_text: str = field(default="", repr=False)

    def metric(self, name: str) -> Metric:
        """Return the metric *name*.

        Raises
        ------
        UnknownNameError
            If the study has no such metric.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        msg = f"unknown metric '{name}' ({did_you_mean(name, [metric.name for metric in self.metrics])})"
        raise UnknownNameError(msg)

    def values(self, metric: str, strategy: str) -> pd.Series:
        """Return the metric of every run under *strategy*, by replication."""
        self.metric(metric)
        self._strategy(strategy)
        rows = self.runs[self.runs["strategy"] == strategy]
        return rows.set_index("replication")[metric].dropna()

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return the mean of each metric under each strategy, with its interval.

        Columns: metric, unit, side, strategy, mean, low, high, n, nonzero, warning.
        """
        rows = []
        for metric in self.metrics:
            for strategy in self.strategies:
                values = self.values(metric.name, strategy).to_numpy()
                if not len(values):
                    continue
                estimate = _estimate(metric, values, level)
                rows.append(
                    {
                        "metric": metric.name,
                        "unit": metric.unit,
                        "side": metric.side,
                        "strategy": strategy,
                        "mean": estimate.value,
                        "low": estimate.interval.low,
                        "high": estimate.interval.high,
                        "n": estimate.n,
                        "nonzero": int((values != 0).sum()),
                        "warning": estimate.warning,
                    }
                )
        return pd.DataFrame(rows)

    def comparison(self, against: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return each metric under each strategy minus the same run under *against*, with a verdict.

        The p-values of the whole table are adjusted together (Holm 1979), so that one verdict in twenty by
        chance is one a table, not one a line. A difference that is sure but lies within half a percent of
        the mean under *against* is called negligible. *against* is the first strategy unless stated. Columns:
        metric, unit, side, strategy, against, difference, low, high, n, changed, correlation, p, verdict,
        warning.
        """
        base = against or self.strategies[0]
        self._strategy(base)
        found = []
        for metric in self.metrics:
            reference = self.values(metric.name, base)
            for strategy in self.strategies:
                if strategy == base:
                    continue
                values = self.values(metric.name, strategy)
                both = values.index.intersection(reference.index)
                if len(both):
                    a, b = values.loc[both].to_numpy(), reference.loc[both].to_numpy()
                    found.append((metric, strategy, paired(a, b, level)))
        adjusted = holm([pair.p_value for _, _, pair in found])
        rows = []
        for (metric, strategy, pair), p in zip(found, adjusted, strict=True):
            said = "not judged"
            if metric.direction != "neither":
                better: Literal["lower", "higher"] = "lower" if metric.direction == "lower" else "higher"
                said = verdict(pair, p, better, alpha=1 - level)
                if said in {"better", "worse"} and _is_small(pair, self.values(metric.name, base).mean()):
                    said = "negligible"
            rows.append(
                {
                    "metric": metric.name,
                    "unit": metric.unit,
                    "side": metric.side,
                    "strategy": strategy,
                    "against": base,
                    "difference": pair.difference,
                    "low": pair.interval.low,
                    "high": pair.interval.high,
                    "n": pair.n,
                    "changed": pair.changed,
                    "correlation": pair.correlation,
                    "p": p,
                    "verdict": said,
                    "warning": pair.warning,
                }
            )
        return pd.DataFrame(rows)

    def paired(self, metric: str, against: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the rows of :meth:`comparison` for one *metric*."""
        self.metric(metric)
        table = self.comparison(against, level)
        return table[table["metric"] == metric].reset_index(drop=True)

    def reach(self) -> dict[str, int]:
        """Return the number of resources that the graph says can be reached, by strategy."""
        return {name: len(found["resources"]) for name, found in self.manifest.get("reach", {}).items()}

    def plot_distribution(self, metric: str = "blast_radius", ax: Axes | None = None) -> Axes:
        """Return axes with the distribution of *metric* over runs, a row for each strategy."""
        from simlab.experiment.plots import plot_distribution

        return plot_distribution(self, metric, ax)

    def plot_paired(
        self, metrics: Sequence[str] | None = None, against: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Return axes with paired differences and their intervals, relative to the largest mean."""
        from simlab.experiment.plots import plot_paired

        return plot_paired(self, metrics, against, ax)

    def plot_frontier(
        self, harm: str = "blast_radius", friction: str = "latency_p95", ax: Axes | None = None
    ) -> Axes:
        """Return axes with each strategy's mean harm over its mean friction."""
        from simlab.experiment.plots import plot_frontier

        return plot_frontier(self, harm, friction, ax)

    def _strategy(self, name: str) -> None:
        if name not in self.strategies:
            msg = f"unknown strategy '{name}' ({did_you_mean(name, self.strategies)})"
            raise UnknownNameError(msg)

    def _repr_html_(self) -> str:
        table = self.summary()
        shown = table.assign(
            value=[
                f"{row.mean:.3g} [{row.low:.3g}, {row.high:.3g}] (n = {row.n})"
                for row in table[["mean", "low", "high", "n"]].itertuples()
            ],
            metric=table["metric"] + " [" + table["unit"] + "]",
        )
        return str(
            shown.pivot_table(
                index="metric", columns="strategy", values="value", aggfunc="first", sort=False
            ).to_html()
        )


def _estimate(metric: Metric, values: NDArray[np.float64], level: float) -> Estimate:
    """Return the mean; of what happens or does not, the share, whose interval is never a point."""
    if metric.unit == "probability" and set(values) <= {0.0, 1.0}:
        return proportion_interval(int(values.sum()), len(values), level)
    return mean_interval(values, level)


def _is_small(pair: Paired, reference: float) -> bool:
    return max(abs(pair.interval.low), abs(pair.interval.high)) <= NEGLIGIBLE * abs(reference)
