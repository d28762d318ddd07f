"""What a file may say about how a domain decides, fails and spreads news; and what it may not."""

from pathlib import Path

import pytest

from simlab.errors import InvalidInputError
from simlab.model.chance import Exponential, Fixed
from simlab.model.enforcement import NO_LIMIT, Cache, Outage, Replicas
from simlab.model.system import Domain
from simlab.scenario import loads

TEXT = (Path(__file__).parents[2] / "scenarios" / "reference" / "dt07-one-approver.yaml").read_text(
    encoding="utf-8"
)


def cloud(said):
    return loads(TEXT.replace("{issuance: 3m, issuers: 1}", said), "x.yaml").system.domains["cloud"]


def test_a_domain_that_says_nothing_has_no_limit_and_never_fails():
    domain = cloud("{}")
    assert domain == Domain("cloud")
    assert (domain.waiting, domain.unsteady, domain.leaves_open, domain.replicas.differ) == (
        NO_LIMIT,
        False,
        False,
        False,
    )


def test_everything_that_can_be_said():
    domain = cloud(
        """
    deciders: 4
    waiting: 100
    errors: 0.01
    cache: {ttl: 5m, hit: 1ms}
    outages:
      decisions: {at: 2d, lasts: 1h}
      telemetry: {every: {dist: exponential, mean: 30d}, lasts: 2h}
    when_down: {decisions: open, issuer: closed}
    replicas: 6
    poll: 30m
    push_loss: 0.1
    introspection: 5m
    runbook: 0.7
    manual: 3d"""
    )
    assert (domain.deciders, domain.waiting, domain.errors, domain.cache) == (
        4,
        100,
        0.01,
        Cache(300.0, Fixed(0.001)),
    )
    assert domain.outages == (
        Outage("decisions", (Fixed(172_800.0),), lasts=Fixed(3600.0)),
        Outage("telemetry", every=Exponential(2_592_000.0), lasts=Fixed(7200.0)),
    )
    assert domain.replicas == Replicas(6, 1800.0, 0.1, 300.0)
    assert (domain.fails_open, domain.issuer_refuses, domain.runbook, domain.manual) == (
        True,
        True,
        0.7,
        Fixed(259_200.0),
    )
    assert (domain.unsteady, domain.leaves_open, domain.replicas.differ) == (True, True, True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{waiting: 3}", "E102"),
        ("{push_loss: 0.1}", "E102"),
        ("{manual: 3d}", "E102"),
        ("{errors: 30}", "E108"),
        ("{poll: never}", "E114"),
        ("{replicas: 0}", "E"),
        ("{outages: {decisions: {lasts: 1h}}}", "E102"),
        ("{outages: {decisions: {at: 1h}}}", "E102"),
        ("{outages: {decisions: {at: [], lasts: 1h}}}", "E113"),
        ("{outages: {decisions: {at: 1h, every: 2h, lasts: 1h}}}", "E101"),
        ("{outages: {decisions: {every: 10ms, lasts: 1h}}}", "E114"),
        ("{outages: {pdp: {at: 1h, lasts: 1h}}}", "E101"),
        ("{when_down: {decisions: ajar}}", "E107"),
        ("{cache: {ttl: 5}}", "E106"),
    ],
)
def test_what_may_not_be_said_has_a_code(said, code):
    with pytest.raises(InvalidInputError) as error:
        cloud(said)
    assert error.value.problems[0].code.startswith(code)
