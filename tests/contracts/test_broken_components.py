"""Components that break one promise each; the right check says so, and the others are content."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from simlab import contracts
from simlab.attackers import Opportunist
from simlab.contracts import (
    ContractError,
    check_attacker,
    check_control,
    check_importer,
    check_metric,
    check_strategy,
    check_threat,
    checks,
    controls,
)
from simlab.contracts.common import has_a_unit_for_each_number
from simlab.contracts.contract import copy_of
from simlab.contracts.strategies import denies_outside_the_scope, grants_within_entitlements
from simlab.errors import SimlabError
from simlab.importers import found as importing
from simlab.metrics import METRICS
from simlab.model.access import Decision, Grant, Permission
from simlab.model.attack import Foothold, Move, When
from simlab.model.chance import NEVER, ZERO, Distribution, Fixed
from simlab.strategies import JIT, AllowAll, DenyAll, Layered, StaticRBAC
from simlab.threats import KeyLeak

COUNTER = itertools.count()
PAST, MINUTE = Fixed(-1.0), Fixed(60.0)


@dataclass(frozen=True)
class Sound:
    """A strategy that keeps its promises (original)."""

    ttl: float = 60.0
    """[s] from issue to expiry."""

    name = "sound"
    online = False
    reasons = ("covered", "not-covered")

    def grant(self, agent, task):
        return Grant(agent.entitlements & task.template, ttl=self.ttl)

    def decide(self, request):
        allowed = request.permission in request.scope
        return Decision(allowed, "covered" if allowed else "not-covered", self.name)


@dataclass(unsafe_hash=True)
class Thawed:
    """It can be changed (original)."""

    name = "thawed"
    online = False
    reasons = Sound.reasons
    ttl = 60.0
    grant, decide = Sound.grant, Sound.decide


@dataclass(frozen=True)
class Unpicklable(Sound):
    """It holds something that cannot travel (original)."""

    secret: Callable = field(default=lambda: None)


@dataclass(frozen=True, eq=False)
class OnlyItself(Sound):
    """A copy is not equal to it (original)."""

    __eq__, __hash__ = object.__eq__, object.__hash__


@dataclass(frozen=True)
class Shouting(Sound):
    """Its name is no kebab-case (original)."""

    name = "SHOUTING_one"


@dataclass(frozen=True)
class Impostor(Sound):
    """It calls itself by another's name (original)."""

    name = "jit"


@dataclass(frozen=True)
class Nameless(Sound):
    """It has no name (original)."""

    name = None


@dataclass(frozen=True)
class Uncited(Sound):
    """It says nothing about where it comes from."""


@dataclass(frozen=True)
class Silent(Sound):
    pass


@dataclass(frozen=True)
class Unitless(Sound):
    """A number of what? (original)."""

    wait: float = 1.0
    """How long it waits."""


@dataclass(frozen=True)
class Reasonless(Sound):
    """It declares no reasons (original)."""

    reasons = ()


@dataclass(frozen=True)
class Wordy(Sound):
    """Its reasons are sentences (original)."""

    reasons = ("covered", "not-covered", "Because I say so")


@dataclass(frozen=True)
class Repeating(Sound):
    """It says a reason twice (original)."""

    reasons = ("covered", "not-covered", "covered")


@dataclass(frozen=True)
class Somewhat(Sound):
    """It is neither online nor offline (original)."""

    online = "perhaps"


@dataclass(frozen=True)
class Moody(Sound):
    """It grants what it feels like (original)."""

    def grant(self, agent, task):
        return Grant(agent.entitlements & task.template, ttl=60.0 + next(COUNTER))


@dataclass(frozen=True)
class Generous(Sound):
    """It grants more than the roles allow (original)."""

    def grant(self, agent, task):
        return Grant(task.template)


@dataclass(frozen=True)
class Instant(Sound):
    """Its credentials live for no time at all (original)."""

    ttl: float = 0.0


@dataclass(frozen=True)
class Indebted(Sound):
    """A grace below nothing (original)."""

    def grant(self, agent, task):
        return Grant(agent.entitlements & task.template, grace=-1.0)


@dataclass(frozen=True)
class Fickle(Sound):
    """It decides now so, now so (original)."""

    def decide(self, request):
        allowed = request.permission in request.scope and next(COUNTER) % 2 == 0
        return Decision(allowed, "covered" if allowed else "not-covered", self.name)


@dataclass(frozen=True)
class Undeclared(Sound):
    """It has a reason that it did not declare (original)."""

    def decide(self, request):
        return replace(super().decide(request), reason="whim")


@dataclass(frozen=True)
class Anonymous(Sound):
    """No policy stands behind its decisions (original)."""

    def decide(self, request):
        return replace(super().decide(request), policy="")


@dataclass(frozen=True)
class YesNo(Sound):
    """It answers with a bool (original)."""

    def decide(self, request):
        return request.permission in request.scope


@dataclass(frozen=True)
class OpenHouse(Sound):
    """It forgets the scope where there is an intent (original)."""

    def decide(self, request):
        return Decision(True, "covered", self.name) if request.intent else super().decide(request)


@dataclass(frozen=True)
class Crashing(Sound):
    """It fails where no principal is known (original)."""

    def decide(self, request):
        return super().decide(request) if request.principal else {}[request.principal]


BROKEN_STRATEGIES = {
    Thawed: "is_a_frozen_dataclass",
    Unpicklable: "travels_to_other_processes",
    OnlyItself: "travels_to_other_processes",
    Shouting: "has_a_name_of_its_own",
    Impostor: "has_a_name_of_its_own",
    Nameless: "has_a_name_of_its_own",
    Uncited: "says_where_it_comes_from",
    Silent: "says_where_it_comes_from",
    Unitless: "has_a_unit_for_each_number",
    Reasonless: "declares_its_reasons",
    Wordy: "declares_its_reasons",
    Repeating: "declares_its_reasons",
    Somewhat: "declares_its_reasons",
    Moody: "grants_the_same_each_time",
    Generous: "grants_within_entitlements",
    Instant: "grants_possible_times",
    Indebted: "grants_possible_times",
    Fickle: "decides_the_same_each_time",
    Undeclared: "decides_with_declared_reasons",
    Anonymous: "decides_with_declared_reasons",
    YesNo: "decides_with_declared_reasons",
    OpenHouse: "denies_outside_the_scope",
    Crashing: "decides_the_same_each_time",
}


# --- threats ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blow:
    """A threat that keeps its promises: the reader is turned (original)."""

    when: When = When("clock", ZERO)
    first_use: Distribution = ZERO
    """[s] from strike to first try."""
    noticed: Distribution = NEVER
    """[s] from strike until noticed."""
    lasts: Distribution = NEVER
    """[s] for which it lasts."""

    name = "blow"
    once = False

    def strike(self, system):
        return Foothold(sessions=("reader",))

    def exposes(self, agent, call):
        return agent.name == "reader"

    def succeeds(self, agent):
        return agent.susceptibility


@dataclass(frozen=True)
class Unheard(Blow):
    """It names an agent that nobody has (original)."""

    def strike(self, system):
        return Foothold(sessions=("reader", "nobody"))


@dataclass(frozen=True)
class KeyOfNobody(Blow):
    """It names a key that nobody has (original)."""

    def strike(self, system):
        return Foothold(keys=("nobody",))


@dataclass(frozen=True)
class Restless(Blow):
    """It strikes here and there (original)."""

    def strike(self, system):
        return Foothold(sessions=("reader",), facts=(f"fact:{next(COUNTER)}",))


@dataclass(frozen=True)
class Hidden(Blow):
    """It exposes whom it does not strike, so reach would be too small (original)."""

    def exposes(self, agent, call):
        return True


@dataclass(frozen=True)
class Certain(Blow):
    """It is more than certain (original)."""

    def succeeds(self, agent):
        return 1.5


@dataclass(frozen=True)
class Wavering(Blow):
    """It exposes now, and then not (original)."""

    def exposes(self, agent, call):
        return agent.name == "reader" and next(COUNTER) % 2 == 0


@dataclass(frozen=True)
class Early(Blow):
    """The first try comes before the strike (original)."""

    first_use: Distribution = PAST
    """[s] from strike to first try."""


@dataclass(frozen=True)
class Backward:
    """A law that falls."""

    def quantile(self, u):
        return 1.0 - u


@dataclass(frozen=True)
class Falling(Blow):
    """Its wait is no law (original)."""

    noticed: Distribution = Backward()
    """[s] from strike until noticed."""


@dataclass(frozen=True)
class Whenever(Blow):
    """Its timing is none that there is (original)."""

    when: When = When("sometimes")


BROKEN_THREATS = {
    Unheard: "strikes_what_there_is",
    KeyOfNobody: "strikes_what_there_is",
    Restless: "strikes_what_there_is",
    Hidden: "strikes_whom_it_exposes",
    Certain: "strikes_whom_it_exposes",
    Wavering: "strikes_whom_it_exposes",
    Early: "keeps_time",
    Falling: "keeps_time",
    Whenever: "keeps_time",
}


# --- attackers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class First:
    """An attacker that keeps its promises: it takes what is shown first (original)."""

    pace: Distribution = MINUTE
    """[s] one try takes."""
    hands: int = 1
    goal: str = ""
    revisits: bool = False

    name = "first"

    def next_move(self, view, chance):
        return view.moves[0] if view.moves else None


@dataclass(frozen=True)
class Clairvoyant(First):
    """It knows a way that it was not shown (original)."""

    def next_move(self, view, chance):
        return Move(Permission("read", "inbox"), "hold:everything")


@dataclass(frozen=True)
class Greedy(First):
    """It takes what is not there when chance says one (original)."""

    def next_move(self, view, chance):
        place = round(chance("place") * len(view.moves))
        return [*view.moves, Move(Permission("read", "inbox"), "luck")][place]


@dataclass(frozen=True)
class Whimsical(First):
    """It has a will of its own (original)."""

    def next_move(self, view, chance):
        return view.moves[next(COUNTER) % len(view.moves)] if view.moves else None


@dataclass(frozen=True)
class Handless(First):
    """It has fewer than no hands (original)."""

    hands: int = -1


@dataclass(frozen=True)
class Eternal(First):
    """A try takes for ever (original)."""

    pace: Distribution = NEVER
    """[s] one try takes."""


@dataclass(frozen=True)
class Aimless(First):
    """Its goal is nothing at all (original)."""

    goal: str = None


@dataclass(frozen=True)
class Maybe(First):
    """It perhaps revisits (original)."""

    revisits: bool = 1


BROKEN_ATTACKERS = {
    Clairvoyant: "makes_only_moves_that_it_was_shown",
    Greedy: "makes_only_moves_that_it_was_shown",
    Whimsical: "moves_the_same_each_time",
    Handless: "is_a_body_with_hands",
    Eternal: "is_a_body_with_hands",
    Aimless: "is_a_body_with_hands",
    Maybe: "is_a_body_with_hands",
}


# --- metrics ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Length:
    """A metric that keeps its promises: rows of the incident (original)."""

    name = "incident_rows"
    unit = "rows"
    direction = "neither"
    side = "harm"

    def compute(self, run):
        return float(len(run.incident))


@dataclass(frozen=True)
class Mean(Length):
    """It divides by what may be nothing (original)."""

    def compute(self, run):
        return run.incident[-1].time / len(run.incident)


@dataclass(frozen=True)
class Undefined(Length):
    """Of an empty run it is not a number (original)."""

    def compute(self, run):
        return float(len(run.incident)) or math.nan


@dataclass(frozen=True)
class Whole(Length):
    """It is an int (original)."""

    def compute(self, run):
        return len(run.incident)


@dataclass(frozen=True)
class Meddling(Length):
    """It changes what it measures (original)."""

    def compute(self, run):
        run.loss = 0.0
        return float(len(run.incident))


@dataclass(frozen=True)
class Drifting(Length):
    """It is another number each time (original)."""

    def compute(self, run):
        return float(next(COUNTER))


@dataclass(frozen=True)
class Bare(Length):
    """It has no unit (original)."""

    unit = ""


@dataclass(frozen=True)
class Sideways(Length):
    """Neither more nor less is better, nor neither (original)."""

    direction = "sideways"


@dataclass(frozen=True)
class Beside(Length):
    """It speaks of nothing (original)."""

    side = "beside"


@dataclass(frozen=True)
class Hyphened(Length):
    """Its name is no column (original)."""

    name = "incident-rows"


@dataclass(frozen=True)
class Twin(Length):
    """It has the name of another (original)."""

    name = "blast_radius"


BROKEN_METRICS = {
    Mean: "is_a_number_of_any_run",
    Undefined: "is_a_number_of_any_run",
    Whole: "is_a_number_of_any_run",
    Meddling: "is_a_number_of_any_run",
    Drifting: "is_a_number_of_any_run",
    Bare: "says_what_it_measures",
    Sideways: "says_what_it_measures",
    Beside: "says_what_it_measures",
    Hyphened: "has_a_name_of_its_own",
    Twin: "has_a_name_of_its_own",
}

# --- controls ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shut:
    """A control that keeps its promises: nobody tasks anybody (original)."""

    name = "shut"
    removes = True
    agents = ()
    says = "let nobody task anybody"

    @classmethod
    def along(cls, path, scenario, strategy):
        yield cls()

    def apply(self, scenario, strategy):
        return replace(scenario, system=replace(scenario.system, delegations=())), strategy


@dataclass(frozen=True)
class Mute(Shut):
    """It has no words (original)."""

    says = " "


@dataclass(frozen=True)
class Undecided(Shut):
    """Perhaps it removes something (original)."""

    removes = 1


@dataclass(frozen=True)
class Everywhere(Shut):
    """It is about agents that are no names (original)."""

    agents = "all"


@dataclass(frozen=True)
class Hesitant(Shut):
    """It proposes itself every other time (original)."""

    @classmethod
    def along(cls, path, scenario, strategy):
        if next(COUNTER) % 2:
            yield cls()


@dataclass(frozen=True)
class Shy(Shut):
    """It proposes another (original)."""

    @classmethod
    def along(cls, path, scenario, strategy):
        yield Shut()


@dataclass(frozen=True)
class Fidgety(Shut):
    """Each time it changes something else (original)."""

    def apply(self, scenario, strategy):
        return replace(scenario, horizon=float(next(COUNTER))), strategy


@dataclass(frozen=True)
class Vandal(Shut):
    """It breaks what it is lent (original)."""

    def apply(self, scenario, strategy):
        scenario.system.tools.pop("deploy.run", None)
        return scenario, strategy


@dataclass(frozen=True)
class Half(Shut):
    """It forgets the strategy (original)."""

    def apply(self, scenario, strategy):
        return scenario, strategy.name


@dataclass(frozen=True)
class Insatiable(Shut):
    """It takes a second a time (original)."""

    def apply(self, scenario, strategy):
        return replace(scenario, horizon=scenario.horizon - 1), strategy


@dataclass(frozen=True)
class Lavish(Shut):
    """It takes all rights away, and gives one (original)."""

    def apply(self, scenario, strategy):
        agents = {
            name: replace(
                agent,
                menu=(Permission.parse("read:deploy"),),
                entitlements=frozenset({Permission.parse("read:deploy")}),
            )
            for name, agent in scenario.system.agents.items()
        }
        return replace(scenario, system=replace(scenario.system, agents=agents)), strategy


BROKEN_CONTROLS = {
    Mute: "says_what_is_to_be_done",
    Undecided: "says_what_is_to_be_done",
    Everywhere: "says_what_is_to_be_done",
    Hesitant: "is_proposed_along_a_way",
    Shy: "is_proposed_along_a_way",
    Fidgety: "changes_the_same_each_time",
    Half: "changes_the_same_each_time",
    Insatiable: "is_enough_once",
    Lavish: "never_enlarges",
}


@dataclass(frozen=True)
class Ledger:
    """Reads lines of agent, verb and resource (original)."""

    name = "ledger"
    example = "ledger bot read wiki"

    def fits(self, source):
        return source.text.startswith("ledger")

    def read(self, sources):
        if not self.fits(sources[0]):
            raise SimlabError("E601 no ledger")
        return importing.Found(
            {"bot": ("bot",)},
            {"bot": ""},
            (importing.Grant("bot", "read", "wiki"),),
            (importing.Place("wiki", "wiki", "home"),),
            taken=1,
        )


@dataclass(frozen=True)
class Puzzled(Ledger):
    """It does not understand its own example (original)."""

    def read(self, sources):
        return replace(super().read(sources), missed=1)


@dataclass(frozen=True)
class Jobless(Ledger):
    """Its agents hold nothing (original)."""

    def read(self, sources):
        return replace(super().read(sources), holders={"bot": ()})


@dataclass(frozen=True)
class Ticking(Ledger):
    """It counts its own readings (original)."""

    def read(self, sources):
        COUNT.append(1)
        return replace(super().read(sources), remarks=(str(len(COUNT)),))


@dataclass(frozen=True)
class Adrift(Ledger):
    """It grants on what is not there (original)."""

    def read(self, sources):
        return replace(super().read(sources), grants=(importing.Grant("bot", "read", "wall"),))


@dataclass(frozen=True)
class Homeless(Ledger):
    """It invents a role for a holder (original)."""

    def read(self, sources):
        return replace(super().read(sources), holders={"bot": ("bot", "boss")})


@dataclass(frozen=True)
class Slangy(Ledger):
    """It uses a verb that no scenario has (original)."""

    def read(self, sources):
        return replace(super().read(sources), grants=(importing.Grant("bot", "frob", "wiki"),))


@dataclass(frozen=True)
class Gullible(Ledger):
    """It takes anything for a ledger (original)."""

    def read(self, sources):
        return Ledger.read(self, (importing.Source("x", self.example),))


@dataclass(frozen=True)
class Brittle(Ledger):
    """It falls over what it does not know (original)."""

    def read(self, sources):
        return super().read(sources) if self.fits(sources[0]) else {}["ledger"]


COUNT = []
BROKEN_IMPORTERS = {
    Puzzled: "understands_its_own_example",
    Jobless: "understands_its_own_example",
    Ticking: "reads_the_same_twice",
    Adrift: "refers_to_what_it_found",
    Homeless: "refers_to_what_it_found",
    Slangy: "becomes_a_scenario",
    Gullible: "answers_to_foreign_text",
    Brittle: "answers_to_foreign_text",
}

BROKEN = {
    **BROKEN_STRATEGIES, **BROKEN_THREATS, **BROKEN_ATTACKERS, **BROKEN_METRICS, **BROKEN_CONTROLS,
    **BROKEN_IMPORTERS,
}  # fmt: skip


@pytest.mark.parametrize("component", [Sound, Blow, First, Length, Shut, Ledger])
def test_a_stranger_who_keeps_the_promises_is_accepted(component):
    """The six from which the broken ones descend."""
    for check in checks(component()):
        check(component())


@pytest.mark.parametrize(
    ("kind", "name"), BROKEN.items(), ids=lambda value: getattr(value, "__name__", value)
)
def test_the_right_check_catches_it_first(kind, name):
    """Run in order, the first check that complains is the one made for it, and it says whom it means."""
    component = kind()
    run_all = next(
        run
        for method, run in (
            ("decide", check_strategy), ("strike", check_threat), ("next_move", check_attacker), ("compute", check_metric),
            ("apply", check_control), ("fits", check_importer),
        )
        if hasattr(component, method)
    )  # fmt: skip
    with pytest.raises(ContractError) as caught:
        run_all(component)
    error = caught.value
    assert error.check == name
    assert error.component == (component.name or kind.__name__)
    assert error.wrong
    assert str(error) == f"E501 {error.component}: {error.check}: {error.wrong}"


def test_every_check_catches_something():
    """No check is there for show."""
    every = {
        check.__name__
        for listed in (
            contracts.STRATEGY_CHECKS, contracts.THREAT_CHECKS, contracts.ATTACKER_CHECKS, contracts.METRIC_CHECKS,
            contracts.CONTROL_CHECKS, contracts.IMPORTER_CHECKS,
        )
        for check in listed
    }  # fmt: skip
    assert set(BROKEN.values()) == every


def test_what_goes_wrong_inside_a_component_is_told_as_its_fault():
    """A KeyError is no answer to a stranger; what he wrote is named, and the cause is kept."""
    with pytest.raises(
        ContractError, match=r"E501 sound: decides_the_same_each_time: KeyError: ''"
    ) as caught:
        check_strategy(Crashing())
    assert isinstance(caught.value.__cause__, KeyError)
    assert isinstance(caught.value, SimlabError)


def test_a_control_that_breaks_what_it_is_lent_is_caught(monkeypatch):
    """On a scenario of its own, so that the example is whole afterwards."""
    lent = copy_of(controls.SCENARIO)
    monkeypatch.setattr(controls, "SCENARIO", lent)
    with pytest.raises(ContractError, match="changes the scenario that it is given"):
        check_control(Vandal())


def test_what_is_no_component_is_told_so():
    """A number has no contract."""
    with pytest.raises(
        ContractError, match="neither a strategy, a threat, an attacker, a metric, a control nor an importer"
    ):
        list(checks(42))


def test_a_threat_aimed_at_nothing_in_the_example_is_told_so():
    """The example has no such key; the message says where to look."""
    with pytest.raises(
        ContractError, match=r"hands over prod, which simlab\.contracts\.EXAMPLE does not have"
    ):
        check_threat(KeyLeak("prod"))


def test_a_class_without_source_needs_its_units_in_metadata():
    """As in a notebook cell that Python cannot read back."""
    space = {"dataclass": dataclass, "field": field, "__name__": __name__}
    exec(  # noqa: S102 (as a notebook does)
        "@dataclass(frozen=True)\nclass Typed:\n    '''Typed in (original).'''\n"
        "    wait: float = field(default=1.0, metadata={'unit': 's'})\n    other: float = 2.0\n    '''[s] of what.'''\n",
        space,
    )
    with pytest.raises(ContractError, match="field 'other' has no unit"):
        has_a_unit_for_each_number(space["Typed"]())


def test_fields_that_nobody_can_give_need_no_unit():
    """Passive has a pace that is always zero; it is no parameter."""
    has_a_unit_for_each_number(Opportunist())
    has_a_unit_for_each_number(METRICS["goal"])


def test_the_bounds_are_exempt_by_declaration_only():
    """allow-all may exceed entitlements because it is listed as a bound; a layer that is none takes that away."""
    grants_within_entitlements(Layered((AllowAll(), DenyAll())))
    denies_outside_the_scope(Layered((AllowAll(), StaticRBAC())))
    grants_within_entitlements(Layered((AllowAll(), JIT())))
