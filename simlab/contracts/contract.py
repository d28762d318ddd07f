"""A promise that a component must keep, and the error that says which one it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from multiprocessing.reduction import ForkingPickler
from typing import Any

from simlab.errors import SimlabError

Check = Callable[[Any], None]
"""Takes a component; raises :class:`ContractError`, or returns."""
Faults = Callable[[Any], Iterator[str]]
"""Takes a component; yields what is wrong with it."""


class ContractError(SimlabError):
    """A component breaks a promise that the rest of simlab relies on.

    Attributes
    ----------
    component, check, wrong
        The name of the component, the name of the check, and what was wrong.
    """

    code = "E501"

    def __init__(self, component: str, check: str, wrong: str) -> None:
        """Say which *component* fails which *check*, and what is *wrong*."""
        self.component, self.check, self.wrong = component, check, wrong
        super().__init__(f"{self.code} {component}: {check}: {wrong}")


def contract(faults: Faults) -> Check:
    """Return the check that raises the first of *faults*, or what goes wrong on the way."""

    @wraps(faults)
    def check(component: Any) -> None:
        try:
            wrong = next(faults(component), "")
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
            raise ContractError(name_of(component), faults.__name__, wrong) from error
        if wrong:
            raise ContractError(name_of(component), faults.__name__, wrong)

    return check


def name_of(component: Any) -> str:
    """Return the name of *component*, or that of its class."""
    name = getattr(component, "name", None)
    return name if isinstance(name, str) and name else type(component).__name__


def can(component: object, method: str) -> bool:
    """Return whether *component* has the method."""
    return callable(getattr(component, method, None))


def copy_of(component: Any) -> Any:
    """Return what comes out of a pipe to another process into which *component* goes."""
    return ForkingPickler.loads(ForkingPickler.dumps(component))
