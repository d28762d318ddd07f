"""Which keys a mapping could have had, for a hint at what was meant."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from simlab.scenario.schema import ScenarioFile


def known_keys(loc: tuple[str | int, ...]) -> set[str]:
    """Return the keys that the mapping could have whose key *loc* names.

    Examples
    --------
    >>> sorted(known_keys(("workflows", "triage", "intent", "x")))
    ['needs', 'purpose']
    """
    models: set[type[BaseModel]] = {ScenarioFile}
    for part in loc[:-1]:
        chosen = {model for model in models if _answers_to(model, part)}
        inner = {found for model in models for found in _models(_annotation(model, part))}
        models = inner or chosen or models
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def _annotation(model: type[BaseModel], key: str | int) -> Any:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return field.annotation
    return None


def _models(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {found for part in get_args(annotation) for found in _models(part)}


def _answers_to(model: type[BaseModel], tag: str | int) -> bool:
    """Return whether *tag* chooses *model* in a union: by its kind, its law, or a key that only it has."""
    fields = model.model_fields
    words = {word for key in ("kind", "dist") if key in fields for word in get_args(fields[key].annotation)}
    keys = {f"<{field.alias or name}>" for name, field in fields.items()}
    return tag in words | keys
