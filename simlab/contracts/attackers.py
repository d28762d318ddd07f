"""What every attacker promises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from simlab.contracts.common import COMMON, LEVELS, no_law_of_durations
from simlab.contracts.contract import Check, contract, copy_of
from simlab.contracts.example import READ, RUN, SEND
from simlab.model.access import Permission
from simlab.model.attack import Attacker, Move, View


def _views() -> Iterator[View]:
    ways = ("hold:shared", "steer:reader", "steer:reader>sender")
    moves = tuple(Move(right, via) for right in (READ, RUN, SEND) for via in ways)
    maps: tuple[dict[Permission, int], ...] = ({}, {READ: 2, RUN: 1}, {SEND: 0})
    for shown in ((), moves[:1], moves[4:], moves):
        for distance in maps:
            for tries in (0, 7):
                yield View(shown, frozenset({"hold:shared"}), tries, distance)


def _chance(name: str) -> float:
    return sum(name.encode()) % 97 / 97


@contract
def is_a_body_with_hands(attacker: Any) -> Iterator[str]:
    """Its pace is a law of finite durations, its hands are a count, its goal is text."""
    yield from no_law_of_durations(attacker.pace, "pace")
    if math.isinf(attacker.pace.quantile(0.0)):
        yield "a try takes for ever"
    if type(attacker.hands) is not int or attacker.hands < 0:
        yield f"hands is {attacker.hands!r}"
    if not isinstance(attacker.goal, str):
        yield f"goal is {attacker.goal!r}"
    if not isinstance(attacker.revisits, bool):
        yield "revisits is neither true nor false"


@contract
def makes_only_moves_that_it_was_shown(attacker: Attacker) -> Iterator[str]:
    """It returns one of ``view.moves``, or None; whatever chance says."""
    for view in _views():
        for chance in (_chance, *(lambda _, level=level: level for level in LEVELS)):
            move = attacker.next_move(view, chance)
            if move is not None and move not in view.moves:
                yield f"chose {move}, which it was not shown"


@contract
def moves_the_same_each_time(attacker: Attacker) -> Iterator[str]:
    """The same view and the same chance give the same move, from a copy as well."""
    copy = copy_of(attacker)
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
