"""What every component promises."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, get_args, get_type_hints

from simlab.attackers import ATTACKERS
from simlab.contracts.contract import Check, can, contract, copy_of, name_of
from simlab.controls import CONTROLS
from simlab.importers import IMPORTERS
from simlab.lookup import parameters
from simlab.metrics import METRICS
from simlab.model.chance import Distribution
from simlab.strategies import STRATEGIES
from simlab.strategies.layers import Layered
from simlab.threats import THREATS

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UNIT = re.compile(r"\[[^\]]+\]|dimensionless|a count", re.IGNORECASE)
_SOURCE = re.compile(r"^\s*References\s*$|\boriginal\b", re.IGNORECASE | re.MULTILINE)
LEVELS = (0.0, 0.25, 0.5, 0.75, 1 - 2.0**-53)


@contract
def is_a_frozen_dataclass(component: Any) -> Iterator[str]:
    """Nobody can change it: runs share it."""
    made = getattr(type(component), "__dataclass_params__", None)
    if made is None or not made.frozen:
        yield "write @dataclass(frozen=True)"


@contract
def travels_to_other_processes(component: Any) -> Iterator[str]:
    """A copy that went through a pipe is equal, has the same hash and the same name."""
    copy = copy_of(component)
    if copy != component or hash(copy) != hash(component):
        yield "the copy is not equal to it"
    if name_of(copy) != name_of(component):
        yield "the copy has another name"


@contract
def has_a_name_of_its_own(component: Any) -> Iterator[str]:
    """Kebab-case, snake case for metrics; nothing else that is registered has it."""
    name = component.name
    parts = name.split("+") if isinstance(component, Layered) else [name]
    form, called = (_SNAKE, "snake_case") if can(component, "compute") else (KEBAB, "kebab-case")
    if not all(form.fullmatch(part) for part in parts):
        yield f"'{name}' is not {called}"
    other = _registry(component).get(name)
    kind = other if other is None or isinstance(other, type) else type(other)
    if kind not in {None, type(component)}:
        yield f"'{name}' is the name of {kind.__name__}"


def _registry(component: Any) -> Mapping[str, Any]:
    kinds: dict[str, Mapping[str, Any]] = {
        "decide": STRATEGIES, "strike": THREATS, "next_move": ATTACKERS, "compute": METRICS,
        "apply": CONTROLS, "fits": IMPORTERS,
    }  # fmt: skip
    return next((registry for method, registry in kinds.items() if can(component, method)), {})


@contract
def says_where_it_comes_from(component: Any) -> Iterator[str]:
    """Its docstring has a section ``References``, or the word ``original``."""
    kind = type(component)
    text = kind.__doc__ or ""
    if text.startswith(f"{kind.__name__}(") or not _SOURCE.search(text):  # dataclass writes one of its own
        yield "cite a source under References, or say (original)"


@contract
def has_a_unit_for_each_number(component: Any) -> Iterator[str]:
    """Each field that is a float or a law has ``metadata={"unit": ...}``, or a docstring with a unit."""
    hints, texts = get_type_hints(type(component)), _field_docs(type(component))
    for field in parameters(component):
        kind = hints[field.name]
        numeric = field.init and {float, Distribution} & {kind, *get_args(kind)}
        if numeric and not (field.metadata.get("unit") or _UNIT.search(texts.get(field.name, ""))):
            yield f"field '{field.name}' has no unit: say [s], dimensionless, ... below it or in metadata"


def _field_docs(kind: type) -> dict[str, str]:
    """Return the text below each field of *kind* and its bases; nothing, where there is no source to read."""
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for field, below in pairwise(body):
            text = ast.unparse(below) if isinstance(below, ast.Expr) else ""
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                texts[field.target.id] = text
    return texts


COMMON: tuple[Check, ...] = (
    is_a_frozen_dataclass,
    travels_to_other_processes,
    has_a_name_of_its_own,
    says_where_it_comes_from,
    has_a_unit_for_each_number,
)


def no_law_of_durations(law: Distribution, name: str) -> Iterator[str]:
    """Yield what keeps *law* from being a law of durations."""
    values = [law.quantile(level) for level in LEVELS]
    if not all(value >= 0 for value in values) or values != sorted(values):
        yield f"{name} is no law of durations: {values}"
