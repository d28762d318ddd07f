"""A study made by hand, and one that was run."""

import dataclasses

import pandas as pd
import pytest

from simlab.attackers import Opportunist
from simlab.experiment import compare
from simlab.experiment.results import Results
from simlab.metrics import METRICS
from simlab.model.access import Intent, Permission
from simlab.model.attack import When
from simlab.model.chance import Exponential, Fixed
from simlab.model.scenario import Evidence, Scenario
from simlab.model.system import Agent, Call, Domain, Resource, System, Task, Workflow
from simlab.threats import PromptInjection

PAIRS = 10


def study(strategies, manifest=None, **columns):
    """Return results with, for each metric, two values a strategy, each of them in half of the runs."""
    frames = []
    for place, strategy in enumerate(strategies):
        values = {name: halves[place] * PAIRS for name, halves in columns.items()}
        frame = pd.DataFrame({"strategy": strategy, "replication": range(2 * PAIRS), **values})
        frames.append(frame.assign(scenario="by-hand", seed=0))
    metrics = tuple(METRICS[name] for name in columns)
    return Results(pd.concat(frames, ignore_index=True), metrics, tuple(strategies), manifest or {})


@pytest.fixture(scope="session")
def by_hand():
    return study


def scene(agent="bot", data="plans", **texts):
    """Return a small scenario: a bot that reads issues, private plans, and writes pull requests."""
    P = Permission.parse
    asks = (P("read:issues"), P(f"read:{data}"), P("create:pulls"))
    task = Task("fix", "owner", (agent,), Intent("fix", frozenset({asks[0], asks[2]})), frozenset(asks))
    system = System(
        domains={
            "git": Domain("git", decision=Fixed(0.003)),
            "old": Domain("old", enforces=("static-rbac",)),
        },
        resources={
            "issues": Resource("issues", "git", untrusted=True),
            data: Resource(data, "git", label="private"),
            "pulls": Resource("pulls", "old", outward=True),
        },
        agents={agent: Agent(agent, frozenset(asks), asks, agent, susceptibility=0.5)},
        workflows={
            "fix": Workflow(
                "fix", (task,), tuple(Call(0, p, Fixed(60.0)) for p in asks[::2]), Exponential(7200.0)
            )
        },
    )
    evidence = (
        Evidence("agents.bot.susceptibility", "0.5", "published", "a benchmark", "https://example.org/rates"),
        Evidence("threats.0.when", "at-work 1d", "assumed", "any time would do"),
        Evidence("horizon", "3d", "assumed", "not stated"),
    )
    threat = PromptInjection("issues", When("at-work", Fixed(86400.0)))
    attacker = Opportunist(pace=Fixed(20.0), goal=f"exfiltrate:{data}")
    made = Scenario(
        "small", "Can an issue carry plans away?", 259200.0, system, (threat,), attacker, evidence=evidence
    )
    return dataclasses.replace(made, **texts)


@pytest.fixture(scope="session")
def small():
    return compare(scene(), ["static-rbac", "jit", "intent"], reps=12)


@pytest.fixture(scope="session")
def make_scene():
    return scene
