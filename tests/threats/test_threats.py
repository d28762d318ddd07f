"""Threats: what each hands over, whom it exposes, and how soon a leak is used."""

import dataclasses
import math

import pytest

from simlab.model.access import Intent, Permission
from simlab.model.attack import Foothold, When
from simlab.model.chance import NEVER, ZERO, Exponential, Fixed
from simlab.model.system import Agent, Call, System, Task, Workflow
from simlab.threats import CompromisedTool, KeyLeak, Nothing, PromptInjection, StolenSession
from simlab.threats.key_leak import PLACES

P = Permission.parse
READ, LIST, WRITE = P("read:site"), P("list:site"), P("write:site")
AGENTS = {
    "reader": Agent("reader", menu=(READ,), key="reader", susceptibility=0.4),
    "lister": Agent("lister", menu=(LIST,), key="shared", susceptibility=1.0),
    "writer": Agent("writer", menu=(WRITE,), key="shared", susceptibility=1.0),
    "immune": Agent("immune", menu=(READ,), key="immune", susceptibility=0.0),
    "idle": Agent("idle", menu=(READ,), key="idle"),
}


def flow(agent, right, tool):
    task = Task(agent, "owner", (agent,), Intent("x"), frozenset({right}))
    return Workflow(agent, (task,), (Call(0, right, tool=tool),))


SYSTEM = System(
    agents=AGENTS,
    workflows={
        "1": flow("writer", WRITE, "site.write"),
        "2": flow("reader", READ, "site.read"),
        "3": flow("lister", LIST, "site.read"),
        "4": flow("immune", READ, "site.read"),
    },
)


# --- key-leak ---------------------------------------------------------------------------------------


def test_a_leaked_key_is_a_credential_in_other_hands():
    """Nothing else: no session, no workload."""
    assert KeyLeak("shared").strike(SYSTEM) == Foothold(keys=("shared",))


def test_whoever_uses_the_key_exposes_it_at_work():
    """By the key it shares, or by its own name; certainly."""
    leak, call = KeyLeak("shared"), Call(0, READ)
    assert [agent.name for agent in AGENTS.values() if leak.exposes(agent, call)] == ["lister", "writer"]
    assert KeyLeak("reader").exposes(AGENTS["reader"], call)
    assert leak.succeeds(AGENTS["immune"]) == 1.0


def test_the_place_says_how_soon_it_is_used():
    """Half of all keys in a public repository are used within four minutes; a given one at once."""
    assert KeyLeak("k").first_use == ZERO
    assert KeyLeak("k", "public-repository").first_use.quantile(0.5) == 240.0
    assert KeyLeak("k", "package-registry").first_use.quantile(0.5) == 120.0
    assert KeyLeak("k", "targeted").first_use.quantile(0.5) == 44 * 86_400.0
    assert KeyLeak("k", "internal").first_use.mean() == 120 * 86_400.0


def test_a_mixture_of_scrapers_and_targeted_attackers():
    """Four in five within minutes, the fifth after weeks."""
    wait = KeyLeak("k", "scraped-or-targeted").first_use
    assert wait.quantile(0.4) == pytest.approx(240.0)
    assert wait.quantile(0.9) == pytest.approx(44 * 86_400.0)


def test_what_is_said_about_its_use_goes_before_the_place():
    """The scenario knows better."""
    assert KeyLeak("k", "public-repository", use=Fixed(60.0)).first_use == Fixed(60.0)


def test_places_are_in_the_order_of_their_haste():
    """The medians, from the registry to the targeted attack."""
    medians = {place: law.quantile(0.5) for place, law in PLACES.items()}
    order = ["given", "package-registry", "public-repository", "image-layer", "paste", "bucket", "targeted"]
    assert sorted(order, key=medians.__getitem__) == order


def test_a_credential_goes_on_being_one():
    """There is no session that stops obeying."""
    assert KeyLeak("k").lasts == NEVER
    assert KeyLeak("k").noticed == NEVER


# --- prompt-injection -------------------------------------------------------------------------------


def test_who_reads_the_content_at_work_may_lose_a_session():
    """Reading in any form; writing is not reading; who cannot be talked into it, or never reads, is left out."""
    assert PromptInjection("site").strike(SYSTEM) == Foothold(sessions=("lister", "reader"))
    assert PromptInjection("elsewhere").strike(SYSTEM) == Foothold()


def test_by_the_clock_the_agent_itself_is_turned():
    """It has already taken root."""
    assert PromptInjection("site", When("clock")).strike(SYSTEM) == Foothold(agents=("lister", "reader"))


def test_only_a_call_that_reads_the_content_exposes():
    """And gives in with the agent's susceptibility."""
    threat = PromptInjection("site")
    assert [threat.exposes(AGENTS["idle"], Call(0, right)) for right in (READ, LIST, WRITE)] == [
        True,
        True,
        False,
    ]
    assert not threat.exposes(AGENTS["idle"], Call(0, P("read:other")))
    assert [threat.succeeds(AGENTS[name]) for name in ("reader", "lister", "immune")] == [0.4, 1.0, 0.0]


# --- compromised-tool -------------------------------------------------------------------------------


def test_who_calls_the_tool_loses_the_workload():
    """However careful it is with content."""
    threat = CompromisedTool("site.read")
    assert threat.strike(SYSTEM) == Foothold(agents=("immune", "lister", "reader"))
    assert threat.exposes(AGENTS["immune"], Call(0, READ, tool="site.read"))
    assert not threat.exposes(AGENTS["immune"], Call(0, READ, tool="site.write"))
    assert threat.succeeds(AGENTS["immune"]) == 1.0


# --- nothing ----------------------------------------------------------------------------------------


def test_nothing_never_happens():
    """The baseline for friction."""
    threat = Nothing()
    assert threat.strike(SYSTEM) == Foothold()
    assert threat.when.delay.quantile(0.5) == math.inf
    assert not threat.exposes(AGENTS["reader"], Call(0, READ))
    assert threat.succeeds(AGENTS["reader"]) == 0.0


@pytest.mark.parametrize("kind", [KeyLeak, PromptInjection, CompromisedTool])
def test_a_threat_says_what_it_is_aimed_at(kind):
    """One field names something in the scenario: that is its identity, not its place in the list."""
    aimed = [field.name for field in dataclasses.fields(kind) if "names" in field.metadata]
    assert len(aimed) == 1
    assert kind("x", when=When("clock", Exponential(60.0))).when.delay == Exponential(60.0)


# --- stolen-session ---------------------------------------------------------------------------------


def test_a_stolen_session_is_one_session_of_an_agent_with_work():
    """Its own calls expose it, once; an agent without work has no session to steal."""
    theft = StolenSession("reader", Fixed(60.0))
    assert theft.strike(SYSTEM) == Foothold(sessions=("reader",))
    assert StolenSession("idle").strike(SYSTEM) == Foothold()
    assert [agent.name for agent in AGENTS.values() if theft.exposes(agent, Call(0, READ))] == ["reader"]
    assert theft.when == When("at-work", Fixed(60.0))
    assert theft.once
    assert theft.succeeds(AGENTS["immune"]) == 1.0
