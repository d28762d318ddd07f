"""Rules about secrets: each series of credentials advances, and each bundle ends."""

from __future__ import annotations

from collections.abc import Iterator

from simlab.scenario.laws import law
from simlab.scenario.names import Names
from simlab.scenario.places import Finding
from simlab.scenario.schema import ScenarioFile

ROUNDING = 1e-9
"""What a share such as 0.8 may be off by in a product with a count."""


def secrets_end(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """Credentials live for some time; and each that comes to light brings fewer than one other that works."""
    for name, secret in file.secrets.items():
        path, given = ("secrets", name), secret.model_fields_set
        if "lifetime" in given and law(secret.lifetime).mean() == 0:
            text = "credentials that do not live at all: time would stand still"
            yield Finding((*path, "lifetime"), "E301", text)
        if law(secret.reveals).mean() * (1 - secret.stale) > 1 - ROUNDING:
            text = "each credential brings one or more others that work: there would be no end"
            yield Finding((*path, "reveals"), "E114", text, "lower its mean, or raise stale")
        if {"lifetime", "reveals"} <= given:
            text = "a secret that is replaced comes in no bundle"
            yield Finding((*path, "reveals"), "E101", text, "keep lifetime or reveals")
