"""Plain data to the schema's objects; what does not fit becomes problems, and the rest goes on.

The rules about names run also over a file with faults, so that a reader sees both kinds at once. To make
that possible the faulty parts are cut out, and what is left is validated again until it fits.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from simlab.lookup import did_you_mean
from simlab.scenario.characters import shown, strange
from simlab.scenario.fields import sort_of
from simlab.scenario.keys import known_keys
from simlab.scenario.places import Finding, Path, Tree, get
from simlab.scenario.salvage import locate, without
from simlab.scenario.schema import ScenarioFile

_ROUNDS, _MOST_FAULTS = 8, 200
"""Each round cuts at least one faulty part; a file with more of them is not checked further."""

_CHOICES = frozenset({"literal_error", "union_tag_invalid"})
_BOUNDS = frozenset(
    {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "too_long", "string_too_long"}
)


def validate(tree: Tree) -> tuple[ScenarioFile | None, Tree, list[Finding]]:
    """Return the objects of *tree*, the tree they were made of, and the faults.

    Where there are faults, the objects are those of a smaller tree without the faulty parts, or None.
    """
    findings: list[Finding] = []
    for _ in range(_ROUNDS):
        try:
            return ScenarioFile.model_validate(tree.data), tree, findings
        except ValidationError as error:
            faults = error.errors(include_url=False)
        if not findings:
            findings = [_finding(tree.data, fault) for fault in faults[:_MOST_FAULTS]]
        tree = without(tree, faults)
    return None, tree, findings


def _finding(data: Any, fault: Any) -> Finding:
    """Return what a fault that pydantic found is called here, and where it is."""
    kind, loc = fault["type"], fault["loc"]
    path, context = locate(data, loc), fault.get("ctx", {})
    if "message" in context:
        return Finding(path, kind, context["message"], context["hint"], at_key=loc[-1:] == ("[key]",))
    if kind == "missing":
        return Finding(path, "E102", f"missing key '{loc[-1]}'", f"add {loc[-1]}: ...", at_key=True)
    if kind == "extra_forbidden":
        key = str(loc[-1])
        hint = strange(key) or did_you_mean(key, known_keys(loc))
        return Finding(path, "E101", f"unknown key {shown(key)}", hint, at_key=True)
    return _misfit(path, kind, get(data, path), context, fault["msg"])


def _misfit(path: Path, kind: str, value: Any, context: dict[str, Any], said: str) -> Finding:
    """Return the fault of a value of the wrong type, size or choice."""
    if kind in _CHOICES:
        return _choice(path, value, context)
    if kind == "union_tag_not_found":
        return _untagged(path, value, context)
    if kind in {"too_short", "string_too_short"}:
        return Finding(path, "E113", "at least one is needed")
    if kind in _BOUNDS:
        return Finding(path, "E104", f"{value} is out of range", said.removeprefix("Input should be "))
    return Finding(path, "E103", f"expected {_expected(kind)}, got {sort_of(value)}", _cure(kind, value))


def _choice(path: Path, value: Any, context: dict[str, Any]) -> Finding:
    """Return the fault of a word that is none of those allowed."""
    key = str(context.get("discriminator", "")).strip("'")
    if isinstance(value, dict) and key in value:
        path, value = (*path, key), value[key]
    listed = str(context.get("expected_tags") or context.get("expected", ""))
    names = [name.strip(" '<>") for name in listed.replace(" or ", ", ").split(",")]
    if not isinstance(value, str):
        return Finding(path, "E103", f"expected one of {', '.join(names)}, got {sort_of(value)}")
    what = f"unknown {path[-1]} {shown(value)}"
    return Finding(path, "E107", what, did_you_mean(value, names))


def _untagged(path: Path, value: Any, context: dict[str, Any]) -> Finding:
    """Return the fault of a mapping that does not say which kind it is."""
    key = str(context.get("discriminator", "")).strip("'")
    if not isinstance(value, dict):
        return Finding(path, "E103", f"expected a mapping, got {sort_of(value)}")
    if "(" in key:
        return Finding(path, "E102", "missing one of clock, at-work and per-issuance", "", at_key=True)
    return Finding(path, "E102", f"missing key '{key}'", f"add {key}: ...", at_key=True)


def _expected(kind: str) -> str:
    names = {
        "string_type": "text",
        "bool_type": "true or false",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "list_type": "a list",
    }
    return names.get(kind, "a mapping")


def _cure(kind: str, value: Any) -> str:
    if kind == "list_type" and isinstance(value, str):
        return f"write [{value[:40]}]"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "quote it"
    if kind in {"int_type", "float_type"} and isinstance(value, str):
        return "a number stands without quotation marks"
    return ""
