"""Which doors a strategy leaves open, in the most permissive context that an attacker could bring about.

Policies need not be monotone: a rule on flows denies more, the more was read. So each request is asked in
every context of labels, and one allowance opens the door. That keeps reach an upper bound of any run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from simlab.errors import BudgetError
from simlab.garbage import no_collection
from simlab.model.access import Decision, Permission, Scope, Strategy
from simlab.model.composition import Rulebook
from simlab.model.doors import Door, World, signed
from simlab.model.system import CONTROL, EXFILTRATE, HOLD, STEER, System, Task, Workflow
from simlab.strategies.authority import NOTHING, Authority, ad_hoc, decide_secret, idle

MOST_LABELS = 10
"""Most labels whose every combination is asked."""


@dataclass(slots=True)
class Why:
    """Why a rule of the rulebook holds: what was presented, and who allowed it."""

    credential: str
    reason: str
    policy: str


@dataclass(slots=True)
class Possible:
    """The rulebook of one strategy over one system: physics, compositions, and the doors left open."""

    world: World
    authority: Authority
    book: Rulebook
    why: dict[int, Why] = field(default_factory=dict)
    """By index of the rule."""

    def allow(self, needs: list[str], gives: str, why: Why, name: str = "") -> None:
        """Add the rule that who has *needs* may bring about *gives*."""
        self.why[len(self.book.rules)] = why
        self.book.add(name or f"{gives} via {needs[0]}", needs, [gives])


@no_collection()
def possible(world: World, strategy: Strategy) -> Possible:
    """Return all that *strategy* makes possible in *world*.

    Raises
    ------
    BudgetError
        If there are more labels than combinations can be asked of.
    """
    authority = Authority(world.system, strategy, world.system.drifted())
    result = Possible(world, authority, world.rulebook())
    for via, doors in sorted(world.behind.items()):
        first = world.doors[doors[0]]
        menu = [world.doors[index].move.permission for index in doors]
        if first.minted:
            _mint(result, first, menu)
        elif via.startswith(f"{HOLD}:"):
            _hold(result, first.key, menu)
        else:
            _steer(result, first, via, menu)
    for agent in world.system.agents:
        _carry(result, agent)
    return result


def contexts(known: frozenset[str], *present: str) -> Iterator[frozenset[str]]:
    """Yield every set of the *known* labels that a session could carry and that contains *present*."""
    labels = sorted(known.difference(present))
    if len(labels) > MOST_LABELS:
        msg = f"{len(labels)} labels: more than {MOST_LABELS} cannot be combined"
        raise BudgetError(msg)
    for size in range(len(labels) + 1):
        for extra in combinations(labels, size):
            yield frozenset((*present, *extra))


def _hold(result: Possible, key: str, menu: list[Permission]) -> None:
    authority = result.authority
    for permission in menu:
        why = _outsider(authority, key, permission)
        ways = [([], why)] if why else _borrowed(result, key, permission)
        for also, reason in ways:
            _outside(result, [f"{HOLD}:{key}", *also], permission, reason, key)


def _outside(result: Possible, needs: list[str], permission: Permission, why: Why, key: str) -> None:
    """Let an outsider with *needs* have *permission*, and the data that it reads."""
    system = result.world.system
    result.allow(needs, str(permission), why)
    if system.resources[permission.resource].label and system.reads(permission):
        fact = f"{EXFILTRATE}:{permission.resource}"
        result.allow(needs, fact, why, f"{fact} by reading with {key}")


def _mint(result: Possible, door: Door, menu: list[Permission]) -> None:
    """Allow what an outsider gets with credentials issued in the name of the agent of *door*."""
    authority, user, via = result.authority, door.minted, door.move.via
    for permission in menu:
        for grant in authority.mintable(user, authority.group(permission), signed(door)):
            decision = authority.possible(authority.request(idle(user), permission, grant.scope, NOTHING))
            if decision.allowed:
                why = Why(
                    f"credential minted for {user} with {door.secret}", decision.reason, decision.policy
                )
                _outside(result, [via], permission, why, door.secret)
                break


def _borrowed(result: Possible, key: str, permission: Permission) -> list[tuple[list[str], Why]]:
    """Return the ways to use a credential of *key* that was issued because an intruder tasked its agent."""
    system, authority = result.world.system, result.authority
    group, found = authority.group(permission), []
    for user in authority.users.get(key, ()):
        for fact in result.world.leading.get(user, ()):
            door = result.world.doors[result.world.behind[fact][0]]
            root = door.agents[0]
            for lineage in ((idle(root),), *(lineage for _, lineage in authority.sessions[root])):
                tasks = extend(system, lineage, door)
                grant, scope = authority.held(tasks[-1], group), authority.scope(tasks, group)
                if grant is None or not grant.presentable or scope is None:
                    continue
                decision = authority.possible(authority.request(idle(user), permission, scope, NOTHING))
                if decision.allowed:
                    also = [fact] if lineage[-1].name else [fact, f"{CONTROL}:{root}"]
                    found.append(
                        (
                            also,
                            Why(
                                f"credential for {tasks[-1].name} of {key}", decision.reason, decision.policy
                            ),
                        )
                    )
    return found


def _outsider(authority: Authority, key: str, permission: Permission) -> Why | None:
    system = authority.system
    if key in system.secrets:
        decision = decide_secret(permission, system.secrets[key].scope)
        return Why(f"secret {key}", decision.reason, decision.policy) if decision.allowed else None
    group = authority.group(permission)
    for user in authority.users[key]:
        for task in (idle(user), *(lineage[-1] for _, lineage in authority.sessions[user])):
            grant = authority.held(task, group)
            if grant is None or not grant.presentable:
                continue
            decision = authority.possible(authority.request(idle(user), permission, grant.scope, NOTHING))
            if decision.allowed:
                kind = "standing key of" if grant.standing else f"credential for {task.name} of"
                return Why(f"{kind} {key}", decision.reason, decision.policy)
        if permission in authority.emergency(user, group):
            return Why(f"break-glass key of {user}", "break-glass", "break-glass")
    return None


def _steer(result: Possible, door: Door, via: str, menu: list[Permission]) -> None:
    root = door.agents[0]
    opened: set[Permission] = set()
    for _, lineage in result.authority.sessions[root]:
        asker = Asker(result.authority, extend(result.world.system, lineage, door))
        for permission in menu:
            if permission not in opened and (why := asker.may(permission)):
                opened.add(permission)
                result.allow([via], str(permission), why)
    asker = Asker(result.authority, extend(result.world.system, (idle(root),), door))
    for permission in menu:
        if permission not in opened and (why := asker.may(permission)):
            result.allow(
                [f"{CONTROL}:{root}"], str(permission), why, f"{permission} via {via}, between tasks"
            )


def extend(system: System, lineage: tuple[Task, ...], door: Door) -> tuple[Task, ...]:
    """Return *lineage* followed by the ad hoc tasks of the agents along the way to *door*."""
    tasks = lineage
    for agent, mode in zip(door.agents[1:], door.modes, strict=True):
        callee = system.agents[agent]
        tasks = (*tasks, ad_hoc(tasks[-1], agent, mode, callee.menu, callee.in_roles))
    return tasks


class Asker:
    """A session that an intruder steers: the last of a chain of tasks, root first."""

    def __init__(self, authority: Authority, tasks: tuple[Task, ...]) -> None:
        """Ask as the last of *tasks*."""
        self.authority = authority
        self.tasks = tasks
        self._shown: dict[int, tuple[Task, Scope | None]] = {}
        """By group: the task as it is seen there, and what it presents."""

    def may(self, permission: Permission, *labels: str) -> Why | None:
        """Return why it can be allowed *permission*, carrying at least *labels*; None where it cannot."""
        authority, group = self.authority, self.authority.group(permission)
        if group not in self._shown:
            self._shown[group] = authority.seen(self.tasks, group), authority.scope(self.tasks, group)
        task, scope = self._shown[group]
        decision = None if scope is None else _most_permissive(authority, task, permission, scope, labels)
        if decision is None:
            return self._by_breaking_glass(task, permission, group, labels)
        where = f"for {task.name}" if task.name else "between tasks"
        return Why(f"credential of {task.agent} {where}", decision.reason, decision.policy)

    def _by_breaking_glass(
        self, task: Task, permission: Permission, group: int, labels: tuple[str, ...]
    ) -> Why | None:
        authority = self.authority
        if not authority.system.approvers:
            return None
        if not any(self.tasks == lineage for _, lineage in authority.sessions[task.agent]):
            return None
        scope = authority.emergency(task.agent, group)
        decision = _most_permissive(authority, task, permission, scope, labels) if scope else None
        if decision is None:
            return None
        return Why(f"break-glass key of {task.agent}", decision.reason, decision.policy)


def _most_permissive(
    authority: Authority, task: Task, permission: Permission, scope: Scope, labels: tuple[str, ...]
) -> Decision | None:
    for context in contexts(authority.labels, *labels):
        decision = authority.possible(authority.request(task, permission, scope, context))
        if decision.allowed:
            return decision
    return None


def _carry(result: Possible, agent: str) -> None:
    """Add what a steered session, or a controlled workload across sessions, can carry out."""
    system, authority = result.world.system, result.authority
    doors = [result.world.doors[index] for index in doors_of(result.world, agent)]
    outward = [door for door in doors if _is_outward_write(system, door.move.permission)]
    readable: set[str] = set()
    writable = False
    carried: set[tuple[str, str]] = set()
    for flow, lineage in (*authority.sessions[agent], (None, (idle(agent),))):
        inside = f"{STEER if flow else CONTROL}:{agent}"
        known = _readable(result, doors, lineage, flow) if outward else set()
        readable |= known
        if flow and outward:
            _carry_together(result, agent, flow, lineage, outward)
        for name, way in product(sorted(known), outward):
            label = system.resources[name].label
            why = Asker(authority, extend(system, lineage, way)).may(way.move.permission, label)
            if why and (inside, name) not in carried:
                carried.add((inside, name))
                fact = f"{EXFILTRATE}:{name}"
                rule = f"{fact} by {way.move.permission} in one session of {agent}"
                result.allow([inside, str(way.move.permission)], fact, why, rule)
        writable = writable or any(
            Asker(authority, extend(system, lineage, way)).may(way.move.permission) for way in outward
        )
    for flow, lineage in authority.sessions[agent] if writable else ():
        for colleague, name in _read_by_others(result, flow, lineage[-1]):
            fact = f"{EXFILTRATE}:{name}"
            why = Why(f"credentials of {agent}", "carried from session to session", "workload")
            rule = f"{fact} from session to session of {agent} after {colleague} read it"
            result.allow([f"{CONTROL}:{agent}", f"{STEER}:{colleague}"], fact, why, rule)
    for name in sorted(readable) if writable else ():
        fact = f"{EXFILTRATE}:{name}"
        why = Why(f"credentials of {agent}", "carried from session to session", "workload")
        result.allow([f"{CONTROL}:{agent}"], fact, why, f"{fact} from session to session of {agent}")


def _carry_together(
    result: Possible, agent: str, flow: Workflow, lineage: tuple[Task, ...], outward: list[Door]
) -> None:
    """Add what *agent* can carry out because another agent of the same piece of work, steered too, has read it."""
    system, authority = result.world.system, result.authority
    for (colleague, name), way in product(_read_by_others(result, flow, lineage[-1]), outward):
        label = system.resources[name].label
        why = Asker(authority, extend(system, lineage, way)).may(way.move.permission, label)
        if why:
            fact = f"{EXFILTRATE}:{name}"
            rule = f"{fact} by {way.move.permission} of {agent} after {colleague} read it for the same work"
            needs = [f"{STEER}:{agent}", f"{STEER}:{colleague}", str(way.move.permission)]
            result.allow(needs, fact, why, rule)


def _read_by_others(result: Possible, flow: Workflow, task: Task) -> list[tuple[str, str]]:
    """Return agents with other tasks of the same piece of work, with labelled resources that each can read."""
    found = set()
    for index, other in enumerate(flow.tasks):
        if other.agent != task.agent:
            doors = [result.world.doors[number] for number in doors_of(result.world, other.agent)]
            found |= {(other.agent, name) for name in _readable(result, doors, flow.lineage(index), None)}
    return sorted(found)


def _readable(
    result: Possible, doors: list[Door], lineage: tuple[Task, ...], flow: Workflow | None
) -> set[str]:
    """Return the labelled resources whose data a session can have: read by itself, or by its piece of work."""
    system = result.world.system
    by_work = {
        call.permission.resource
        for call in (flow.possible_calls() if flow else ())
        if _is_labelled_read(system, call.permission)
    }
    by_itself = {
        door.move.permission.resource
        for door in doors
        if _is_labelled_read(system, door.move.permission)
        and Asker(result.authority, extend(system, lineage, door)).may(door.move.permission)
    }
    return by_work | by_itself


def doors_of(world: World, agent: str) -> list[int]:
    """Return the doors that *agent* is before once it is steered, by itself or through whom it can task."""
    facts = (f"{STEER}:{agent}", *world.chains.get(agent, ()))
    return [index for fact in facts for index in world.behind.get(fact, ())]


def _is_labelled_read(system: System, permission: Permission) -> bool:
    return bool(system.resources[permission.resource].label) and system.reads(permission)


def _is_outward_write(system: System, permission: Permission) -> bool:
    return system.resources[permission.resource].outward and system.writes(permission)
