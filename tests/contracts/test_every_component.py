"""Every registered component keeps its contract, and so does every combination of layers."""

from itertools import permutations

import pytest

from simlab.attackers import ATTACKERS, GoalSeeker, Scripted
from simlab.contracts import (
    ATTACKER_CHECKS,
    COMMON,
    CONTROL_CHECKS,
    EXAMPLE,
    IMPORTER_CHECKS,
    METRIC_CHECKS,
    STRATEGY_CHECKS,
    THREAT_CHECKS,
    check_attacker,
    check_control,
    check_importer,
    check_metric,
    check_strategy,
    check_threat,
    checks,
)
from simlab.contracts.controls import SCENARIO, WAY
from simlab.controls import CONTROLS, along
from simlab.importers import IMPORTERS
from simlab.metrics import METRICS
from simlab.model.attack import When
from simlab.model.chance import Exponential, Fixed
from simlab.strategies import (
    ABAC,
    JIT,
    STRATEGIES,
    DataFlow,
    Intent,
    Layered,
    RightSizedRBAC,
    StaticRBAC,
    TokenExchange,
    describe,
    parse,
)
from simlab.threats import THREATS, CompromisedTool, KeyLeak, Nothing, PromptInjection, StolenSession

VARIANTS = (
    *(kind() for kind in STRATEGIES.values()),
    StaticRBAC(rotation=3600.0, grace=60.0),
    JIT(ttl=60.0, bound=True),
    JIT(scope="intent"),
    JIT(scope="roles"),
    JIT(bound=True, replay=0.5, audience=True, single_use=True, refresh=60.0),
    Intent(flows=False, attested=False, hops=0, rotation=3600.0),
    Intent(drift="soft"),
    Intent(drift="redeclare", flows=False),
    JIT(life="session"),
    JIT(life="workflow", scope="roles"),
    RightSizedRBAC(window=30.0, rotation=3600.0, grace=60.0),
    ABAC(foreign="none", hops=0, rotation=3600.0),
    ABAC(foreign="all"),
    TokenExchange(ttl=60.0, asks="intent", depth=0, bound=True),
    DataFlow(labels="private", sinks="deploy|inbox"),
)
LAYERED = (
    *(Layered(pair) for pair in permutations([kind() for kind in STRATEGIES.values()], 2)),
    Layered((StaticRBAC(), JIT(), Intent())),
    Layered((JIT(life="session"), DataFlow(labels="private"), TokenExchange())),
    Layered((Intent(drift="redeclare"), JIT(life="workflow"), Intent(drift="soft"))),
    Layered((Layered((JIT(), Intent())), StaticRBAC())),
)
THREATS_AIMED = (
    Nothing(),
    KeyLeak("shared"),
    KeyLeak("reader", "public-repository", When("per-issuance", Exponential(60.0), 0.1)),
    KeyLeak("reader", use=Fixed(60.0), noticed=Fixed(3600.0)),
    *(PromptInjection("inbox", When(timing)) for timing in ("clock", "at-work")),
    CompromisedTool("inbox.read"),
    CompromisedTool("deploy.run", When("clock")),
    StolenSession("reader"),
)
ATTACKERS_BUILT = (
    *(kind() for name, kind in ATTACKERS.items() if name not in {"goal-seeker", "scripted"}),
    ATTACKERS["opportunist"](hands=0),
    ATTACKERS["opportunist"](revisits=True),
    GoalSeeker("run:deploy"),
    GoalSeeker("hold:shared", hands=0),
    Scripted(("read:inbox", "run:deploy")),
    Scripted(("read:inbox",), repeat=True),
    Scripted(()),
)
CONTROLS_AIMED = tuple(
    dict.fromkeys(
        control
        for text in ("static-rbac", "jit", "intent:flows=false")
        for control in along(WAY, SCENARIO, parse(text))
    )
)
IMPORTERS_BUILT = (
    IMPORTERS["roles"](),
    IMPORTERS["aws-iam"](),
    IMPORTERS["aws-iam"](attach=(("bot", "example"),)),
    IMPORTERS["kubernetes"](),
    IMPORTERS["openfga"](agents=("agent",)),
    IMPORTERS["cedar"](agents=("Agent",)),
)


def cases(components, demanded):
    """Return each component with each check, named so that a report reads like a list of promises."""
    return [
        pytest.param(component, check, id=f"{label(component)}-{check.__name__}")
        for component in components
        for check in demanded
    ]


def label(component):
    if hasattr(component, "apply"):
        return component.says.replace(" ", "-")
    return describe(component) if hasattr(component, "decide") else component.name


@pytest.mark.parametrize(("strategy", "check"), cases((*VARIANTS, *LAYERED), STRATEGY_CHECKS))
def test_strategies_keep_their_contract(strategy, check):
    """Each strategy, some of its variants, and every pair of layers."""
    check(strategy)


@pytest.mark.parametrize(("threat", "check"), cases(THREATS_AIMED, THREAT_CHECKS))
def test_threats_keep_their_contract(threat, check):
    """Each threat, in each timing that means something for it."""
    check(threat)


@pytest.mark.parametrize(("attacker", "check"), cases(ATTACKERS_BUILT, ATTACKER_CHECKS))
def test_attackers_keep_their_contract(attacker, check):
    """Each attacker, with one hand and with as many as it likes."""
    check(attacker)


@pytest.mark.parametrize(("metric", "check"), cases(METRICS.values(), METRIC_CHECKS))
def test_metrics_keep_their_contract(metric, check):
    """Each metric."""
    check(metric)


@pytest.mark.parametrize(("control", "check"), cases(CONTROLS_AIMED, CONTROL_CHECKS))
def test_controls_keep_their_contract(control, check):
    """Each control that applies to the way through the example, under three strategies."""
    check(control)


@pytest.mark.parametrize(("importer", "check"), cases(IMPORTERS_BUILT, IMPORTER_CHECKS))
def test_importers_keep_their_contract(importer, check):
    """Each format, with what it must be told to understand its example."""
    check(importer)


def test_nothing_that_is_registered_is_left_out():
    """A new component that is registered and not checked here fails this test."""
    assert {type(strategy) for strategy in VARIANTS} == set(STRATEGIES.values())
    assert {type(threat) for threat in THREATS_AIMED} == set(THREATS.values())
    assert {type(attacker) for attacker in ATTACKERS_BUILT} == set(ATTACKERS.values())
    assert {type(control) for control in CONTROLS_AIMED} == set(CONTROLS.values())
    assert {type(importer) for importer in IMPORTERS_BUILT} == set(IMPORTERS.values())


@pytest.mark.parametrize("registry", [STRATEGIES, THREATS, ATTACKERS, METRICS, CONTROLS, IMPORTERS])
def test_a_component_is_registered_under_its_own_name(registry):
    """What YAML and the command line call it is what it calls itself."""
    for name, component in registry.items():
        assert component.name == name


def test_what_a_strategy_is_called_builds_it_again():
    """parse(describe(strategy)) is the strategy: so results can name the treatment by text."""
    for strategy in (*VARIANTS, *LAYERED[:-1]):
        assert parse(describe(strategy)) == strategy


def test_the_checks_that_fit_are_found_by_what_a_component_can_do():
    """One function for all sorts of components."""
    assert tuple(checks(JIT())) == STRATEGY_CHECKS
    assert tuple(checks(KeyLeak("shared"))) == THREAT_CHECKS
    assert tuple(checks(Scripted(()))) == ATTACKER_CHECKS
    assert tuple(checks(METRICS["goal"])) == METRIC_CHECKS
    assert tuple(checks(CONTROLS_AIMED[0])) == CONTROL_CHECKS
    assert tuple(checks(IMPORTERS_BUILT[0])) == IMPORTER_CHECKS


def test_each_check_says_in_a_sentence_what_it_demands():
    """Their names and texts are what a stranger reads."""
    every = {
        *COMMON,
        *STRATEGY_CHECKS,
        *THREAT_CHECKS,
        *ATTACKER_CHECKS,
        *METRIC_CHECKS,
        *CONTROL_CHECKS,
        *IMPORTER_CHECKS,
    }
    assert len({check.__name__ for check in every}) == len(every) >= 18
    assert all(check.__doc__ and check.__doc__.rstrip().endswith(".") for check in every)


def test_one_call_runs_all_checks():
    """What a stranger writes in a test of his own."""
    check_strategy(JIT())
    check_threat(KeyLeak("shared"))
    check_attacker(Scripted(("read:inbox",)))
    check_metric(METRICS["goal"])
    check_control(CONTROLS["remove-secret"]("mail", "shared"))
    check_importer(IMPORTERS["roles"]())


def test_the_example_has_what_the_checks_need():
    """Three agents, a shared key, a chain of two, a lost chain, a label and a way out."""
    assert [len(task.chain) for task in EXAMPLE.workflows["triage"].tasks] == [1, 2, 1]
    assert [task.principal for task in EXAMPLE.workflows["triage"].tasks] == ["owner", "owner", ""]
    assert [agent.name for agent in EXAMPLE.users_of("shared")] == ["sender", "helper"]
    assert EXAMPLE.resources["inbox"].label
    assert EXAMPLE.resources["mail"].outward
