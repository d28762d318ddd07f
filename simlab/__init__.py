"""Compare how AI agents get authority, before an incident does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simlab.api import Lab, load
    from simlab.experiment import Results, compare

__version__ = "0.1.0"
__all__ = ["Lab", "Results", "compare", "load"]

_HOMES = {
    "Lab": "simlab.api",
    "load": "simlab.api",
    "Results": "simlab.experiment",
    "compare": "simlab.experiment",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for: the command line must answer `--help` without loading pandas.
    if name not in _HOMES:
        msg = f"module 'simlab' has no attribute '{name}'"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
