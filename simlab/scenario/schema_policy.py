"""The language, part four: roles that change their meaning during a run."""

from __future__ import annotations

from pydantic import Field, model_validator

from simlab.scenario.fields import FiniteDuration, Identifier, PermissionText, Strict, fault


class PolicyChangeSpec(Strict):
    """From an instant on, a role allows less, or more. Each domain hears of it as it hears of a revocation."""

    at: FiniteDuration
    """When, since the start of the run."""
    role: Identifier
    """The role that changes."""
    remove: list[PermissionText] = Field(default_factory=list)
    """What it no longer allows; the resource may be a pattern such as repo-*."""
    add: list[PermissionText] = Field(default_factory=list)
    """What it allows from then on; the resource may be a pattern such as repo-*."""

    @model_validator(mode="after")
    def _says_something(self) -> PolicyChangeSpec:
        if not self.remove and not self.add:
            raise fault("E114", "the change changes nothing", "write remove: or add:")
        return self
