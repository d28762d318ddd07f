"""What every control promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simlab.contracts.common import COMMON
from simlab.contracts.contract import Check, contract, copy_of
from simlab.contracts.example import EXAMPLE
from simlab.graph.reach import reach
from simlab.model.access import Strategy
from simlab.model.attack import Foothold, Response
from simlab.model.causes import Cause, Terms
from simlab.model.chance import Fixed
from simlab.model.control import Control
from simlab.model.events import Event
from simlab.model.path import Hop, Path
from simlab.model.scenario import Scenario
from simlab.model.system import Delegation
from simlab.strategies import parse
from simlab.threats.prompt_injection import PromptInjection

STRATEGIES = tuple(map(parse, ("static-rbac", "jit", "intent:flows=false", "jit+intent", "allow-all")))


def _scenario() -> Scenario:
    """Return a scenario with an edge, a key in a resource, and a deputy that is easily confused."""
    resources = {**EXAMPLE.resources, "mail": replace(EXAMPLE.resources["mail"], holds=("shared",))}
    edges = (Delegation("reader", "sender", "own-identity"), Delegation("reader", "helper"))
    system = replace(EXAMPLE, resources=resources, delegations=edges)
    return Scenario(
        "example",
        "What would have stopped it?",
        3600.0,
        system,
        threats=(PromptInjection("inbox"),),
        response=Response(triage=Fixed(60.0)),
    )


SCENARIO = _scenario()
"""The system of ``EXAMPLE``, in which ``reader`` tasks ``sender``, and ``mail`` holds the key ``shared``."""
EVERYTHING = Foothold(keys=("reader", "shared"), sessions=("reader", "sender"), agents=("reader",))


def _way() -> Path:
    """Return a way through the example: injected, by way of a deputy, with a key that was found."""
    task = Terms("shared#2", 2.0, 902.0, 1, 900.0, False, False, 0.0, "")
    found = Terms("shared#1", 0.0, 90000.0, 2, 90000.0, True, False, 0.0, "")
    strike = _event("strike", "reader", "reader", "triage", "read", "inbox")
    sent = _event("request", "sender", "sender", "triage>sender", "send", "mail")
    ran = _event("request", "sender", "", "", "run", "deploy")
    way = "mail holds shared"
    asked = Cause(1, 2.0, "ask", "send:mail", "steer:reader>sender", (0,), sent, task, "owner", "sender")
    return Path(
        "deploy",
        (
            Hop(
                Cause(0, 1.0, "strike", "steer:reader", "prompt-injection inbox", (), strike, agent="reader")
            ),
            Hop(asked, (Cause(2, 2.0, "find", "hold:shared", way, (1,), terms=found),)),
            Hop(Cause(3, 3.0, "ask", "run:deploy", "hold:shared", (2,), ran, found)),
        ),
    )


def _event(kind: str, agent: str, chain: str, task: str, action: str, resource: str) -> Event:
    domain = EXAMPLE.resources[resource].domain
    rest = (agent, chain, task, action, resource, domain, "", True, "role", "static-rbac", 1)
    return Event._make((1.0, kind, "intruder", *rest))


WAY = _way()


@contract
def says_what_is_to_be_done(control: Any) -> Iterator[str]:
    """It has words, agents or none, and says whether it only takes away."""
    if not isinstance(control.says, str) or not control.says.strip() or "\n" in control.says:
        yield f"says {control.says!r}"
    if not isinstance(control.removes, bool):
        yield "removes is neither true nor false"
    if not isinstance(control.agents, tuple) or not all(isinstance(name, str) for name in control.agents):
        yield f"agents is {control.agents!r}"


@contract
def is_proposed_along_a_way(control: Control) -> Iterator[str]:
    """Its kind looks at a way, an empty one too, and yields controls of its kind, the same each time."""
    for way in (WAY, Path("deploy", ())):
        for strategy in STRATEGIES:
            found = [tuple(control.along(way, SCENARIO, strategy)) for _ in range(2)]
            if found[0] != found[1]:
                yield f"proposes {found[0]}, and then {found[1]}"
            if not all(type(each) is type(control) for each in found[0]):
                yield f"proposes {found[0]}"


@contract
def changes_the_same_each_time(control: Control) -> Iterator[str]:
    """The same scenario and strategy give the same ones, from a copy as well, and are not changed themselves."""
    copy, before = copy_of(control), copy_of(SCENARIO)
    for strategy in STRATEGIES:
        one, two, three = (each.apply(SCENARIO, strategy) for each in (control, control, copy))
        if not one == two == three:
            yield f"changes {strategy.name} one way, and then another"
        if before != SCENARIO:
            yield "changes the scenario that it is given"
        if not (isinstance(one[0], Scenario) and isinstance(one[1], Strategy)):
            yield f"returns {tuple(type(part).__name__ for part in one)}"


@contract
def is_enough_once(control: Control) -> Iterator[str]:
    """Applied to its own result it changes nothing more."""
    for strategy in STRATEGIES:
        once = control.apply(SCENARIO, strategy)
        if control.apply(*once) != once:
            yield f"changes {strategy.name} a second time"


@contract
def never_enlarges(control: Control) -> Iterator[str]:
    """What only takes away leaves nothing in reach that was not."""
    for strategy in STRATEGIES if control.removes else ():
        scenario, other = control.apply(SCENARIO, strategy)
        before = reach(SCENARIO.system, strategy, EVERYTHING)
        after = reach(scenario.system, other, EVERYTHING)
        more = sorted(set(after.facts) - set(before.facts))
        if more:
            yield f"opens {', '.join(more)} under {strategy.name}"


CONTROL_CHECKS: tuple[Check, ...] = (
    *COMMON,
    says_what_is_to_be_done,
    is_proposed_along_a_way,
    changes_the_same_each_time,
    is_enough_once,
    never_enlarges,
)
