"""Every number of a scenario is known somehow, or assumed."""

from simlab.model.scenario import Evidence
from simlab.scenario import loads


def test_what_is_not_stated_is_assumed(good):
    """The register of the good file, in full."""
    register = loads(good).evidence
    assert register[0] == Evidence("agents.bot.susceptibility", "0.25", "measured", "40 trials")
    assert {row.basis for row in register[1:]} == {"assumed"}
    assert {(row.path, row.value) for row in register[1:]} == {
        ("horizon", "30d"),
        ("domains.npm.issuance", "80ms"),
        ("domains.npm.telemetry.coverage", "0.5"),
        ("domains.npm.telemetry.lag", "4m"),
        ("resources.repo-a.sensitivity", "3"),
        ("secrets.token.ttl", "90d"),
        ("workflows.triage.arrivals", "exponential(mean 2h)"),
        ("workflows.triage.steps.0.work", "30s"),
        ("workflows.triage.steps.1.work", "1m"),
        ("compositions.0.probability", "0.5"),
        ("compositions.0.duration", "4h"),
        ("threats.0.when.at-work", "3d"),
        ("attacker.pace", "lognormal(median 8m, sigma 0.5)"),
        ("response.triage", "15m"),
        ("prices.publish:package.once", "100"),
        ("prices.publish:package.per_hour", "uniform(low 1, high 2)"),
    }


def test_a_path_covers_all_that_stands_under_it(good):
    """Also a whole domain, or a threat by its kind."""
    text = good.replace(
        "evidence:\n",
        "evidence:\n  domains.npm: {assumed: by hand}\n  workflows: {published: P, source: S}\n"
        "  threats.prompt-injection.when: {assumed: T}\n  compositions.poison: {assumed: C}\n",
    )
    register = {row.path: row for row in loads(text).evidence}
    assert register["workflows"].source == "S"
    assert register["threats.prompt-injection.when"].value == "at-work 3d"
    assert not any(path.startswith("domains.npm.") for path in register)
    assert not any(path.startswith("workflows.triage") for path in register)
    assert "threats.0.when.at-work" not in register
    assert "compositions.0.probability" not in register


def test_copies_are_registered_once():
    """A fleet is one assumption."""
    text = (
        "simlab: 1\nname: a\nquestion: Why?\nhorizon: 1d\n"
        'agents:\n  "bot-#": {copies: 9, susceptibility: 0.5}\n'
    )
    assert [row.path for row in loads(text).evidence] == ["horizon", "agents.bot-#.susceptibility"]


def test_given_times_are_one_number(good):
    """Not one for each arrival."""
    text = good.replace("arrivals: {dist: exponential, mean: 2h}", "at: [0, 10m, 1h]")
    rows = {row.path: row.value for row in loads(text).evidence}
    assert rows["workflows.triage.at"] == "0, 10m, 1h"
