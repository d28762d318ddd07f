"""What single controls change, and what they leave alone."""

from dataclasses import replace
from pathlib import Path

import pytest

import simlab
from simlab.api import Lab
from simlab.controls import CONTROLS, along, owner
from simlab.controls.add_flow_rules import FlowRules
from simlab.controls.bind_credentials import Bound
from simlab.metrics import METRICS
from simlab.model.access import Permission
from simlab.model.path import path_to
from simlab.strategies import Intent, Layered, StaticRBAC, parse
from simlab.strategies.authority import Authority
from simlab.threats import CompromisedTool

REFERENCE = Path(__file__).parents[2] / "scenarios" / "reference"
P = Permission.parse


def load(name):
    return simlab.load(REFERENCE / f"{name}.yaml").scenario


def make(name, *words):
    return CONTROLS[name](*words)


def run(scenario, strategy, **named):
    return Lab(scenario).run(parse(strategy) if isinstance(strategy, str) else strategy, **named)


def cost(scenario, strategy):
    """Return denied requests and failed tasks."""
    found = run(scenario, strategy)
    return tuple(METRICS[name].compute(found) for name in ("denied", "tasks_failed"))


def test_a_strategy_that_knows_no_binding_is_bound_where_it_is_enforced():
    """A bound key of static RBAC is a grant like before, but for the binding; names and decisions are the same."""
    scenario = load("four-links")
    _, strategy = make("bind-credentials").apply(scenario, StaticRBAC())
    assert strategy == Bound(StaticRBAC())
    assert (strategy.name, strategy.online, strategy.reasons) == ("static-rbac", False, StaticRBAC().reasons)
    authority = Authority(scenario.system, strategy)
    assert authority.groups == (Bound(StaticRBAC()),)  # the vendor can enforce static RBAC
    assert authority.standing("admin", 0) == replace(
        Authority(scenario.system, StaticRBAC()).standing("admin", 0), bound=True
    )


def test_binding_a_layered_strategy_binds_every_layer_that_can_stand_alone():
    """A domain that enforces one of the layers only must bind too."""
    _, strategy = make("bind-credentials").apply(load("four-links"), parse("jit+intent"))
    assert strategy == Layered((parse("jit:bound=true"), Bound(Intent())))


def test_flow_rules_are_enforced_where_intent_would_be():
    """They need its decision point: a domain that can enforce static RBAC only goes without."""
    _, strategy = make("add-flow-rules").apply(load("data-flow"), StaticRBAC())
    assert strategy == Layered((StaticRBAC(), FlowRules()))
    assert strategy.online
    groups = Authority(load("four-links").system, strategy)
    assert groups.groups[groups.group_of["cloud"]] == strategy
    assert groups.groups[groups.group_of["vendor"]] == StaticRBAC()


def test_flow_rules_of_a_strategy_that_has_them_are_no_control():
    """Nothing would change, so nothing is proposed."""
    scenario = load("data-flow")
    for text, offered in (("intent:flows=false", True), ("jit+intent:flows=false", True), ("intent", False)):
        found = run(scenario, "intent:flows=false", trace=True)
        path = path_to(found, "web")
        names = {control.name for control in along(path, scenario, parse(text))}
        assert ("add-flow-rules" in names) == offered, text
        assert "add-intent" not in names


def test_a_tool_that_is_removed_takes_the_work_with_it_and_not_the_key():
    """The admin's own call is refused; its role is as before, so a stolen key would still read."""
    scenario, _ = make("remove-tool", "admin", "env.cat").apply(load("four-links"), StaticRBAC())
    admin = scenario.system.agents["admin"]
    assert (admin.menu, admin.entitlements) == ((), frozenset({P("read:env")}))
    assert cost(scenario, "static-rbac") == cost(scenario, "jit") == (1.0, 1.0)
    (call,) = scenario.system.workflows["backup"].calls
    assert call.permission.resource not in load("four-links").system.resources
    assert scenario.system.resources[call.permission.resource].domain == "cloud"


def test_what_another_tool_offers_too_is_kept():
    """Ingest can read a-1 by two tools: without the one that only looks, it loses nothing but that call."""
    before = load("shared-key")
    scenario, _ = make("remove-tool", "ingest", "ingest.look").apply(before, StaticRBAC())
    assert scenario.system.agents == before.system.agents
    assert cost(scenario, "static-rbac") == (1.0, 1.0)
    wider, _ = make("remove-tool", "ingest", "ingest.read").apply(before, StaticRBAC())
    assert wider.system.agents["ingest"].menu == (P("read:a-1"),)
    assert cost(wider, "static-rbac") == (0.0, 0.0)


def test_a_tool_that_turned_against_its_agent_can_be_taken_away():
    """Poisoned, env.cat runs as code in the admin at 30, and reads env with what the admin holds."""
    before = load("four-links")
    scenario = replace(before, threats=(CompromisedTool("env.cat"),))
    path = path_to(run(scenario, "static-rbac", trace=True), "env")
    assert [(hop.cause.fact, hop.cause.time) for hop in path.hops] == [
        ("control:admin", 1800.0),
        ("read:env", 1800.0),
    ]
    (control,) = (c for c in along(path, scenario, StaticRBAC()) if c.name == "remove-tool")
    changed, strategy = control.apply(scenario, StaticRBAC())
    assert run(changed, strategy).taken() == {}


def test_a_permission_that_is_dropped_is_denied_to_the_work():
    """The helper's first call."""
    scenario, _ = make("drop-permission", "helper", "read:tickets").apply(load("four-links"), StaticRBAC())
    assert cost(scenario, "static-rbac") == (1.0, 1.0)


def test_an_edge_that_is_cut_takes_the_work_along_it_and_below():
    """DT4: the parent's own calls go on up to the first one that it delegates."""
    before = load("dt04-child-on-behalf-of")
    edges = [(edge.caller, edge.callee) for edge in before.system.delegations]
    scenario, _ = make("drop-delegation", *edges[0]).apply(before, StaticRBAC())
    assert len(scenario.system.delegations) == len(edges) - 1
    callee = edges[0][1]
    for name, flow in before.system.workflows.items():
        after = scenario.system.workflows[name]
        for old, new in zip(flow.calls, after.calls, strict=True):
            assert (old != new) == (flow.tasks[old.task].agent == callee)
    denied, failed = cost(scenario, "static-rbac")
    assert denied == failed > 0


def test_a_narrowed_edge_gives_the_chain_back_its_principal():
    """DT4 with an identity of its own, narrowed, is DT4 on behalf of the caller."""
    wide, narrow = load("dt04-child-own-identity"), load("dt04-child-on-behalf-of")
    (edge,) = wide.system.delegations
    scenario, _ = make("narrow-delegation", edge.caller, edge.callee).apply(wide, StaticRBAC())
    assert scenario.system.delegations == narrow.system.delegations
    assert scenario.system.workflows == narrow.system.workflows


def test_whose_key_it_was_is_asked_of_each_agent_where_nobody_knows():
    """Leaked by the clock, it may be ingest's or export's."""
    before = load("shared-key")
    threat = replace(before.threats[0], when=replace(before.threats[0].when, timing="clock"))
    scenario = replace(before, threats=(threat,))
    path = path_to(run(scenario, "static-rbac", trace=True), "b-1")
    found = [c for c in along(path, scenario, StaticRBAC()) if c.name == "split-key"]
    assert [control.keeper for control in found] == ["ingest", "export"]
    keys = found[1].apply(scenario, StaticRBAC())[0].system.agents
    assert (keys["ingest"].key, keys["export"].key) == ("ingest", "etl-key")
    assert owner(path, scenario, found[0]) == "unowned"


@pytest.mark.parametrize("name", ["remove-tool", "drop-permission", "remove-secret", "disobey"])
def test_a_control_of_what_is_not_there_changes_nothing(name):
    """As when a scenario was changed since."""
    words = ("nobody", "read:nothing") if name == "drop-permission" else ("nobody", "nothing")
    scenario = load("four-links")
    assert make(name, *words).apply(scenario, StaticRBAC()) == (scenario, StaticRBAC())
