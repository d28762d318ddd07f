"""Systems: lineages, users of keys, classes of actions; footholds and events."""

import math

from simlab.model.access import Intent, Permission
from simlab.model.attack import NO_RESPONSE, Foothold, Move, When
from simlab.model.chance import ZERO
from simlab.model.events import Event, Run, Tally, Trace
from simlab.model.scenario import Scenario
from simlab.model.system import ACTIONS, Agent, Call, Resource, System, Task, Workflow

READ = Permission("read", "db")


def task(name, *chain, parent=-1):
    return Task(name, "owner", chain, Intent(name), frozenset(), parent=parent)


ROOT, CHILD, GRANDCHILD, SISTER = (
    task("w", "a"), task("w/b", "a", "b", parent=0), task("w/c", "a", "b", "c", parent=1), task("w/b#2", "b", parent=0),
)  # fmt: skip
FLOW = Workflow("w", (ROOT, CHILD, GRANDCHILD, SISTER), (Call(0, READ), Call(2, READ)))


def test_a_lineage_leads_from_the_root_to_the_task():
    """By the parents, however deep."""
    assert FLOW.lineage(0) == (ROOT,)
    assert FLOW.lineage(2) == (ROOT, CHILD, GRANDCHILD)
    assert FLOW.lineage(3) == (ROOT, SISTER)
    assert [one.agent for one in FLOW.lineage(2)] == ["a", "b", "c"]


def test_every_kind_of_task_of_an_agent_is_found():
    """With its workflow, and with what it descends from."""
    system = System(agents={name: Agent(name) for name in "abcz"}, workflows={"w": FLOW})
    found = system.sessions()
    assert found["b"] == [(FLOW, (ROOT, CHILD)), (FLOW, (ROOT, SISTER))]
    assert found["z"] == []


def test_keys_have_users():
    """Agents that name the same key share it."""
    agents = {name: Agent(name, key=key) for name, key in (("a", "k"), ("b", "k"), ("c", "c"))}
    system = System(agents=agents)
    assert [agent.name for agent in system.users_of("k")] == ["a", "b"]
    assert system.users_of("nobody") == ()


def test_verbs_have_classes_and_a_scenario_may_add_some():
    """Reading, writing, setting in motion."""
    system = System(actions={**ACTIONS, "fork": "write"})
    assert system.reads(Permission("list", "db"))
    assert system.writes(Permission("pay", "bank"))
    assert not system.reads(Permission("deploy", "prod"))
    assert not system.writes(Permission("deploy", "prod"))
    assert system.writes(Permission("fork", "repo"))


def test_footholds_add_up_sorted_and_without_doubles():
    """Two threats that hand over the same key hand it over once."""
    one = Foothold(keys=("b", "a"), sessions=("s",))
    other = Foothold(keys=("a",), agents=("x",), facts=("read:db",))
    assert one | other == Foothold(("a", "b"), ("s",), ("x",), ("read:db",))
    assert not Foothold()
    assert all((one, other, Foothold(facts=("f",)), Foothold(agents=("x",))))


def test_a_move_is_named_by_what_and_by_which_way():
    """The stable identifier that its chance is keyed by."""
    assert str(Move(READ, "hold:key")) == "read:db via hold:key"


def test_defaults_say_that_nothing_is_done():
    """A threat strikes at work, from the start; nobody responds; nobody has a goal."""
    assert When() == When("at-work", ZERO, 1.0)
    assert NO_RESPONSE.acts is False
    assert Scenario("x", "?", 1.0, System()).goal == ""


# --- traces -----------------------------------------------------------------------------------------


def event(time, kind, action, resource, allowed=True, actor="intruder"):
    return Event(time, kind, actor, "", "", "", action, resource, "d", "", allowed, "", "", 0)


def test_a_trace_is_kept_small_and_read_as_events():
    """Static columns are interned; a credential is written as key#serial."""
    static = ("request", "worker", "bot", "bot", "w", "read", "db", "d", True, "role", "static-rbac", "bot")
    trace = Trace([static], [(1.5, 0, 7, 3), (2.5, 0, 0, 4)])
    assert len(trace) == 2
    first, second = trace
    assert first == Event(
        1.5,
        "request",
        "worker",
        "bot",
        "bot",
        "w",
        "read",
        "db",
        "d",
        "bot#7",
        True,
        "role",
        "static-rbac",
        3,
    )
    assert (second.time, second.credential, second.serial) == (2.5, "", 4)
    assert first.permission == READ


def test_what_was_taken_is_what_was_done_or_added_up():
    """Not what was denied, not what the victim did, not what is no action on a resource; the first time counts."""
    run = Run("x", "s", 0, 0, 100.0, resources={"db": Resource("db", "d")}, classes=ACTIONS)
    run.incident = [
        event(1.0, "strike", "read", "db"),
        event(2.0, "request", "write", "db", allowed=False),
        event(3.0, "request", "read", "db"),
        event(4.0, "request", "read", "db"),
        event(5.0, "gain", "deploy", "db"),
        event(6.0, "gain", "hold", "key"),
        event(7.0, "gain", "read", "elsewhere"),
        event(8.0, "request", "delete", "db", actor="worker"),
    ]
    assert run.taken() == {READ: 3.0, Permission("deploy", "db"): 5.0}


def test_a_fact_is_reached_when_the_intruder_has_it_not_when_the_victim_is_struck():
    """The strike row tells what the victim read, or that a key leaked; the intruder has neither yet."""
    run = Run("x", "s", 0, 0, 100.0, resources={"db": Resource("db", "d")}, classes=ACTIONS)
    run.incident = [
        event(1.0, "strike", "read", "db"),
        event(1.0, "strike", "hold", "key"),
        event(2.0, "request", "read", "db", allowed=False),
        event(4.0, "request", "read", "db"),
        event(5.0, "gain", "hold", "key"),
    ]
    assert run.reached("read:db") == 4.0
    assert run.reached("hold:key") == 5.0
    assert run.reached("write:db") == math.inf


def test_a_tally_begins_at_nothing_and_belongs_to_one_run():
    """No list is shared between runs."""
    one, other = Tally(), Tally()
    one.delays.append(1.0)
    assert list(other.delays) == []
    assert Run("x", "s", 0, 0, 1.0).incident is not Run("x", "s", 0, 0, 1.0).incident
