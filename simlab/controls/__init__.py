"""What a defender can change, one thing at a time: one file each, registered here."""

from __future__ import annotations

from collections.abc import Iterator

from simlab.controls.add_flow_rules import AddFlowRules
from simlab.controls.add_intent import AddIntent
from simlab.controls.bind_credentials import BindCredentials
from simlab.controls.detect_everywhere import DetectEverywhere
from simlab.controls.disobey import Disobey
from simlab.controls.drop_delegation import DropDelegation
from simlab.controls.drop_permission import DropPermission
from simlab.controls.narrow_delegation import NarrowDelegation
from simlab.controls.remove_secret import RemoveSecret
from simlab.controls.remove_tool import RemoveTool
from simlab.controls.revoke_at_once import RevokeAtOnce
from simlab.controls.rotate_keys import RotateKeys
from simlab.controls.shorten_life import ShortenLife
from simlab.controls.split_key import SplitKey
from simlab.model.access import Strategy
from simlab.model.control import Control
from simlab.model.path import Path
from simlab.model.scenario import Scenario

CONTROLS: dict[str, type[Control]] = {
    "bind-credentials": BindCredentials,
    "shorten-life": ShortenLife,
    "rotate-keys": RotateKeys,
    "split-key": SplitKey,
    "add-intent": AddIntent,
    "add-flow-rules": AddFlowRules,
    "detect-everywhere": DetectEverywhere,
    "revoke-at-once": RevokeAtOnce,
    "remove-tool": RemoveTool,
    "drop-permission": DropPermission,
    "drop-delegation": DropDelegation,
    "narrow-delegation": NarrowDelegation,
    "remove-secret": RemoveSecret,
    "disobey": Disobey,
}
"""Every kind of control."""


def along(path: Path, scenario: Scenario, strategy: Strategy) -> Iterator[Control]:
    """Yield each control that applies to *path* and would change anything."""
    for kind in CONTROLS.values():
        for control in kind.along(path, scenario, strategy):
            if control.apply(scenario, strategy) != (scenario, strategy):
                yield control


def owner(path: Path, scenario: Scenario, control: Control) -> str:
    """Return who would have to make the change: the owner of the agents that it is about, or ``unowned``.

    The owner of an agent is who the scenario names, or else the owners of the principals whose work it does. A
    control of the whole estate is about the agents along *path*.
    """
    system = scenario.system
    on_path = (agent for agent, _ in path.used)
    keys = (cause.by.partition(":")[2] for cause in path.stolen)
    users = (user.name for key in keys for user in system.users_of(key))
    found: dict[str, None] = {}
    for name in control.agents or (*on_path, *users):
        agent = system.agents.get(name)
        principals = {
            task.principal for flow in system.workflows.values() for task in flow.tasks if task.agent == name
        }
        known = (system.principals[each].owner for each in sorted(principals) if each in system.principals)
        owners = [agent.owner] if agent and agent.owner else [each for each in known if each]
        found |= dict.fromkeys(owners)
    return ", ".join(found) or "unowned"
