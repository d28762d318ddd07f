"""The delegation graph: every box readable, none on top of another, the attack in red."""

from itertools import combinations, pairwise

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from simlab.report.drawing import RED, draw
from simlab.report.figures import svg
from simlab.report.layout import MOST_NODES, WIDTH, arranged


def graph(agents=8, domains=4, each=7):
    nodes = [{"name": "owner", "kind": "principal"}]
    nodes += [{"name": f"agent-{n}", "kind": "agent"} for n in range(agents)]
    nodes += [
        {"name": f"resource-{d}-{n}", "kind": "resource", "domain": f"domain-{d}"}
        for d in range(domains)
        for n in range(each)
    ]
    names = [node["name"] for node in nodes if node["kind"] == "resource"]
    edges = [{"source": "owner", "target": f"agent-{n}", "kind": "tasks"} for n in range(agents)]
    edges += [
        {"source": f"agent-{n % agents}", "target": name, "kind": "asks"} for n, name in enumerate(names)
    ]
    path = ["agent-0", names[0], "agent-1", names[1]]
    return {"nodes": nodes, "edges": edges, "path": [list(ends) for ends in pairwise(path)]}


def boxes(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]


@pytest.mark.parametrize("shape", [(8, 4, 7), (3, 1, 36), (20, 2, 9), (2, 1, 2)])
def test_boxes_do_not_overlap(shape):
    figure = draw(graph(*shape))
    extents = [box.get_window_extent() for box in boxes(figure)]
    assert len(extents) == 1 + shape[0] + shape[1] * shape[2]
    assert not [1 for a, b in combinations(extents, 2) if a.overlaps(b)]
    assert all(box.x0 >= 0 and box.x1 <= WIDTH * figure.dpi for box in extents)


def test_labels_fit_into_their_boxes():
    long = {
        "nodes": [{"name": "a-rather-long-name-of-a-resource-in-a-cloud", "kind": "resource", "domain": "d"}]
    }
    figure = draw(long)
    figure.canvas.draw()
    texts = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
    (label,) = (text for text in texts if "…" in text)
    (box,) = boxes(figure)
    assert box.get_window_extent().x0 <= texts[label].x0 < texts[label].x1 <= box.get_window_extent().x1


def test_the_way_of_the_attack_is_red_and_numbered():
    figure = draw(graph())
    arrows = [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    red = [arrow for arrow in arrows if to_hex(arrow.get_edgecolor()) == RED]
    rest = [arrow for arrow in arrows if arrow not in red]
    assert len(red) == 3
    assert min(arrow.get_linewidth() for arrow in red) > max(arrow.get_linewidth() for arrow in rest)
    assert {"1", "2", "3"} <= {text.get_text() for text in figure.axes[0].texts}


def test_delegation_goes_from_left_to_right():
    nodes = {name: {"name": name, "kind": "agent"} for name in ("c", "b", "a")}
    edges = [{"source": s, "target": t, "kind": "delegates"} for s, t in ("ab", "bc")]
    assert [column.names for column in arranged(nodes, edges)] == [["a"], ["b"], ["c"]]


def test_agents_that_delegate_to_each_other_share_a_column():
    nodes = {name: {"name": name, "kind": "agent"} for name in "ab"}
    edges = [{"source": s, "target": t, "kind": "delegates"} for s, t in ("ab", "ba")]
    assert [column.names for column in arranged(nodes, edges)] == [["a", "b"]]


def test_a_large_graph_keeps_the_path():
    large = graph(agents=20, domains=10, each=20)
    drawn = {text.get_text() for text in draw(large).axes[0].texts}
    assert {"agent-0", "resource-0-0", "agent-1", "resource-0-1"} <= drawn
    assert len(boxes(draw(large))) == MOST_NODES


def test_a_path_may_lead_through_what_is_no_node():
    figure = draw({"nodes": [], "edges": [], "path": [["start", "end"]]})
    assert len(boxes(figure)) == 2


def test_nothing_to_draw():
    assert not boxes(draw({}))


def test_hostile_names_are_drawn_as_they_are():
    names = ["$$", r"$\frac{1}{0$", "<script>", "_x", "日本語"]
    nodes = [{"name": name, "kind": "resource", "domain": "$$"} for name in names]
    text = svg(lambda: draw({"nodes": nodes, "path": [names[:2]]}), "graph", 'says "<this>"')
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert r"$\frac{1}{0$" in text
    assert 'aria-label="says &quot;&lt;this&gt;&quot;"' in text
    assert "http" not in text
