"""The scenario that ``simlab new`` writes: small, real, and every line explained."""

from __future__ import annotations

import re
from importlib.resources import files

from simlab.errors import UsageError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def template(name: str) -> str:
    """Return the text of a new scenario called *name*.

    Raises
    ------
    UsageError
        If *name* cannot be the name of a scenario.
    """
    if not _NAME.fullmatch(name):
        msg = f"'{name}' is not a name (a letter, then letters, digits, _ . or -, at most 64)"
        raise UsageError(msg)
    text = files("simlab.scenario").joinpath("template.yaml").read_text(encoding="utf-8")
    return text.replace("NAME", name)
