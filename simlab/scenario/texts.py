"""The text under each attribute of a class: what an editor shows for a key."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any


def first_paragraph(component: type[Any]) -> str:
    """Return what the docstring of the class *component* says first."""
    return (inspect.getdoc(component) or "").partition("\n\n")[0]


def texts_of(component: type[Any]) -> dict[str, str]:
    """Return the text under each attribute of the class *component*, and of those that it is made from."""
    found: dict[str, str] = {}
    for part in reversed(component.__mro__):
        found |= _own_texts(part)
    return found


def _own_texts(component: type[Any]) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(component)))
    except (OSError, TypeError, SyntaxError):  # made at run time, or shipped without its source
        return {}
    body = next((node.body for node in tree.body if isinstance(node, ast.ClassDef)), [])
    return {
        above.target.id: inspect.cleandoc(below.value.value)
        for above, below in pairwise(body)
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }
