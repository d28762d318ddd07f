"""What every threat promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from simlab.contracts.common import COMMON, no_law_of_durations
from simlab.contracts.contract import Check, contract
from simlab.contracts.example import EXAMPLE
from simlab.model.attack import Foothold, ThreatEvent, Timing


@contract
def keeps_time(threat: Any) -> Iterator[str]:
    """Its moment and its waits are laws of durations; its chance lies in [0, 1]."""
    for name, law in (
        ("when", threat.when.delay),
        ("first_use", threat.first_use),
        ("noticed", threat.noticed),
        ("lasts", threat.lasts),
    ):
        yield from no_law_of_durations(law, name)
    if not isinstance(threat.once, bool):
        yield f"once is {threat.once!r}"
    if threat.when.timing not in get_args(Timing) or not 0 <= threat.when.chance <= 1:
        yield f"when is {threat.when}"


@contract
def strikes_what_there_is(threat: Any) -> Iterator[str]:
    """It hands over keys and agents of the system it is asked about, the same each time."""
    foothold = threat.strike(EXAMPLE)
    if not isinstance(foothold, Foothold) or foothold != threat.strike(EXAMPLE):
        yield f"struck {foothold!r}, and then {threat.strike(EXAMPLE)!r}"
    keys = {agent.key or agent.name for agent in EXAMPLE.agents.values()} | set(EXAMPLE.secrets)
    strange = {*foothold.keys} - keys | {*foothold.sessions, *foothold.agents} - set(EXAMPLE.agents)
    if strange:
        yield f"hands over {', '.join(sorted(strange))}, which simlab.contracts.EXAMPLE does not have"


@contract
def strikes_whom_it_exposes(threat: ThreatEvent) -> Iterator[str]:
    """Whoever it can succeed with is in its foothold, or a run would reach further than the graph says."""
    foothold = threat.strike(EXAMPLE)
    for flow in EXAMPLE.workflows.values():
        for call in flow.possible_calls():
            agent = EXAMPLE.agents[flow.tasks[call.task].agent]
            exposed, chance = threat.exposes(agent, call), threat.succeeds(agent)
            if not 0 <= chance <= 1:
                yield f"succeeds({agent.name}) is {chance}"
            if exposed != threat.exposes(agent, call):
                yield "exposes() says one thing, and then another"
            handed = foothold.keys or agent.name in {*foothold.sessions, *foothold.agents}
            if exposed and chance and not handed:
                yield f"exposes {agent.name}, but strike() leaves it out"


THREAT_CHECKS: tuple[Check, ...] = (*COMMON, keeps_time, strikes_what_there_is, strikes_whom_it_exposes)
