"""Every scenario that is shipped loads; what was worked out by hand is what comes out."""

from pathlib import Path

import pytest

import simlab
from simlab.verify import check

FOLDER = Path(__file__).parents[2] / "scenarios"
ALL = sorted(FOLDER.rglob("*.yaml"))
BY_HAND = sorted([*FOLDER.rglob("reference/**/*.yaml"), *FOLDER.glob("cases/*.yaml")])
REFERENCE = sorted(FOLDER.rglob("reference/**/*.yaml"))


def short(path):
    return f"{path.parent.name}/{path.stem}"


def test_there_are_reference_scenarios():
    assert len(REFERENCE) >= 14
    assert {f"dt{number:02}" for number in range(1, 11)} <= {path.stem[:4] for path in REFERENCE}


@pytest.mark.parametrize("path", ALL, ids=short)
def test_it_loads(path):
    scenario = simlab.load(path).scenario
    assert scenario.name == path.stem
    assert scenario.question.endswith("?")


@pytest.mark.parametrize("path", REFERENCE, ids=short)
def test_it_says_how_the_answer_was_worked_out(path):
    text = path.read_text(encoding="utf-8")
    header = text[: text.index("simlab: 1")].splitlines()
    assert len(header) >= 3
    assert all(line.startswith("#") for line in header)
    assert simlab.load(path).scenario.expectations


@pytest.mark.parametrize("path", BY_HAND, ids=short)
def test_every_expectation_holds(path):
    for outcome in check(simlab.load(path).scenario):
        assert outcome.holds, outcome
