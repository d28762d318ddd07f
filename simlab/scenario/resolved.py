"""One text that says what a scenario says, with all that it extends: to be kept beside its results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from simlab.scenario.scalars import ScalarError, resolve

_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./>*:-]*[A-Za-z0-9_*])?")
"""Text that needs no quotation marks, if it reads as nothing but text."""


def resolved(data: dict[str, Any], files: int) -> str:
    """Return *data*, which were read from so many *files*, as one scenario.

    Examples
    --------
    >>> print(resolved({"simlab": 1, "horizon": "1h", "tools": {"log": {"does": ["read:log"]}}}, 2))
    # Written by simlab from 2 files, of which each extends the next.
    simlab: 1
    horizon: 1h
    tools:
      log:
        does: [read:log]
    <BLANKLINE>
    """
    head = f"# Written by simlab from {files} files, of which each extends the next."
    return "\n".join([head, *_mapping(data, ""), ""])


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{indent}{scalar(key)}:", value, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, f"{indent}  ")
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield head
        for item in value:
            yield from _item(item, f"{indent}  ")
    elif isinstance(value, list):
        yield f"{head} [{', '.join(map(scalar, value))}]"
    else:
        yield f"{head} {'{}' if value == {} else scalar(value)}"


def _item(item: Any, indent: str) -> Iterator[str]:
    if isinstance(item, dict) and item:
        first, *rest = _mapping(item, f"{indent}  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest
    else:
        yield from _entry(f"{indent}-", item, indent)


def scalar(value: Any) -> str:
    """Return *value* as YAML, quoted where a reader could take it for something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        plain = bool(_PLAIN.fullmatch(value)) and resolve(value) == value
    except ScalarError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)
