"""How far from a goal: the map of an attacker who knows how the estate is built, and no policy."""

from __future__ import annotations

from simlab.model.access import Permission
from simlab.model.composition import Rulebook
from simlab.model.doors import World


def distances(world: World, book: Rulebook, goal: str) -> dict[Permission, int]:
    """Return how many steps lie between having done each permission and the goal, policies aside."""
    if not goal:
        return {}
    makers: dict[str, list[tuple[str, ...]]] = {}
    for rule in book.rules:
        for give in rule.gives:
            makers.setdefault(book.names[give], []).append(tuple(book.names[need] for need in rule.needs))
    for door in world.doors:
        makers.setdefault(str(door.move.permission), []).append((door.move.via,))
    for name in _carriers(world, goal):
        makers.setdefault(goal, []).append((name,))
    steps, agenda = {goal: 0}, [goal]
    for fact in agenda:
        for needs in makers.get(fact, ()):
            for need in needs:
                if need not in steps:
                    steps[need] = steps[fact] + 1
                    agenda.append(need)
    known = (permission for permission in world.permissions() if str(permission) in steps)
    return {permission: steps[str(permission)] for permission in known}


def _carriers(world: World, goal: str) -> list[str]:
    """Return what helps to carry out the data that *goal* names: reading them, and writing outward."""
    verb, _, name = goal.partition(":")
    if verb != "exfiltrate":
        return []
    system = world.system
    return [
        str(permission)
        for permission in world.permissions()
        if (permission.resource == name and system.reads(permission))
        or (system.resources[permission.resource].outward and system.writes(permission))
        or system.is_store(permission)
    ]
