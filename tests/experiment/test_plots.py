"""Plots: what is drawn, checked on the drawn data."""

import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from simlab.errors import UnknownNameError
from simlab.experiment.plots import COLOURS, plot_distribution, plot_frontier, plot_paired, short, style
from simlab.experiment.results import Results
from simlab.metrics import METRICS

STRATEGIES = ("static-rbac", "jit", "intent")


def study(strategies=STRATEGIES, **columns):
    frames = [
        pd.DataFrame(
            {
                "strategy": name,
                "replication": range(20),
                **{key: column[place] * 10 for key, column in columns.items()},
            }
        )
        for place, name in enumerate(strategies)
    ]
    reach = {name: {"resources": list("abcdef")} for name in strategies}
    metrics = tuple(METRICS[name] for name in columns)
    return Results(pd.concat(frames), metrics, tuple(strategies), {"reach": reach})


@pytest.fixture
def results():
    return study(
        blast_radius=([2, 4], [2, 4], [0, 2]), latency_p95=([0, 0], [0.1, 0.1], [0.05, 0.05]),
        tasks_failed=([0, 0], [0, 0], [1, 3]), standing_hours=([9, 9], [0, 0], [9, 9]),
    )  # fmt: skip


def words(axes):
    axes.figure.canvas.draw()
    ticks = [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return [*ticks, *(text.get_text() for text in axes.texts), axes.get_xlabel(), axes.get_ylabel()]


def test_distribution_shows_shares_mean_n_and_reach(results):
    axes = plot_distribution(results)
    said = " ".join(words(axes))
    assert "intent\nmean 1 [0.52, 1.48]\nn = 20" in said
    assert said.count("reach 6") == 3
    assert said.count("50 %") == 6
    bars = sorted((round(bar.get_x() + bar.get_width() / 2), -round(bar.get_y())) for bar in axes.patches)
    assert bars == [(0, 2), (2, 0), (2, 1), (2, 2), (4, 0), (4, 1)]


def test_reach_is_a_line_at_its_value(results):
    lines = [line for line in plot_distribution(results).lines if line.get_linestyle() == "--"]
    assert [list(line.get_xdata()) for line in lines] == [[6, 6]] * 3


def test_only_the_blast_radius_has_a_reach(results):
    assert "reach" not in " ".join(words(plot_distribution(results, "latency_p95")))


def test_zero_has_a_bar_of_its_own():
    axes = plot_distribution(study(["a"], latency_p95=([0.0, 0.31],)), "latency_p95")
    middles = [bar.get_x() + bar.get_width() / 2 for bar in axes.patches]
    assert middles[0] == pytest.approx(0)
    assert len(middles) == 2


def test_paired_puts_harm_above_friction_above_governance(results):
    labels = [label.get_text() for label in plot_paired(results).get_yticklabels()]
    assert labels == [
        "blast_radius · jit", "blast_radius · intent", "latency_p95 · jit", "latency_p95 · intent",
        "tasks_failed · jit", "tasks_failed · intent", "standing_hours · jit", "standing_hours · intent",
    ]  # fmt: skip


def test_paired_is_relative_to_the_largest_mean(results):
    axes = plot_paired(results)
    drawn = [container.lines[0].get_xdata()[0] for container in axes.containers]
    # blast radius 0 and -2 of 3; latency +0.1 and +0.05 of 0.1; failed 0 and +2 of 2; standing -9 and 0 of 9
    assert drawn == pytest.approx([0, -200 / 3, 100, 50, 0, 100, -100, 0])


def test_paired_says_the_verdict_in_words(results):
    said = words(plot_paired(results))
    assert "−2 [−2, −2] resources: better" in said
    assert "0 [0, 0] resources: identical" in said
    assert "2 [1.52, 2.48] tasks: worse" in said
    assert "difference from static-rbac in % of the largest mean, n = 20 pairs" in said


def test_paired_takes_metrics_and_base(results):
    axes = plot_paired(results, ["latency_p95"], against="jit")
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "latency_p95 · static-rbac",
        "latency_p95 · intent",
    ]


def test_frontier_draws_means(results):
    axes = plot_frontier(results, friction="tasks_failed")
    drawn = [tuple(np.ravel(container.lines[0].get_data())) for container in axes.containers]
    assert drawn == [(0, 3), (0, 3), (2, 1)]
    said = words(axes)
    assert "intent (n = 20)" in said
    assert "tasks_failed [tasks], mean with 95 % interval" in said


def test_labels_of_equal_points_do_not_overlap(results):
    axes = plot_frontier(results, friction="tasks_failed")
    axes.figure.canvas.draw()
    first, second, _ = (text.get_window_extent() for text in axes.texts)
    assert not first.overlaps(second)


def test_a_strategy_has_one_colour_everywhere(results):
    jit = style(results, "jit")[0]
    assert jit == COLOURS[1]
    assert to_hex(plot_distribution(results).get_yticklabels()[1].get_color()) == jit
    assert to_hex(plot_paired(results).get_yticklabels()[0].get_color()) == jit
    assert to_hex(plot_frontier(results).containers[1].lines[0].get_color()) == jit


@pytest.mark.parametrize("plot", [plot_distribution, plot_paired, plot_frontier])
def test_uses_the_axes_it_is_given(results, plot):
    axes = Figure().add_subplot()
    assert plot(results, ax=axes) is axes


@pytest.mark.parametrize("plot", [plot_distribution, plot_paired, plot_frontier])
def test_leaves_no_figure_behind(results, plot):
    plot(results)
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.parametrize("name", ["$$", r"$\frac{1}{0$", "_hidden", "two\nlines", "x" * 200])
@pytest.mark.parametrize("plot", [plot_distribution, plot_paired, plot_frontier])
def test_names_are_drawn_as_they_are(plot, name):
    axes = plot(study(["a", name], blast_radius=([0, 1], [2, 3]), latency_p95=([0, 1], [1, 2])))
    assert any(short(name) in text for text in words(axes))


def test_unknown_metric(results):
    with pytest.raises(UnknownNameError, match="blast_radius"):
        plot_distribution(results, "blast_radios")


def test_one_strategy_has_nothing_to_pair():
    axes = plot_paired(study(["a"], blast_radius=([0, 1],)))
    assert not axes.containers


def test_all_zero_is_drawn():
    nothing = study(["a", "b"], blast_radius=([0, 0], [0, 0]), latency_p95=([0, 0], [0, 0]))
    for plot in (plot_distribution, plot_paired, plot_frontier):
        plot(nothing).figure.canvas.draw()
