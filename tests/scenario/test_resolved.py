"""The text that is kept of a scenario is that scenario."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simlab.scenario import load, loads
from simlab.scenario.characters import FORBIDDEN, SECRET
from simlab.scenario.extends import Source, read_text
from simlab.scenario.resolved import resolved

ALL = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_read_back_from_its_text(path):
    """With evidence and expectations; only the hash is that of the files."""
    scenario = load(path)
    assert replace(loads(scenario.text), source_hash=scenario.source_hash) == scenario


def test_what_extends_nothing_is_kept_as_it_is():
    """Comments too, but for a mark of the byte order."""
    path = ALL[0].parents[1] / "reference" / "four-links.yaml"
    assert load(path).text == path.read_text(encoding="utf-8")


texts = st.text(max_size=12).filter(lambda text: not FORBIDDEN.search(text) and not SECRET.search(text))
words = st.sampled_from(
    ["no", "1:30", "0x1f", "007", "2024-01-01", "~", "true", "1e3", "15m", "a: b", "- a", "#", "*x"]
)
leaves = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts | words
leaves |= st.floats(allow_nan=False, allow_infinity=False, min_value=1e-6, max_value=1e6)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | words, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts | words, trees, min_size=1, max_size=4))
def test_any_data_are_read_back(data):
    """Words that readers differ about, signs, empty things, lists in lists."""
    source = Source()
    data.pop("extends", None)
    text = resolved({"simlab": 1, **data}, 2)
    assert read_text(text, "x.yaml", source).data == {"simlab": 1, **data}
    assert source.problems == []
