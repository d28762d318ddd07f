"""The register of assumptions: how each number of a scenario is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simlab.model.scenario import Basis, Evidence
from simlab.scenario.characters import shown
from simlab.scenario.names import nearest
from simlab.scenario.places import Finding, Path, Tree, children, get
from simlab.scenario.schema_attack import EvidenceSpec
from simlab.units import DURATION_PATTERN

_TEXTS = frozenset(
    {"name", "question", "notes", "sources", "purpose", "owner", "label", "formula", "currency"}
)
_SETTINGS = frozenset({"simlab", "copies", "depth", "evidence", "expect", "extends"})
"""Keys whose numbers are no assumption about the world."""
_DURATION = re.compile(DURATION_PATTERN.removesuffix("$") + r"\Z")
_LONGEST = 400
"""Characters of a path; more than any real one."""
_LABELS = ("name", "kind", "call", "delegate")


def findings(tree: Tree) -> Iterator[Finding]:
    """Yield a fault for each path of the register that leads nowhere."""
    named = tree.data.get("evidence")
    leaves = frozenset(dotted(path) for path in _leaves(tree.data, ()))
    for text in named if isinstance(named, dict) else ():
        if len(text) > _LONGEST or not find(tree.data, text):
            hint = nearest(text, leaves) or "write it as section.name.key"
            yield Finding(("evidence", text), "E201", f"nothing stands at {shown(text)}", hint, at_key=True)


def register(tree: Tree, stated: dict[str, EvidenceSpec]) -> tuple[Evidence, ...]:
    """Return what *stated* says, and that every other number is assumed."""
    rows, covered = [], set()
    for text, spec in stated.items():
        paths = find(tree.data, text)
        covered.update(paths)
        rows.append(_stated(text, value_text(get(tree.data, paths[0])), spec))
    for path in _leaves(tree.data, ()):
        if not any(path[:size] in covered for size in range(1, len(path) + 1)):
            value = value_text(get(tree.data, path))
            rows.append(Evidence(dotted(path), value, "assumed", "not stated"))
    return tuple(rows)


def _stated(path: str, value: str, spec: EvidenceSpec) -> Evidence:
    bases: tuple[Basis, ...] = ("measured", "published", "assumed")
    basis = next(basis for basis in bases if basis in spec.model_fields_set)
    return Evidence(path, value, basis, getattr(spec, basis), spec.source)


def find(data: Any, text: str) -> list[Path]:
    """Return the paths that the dotted *text* names; a list's item by number or by its name or kind.

    Examples
    --------
    >>> find({"tools": {"gh.read": {"does": 1}}, "threats": [{"kind": "leak"}]}, "tools.gh.read.does")
    [('tools', 'gh.read', 'does')]
    >>> find({"threats": [{"kind": "leak"}]}, "threats.leak")
    [('threats', 0)]
    """
    named: list[tuple[str | int, str]]
    if isinstance(data, list):
        named = [(index, label) for index, item in enumerate(data) for label in _labels(index, item)]
    else:
        # Names may hold dots, so every dot may be the end of one.
        heads = [text[:end] for end, sign in enumerate(text) if sign == "."]
        named = [(head, head) for head in [*heads, text] if isinstance(data, dict) and head in data]
    found: list[Path] = []
    for key, label in named:
        if text == label:
            found.append((key,))
        elif text.startswith(f"{label}."):
            found.extend((key, *rest) for rest in find(data[key], text[len(label) + 1 :]))
    return list(dict.fromkeys(found))


def _labels(index: int, item: Any) -> list[str]:
    words = [item[label] for label in _LABELS if label in item] if isinstance(item, dict) else []
    return [str(index), *(word for word in words if isinstance(word, str))]


def dotted(path: Path) -> str:
    """Return *path* as the register writes it.

    Examples
    --------
    >>> dotted(("threats", 0, "when"))
    'threats.0.when'
    """
    return ".".join(map(str, path))


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    """Yield the path of each number, duration, distribution or list of them."""
    listed = isinstance(value, list) and bool(value) and all(_is_number(item) for item in value)
    if listed or _is_number(value) or (isinstance(value, dict) and "dist" in value):
        yield path
    else:
        for key, child in children(value):
            if key not in _SETTINGS and key not in _TEXTS:
                yield from _leaves(child, (*path, key))


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_DURATION.match(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_text(value: Any) -> str:
    """Return *value* on one line, as a person would write it.

    Examples
    --------
    >>> value_text({"dist": "lognormal", "median": "8m", "sigma": 0.5})
    'lognormal(median 8m, sigma 0.5)'
    """
    if isinstance(value, dict):
        inner = ", ".join(f"{key} {value_text(part)}" for key, part in value.items() if key != "dist")
        return f"{value['dist']}({inner})" if "dist" in value else inner
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
