"""Laws of whole numbers as a scenario writes them: a bare number, or a mapping that says which ``dist``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simlab.model import counts
from simlab.scenario.fields import Strict

MOST = 1000
"""Most things that one piece of work sets going at once; also the greatest mean."""

Mean = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Counting(Strict):
    """What all laws of whole numbers share."""

    dist: str

    def law(self) -> counts.CountLaw:
        """Return the law that the simulator draws from."""
        raise NotImplementedError


class FixedCount(Counting):
    """Always the same number."""

    dist: Literal["fixed"]
    value: Annotated[int, Field(ge=0, le=MOST)]
    """The number."""

    def law(self) -> counts.CountLaw:
        """Return the law."""
        return counts.Always(self.value)


class PoissonCount(Counting):
    """How many of many rare things happen."""

    dist: Literal["poisson"]
    mean: Mean
    """The mean, and the variance."""

    def law(self) -> counts.CountLaw:
        """Return the law."""
        return counts.Poisson(self.mean)


class GeometricCount(Counting):
    """How often something succeeds before it first fails: often none, now and then many."""

    dist: Literal["geometric"]
    mean: Mean
    """The mean m; the variance is m (1 + m)."""

    def law(self) -> counts.CountLaw:
        """Return the law."""
        return counts.Geometric(self.mean)


def _written_as(value: Any) -> str:
    return "law" if isinstance(value, dict | Counting) else "bare"


CountSpec = Annotated[
    Annotated[int, Field(ge=0, le=MOST), Tag("bare")]
    | Annotated[
        Annotated[FixedCount | PoissonCount | GeometricCount, Field(discriminator="dist")], Tag("law")
    ],
    Discriminator(_written_as),
]
"""A whole number, or a law of whole numbers."""


def count_law(spec: int | Counting) -> counts.CountLaw:
    """Return the law that *spec* states; a bare number is a law with one value."""
    return spec.law() if isinstance(spec, Counting) else counts.Always(spec)
