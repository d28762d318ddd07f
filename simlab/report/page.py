"""The page: everything that the template is filled with, and the environment that escapes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from simlab.errors import StoreError
from simlab.experiment.plots import style
from simlab.experiment.results import Results
from simlab.experiment.store import REPORT, open_study, write
from simlab.report import story, tables, terms, why, words
from simlab.report.figures import figures
from simlab.report.study import Study
from simlab.units import duration

BASES = ("measured", "published", "assumed")
UNSTATED = "not stated"
NOTHING: dict[str, Any] = {"scenario": {}, "graph": {}, "story": {}, "replications": "", "seed": ""}
NO_SCENARIO: dict[str, Any] = {"name": "", "question": "", "notes": "", "sources": []}
"""What a study that was put together by hand may leave out."""
_LAW = re.compile(r"\b(Fixed|Uniform|Exponential|LogNormal|Weibull|Triangular)\(([^()]*)\)")
_UNIT = re.compile(r"([\d\]]) (%|(?:ms|s|min|h)\b)")
_NUMBER = re.compile(r"^[\d.e+-]+$|^inf$")


def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, whatever a template is called."""
    loader = PackageLoader("simlab.report", "")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["tight"] = tight
    made.filters["paragraphs"] = paragraphs
    return made


def write_page(folder: Path) -> Path:
    """Write the report of the study in *folder* into it, and return its path.

    Raises
    ------
    StoreError
        If *folder* is not a study, or cannot be written.
    """
    page = render(open_study(folder))
    path = folder / REPORT
    try:
        write(path, page)
    except OSError as error:
        msg = f"cannot write '{path}': {error.strerror or error}"
        raise StoreError(msg) from error
    return path


def render(results: Results) -> str:
    """Return *results* as a page of HTML."""
    study = Study(results)
    return environment().get_template("report.html.j2").render(**context(study))


def context(study: Study) -> dict[str, Any]:
    """Return everything that the template names."""
    manifest = {**NOTHING, **study.manifest}
    scenario = {**NO_SCENARIO, **manifest["scenario"]}
    return {
        "study": study,
        "scenario": scenario,
        "manifest": manifest,
        "answer": words.answer(study),
        "strategies": [_strategy(study, name) for name in study.results.strategies],
        "threats": [_threat(threat) for threat in scenario.get("threats", [])],
        "columns": {side: tables.columns(study, side, every=False) for side in tables.SIDES},
        "sides": tables.sides(study),
        "cell": lambda metric, strategy: tables.cell(study, metric, strategy),
        "ends": tables.ends(study),
        "separation": tables.separation(study),
        "figures": {name: Markup(drawn) for name, drawn in figures(study).items()},  # noqa: S704 (escaped)
        "evidence": _evidence(manifest.get("evidence", [])),
        "bases": BASES,
        "parameters": _parameters(manifest),
        "environment": {**_facts(manifest), **manifest.get("environment", {})},
        "limits": terms.LIMITS,
        "most_lines": story.MOST_LINES,
    }


def tight(text: str) -> str:
    """Return *text* with units that a line break cannot part from their number.

    Examples
    --------
    >>> tight("at most 3.7 %").isascii()
    False
    """
    return _UNIT.sub("\\1\u00a0\\2", text)


def paragraphs(text: str) -> list[str]:
    r"""Return the paragraphs of *text*, each on one line.

    Examples
    --------
    >>> paragraphs("one\nline\n\nanother")
    ['one line', 'another']
    """
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _strategy(study: Study, name: str) -> dict[str, Any]:
    reach = study.reach(name)
    return {
        "name": name,
        "colour": style(study.results, name)[0],
        "why": why.explain(study, name),
        "reach": reach,
        "steps": story.steps(reach.get("goal_explained", [])),
        "lines": story.tell(study.story(name)),
    }


def _threat(threat: dict[str, str]) -> dict[str, str]:
    timing, delay = threat.get("when", ""), tidy(threat.get("delay", ""))
    moment = {
        "clock": f"at {delay} after the start of the run",
        "at-work": f"from {delay} after the start of the run on",
        "per-issuance": f"{delay} after the issue",
    }.get(timing, delay)
    if delay in {"0", "0ms"}:
        moment = {"clock": "at the start of the run", "at-work": "from the start of the run on"}.get(
            timing, "at the issue"
        )
    return {**threat, "timing": terms.TIMING.get(timing, timing), "moment": moment}


def _evidence(found: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return what is known of the parameters: what somebody stated, and what nobody did."""
    silent = [item for item in found if item["basis"] == "assumed" and item["note"] in {"", UNSTATED}]
    stated = [item for item in found if item not in silent]
    return {"stated": sorted(stated, key=lambda item: BASES.index(item["basis"])), "silent": silent}


def _parameters(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    scenario = manifest.get("scenario", {})
    rows = [(f"strategy {name}", text) for name, text in manifest.get("strategy_parameters", {}).items()]
    rows += [
        (f"threat {threat['kind']}", tidy(threat["parameters"])) for threat in scenario.get("threats", [])
    ]
    rows += [(name, tidy(scenario[name])) for name in ("attacker", "response") if scenario.get(name)]
    return rows


def _facts(manifest: dict[str, Any]) -> dict[str, str]:
    scenario = manifest.get("scenario", {})
    horizon = scenario.get("horizon_seconds")
    return {
        "scenario": scenario.get("name", ""),
        "scenario hash (SHA-256)": scenario.get("hash", "") or "none: built in Python",
        "horizon": duration(horizon) if horizon else "",
        "seed": str(manifest.get("seed", "")),
        "replications": str(manifest.get("replications", "")),
    }


def tidy(text: str) -> str:
    """Return the text of an object of seconds as a person reads it.

    Examples
    --------
    >>> tidy("When(delay=Fixed(value=259200.0), pace=LogNormal(median=60.0, sigma=0.8))")
    'When(delay=3d, pace=lognormal(median 1m, sigma 0.8))'
    """
    return _LAW.sub(_law, text)


def _law(found: re.Match[str]) -> str:
    name, inside = found.groups()
    parts = []
    for part in inside.split(", "):
        key, _, value = part.partition("=")
        seconds = key not in {"sigma", "shape"} and _NUMBER.match(value)
        parts.append(f"{key} {duration(float(value)) if seconds else value}")
    return parts[0].partition(" ")[2] if name == "Fixed" else f"{name.lower()}({', '.join(parts)})"
