"""Why a strategy helps or does not, in words, from what the manifest says happened."""

from __future__ import annotations

from simlab.report.numbers import listed, number, plural, spread
from simlab.report.study import Study
from simlab.report.terms import because


def useless(study: Study, strategy: str) -> list[str]:
    """Return the reasons for which *strategy* does not help, most telling first."""
    base, found = study.base, []
    if study.nowhere(strategy):
        (instead, _), *_ = study.elsewhere(strategy).items()
        return [f"no domain enforces it and all fall back to {instead}"]
    found += people(study, strategy)
    stolen = study.seen("valid_at_first_use", strategy)
    if stolen:
        often = study.often("valid_at_first_use", strategy)
        found.append(f"a stolen credential was still alive when it was first used {often}")
    elif study.threats("prompt-injection", "compromised-tool", "stolen-session"):
        found.append(
            "nothing need be stolen (the attacker steers an agent at work, with the credentials it has)"
        )
    found += not_enforced(study, strategy)
    reach, before = study.reach(strategy).get("resources"), study.reach(base).get("resources")
    if reach and reach == before and not people(study, strategy):
        found.append(
            f"the graph lets the attacker reach the same {plural(len(reach), 'resource')} as under {base}"
        )
    if study.harm and not study.seen(study.harm, base):
        found.insert(0, f"under {base} nothing happened either")
    return found


def people(study: Study, strategy: str) -> list[str]:
    """Return clauses on what the people who were asked did to the control, or nothing."""
    told = []
    if study.seen("waved_through", strategy):
        most = study.mean("waved_through", strategy, unit=False)
        told.append(f"people approved requests of the attacker: {most} a run (waved_through)")
    if study.seen("glass_broken", strategy):
        keys = study.mean("glass_broken", strategy, unit=False)
        told.append(f"who waited too long took a break-glass key: {keys} a run (glass_broken)")
    return told


def not_enforced(study: Study, strategy: str) -> list[str]:
    """Return a clause for the domains that do not enforce *strategy*, or nothing."""
    clauses = []
    for does, domains in study.elsewhere(strategy).items():
        verb = "does" if len(domains) == 1 else "do"
        if set(does.split("+")) <= set(strategy.split("+")):
            clauses.append(f"{listed(domains)} {verb} only {does}")
        else:
            falls = "falls" if len(domains) == 1 else "fall"
            clauses.append(f"{listed(domains)} {verb} not enforce it and {falls} back to {does}")
    return clauses


def goal(study: Study, strategy: str) -> str:
    """Return a clause on whether the goal was reached, or an empty string where there is none."""
    if not study.goal or ("goal", strategy) not in study.means:
        return ""
    often = study.often("goal", strategy)
    if study.seen("goal", strategy):
        return f"the goal {study.goal} was reached {often}"
    if study.reach(strategy).get("goal_reached"):
        return f"the goal {study.goal} was reached {often}, though the graph says that it can be"
    if "goal_reached" in study.reach(strategy):
        return f"the goal {study.goal} is out of reach in the graph, and was reached {often}"
    return f"the goal {study.goal} was reached {often}"


def explain(study: Study, strategy: str) -> list[str]:
    """Return the sentences that say why *strategy* does what it does."""
    said = [_extent(study, strategy), goal(study, strategy)]
    said += (
        not_enforced(study, strategy) if strategy != study.base or len(study.results.strategies) == 1 else []
    )
    said += [
        *people(study, strategy),
        _stolen(study, strategy),
        _decisions(study, strategy),
        _denials(study, strategy),
    ]
    return [sentence(part) for part in said if part]


def sentence(text: str) -> str:
    """Return *text* with a capital and a full stop; a name at its beginning is left as it is."""
    first = text.split(" ", 1)[0]
    plain = first in {"the", "in", "a", "no", "its", "nothing", "of", "under", "people", "who"}
    return f"{text[0].upper() if plain else text[0]}{text[1:]}."


def _extent(study: Study, strategy: str) -> str:
    reach = study.reach(strategy).get("resources")
    if reach is None or ("blast_radius", strategy) not in study.means:
        return ""
    most = float(study.results.values("blast_radius", strategy).max())
    n = study.n("blast_radius", strategy)
    touched = (
        f"touched {study.mean('blast_radius', strategy)} on average and {number(most)} at most (n = {n})"
    )
    total = plural(study.resources, "resource")
    return f"the graph lets the attacker reach {len(reach)} of {total}; the runs {touched}"


def _stolen(study: Study, strategy: str) -> str:
    """Return what became of stolen credentials, where any strategy of the study saw one used."""
    metric = "valid_at_first_use"
    if not any(study.seen(metric, name) for name in study.results.strategies):
        steered = study.threats("prompt-injection", "compromised-tool", "stolen-session")
        return "no stolen credential was used: the attacker steers an agent at work" if steered else ""
    rest = "in the others it was dead, bound to its holder, or never tried"
    said = f"a stolen credential was alive at its first use {study.often(metric, strategy)}"
    return (
        f"{said}; {rest} ({metric})"
        if study.seen(metric, strategy) < study.n(metric, strategy)
        else f"{said} ({metric})"
    )


def _decisions(study: Study, strategy: str) -> str:
    """Return what was denied to the attacker in the run that the manifest keeps, and why."""
    asked = [row for row in study.story(strategy) if row["kind"] == "request" and row["actor"] == "intruder"]
    denied: dict[tuple[str, str], list[str]] = {}
    for row in asked:
        if not row["allowed"]:
            names = denied.setdefault((row["policy"], row["reason"]), [])
            names += [] if (name := f"{row['action']}:{row['resource']}") in names else [name]
    where = f"in replication {study.manifest.get('story', {}).get('replication')}"
    if not asked:
        return f"{where} the attacker asked for nothing" if study.story(strategy) else ""
    if not denied:
        return f"{where} no request of the attacker was denied ({plural(len(asked), 'request')})"
    parts = [
        f"{policy} denied {listed(names, 3)}: {because(reason)}"
        for (policy, reason), names in list(denied.items())[:3]
    ]
    return f"{where}, {'; '.join(parts)}"


def _denials(study: Study, strategy: str) -> str:
    row = study.means.get(("denied", strategy))
    if row is None or not row["nonzero"]:
        return ""
    amount = spread(row["mean"], row["low"], row["high"], row["unit"])
    return f"its own agents were denied {amount} a run (n = {row['n']})"
