"""The types of single values: durations, probabilities, names, permissions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from simlab.lookup import did_you_mean
from simlab.scenario.characters import shown, strange
from simlab.scenario.texts import texts_of
from simlab.strategies import STRATEGIES
from simlab.units import DURATION_PATTERN, seconds


class Strict(BaseModel):
    """A mapping of the language: no key that it does not know, no value of another type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, serialize_by_alias=True, defer_build=True
    )
    described_by: ClassVar[type[Any] | None] = None
    """The class whose texts describe its keys, if that is not itself."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return its JSON Schema, each key described by the text under it: looked for here, not at each start."""
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema)["properties"]
        texts = texts_of(cls.described_by or cls)
        for name, field in cls.model_fields.items():
            if name in texts:
                properties[field.alias or name].setdefault("description", texts[name])
        return schema


def fault(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return the error with which a validator refuses a value."""
    # The code travels as the error's type, so that no table has to be kept in step.
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def sort_of(value: object) -> str:
    """Return what a reader of YAML calls the type of *value*.

    Examples
    --------
    >>> sort_of(True), sort_of("a"), sort_of(None)
    ('true or false', 'text', 'nothing')
    """
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")


# --- durations --------------------------------------------------------------------------------

_ADVICE = "use 250ms, 15m, 1h30m, 90d or never"


def read_duration(value: object) -> float:
    """Return the length that *value* states [s].

    Raises
    ------
    PydanticCustomError
        With the code of the fault.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise fault("E103", f"expected a duration, got {sort_of(value)}", _ADVICE)
    if not isinstance(value, str):
        if value == 0:
            return 0.0
        raise fault("E106", f"{value} has no unit", f"write {value}s, {value}m, {value}h or {value}d")
    negative = value.startswith("-")
    try:
        length = seconds(value.removeprefix("-"))
    except ValueError as error:
        if "century" in str(error):
            raise fault("E104", f"longer than a century: {shown(value)}") from None
        raise fault("E106", f"not a duration: {shown(value)}", _ADVICE) from None
    if negative:
        raise fault("E104", f"a duration is not negative: {shown(value)}")
    return length


def _check_finite(value: float) -> float:
    if math.isinf(value):
        raise fault("E114", "never has no place here", "write a duration that ends")
    return value


def _check_positive(value: float) -> float:
    if value <= 0:
        raise fault("E114", "must be more than 0")
    return value


def _check_horizon(value: float) -> float:
    if value == 0:
        raise fault("E104", "the horizon must be more than 0")
    if math.isinf(value):
        raise fault("E116", "the horizon must end", "write a duration such as 30d")
    return value


_DURATION_SCHEMA = WithJsonSchema(
    {
        "type": ["string", "integer"],
        "pattern": DURATION_PATTERN,
        "minimum": 0,
        "maximum": 0,
        "patternErrorMessage": f"not a duration: {_ADVICE}",
    }
)

Duration = Annotated[float, BeforeValidator(read_duration), _DURATION_SCHEMA]
"""[s], written with a unit."""
FiniteDuration = Annotated[
    float, BeforeValidator(read_duration), AfterValidator(_check_finite), _DURATION_SCHEMA
]
PositiveDuration = Annotated[
    float,
    BeforeValidator(read_duration),
    AfterValidator(_check_finite),
    AfterValidator(_check_positive),
    _DURATION_SCHEMA,
]
Horizon = Annotated[float, BeforeValidator(read_duration), AfterValidator(_check_horizon), _DURATION_SCHEMA]


# --- numbers ----------------------------------------------------------------------------------


def _read_probability(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("E103", f"expected a probability, got {sort_of(value)}", "write a number from 0 to 1")
    if not 0 <= value <= 1:
        hint = f"write {value / 100:g}" if 1 < value <= 100 else "write a number from 0 to 1"
        raise fault("E108", f"{value} is not a probability", hint)
    return float(value)


Probability = Annotated[
    float, BeforeValidator(_read_probability), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
"""A share of one; dimensionless."""
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""A plain number that is not negative."""
PositiveAmount = Annotated[float, Field(ge=0, allow_inf_nan=False), AfterValidator(_check_positive)]


# --- names ------------------------------------------------------------------------------------

_IDENTIFIER = r"^[A-Za-z][A-Za-z0-9_.#-]{0,63}$"
_PERMISSION = r"^[A-Za-z][A-Za-z0-9_-]*:[^\s:]+$"


def _pattern(pattern: str, what: str, hint: str) -> Callable[[str], str]:
    compiled = re.compile(pattern.removesuffix("$") + r"\Z")

    def check(text: str) -> str:
        if not compiled.match(text):
            raise fault("E112", f"{shown(text)} is not {what}", strange(text) or hint)
        return text

    return check


def _text(pattern: str, what: str, hint: str) -> Any:
    schema = {"type": "string", "pattern": pattern, "patternErrorMessage": f"not {what}: {hint}"}
    return AfterValidator(_pattern(pattern, what, hint)), WithJsonSchema(schema)


_NAME = _text(_IDENTIFIER, "a name", "a letter, then letters, digits, _ . - or #, at most 64")
_RIGHT = _text(_PERMISSION, "a permission", "write action:resource, such as read:issues")
_FACT = _text(_PERMISSION, "a fact", "write action:resource, control:agent, steer:agent or hold:key")

Identifier = Annotated[str, _NAME[0], _NAME[1]]
PermissionText = Annotated[str, _RIGHT[0], _RIGHT[1]]
FactText = Annotated[str, _FACT[0], _FACT[1]]
Text = Annotated[str, Field(min_length=1)]


def _check_strategy(name: str) -> str:
    if name not in STRATEGIES:
        raise fault("E107", f"unknown strategy {shown(name)}", did_you_mean(name, STRATEGIES))
    return name


StrategyName = Annotated[
    str, AfterValidator(_check_strategy), WithJsonSchema({"type": "string", "enum": list(STRATEGIES)})
]
