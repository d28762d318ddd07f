"""Rights in excess, reviews and offboarding: the rules about them, and the nouns of the model."""

from __future__ import annotations

from collections.abc import Iterator

from simlab.model.access import Scope
from simlab.model.governance import Excess, Offboarding, Review
from simlab.scenario.findings import at, refer
from simlab.scenario.laws import law
from simlab.scenario.names import Names, resolve
from simlab.scenario.places import Finding
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.schema_governance import ExcessSpec


def excess(spec: ExcessSpec | None, entitlements: Scope, file: ScenarioFile) -> Excess | None:
    """Return what an agent with *entitlements* can come to have beyond them."""
    if spec is None:
        return None
    rights = resolve(spec.rights, file.resources) - entitlements
    return Excess(law(spec.arrivals), tuple(sorted(rights))) if rights else None


def reviews(file: ScenarioFile) -> Review | None:
    """Return the periodic access review, if there is one."""
    spec = file.reviews
    if spec is None:
        return None
    sees = frozenset(spec.sees) if "sees" in spec.model_fields_set else None
    return Review(spec.every, sees, spec.catches)


def offboarding(file: ScenarioFile) -> Offboarding | None:
    """Return what is done when somebody leaves, if anything is."""
    spec = file.offboarding
    return None if spec is None else Offboarding(law(spec.lag), spec.forgotten)


def governance_refers(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """Rights in excess are permissions that come one after the other; a review looks into domains."""
    for name, agent in file.agents.items():
        if agent.excess is None:
            continue
        path = ("agents", name, "excess")
        for index, text in enumerate(agent.excess.rights):
            yield from at((*path, "rights", index), names.permission(text, globs=True))
        mean = law(agent.excess.arrivals).mean()
        if mean == 0:
            text = "rights without time between them: time would stand still"
            yield Finding((*path, "arrivals"), "E301", text)
        elif mean == float("inf"):
            yield Finding((*path, "arrivals"), "E115", "the mean time between arrivals is infinite")
    yield from refer(names, "domain", ("reviews", "sees"), file.reviews.sees if file.reviews else ())
