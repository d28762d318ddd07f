"""What is granted, and what is allowed: one file each, registered here."""

from __future__ import annotations

from decimal import Decimal

from simlab.errors import ParameterError
from simlab.lookup import build, find, parameters
from simlab.model.access import Strategy
from simlab.model.system import Domain
from simlab.strategies.abac import ABAC
from simlab.strategies.bounds import AllowAll, DenyAll
from simlab.strategies.data_flow import DataFlow
from simlab.strategies.human_approval import HumanApproval
from simlab.strategies.intent import Intent
from simlab.strategies.jit import JIT
from simlab.strategies.layers import Layered, layers
from simlab.strategies.right_sized_rbac import RightSizedRBAC
from simlab.strategies.separate_duties import SeparateDuties
from simlab.strategies.static_rbac import StaticRBAC
from simlab.strategies.token_exchange import TokenExchange
from simlab.units import duration, seconds

STRATEGIES: dict[str, type[Strategy]] = {
    "allow-all": AllowAll,
    "deny-all": DenyAll,
    "static-rbac": StaticRBAC,
    "right-sized-rbac": RightSizedRBAC,
    "abac": ABAC,
    "jit": JIT,
    "token-exchange": TokenExchange,
    "intent": Intent,
    "data-flow": DataFlow,
    "separate-duties": SeparateDuties,
    "human-approval": HumanApproval,
}
"""Every strategy that a command or a scenario can name."""

BOUNDS = frozenset({"allow-all", "deny-all"})
"""Strategies that every domain enforces, because they describe no mechanism."""


def parse(text: str) -> Strategy:
    """Return the strategy that *text* describes.

    Raises
    ------
    UnknownNameError
        If no strategy has that name.
    ParameterError
        If a parameter is unknown or does not fit.

    Examples
    --------
    >>> parse("jit:ttl=5m,bound=true+intent").name
    'jit+intent'
    """
    layers = [_parse_layer(part) for part in text.split("+")]
    return layers[0] if len(layers) == 1 else Layered(tuple(layers))


def _parse_layer(text: str) -> Strategy:
    name, _, rest = text.strip().partition(":")
    given = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = part.partition("=")
        if not equals:
            msg = f"strategy '{name}': expected parameter=value, got '{part}'"
            raise ParameterError(msg)
        given[key.strip()] = value.strip()
    return build(find("strategy", name, STRATEGIES), given)


def describe(strategy: Strategy) -> str:
    """Return text that :func:`parse` reads back: the name, and each parameter that is not the default.

    Examples
    --------
    >>> describe(parse("jit:bound=true,ttl=15m"))
    'jit:bound=true'
    """
    if isinstance(strategy, Layered):
        return "+".join(describe(layer) for layer in strategy.layers)
    given = []
    for field in parameters(strategy):
        value = getattr(strategy, field.name)
        if value != field.default:
            given.append(f"{field.name}={_text(value, field.metadata.get('unit', ''))}")
    return f"{strategy.name}:{','.join(given)}" if given else strategy.name


def _text(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and unit == "s":
        text = duration(value)
        return text if seconds(text) == value else f"{Decimal(value):f}s"
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)


def enforced(strategy: Strategy, domain: Domain) -> Strategy:
    """Return what *domain* makes of *strategy*: the layers that it can enforce, or else its fallback.

    Examples
    --------
    >>> enforced(parse("jit+intent"), Domain("npm", enforces=("static-rbac", "jit"))).name
    'jit'
    """
    if domain.enforces is None:
        return strategy
    kept = tuple(layer for layer in layers(strategy) if layer.name in BOUNDS or layer.name in domain.enforces)
    if not kept:
        return find("strategy", domain.fallback, STRATEGIES)()
    return kept[0] if len(kept) == 1 else Layered(kept)
