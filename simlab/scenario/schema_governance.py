"""The language, part four: rights in excess, who reviews them, and what is done when somebody leaves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simlab.scenario.fields import Identifier, PermissionText, PositiveDuration, Probability, Strict
from simlab.scenario.laws import DurationSpec


class ExcessSpec(Strict):
    """Rights that an agent comes to have beyond its roles, one after the other."""

    arrivals: DurationSpec
    """The time between one such right and the next."""
    rights: Annotated[list[PermissionText], Field(min_length=1)]
    """What it can come to have; each time it is one of those that it lacks. The resource may be a pattern."""


class ReviewsSpec(Strict):
    """A periodic access review of all rights in excess: what nobody has used goes, the rest is certified."""

    every: PositiveDuration
    """The time between reviews."""
    sees: list[Identifier] = Field(default_factory=list)
    """The domains that it looks into; all, if it is not said."""
    catches: Probability = 1.0
    """Chance that a right that nobody has used is removed; dimensionless."""


class OffboardingSpec(Strict):
    """What is done about the standing credentials and secrets of those who leave."""

    lag: DurationSpec = 0.0
    """From leaving to the order to revoke."""
    forgotten: Probability = 0.0
    """Chance that a credential is never revoked; dimensionless."""
