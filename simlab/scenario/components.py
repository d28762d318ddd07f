"""The model of a threat or an attacker, made from its dataclass: a new one needs no change here."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model

from simlab.model.attack import When
from simlab.model.chance import Distribution
from simlab.scenario.fields import Duration, FactText, Identifier, PermissionText, Probability, Strict
from simlab.scenario.laws import DurationSpec, Law, law
from simlab.scenario.number_laws import NumberSpec
from simlab.scenario.texts import first_paragraph

_TEXTS: dict[str, Any] = {"permission": PermissionText, "fact": FactText}


# --- when -------------------------------------------------------------------------------------


class Clock(Strict):
    """At a moment of the clock, whatever goes on then."""

    clock: DurationSpec = 0.0
    """From the start of the run to the strike."""

    def when(self) -> When:
        """Return the moment."""
        return When("clock", law(self.clock))


class AtWork(Strict):
    """The first time after a moment that the victim does what exposes it."""

    at_work: DurationSpec = Field(default=0.0, alias="at-work")
    """From the start of the run to when it can strike."""

    def when(self) -> When:
        """Return the moment."""
        return When("at-work", law(self.at_work))


class PerIssuance(Strict):
    """By chance, each time that a credential is issued."""

    per_issuance: Probability = Field(alias="per-issuance")
    """Share of issued credentials that leak; dimensionless."""
    delay: DurationSpec = 0.0
    """From issue to leak."""

    def when(self) -> When:
        """Return the moment."""
        return When("per-issuance", law(self.delay), self.per_issuance)


def _long_form(value: Any) -> Any:
    return {value: 0} if value in ("clock", "at-work") else value


def _timing(value: Any) -> str | None:
    # In brackets, so that the tag cannot be taken for a key when an error is located.
    if isinstance(value, dict):
        return next((f"<{name}>" for name in ("clock", "at-work", "per-issuance") if name in value), None)
    return value if isinstance(value, str) else None


WhenSpec = Annotated[
    Annotated[Clock, Tag("<clock>")]
    | Annotated[AtWork, Tag("<at-work>")]
    | Annotated[PerIssuance, Tag("<per-issuance>")],
    Discriminator(_timing),
    BeforeValidator(
        _long_form, json_schema_input_type=Literal["clock", "at-work"] | Clock | AtWork | PerIssuance
    ),
]


# --- from dataclass to model ------------------------------------------------------------------


def union(registry: Mapping[str, type[Any]]) -> Any:
    """Return the type of a mapping whose ``kind`` names a member of *registry*."""
    models = tuple(model_of(kind, component) for kind, component in registry.items())
    return Annotated[Union[models], Field(discriminator="kind")]  # noqa: UP007 (made at run time)


def model_of(kind: str, component: type[Any]) -> type[Strict]:
    """Return the model of the dataclass *component*, written in a scenario as *kind*."""
    hints, says = get_type_hints(component), first_paragraph(component)
    fields: dict[str, Any] = {"kind": (Literal[kind], Field(description=says))}
    for field in dataclasses.fields(component):
        if field.init:
            fields[field.name] = _field(hints[field.name], field)
    title = "".join(part.capitalize() for part in kind.split("-"))
    model = create_model(title, __base__=Strict, __doc__=says, **fields)
    model.described_by = component
    return model


def _field(hint: Any, field: dataclasses.Field[Any]) -> tuple[Any, Any]:
    """Return the type and the default of one field; a default is not repeated, but left to the dataclass."""
    optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    names = field.metadata.get("names", "")
    bounds = {"ge": field.metadata.get("low"), "le": field.metadata.get("high")}
    return (
        _type(hint, field.metadata.get("unit", ""), names),
        Field(
            default=None if optional else ...,
            json_schema_extra=_forget_default if optional else None,
            **{key: bound for key, bound in bounds.items() if bound is not None},
        ),
    )


def _forget_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _type(hint: Any, unit: str, names: str) -> Any:
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint is Distribution:
        return DurationSpec if unit == "s" else NumberSpec
    if hint is When:
        return WhenSpec
    if hint is float and unit == "s":
        return Duration
    text: Any = _TEXTS.get(names, Identifier if names else str)
    if get_origin(hint) is tuple:
        return Annotated[list[text], Field(min_length=1)]
    return text if hint is str else hint


# --- from model to component ------------------------------------------------------------------


def build(spec: Any, registry: Mapping[str, type[Any]]) -> Any:
    """Return the component that *spec* describes."""
    component = registry[spec.kind]
    hints = get_type_hints(component)
    given = {
        name: _value(getattr(spec, name), hints[name]) for name in spec.model_fields_set if name != "kind"
    }
    return component(**given)


def _value(value: Any, hint: Any) -> Any:
    if isinstance(value, Clock | AtWork | PerIssuance):
        return value.when()
    if isinstance(value, Law) or hint is Distribution or Distribution in get_args(hint):
        return law(value)
    return tuple(value) if isinstance(value, list) else value
