"""The answer in three sentences: what leaves least harm, what that costs, and what does not help."""

from __future__ import annotations

import math

from simlab.report.numbers import listed, plural
from simlab.report.study import UNDECIDED, Study
from simlab.report.terms import COSTS, UNITLESS, label
from simlab.report.why import goal, not_enforced, useless


def answer(study: Study) -> tuple[str, str, str]:
    """Return exactly three sentences, made of nothing but the numbers of the study."""
    return _least_harm(study), _cost(study), _rest(study)


def best(study: Study) -> list[str]:
    """Return the strategies with the smallest mean harm; of equal ones, those that keep the goal safe first.

    Then comes the one that the others are compared with, then whichever costs least.
    """
    means = {
        name: study.means[study.harm, name]["mean"]
        for name in study.results.strategies
        if (study.harm, name) in study.means
    }
    if not means:
        return [study.base]
    direction = study.results.metric(study.harm).direction
    least = max(means.values()) if direction == "higher" else min(means.values())
    equal = [name for name, mean in means.items() if mean == least]
    return sorted(equal, key=lambda name: (_goal_rank(study, name), name != study.base, _effort(study, name)))


def _goal_rank(study: Study, strategy: str) -> float:
    safer = bool(study.goal) and study.verdict("goal", strategy) == "better"
    return float(study.means["goal", strategy]["mean"]) if safer else math.inf


def _effort(study: Study, strategy: str) -> tuple[float, ...]:
    costs = (study.means.get((metric, strategy)) for metric in reversed(study.friction))
    return tuple(row["mean"] for row in costs if row)


def _least_harm(study: Study) -> str:
    if not study.harm:
        return "The study measures no harm, so it does not say which strategy leaves the least."
    what, base, (first, *others) = label(study.harm), study.base, best(study)
    n, mean = study.n(study.harm, first), study.mean(study.harm, first)
    if len(study.results.strategies) == 1:
        return f"Under {base}, the only strategy of this study, the mean {what} is {mean} (n = {n} runs)."
    if base in {first, *others}:
        return _base_is_best(study, [name for name in (first, *others) if name != base])
    extreme = "longest" if study.results.metric(study.harm).direction == "higher" else "smallest"
    names, leave = listed([first, *others]), "leave" if others else "leaves"
    pairs = f"{study.difference(study.harm, first)} over {study.pairs[study.harm, first]['n']} pairs of runs"
    verdict = study.verdict(study.harm, first)
    if verdict == UNDECIDED:
        return (
            f"Undecided: {names} {leave} the {extreme} mean {what} seen ({mean}, n = {n} runs), but the "
            f"paired difference from {base}, {pairs}, could be chance"
            f"{_doubt(study, first)}{_goal(study, first)}."
        )
    return (
        f"{names} {leave} the {extreme} mean {what}: {mean} (n = {n} runs) against "
        f"{study.mean(study.harm, base)} under {base}, a paired difference of {pairs} "
        f"({verdict}{_doubt(study, first)}){_goal(study, first)}."
    )


def _base_is_best(study: Study, others: list[str]) -> str:
    base, what = study.base, label(study.harm)
    n, mean = study.n(study.harm, base), study.mean(study.harm, base)
    told = next((said for name in others if (said := _goal(study, name))), "")
    if len(others) == len(study.results.strategies) - 1:
        return f"No strategy changes the mean {what}: it is {mean} under each (n = {n} runs){told}."
    equal = f"; {listed(others)} {'equals' if len(others) == 1 else 'equal'} it" if others else ""
    rest = [name for name in study.results.strategies if name not in {base, *others}]
    nearest = min(rest, key=lambda name: abs(study.pairs[study.harm, name]["difference"]))
    gap, verdict = study.difference(study.harm, nearest), study.verdict(study.harm, nearest)
    return (
        f"No strategy leaves a smaller mean {what} than {base}: {mean} (n = {n} runs){equal}; "
        f"next comes {nearest} with a paired difference of {gap} ({verdict}){told}."
    )


def _goal(study: Study, strategy: str) -> str:
    """Return what becomes of the goal, where that is decided: a small blast radius may still contain it."""
    verdict = study.verdict("goal", strategy) if study.goal else ""
    if verdict not in {"better", "worse"}:
        return ""
    now, before = study.often("goal", strategy), study.often("goal", study.base)
    return f"; under {strategy} the goal is reached {now}, under {study.base} {before} ({verdict})"


def _doubt(study: Study, strategy: str) -> str:
    warned = str(study.pairs[study.harm, strategy]["warning"]).startswith("interval unreliable")
    return ", though the interval is not reliable" if warned else ""


def _cost(study: Study) -> str:
    first, base = best(study)[0], study.base
    if not study.friction:
        return f"What {first} costs in friction was not measured, which leaves the answer half of one."
    if first == base:
        parts = [
            _cost_of(metric, study.mean(metric, base, unit=metric not in UNITLESS))
            for metric in study.friction
        ]
        return f"The friction of {base} is {listed(parts)} (n = {study.n(study.friction[0], base)} runs)."
    differs = [metric for metric in study.friction if study.verdict(metric, first) != "identical"]
    same = listed([label(metric) for metric in study.friction if metric not in differs])
    n = study.pairs[study.friction[0], first]["n"]
    if not differs:
        return f"{first} costs no friction that was measured: {same} are those of {base} in all {n} pairs."
    parts = []
    for metric in differs:
        amount = study.difference(metric, first, unit=metric not in UNITLESS)
        parts.append(f"{_cost_of(metric, amount)} ({study.verdict(metric, first)})")
    unchanged = f"; identical in every pair: {same}" if same else ""
    return f"Compared with {base}, {first} costs {listed(parts)} per run (n = {n} pairs){unchanged}."


def _cost_of(metric: str, amount: str) -> str:
    return COSTS.get(metric, f"{{}} ({label(metric)})").format(amount)


def _rest(study: Study) -> str:
    first, base = best(study)[0], study.base
    verdicts = {
        name: study.verdict(study.harm, name)
        for name in study.results.strategies
        if name not in {base, first}
    }
    verdicts |= {} if first == base else {first: study.verdict(study.harm, first)}
    for bad in ("identical", "negligible", "worse", UNDECIDED):
        names = [
            name for name in verdicts if verdicts[name] == bad and study.verdict("goal", name) != "better"
        ]
        if names and study.harm:
            return _no_help(study, names, bad)
    return _what_is_left(study, first)


def _no_help(study: Study, names: list[str], verdict: str) -> str:
    what, base, who = label(study.harm), study.base, listed(names)
    does, its = ("do", "their") if len(names) > 1 else ("does", "its")
    pairs = study.pairs[study.harm, names[0]]["n"]
    said = {
        "identical": f"{who} {does} not help: {its} {what} is that of {base} in all {pairs} pairs",
        "negligible": f"{who} {does} next to nothing: {its} {what} differs from that of {base} by "
        f"{study.difference(study.harm, names[0])}",
        "worse": f"{who} {does} harm: {its} {what} is larger than that of {base}",
        UNDECIDED: f"{who} {does} not help for certain: {its} {what} differs from that of {base} by "
        f"{study.difference(study.harm, names[0])}, which could be chance",
    }[verdict]
    reasons = useless(study, names[0])
    common = [reason for reason in reasons if all(reason in useless(study, name) for name in names)]
    if not reasons:
        return f"{said}."
    about = "" if common else f"in the case of {names[0]} "
    link = "; " if verdict == UNDECIDED else ", because "
    return f"{said}{link}{about}{'; '.join((common or reasons)[:3])}."


def _what_is_left(study: Study, strategy: str) -> str:
    can = study.reach(strategy).get("goal_reached", True)
    found = [goal(study, strategy)] if can or study.seen("goal", strategy) else []
    found += (
        not_enforced(study, strategy) if strategy != study.base or len(study.results.strategies) == 1 else []
    )
    reach = study.reach(strategy).get("resources")
    if reach:
        found.append(f"{plural(len(reach), 'resource')} of {study.resources} can still be reached")
    evidence = study.manifest.get("evidence", [])
    assumed = sum(item["basis"] == "assumed" for item in evidence)
    if reach == [] and assumed:
        found.append(f"{assumed} of its {len(evidence)} parameters are assumed")
    if not any(found):
        return f"What could still break {strategy} does not follow from this study."
    return f"What {strategy} leaves open: {'; '.join(part for part in found if part)}."
