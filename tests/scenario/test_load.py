"""A good file becomes exactly the model that it describes."""

import hashlib
import math
from pathlib import Path

import pytest

from simlab.attackers.goal_seeker import GoalSeeker
from simlab.errors import InvalidInputError, UsageError
from simlab.model.access import Intent, Permission
from simlab.model.attack import NO_RESPONSE, Price, Response, When
from simlab.model.chance import ZERO, Exponential, Fixed, LogNormal, Mixture, Uniform
from simlab.model.scenario import Expectation
from simlab.model.system import (
    Agent,
    Call,
    Composition,
    Delegation,
    Domain,
    Principal,
    Resource,
    Secret,
    Task,
    Telemetry,
    Tool,
    Use,
)
from simlab.scenario import load, loads, template
from simlab.threats.prompt_injection import PromptInjection

HEAD = "simlab: 1\nname: a\nquestion: Why?\nhorizon: 1d\n"
READ, FORK, LOOK, PUBLISH = (
    Permission.parse(text) for text in ("read:issues", "fork:repo-a", "read:repo-a", "publish:package")
)


def test_a_good_file_gives_exactly_this_system(good):
    """Every noun of the system, literally."""
    system = loads(good).system
    assert system.domains == {
        "github": Domain("github"),
        "npm": Domain(
            "npm", ("static-rbac", "jit"), issuance=Fixed(0.08), telemetry=Telemetry(0.5, Fixed(240.0))
        ),
    }
    assert system.resources == {
        "issues": Resource("issues", "github", untrusted=True),
        "repo-a": Resource("repo-a", "github", sensitivity=3.0, label="private", holds=("token",)),
        "repo-b": Resource("repo-b", "github", obeyed_by=("bot",)),
        "package": Resource("package", "npm", outward=True),
    }
    assert system.tools == {
        "read": Tool("read", (READ,)),
        "fork": Tool("fork", (FORK, LOOK)),
        "publish": Tool("publish", (PUBLISH,)),
    }
    assert system.principals == {"maintainer": Principal("maintainer")}
    assert system.agents == {
        "bot": Agent(
            "bot",
            frozenset({READ, FORK, LOOK, Permission("read", "repo-b")}),
            (FORK, READ, LOOK),
            "bot",
            0.25,
            "platform",
            used=tuple(Use(right, 7200.0) for right in sorted((READ, FORK, LOOK, PUBLISH))),
        ),
        "releaser": Agent(
            "releaser", frozenset({PUBLISH}), (PUBLISH,), "shared-key", used=(Use(PUBLISH, 7200.0),)
        ),
    }
    assert system.secrets == {"token": Secret("token", frozenset({PUBLISH}), 90 * 86400.0)}
    assert system.delegations == (Delegation("bot", "releaser", "on-behalf-of"),)
    assert system.compositions == (
        Composition("poison", ("control:bot", "hold:token"), ("publish:package",), 0.5, Fixed(14400.0)),
    )
    assert system.actions["fork"] == "write"
    assert system.depth == 2


def test_steps_become_tasks_and_calls_in_order(good):
    """The delegated part is a task of its own; the work comes before a tool's first request only."""
    flow = loads(good).system.workflows["triage"]
    everything = frozenset(Permission("read", name) for name in ("issues", "repo-a", "repo-b", "package"))
    intent = Intent("triage", everything)
    assert flow.tasks == (
        Task(
            "triage",
            "maintainer",
            ("bot",),
            intent,
            frozenset({READ, FORK, LOOK, PUBLISH}),
            passes=frozenset({PUBLISH}),
        ),
        Task("triage/releaser", "maintainer", ("bot", "releaser"), intent, frozenset({PUBLISH}), parent=0),
    )
    assert flow.calls == (
        Call(0, READ, Fixed(30.0), "read"),
        Call(0, FORK, Fixed(60.0), "fork"),
        Call(0, LOOK, ZERO, "fork"),
        Call(1, PUBLISH, ZERO, "publish"),
    )
    assert flow.arrivals == Exponential(7200.0)
    assert flow.at == ()


def test_a_good_file_gives_exactly_this_incident(good):
    """The threat, the attacker, the response, the prices and what is expected."""
    scenario = loads(good)
    assert (scenario.name, scenario.question, scenario.horizon) == (
        "good",
        "What can a stranger reach?",
        30 * 86400.0,
    )
    assert scenario.threats == (PromptInjection("issues", When("at-work", Fixed(3 * 86400.0))),)
    assert scenario.attacker == GoalSeeker("publish:package", LogNormal(480.0, 0.5))
    assert scenario.response == Response(triage=Fixed(900.0))
    assert scenario.prices == {"publish:package": Price(Fixed(100.0), Uniform(1.0, 2.0))}
    assert scenario.currency == "USD"
    assert scenario.expectations == (
        Expectation("static-rbac", "reach", 3.0),
        Expectation("jit:ttl=15m", "blast_radius", 0.5, "share", at_least=2.0),
    )
    assert scenario.source_hash == hashlib.sha256(good.encode()).hexdigest()


@pytest.mark.parametrize(
    ("mode", "principal", "chain"),
    [
        ("on-behalf-of", "maintainer", ("bot", "releaser")),
        ("own-identity", "maintainer", ("releaser",)),
        ("impersonation", "", ("releaser",)),
    ],
)
def test_the_mode_of_an_edge_says_what_is_left_of_the_chain(good, mode, principal, chain):
    """Who is accountable, and who is seen to act."""
    flow = loads(good.replace("mode: on-behalf-of", f"mode: {mode}")).system.workflows["triage"]
    task = flow.tasks[1]
    assert (task.mode, task.principal, task.chain) == (mode, principal, chain)
    assert (PUBLISH in flow.tasks[0].template) == (mode == "on-behalf-of")


def test_a_part_that_is_delegated_twice_gets_a_number(good):
    """Task names are unique."""
    part = "      - delegate: releaser\n        steps:\n          - {call: publish}\n"
    flow = loads(good.replace(part, part + part)).system.workflows["triage"]
    assert [task.name for task in flow.tasks] == ["triage", "triage/releaser", "triage/releaser#2"]


def test_a_stated_list_of_tools_is_the_template(good):
    """The tools of the job, and not those of its steps."""
    text = good.replace('needs: ["read:*"]}\n', 'needs: ["read:*"]}\n    tools: [read]\n', 1)
    flow = loads(text).system.workflows["triage"]
    assert flow.tasks[0].template == frozenset({READ, PUBLISH})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0", ZERO),
        ("never", Fixed(math.inf)),
        ("1h30m", Fixed(5400.0)),
        ("{dist: fixed, value: 3s}", Fixed(3.0)),
        ("{dist: uniform, low: 0, high: 1m}", Uniform(0.0, 60.0)),
        (
            "{dist: mixture, of: [{weight: 0.25, dist: fixed, value: 1s}, {weight: 0.75, dist: exponential, mean: 1h}]}",
            Mixture((0.25, 0.75), (Fixed(1.0), Exponential(3600.0))),
        ),
    ],
)
def test_durations_and_laws_read_as_written(written, meant):
    """A bare duration is a law with one value."""
    text = HEAD + f"domains:\n  a: {{revocation: {written}}}\n"
    assert loads(text).system.domains["a"].revocation == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("at-work", When("at-work", ZERO)),
        ("clock", When("clock", ZERO)),
        ("{clock: 1h}", When("clock", Fixed(3600.0))),
        ("{per-issuance: 0.01, delay: 1m}", When("per-issuance", Fixed(60.0), 0.01)),
    ],
)
def test_the_moment_of_a_threat_reads_as_written(good, written, meant):
    """A bare word is the moment without a delay."""
    assert loads(good.replace("{at-work: 3d}", written)).threats[0].when == meant


@pytest.mark.parametrize("line", ["", "response: none\n", "response: {acts: false}\n"])
def test_without_a_response_nobody_acts(line):
    """Silence, the word none, and acts: false mean the same."""
    assert loads(HEAD + line).response == NO_RESPONSE


def test_a_file_loads_as_its_text_does(good, tmp_path: Path):
    """Only the way in differs."""
    path = tmp_path / "good.yaml"
    path.write_text(good, encoding="utf-8")
    assert load(path) == load(str(path)) == loads(good)


def test_the_template_loads_under_its_new_name():
    """What `simlab new` writes is a scenario."""
    assert loads(template("my-case")).name == "my-case"


def test_every_line_of_the_template_that_brings_something_new_is_explained():
    """At least half of its lines carry a comment."""
    lines = [line for line in template("x").splitlines() if line.strip()]
    assert sum("#" in line for line in lines) > len(lines) / 2


@pytest.mark.parametrize("name", ["", "9a", "a b", "../a", "a" * 65, "a\n"])
def test_the_template_refuses_what_is_no_name(name):
    """A name that the language would refuse."""
    with pytest.raises(UsageError):
        template(name)


def test_five_faults_in_one_file_are_reported_in_one_pass():
    """A missing unit, a misspelt key, a wrong type, a duplicate key, an unknown agent."""
    text = (
        "simlab: 1\nname: five\nquestion: What?\nhorizon: 30\ndomains:\n  github:\nresources:\n"
        "  issues: {domain: github}\nroles:\n  triage: [read:issues]\nagents:\n  bot:\n"
        "    roles: [triage]\n    suceptibility: 0.4\n  bot2: {roles: [triage], owner: 3}\n"
        "  bot: {roles: []}\ndelegations:\n  - {from: bot, to: bott, mode: own-identity}\n"
    )
    with pytest.raises(InvalidInputError) as caught:
        loads(text, "five.yaml")
    assert str(caught.value).splitlines() == [
        "five.yaml:4:10: E106 30 has no unit (write 30s, 30m, 30h or 30d)",
        "five.yaml:14:5: E101 unknown key 'suceptibility' (did you mean 'susceptibility'?)",
        "five.yaml:15:34: E103 expected text, got a number (quote it)",
        "five.yaml:16:3: E012 duplicate key 'bot' (it stands first on line 12)",
        "five.yaml:18:21: E201 unknown agent 'bott' (did you mean 'bot'?)",
    ]
