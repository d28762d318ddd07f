"""The checks that every component must pass, shipped so that a stranger can run them on his own.

Each check is a plain function with a name that says what it demands. ``checks(component)`` yields those that
fit; ``check_strategy`` and its sisters run them all, on a small system to be asked about::

    from simlab.contracts import check_strategy
    check_strategy(MyStrategy())

The form follows scikit-learn's ``check_estimator`` and river's ``checks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simlab.contracts.attackers import ATTACKER_CHECKS
from simlab.contracts.common import COMMON
from simlab.contracts.contract import Check, ContractError, can, name_of
from simlab.contracts.controls import CONTROL_CHECKS
from simlab.contracts.example import EXAMPLE
from simlab.contracts.importers import IMPORTER_CHECKS
from simlab.contracts.metrics import METRIC_CHECKS
from simlab.contracts.strategies import STRATEGY_CHECKS
from simlab.contracts.threats import THREAT_CHECKS
from simlab.importers.found import Importer
from simlab.model.access import Strategy
from simlab.model.attack import Attacker, ThreatEvent
from simlab.model.control import Control
from simlab.model.events import Metric

__all__ = [
    "ATTACKER_CHECKS", "COMMON", "CONTROL_CHECKS", "EXAMPLE", "IMPORTER_CHECKS", "METRIC_CHECKS", "STRATEGY_CHECKS",
    "THREAT_CHECKS", "Check", "ContractError", "check_attacker", "check_control", "check_importer", "check_metric",
    "check_strategy", "check_threat", "checks",
]  # fmt: skip


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
        "apply": CONTROL_CHECKS,
        "fits": IMPORTER_CHECKS,
    }.items():
        if can(component, method):
            yield from found
            return
    raise ContractError(
        name_of(component),
        "checks",
        "neither a strategy, a threat, an attacker, a metric, a control nor an importer",
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
    simlab.contracts.contract.ContractError: E501 jit: grants_possible_times: ttl 0.0 s, grace 0.0 s for reader
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


def check_control(control: Control) -> None:
    """Check that *control*, aimed at something in ``EXAMPLE``, keeps the contract of controls.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.controls import CONTROLS
    >>> check_control(CONTROLS["drop-delegation"]("reader", "sender"))
    """
    for check in CONTROL_CHECKS:
        check(control)


def check_importer(importer: Importer) -> None:
    """Check that *importer*, which knows the agents of its example, keeps the contract of importers.

    Raises
    ------
    ContractError
        At the first promise that it breaks.

    Examples
    --------
    >>> from simlab.importers import IMPORTERS
    >>> check_importer(IMPORTERS["roles"]())
    """
    for check in IMPORTER_CHECKS:
        check(importer)
