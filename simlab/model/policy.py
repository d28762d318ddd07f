"""What roles mean, where that changes during a run: changes, and the eras between them."""

from __future__ import annotations

from dataclasses import dataclass

from simlab.model.access import Permission

Changing = tuple[tuple[Permission, frozenset[int]], ...]
"""Rights that an agent's roles do not always allow, each with the eras in which they do; sorted.

Era 0 lasts from the start of the run to the first change, era n from the n-th instant of change on.
"""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """From an instant on, a role allows less, or more, or something else (NIST SP 800-53, AC-2 and AC-6)."""

    at: float
    """[s] since the start of the run."""
    role: str
    removed: tuple[Permission, ...] = ()
    """What it no longer allows; sorted."""
    added: tuple[Permission, ...] = ()
    """What it allows, too; sorted."""
