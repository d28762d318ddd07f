"""Names in the parameters of strategies: what matches nothing is a slip, and is said."""

import pytest

from simlab import compare
from simlab.api import Lab
from simlab.errors import UnknownNameError
from simlab.strategies import parse
from simlab.strategies.naming import check_names
from tests.sim.small import job, world

WORLD = world(job())
"""Resources db (label pii), mail, site and vault."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("static-rbac+data-flow:labels=pli", "parameter 'labels': unknown label 'pli' .did you mean 'pii'"),
        ("data-flow:labels=pii|secret", "unknown label 'secret' .known: pii"),
        ("jit+data-flow:sinks=mial", "parameter 'sinks': unknown resource 'mial' .did you mean 'mail'"),
        ("separate-duties:first=raed:db", "parameter 'first': unknown action 'raed' .did you mean 'read'"),
        (
            "separate-duties:second=read:site2",
            "parameter 'second': unknown resource 'site2' .did you mean 'site'",
        ),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest_right_one(text, said):
    with pytest.raises(UnknownNameError, match=said):
        check_names(parse(text), WORLD.system)


@pytest.mark.parametrize(
    "text",
    [
        "data-flow",
        "data-flow:labels=pii,sinks=mail|site",
        "separate-duties",
        "separate-duties:first=read:db,second=send:mail",
    ],
)
def test_what_is_there_may_be_named_and_so_may_nothing(text):
    """What a parameter is by default is nobody's slip."""
    check_names(parse(text), WORLD.system)


def test_it_is_refused_before_anything_runs():
    lab = Lab(WORLD)
    for ask in (lab.reach, lab.run, lab.plan, lambda text: compare(WORLD, [text], reps=2)):
        with pytest.raises(UnknownNameError, match="unknown label 'pli'"):
            ask("data-flow:labels=pli")
