"""The checks that every component must pass, shipped so that a stranger can run them on his own.

Each check is a plain function with a name that says what it demands. ``checks(component)`` yields those that
fit; ``check_strategy`` and its sisters run them all, on a small system to be asked about::

    from simlab.contracts import check_strategy
    check_strategy(MyStrategy())

The form follows scikit-learn's ``check_estimator`` and river's ``checks``.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from itertools import pairwise
from multiprocessing.reduction import ForkingPickler
from typing import Any, get_args, get_type_hints

from simlab.attackers import ATTACKERS
from simlab.errors import SimlabError
from simlab.lookup import parameters
from simlab.metrics import METRICS
from simlab.model.access import Decision, Intent, Permission, Request, Scope, Strategy
from simlab.model.attack import Attacker, Foothold, Move, ThreatEvent, Timing, View
from simlab.model.chance import Distribution, Fixed
from simlab.model.events import Event, Metric, Run
from simlab.model.system import Agent, Call, Domain, Resource, System, Task, Tool, Workflow
from simlab.strategies import BOUNDS, STRATEGIES
from simlab.strategies.authority import idle
from simlab.strategies.layers import Layered
from simlab.threats import THREATS

Check = Callable[[Any], None]
"""Takes a component; raises :class:`ContractError`, or returns."""
Faults = Callable[[Any], Iterator[str]]
"""Takes a component; yields what is wrong with it."""


class ContractError(SimlabError):
    """A component breaks a promise that the rest of simlab relies on.

    Attributes
    ----------
    component, check, wrong
        The name of the component, the name of the check, and what was wrong.
    """

    code = "E501"

    def __init__(self, component: str, check: str, wrong: str) -> None:
        """Say which *component* fails which *check*, and what is *wrong*."""
        self.component, self.check, self.wrong = component, check, wrong
        super().__init__(f"{self.code} {component}: {check}: {wrong}")


def _check(faults: Faults) -> Check:
    """Return the check that raises the first of *faults*, or what goes wrong on the way."""

    @wraps(faults)
    def check(component: Any) -> None:
        try:
            wrong = next(faults(component), "")
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
            raise ContractError(_name_of(component), faults.__name__, wrong) from error
        if wrong:
            raise ContractError(_name_of(component), faults.__name__, wrong)

    return check


def _name_of(component: Any) -> str:
    name = getattr(component, "name", None)
    return name if isinstance(name, str) and name else type(component).__name__


def _can(component: object, method: str) -> bool:
    return callable(getattr(component, method, None))


def _copy(component: Any) -> Any:
    return ForkingPickler.loads(ForkingPickler.dumps(component))


# --- a small system to ask about --------------------------------------------------------------------

_READ, _WRITE, _SEND, _RUN = (
    Permission.parse(text) for text in ("read:inbox", "write:inbox", "send:mail", "run:deploy")
)


def _example() -> System:
    read, sent, both = frozenset({_READ}), frozenset({_SEND}), frozenset({_READ, _SEND})
    triage = Task("triage", "owner", ("reader",), Intent("triage", read), both)
    passed = Task("triage/sender", "owner", ("reader", "sender"), Intent("answer", sent), sent, parent=0)
    lost = Task("triage/runner", "", ("sender",), Intent("run"), frozenset({_RUN}), "impersonation", 0)
    calls = (
        Call(0, _READ, tool="inbox.read"),
        Call(1, _SEND, tool="mail.send"),
        Call(2, _RUN, tool="deploy.run"),
    )
    return System(
        domains={"home": Domain("home"), "abroad": Domain("abroad")},
        resources={
            "inbox": Resource("inbox", "home", label="private", untrusted=True, obeyed_by=("reader",)),
            "mail": Resource("mail", "abroad", outward=True),
            "deploy": Resource("deploy", "home"),
        },
        tools={
            "inbox.read": Tool("inbox.read", (_READ,)),
            "mail.send": Tool("mail.send", (_SEND,)),
            "deploy.run": Tool("deploy.run", (_RUN,)),
        },
        agents={
            "reader": Agent("reader", frozenset({_READ, _WRITE}), (_READ, _SEND), "reader", 0.5),
            "sender": Agent("sender", frozenset({_SEND}), (_RUN, _SEND), "shared", 1.0),
            "helper": Agent("helper", frozenset(), (), "shared", 0.0),
        },
        workflows={"triage": Workflow("triage", (triage, passed, lost), calls, Fixed(60.0))},
    )


EXAMPLE = _example()
"""Agents ``reader``, ``sender`` and ``helper``, the tool ``inbox.read``, the resource ``inbox``, the key ``shared``."""


def _tasks(system: System) -> Iterator[tuple[Agent, Task]]:
    for agent in system.agents.values():
        yield agent, idle(agent.name)
    for flow in system.workflows.values():
        yield from ((system.agents[task.agent], task) for task in flow.tasks)


def _requests(strategy: Strategy, system: System) -> Iterator[Request]:
    """Yield questions of every sort: inside and outside the scope, with and without task, intent and labels."""
    rights = sorted({call.permission for flow in system.workflows.values() for call in flow.calls} | {_WRITE})
    for agent, task in _tasks(system):
        granted = strategy.grant(agent, task).scope
        scopes: tuple[Scope, ...] = (granted, frozenset(), frozenset(rights))
        for intent in (task.intent, None):
            for labels in (frozenset[str](), frozenset({"private"})):
                for right in rights:
                    for scope in scopes:
                        yield Request(
                            task.principal, task.chain, agent, task.name, intent, right,
                            system.resources[right.resource], scope, labels, system.writes(right),
                        )  # fmt: skip


# --- what every component promises ------------------------------------------------------------------

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UNIT = re.compile(r"\[[^\]]+\]|dimensionless|a count", re.IGNORECASE)
_SOURCE = re.compile(r"^\s*References\s*$|\boriginal\b", re.IGNORECASE | re.MULTILINE)
_LEVELS = (0.0, 0.25, 0.5, 0.75, 1 - 2.0**-53)


@_check
def is_a_frozen_dataclass(component: Any) -> Iterator[str]:
    """Nobody can change it: runs share it."""
    made = getattr(type(component), "__dataclass_params__", None)
    if made is None or not made.frozen:
        yield "write @dataclass(frozen=True)"


@_check
def travels_to_other_processes(component: Any) -> Iterator[str]:
    """A copy that went through a pipe is equal, has the same hash and the same name."""
    copy = _copy(component)
    if copy != component or hash(copy) != hash(component):
        yield "the copy is not equal to it"
    if _name_of(copy) != _name_of(component):
        yield "the copy has another name"


@_check
def has_a_name_of_its_own(component: Any) -> Iterator[str]:
    """Kebab-case, snake case for metrics; nothing else that is registered has it."""
    name = component.name
    parts = name.split("+") if isinstance(component, Layered) else [name]
    form, called = (_SNAKE, "snake_case") if _can(component, "compute") else (_KEBAB, "kebab-case")
    if not all(form.fullmatch(part) for part in parts):
        yield f"'{name}' is not {called}"
    other = _registry(component).get(name)
    kind = other if other is None or isinstance(other, type) else type(other)
    if kind not in {None, type(component)}:
        yield f"'{name}' is the name of {kind.__name__}"


def _registry(component: Any) -> Mapping[str, Any]:
    kinds: dict[str, Mapping[str, Any]] = {
        "decide": STRATEGIES, "strike": THREATS, "next_move": ATTACKERS, "compute": METRICS,
    }  # fmt: skip
    return next((registry for method, registry in kinds.items() if _can(component, method)), {})


@_check
def says_where_it_comes_from(component: Any) -> Iterator[str]:
    """Its docstring has a section ``References``, or the word ``original``."""
    kind = type(component)
    text = kind.__doc__ or ""
    if text.startswith(f"{kind.__name__}(") or not _SOURCE.search(text):  # dataclass writes one of its own
        yield "cite a source under References, or say (original)"


@_check
def has_a_unit_for_each_number(component: Any) -> Iterator[str]:
    """Each field that is a float or a law has ``metadata={"unit": ...}``, or a docstring with a unit."""
    hints, texts = get_type_hints(type(component)), _field_docs(type(component))
    for field in parameters(component):
        kind = hints[field.name]
        numeric = field.init and {float, Distribution} & {kind, *get_args(kind)}
        if numeric and not (field.metadata.get("unit") or _UNIT.search(texts.get(field.name, ""))):
            yield f"field '{field.name}' has no unit: say [s], dimensionless, ... below it or in metadata"


def _field_docs(kind: type) -> dict[str, str]:
    """Return the text below each field of *kind* and its bases; nothing, where there is no source to read."""
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for field, below in pairwise(body):
            text = ast.unparse(below) if isinstance(below, ast.Expr) else ""
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                texts[field.target.id] = text
    return texts


COMMON: tuple[Check, ...] = (
    is_a_frozen_dataclass,
    travels_to_other_processes,
    has_a_name_of_its_own,
    says_where_it_comes_from,
    has_a_unit_for_each_number,
)


# --- strategies -------------------------------------------------------------------------------------


def _is_a_bound(strategy: Strategy) -> bool:
    """Return whether it is declared a bound, which describes no mechanism."""
    layers = strategy.layers if isinstance(strategy, Layered) else (strategy,)
    return all(layer.name in BOUNDS for layer in layers)


@_check
def declares_its_reasons(strategy: Any) -> Iterator[str]:
    """Reasons are words in kebab-case, each once; ``online`` is true or false."""
    reasons = strategy.reasons
    if not isinstance(reasons, tuple) or not reasons:
        yield "reasons is no tuple of words"
    for reason in reasons:
        if not _KEBAB.fullmatch(reason):
            yield f"reason {reason!r} is not kebab-case"
    if len(set(reasons)) < len(reasons):
        yield "a reason is said twice"
    if not isinstance(strategy.online, bool):
        yield "online is neither true nor false"


@_check
def grants_the_same_each_time(strategy: Strategy) -> Iterator[str]:
    """Equal questions get equal grants, from a copy as well: no clock, no chance, no state."""
    copy = _copy(strategy)
    for agent, task in _tasks(EXAMPLE):
        if not strategy.grant(agent, task) == strategy.grant(agent, task) == copy.grant(agent, task):
            yield f"two grants to {agent.name} for '{task.name}' differ"


@_check
def grants_within_entitlements(strategy: Strategy) -> Iterator[str]:
    """No grant exceeds what the agent's roles allow; the bounds are exempt by declaration."""
    for agent, task in _tasks(EXAMPLE) if not _is_a_bound(strategy) else ():
        beyond = sorted(map(str, strategy.grant(agent, task).scope - agent.entitlements))
        if beyond:
            yield f"{agent.name} gets {', '.join(beyond)}, which its roles do not allow"


@_check
def grants_possible_times(strategy: Strategy) -> Iterator[str]:
    """A credential lives for more than no time, and a grace is no debt."""
    for agent, task in _tasks(EXAMPLE):
        grant = strategy.grant(agent, task)
        if not (grant.ttl > 0 and 0 <= grant.grace < math.inf):
            yield f"ttl {grant.ttl} s, grace {grant.grace} s for {agent.name}"


@_check
def decides_the_same_each_time(strategy: Strategy) -> Iterator[str]:
    """Equal requests get equal decisions, from a copy as well, in whatever order they come."""
    copy, requests = _copy(strategy), list(_requests(strategy, EXAMPLE))
    first = [strategy.decide(request) for request in requests]
    again = [strategy.decide(request) for request in reversed(requests)][::-1]
    other = [copy.decide(request) for request in requests]
    for request, *decisions in zip(requests, first, again, other, strict=True):
        if decisions[0] != decisions[1] or decisions[0] != decisions[2]:
            yield f"two decisions on {request.permission} differ"


@_check
def decides_with_declared_reasons(strategy: Any) -> Iterator[str]:
    """Each decision is a :class:`Decision`, its reason is one of ``reasons``, and it names a policy."""
    for request in _requests(strategy, EXAMPLE):
        decision = strategy.decide(request)
        if not isinstance(decision, Decision) or not decision.policy:
            yield f"decided {decision!r}"
        if decision.reason not in strategy.reasons:
            yield f"reason '{decision.reason}' is not among its reasons"


@_check
def denies_outside_the_scope(strategy: Strategy) -> Iterator[str]:
    """Nobody may do what the presented credential does not cover; the bounds are exempt by declaration."""
    for request in _requests(strategy, EXAMPLE) if not _is_a_bound(strategy) else ():
        if request.permission not in request.scope and strategy.decide(request).allowed:
            yield f"allowed {request.permission} with a credential that does not cover it"


STRATEGY_CHECKS: tuple[Check, ...] = (
    *COMMON,
    declares_its_reasons,
    grants_the_same_each_time,
    grants_within_entitlements,
    grants_possible_times,
    decides_the_same_each_time,
    decides_with_declared_reasons,
    denies_outside_the_scope,
)


# --- threats and attackers --------------------------------------------------------------------------


def _no_law_of_durations(law: Distribution, name: str) -> Iterator[str]:
    values = [law.quantile(level) for level in _LEVELS]
    if not all(value >= 0 for value in values) or values != sorted(values):
        yield f"{name} is no law of durations: {values}"


@_check
def keeps_time(threat: ThreatEvent) -> Iterator[str]:
    """Its moment and its waits are laws of durations; its chance lies in [0, 1]."""
    for name, law in (
        ("when", threat.when.delay),
        ("first_use", threat.first_use),
        ("noticed", threat.noticed),
        ("lasts", threat.lasts),
    ):
        yield from _no_law_of_durations(law, name)
    if threat.when.timing not in get_args(Timing) or not 0 <= threat.when.chance <= 1:
        yield f"when is {threat.when}"


@_check
def strikes_what_there_is(threat: Any) -> Iterator[str]:
    """It hands over keys and agents of the system it is asked about, the same each time."""
    foothold = threat.strike(EXAMPLE)
    if not isinstance(foothold, Foothold) or foothold != threat.strike(EXAMPLE):
        yield f"struck {foothold!r}, and then {threat.strike(EXAMPLE)!r}"
    keys = {agent.key or agent.name for agent in EXAMPLE.agents.values()} | set(EXAMPLE.secrets)
    strange = {*foothold.keys} - keys | {*foothold.sessions, *foothold.agents} - set(EXAMPLE.agents)
    if strange:
        yield f"hands over {', '.join(sorted(strange))}, which simlab.contracts.EXAMPLE does not have"


@_check
def strikes_whom_it_exposes(threat: ThreatEvent) -> Iterator[str]:
    """Whoever it can succeed with is in its foothold, or a run would reach further than the graph says."""
    foothold = threat.strike(EXAMPLE)
    for flow in EXAMPLE.workflows.values():
        for call in flow.calls:
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


def _views() -> Iterator[View]:
    ways = ("hold:shared", "steer:reader", "steer:reader>sender")
    moves = tuple(Move(right, via) for right in (_READ, _RUN, _SEND) for via in ways)
    maps: tuple[dict[Permission, int], ...] = ({}, {_READ: 2, _RUN: 1}, {_SEND: 0})
    for shown in ((), moves[:1], moves[4:], moves):
        for distance in maps:
            for tries in (0, 7):
                yield View(shown, frozenset({"hold:shared"}), tries, distance)


def _chance(name: str) -> float:
    return sum(name.encode()) % 97 / 97


@_check
def is_a_body_with_hands(attacker: Any) -> Iterator[str]:
    """Its pace is a law of finite durations, its hands are a count, its goal is text."""
    yield from _no_law_of_durations(attacker.pace, "pace")
    if math.isinf(attacker.pace.quantile(0.0)):
        yield "a try takes for ever"
    if type(attacker.hands) is not int or attacker.hands < 0:
        yield f"hands is {attacker.hands!r}"
    if not isinstance(attacker.goal, str):
        yield f"goal is {attacker.goal!r}"
    if not isinstance(attacker.revisits, bool):
        yield "revisits is neither true nor false"


@_check
def makes_only_moves_that_it_was_shown(attacker: Attacker) -> Iterator[str]:
    """It returns one of ``view.moves``, or None; whatever chance says."""
    for view in _views():
        for chance in (_chance, *(lambda _, level=level: level for level in _LEVELS)):
            move = attacker.next_move(view, chance)
            if move is not None and move not in view.moves:
                yield f"chose {move}, which it was not shown"


@_check
def moves_the_same_each_time(attacker: Attacker) -> Iterator[str]:
    """The same view and the same chance give the same move, from a copy as well."""
    copy = _copy(attacker)
    for view in _views():
        one, two, three = (each.next_move(view, _chance) for each in (attacker, attacker, copy))
        if not one == two == three:
            yield f"chose {one}, and then {two if one != two else three}"


ATTACKER_CHECKS: tuple[Check, ...] = (
    *COMMON,
    is_a_body_with_hands,
    makes_only_moves_that_it_was_shown,
    moves_the_same_each_time,
)


# --- metrics ----------------------------------------------------------------------------------------


def _runs() -> Iterator[Run]:
    """Yield a run in which nothing happened, and one in which something did."""
    yield Run("empty", "none", 0, 0, 3600.0)
    busy = Run("busy", "none", 0, 0, 3600.0, "read:inbox", EXAMPLE.resources, EXAMPLE.actions)
    what = (("strike", "hold", "shared"), ("request", "read", "inbox"), ("gain", "exfiltrate", "inbox"))
    for time, (kind, action, resource) in enumerate(what):
        where = ("intruder", "", "", "", action, resource, "home", "shared#1")
        busy.incident.append(Event._make((float(time), kind, *where, True, "", "", 0)))
    busy.tally.delays.extend([1.0, 2.0])
    busy.tally.requests, busy.tally.finished, busy.tally.tasks = 4, 2, 2
    busy.direct, busy.exposure, busy.loss = frozenset({"inbox"}), 60.0, 1.0
    yield busy


@_check
def says_what_it_measures(metric: Any) -> Iterator[str]:
    """It has a unit, a direction, and a side."""
    if not isinstance(metric.unit, str) or not metric.unit:
        yield "it has no unit"
    if metric.direction not in {"lower", "higher", "neither"}:
        yield f"direction is {metric.direction!r}"
    if metric.side not in {"harm", "friction", "governance"}:
        yield f"side is {metric.side!r}"


@_check
def is_a_number_of_any_run(metric: Any) -> Iterator[str]:
    """Of an empty run, too, it is a finite float; and looking does not change the run."""
    for run, same in zip(_runs(), _runs(), strict=True):
        number = metric.compute(run)
        if not isinstance(number, float) or not math.isfinite(number):
            yield f"of the {run.scenario} run it is {number!r}"
        if number != metric.compute(run):
            yield f"two looks at the {run.scenario} run differ"
        if run != same:
            yield f"it changes the {run.scenario} run"


METRIC_CHECKS: tuple[Check, ...] = (*COMMON, says_what_it_measures, is_a_number_of_any_run)


# --- all together -----------------------------------------------------------------------------------


def checks(component: Any) -> Iterator[Check]:
    """Yield the checks that fit *component*, by what it can do.

    Examples
    --------
    >>> from simlab.strategies import JIT
    >>> [check.__name__ for check in checks(JIT())][-1]
    'denies_outside_the_scope'
    """
    for method, found in {
        "decide": STRATEGY_CHECKS,
        "strike": THREAT_CHECKS,
        "next_move": ATTACKER_CHECKS,
        "compute": METRIC_CHECKS,
    }.items():
        if _can(component, method):
            yield from found
            return
    raise ContractError(
        _name_of(component), "checks", "neither a strategy, a threat, an attacker nor a metric"
    )


def check_strategy(strategy: Strategy) -> None:
    """Check that *strategy* keeps the contract of strategies.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.strategies import JIT
    >>> check_strategy(JIT(ttl=60.0))
    >>> check_strategy(JIT(ttl=0.0))
    Traceback (most recent call last):
    ...
    simlab.contracts.ContractError: E501 jit: grants_possible_times: ttl 0.0 s, grace 0.0 s for reader
    """
    for check in STRATEGY_CHECKS:
        check(strategy)


def check_threat(threat: ThreatEvent) -> None:
    """Check that *threat*, aimed at something in ``EXAMPLE``, keeps the contract of threats.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.threats import KeyLeak
    >>> check_threat(KeyLeak("shared"))
    """
    for check in THREAT_CHECKS:
        check(threat)


def check_attacker(attacker: Attacker) -> None:
    """Check that *attacker* keeps the contract of attackers.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.attackers import Opportunist
    >>> check_attacker(Opportunist(hands=2))
    """
    for check in ATTACKER_CHECKS:
        check(attacker)


def check_metric(metric: Metric) -> None:
    """Check that *metric* keeps the contract of metrics.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.metrics import METRICS
    >>> check_metric(METRICS["blast_radius"])
    """
    for check in METRIC_CHECKS:
        check(metric)
