"""Rules about people: who is asked in a domain, and to whom a request goes on."""

from __future__ import annotations

from collections.abc import Iterator

from simlab.scenario.findings import at
from simlab.scenario.names import Names
from simlab.scenario.places import Finding
from simlab.scenario.schema import ScenarioFile


def approvers_refer(file: ScenarioFile, names: Names) -> Iterator[Finding]:
    """A domain names the approvers who are asked in it, and these name others."""
    for name, domain in file.domains.items():
        if domain.approvers:
            yield from at(("domains", name, "approvers"), names.reference("approvers", domain.approvers))
    for name, people in file.approvers.items():
        if people.escalate is None:
            continue
        path = ("approvers", name, "escalate", "to")
        yield from at(path, names.reference("approvers", people.escalate.to))
        if people.escalate.to == name:
            yield Finding(path, "E203", f"'{name}' escalates to itself")


def analysts_are_busy_with_alerts(file: ScenarioFile, _names: Names) -> Iterator[Finding]:
    """False alarms take analysts' time, so there must be analysts, and time between the alarms."""
    spec = file.response
    if "false_alarms" not in spec.model_fields_set:
        return
    path = ("response", "false_alarms")
    mean = spec.false_alarms if isinstance(spec.false_alarms, float) else spec.false_alarms.law().mean()
    if mean == 0:
        yield Finding(path, "E301", "alarms without time between them: time would stand still")
    if spec.analysts == 0:
        yield Finding(path, "E114", "nobody is there to be kept from work", "add analysts: 1")
