"""Names of the scenario in the parameters of a strategy: one that is misspelt would match nothing, and say nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from simlab.errors import UnknownNameError
from simlab.lookup import did_you_mean, parameters
from simlab.model.access import Permission, Strategy
from simlab.strategies.layers import layers

if TYPE_CHECKING:
    from simlab.model.system import System

Known = Mapping[str, Collection[str]]
"""Names by sort: ``label``, ``resource``, ``action``."""


def check_names(strategy: Strategy, system: System) -> None:
    """Refuse a *strategy* whose parameters name what *system* does not have.

    Raises
    ------
    UnknownNameError
        With the nearest right name of each.
    """
    known = {
        "label": {resource.label for resource in system.resources.values()} - {""},
        "resource": set(system.resources),
        "action": set(system.actions),
    }
    faults = list(misnamed(strategy, known))
    if faults:
        msg = "; ".join(faults)
        raise UnknownNameError(msg)


def misnamed(strategy: Strategy, known: Known) -> Iterator[str]:
    """Yield what is wrong with each name in the parameters of *strategy* that is none of those *known*.

    A parameter says what it names in its field's metadata, ``names``; several names are divided by ``|``. What it is
    by default is nobody's slip.
    """
    for layer in layers(strategy):
        for field in parameters(layer):
            sort, value = field.metadata.get("names", ""), getattr(layer, field.name)
            for name in value.split("|") if sort and value and value != field.default else ():
                fault = _fault(sort, name, known)
                if fault:
                    yield f"strategy '{layer.name}', parameter '{field.name}': {fault}"


def _fault(sort: str, name: str, known: Known) -> str:
    if sort == "permission":
        permission = Permission.parse(name)
        return _fault("action", permission.action, known) or _fault("resource", permission.resource, known)
    if sort not in known or name in known[sort]:
        return ""
    return f"unknown {sort} '{name}' ({did_you_mean(name, known[sort])})"
