"""Find a component by name, build it from text, and say what was meant when it is not there."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from simlab.errors import ParameterError, UnknownNameError
from simlab.units import seconds

Component = TypeVar("Component")


def closest(name: str, names: Iterable[str]) -> str:
    """Return the member of *names* that *name* is most likely a slip of, or ``""``.

    Examples
    --------
    >>> closest("relase-bot", ["triage-bot", "release-bot"])
    'release-bot'
    """
    by_lower = {candidate.lower(): candidate for candidate in sorted(names, reverse=True)}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a hint that names the nearest of *names*, or lists a few of them.

    Examples
    --------
    >>> did_you_mean("jitt", ["jit", "intent"])
    "did you mean 'jit'?"
    """
    known = sorted(names)
    near = closest(name, known)
    if near:
        return f"did you mean '{near}'?"
    if not known:
        return "none is defined"
    return "known: " + ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")


def find(kind: str, name: str, registry: Mapping[str, Component]) -> Component:
    """Return what *registry* holds under *name*.

    Raises
    ------
    UnknownNameError
        With the nearest name, if there is none.
    """
    if name not in registry:
        msg = f"unknown {kind} '{name}' ({did_you_mean(name, registry)})"
        raise UnknownNameError(msg)
    return registry[name]


def parameters(component: object) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields that *component* can be given; none, if it is no dataclass."""
    found: Any = component
    return dataclasses.fields(found) if dataclasses.is_dataclass(found) else ()


def build(component: type[Component], given: Mapping[str, Any]) -> Component:
    """Return an instance of the dataclass *component* with the parameters *given*.

    Text is read by the field's type: a duration where the field's metadata say ``unit: s``,
    ``true`` or ``false`` for a bool, a number, or the text itself.

    Raises
    ------
    ParameterError
        If a parameter is unknown or its text does not fit its type.
    """
    fields = {field.name: field for field in dataclasses.fields(component) if field.init}  # type: ignore[arg-type]
    hints = get_type_hints(component)
    values = {}
    for name, value in given.items():
        if name not in fields:
            msg = f"unknown parameter '{name}' ({did_you_mean(name, fields)})"
            raise ParameterError(msg)
        values[name] = _read(name, value, hints[name], fields[name].metadata.get("unit", ""))
        _within(name, values[name], fields[name].metadata)
    return component(**values)


def _within(name: str, value: Any, bounds: Mapping[str, Any]) -> None:
    """Hold a number to the bounds ``low`` and ``high`` of its field."""
    low, high = bounds.get("low", -math.inf), bounds.get("high", math.inf)
    if isinstance(value, int | float) and not low <= value <= high:
        msg = f"parameter '{name}': {value:g} is out of range (from {low:g} to {high:g})"
        raise ParameterError(msg)


def _read(name: str, value: Any, kind: Any, unit: str) -> Any:
    if get_origin(kind) is Literal and value not in get_args(kind):
        msg = f"parameter '{name}': unknown value {value!r} ({did_you_mean(str(value), map(str, get_args(kind)))})"
        raise ParameterError(msg)
    if not isinstance(value, str) or kind is str or get_origin(kind) is Literal:
        return value
    try:
        if kind is bool:
            return {"true": True, "false": False}[value]
        if unit == "s":
            return seconds(value)
        number = kind(value)
    except (KeyError, ValueError, TypeError) as error:
        wanted = "a duration such as 15m" if unit == "s" else getattr(kind, "__name__", str(kind))
        msg = f"parameter '{name}': expected {wanted}, got {value!r}"
        raise ParameterError(msg) from error
    if isinstance(number, float) and not math.isfinite(number):
        msg = f"parameter '{name}': not a finite number: {value!r}"
        raise ParameterError(msg)
    return number
