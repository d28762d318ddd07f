"""A study as a folder: what was asked, a row for each run, and a report."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from simlab.errors import ChangedScenarioError, NoScenarioError, StoreError
from simlab.experiment.results import Results
from simlab.metrics import METRICS
from simlab.model.events import Metric, Run
from simlab.model.scenario import Scenario
from simlab.scenario import loads

MANIFEST, RUNS, REPORT, SCENARIO = "manifest.json", "runs.parquet", "report.html", "scenario.yaml"


def save(results: Results, folder: Path) -> None:
    """Write *results* into *folder*: the scenario and the runs, then the manifest that says they are complete.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{RUNS}.part"
        # Without pandas' own notes, which name library versions: same inputs, same bytes.
        table = pa.Table.from_pandas(results.runs, preserve_index=False).replace_schema_metadata(None)
        parquet.write_table(table, part, compression="zstd")
        _settle(part, folder / RUNS)
        if results.scenario_text:
            write(folder / SCENARIO, results.scenario_text)
        else:
            (folder / SCENARIO).unlink(missing_ok=True)  # of an earlier study
        text = json.dumps(results.manifest, indent=1, allow_nan=False, default=str)
        write(folder / MANIFEST, text)
    except OSError as error:
        msg = f"cannot write the study '{folder}': {error.strerror or error}"
        raise StoreError(msg) from error


def write(path: Path, text: str) -> None:
    """Write *text* to *path* so that a reader sees the old file or the new one, never half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")  # the same bytes everywhere
    _settle(part, path)


def _settle(part: Path, path: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def open_study(folder: Path) -> Results:
    """Return the results in *folder*.

    Raises
    ------
    StoreError
        If it is not a study, or is damaged.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        runs = pd.read_parquet(folder / RUNS)
        metrics = tuple(_metric(entry) for entry in manifest["metrics"])
        return Results(runs, metrics, tuple(manifest["strategies"]), manifest)
    except FileNotFoundError as error:
        msg = f"'{folder}' is not a study: it has no {Path(str(error.filename)).name}"
        raise StoreError(msg) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"the study '{folder}' is damaged: {error}"
        raise StoreError(msg) from error


def _metric(entry: dict[str, str]) -> Metric:
    return METRICS[entry["name"]] if entry["name"] in METRICS else Recorded(**entry)


def open_scenario(folder: Path, results: Results) -> Scenario:
    """Return the scenario that the study in *folder* was made of, from the folder alone.

    Raises
    ------
    NoScenarioError
        If the study does not hold it.
    ChangedScenarioError
        If what it holds is not what the manifest names.
    """
    said = results.manifest["scenario"]
    path = folder / SCENARIO
    if not said.get("text_hash") or not path.exists():
        msg = f"E406 the study '{folder}' holds no {SCENARIO}"
        why = "an older simlab wrote it, or its scenario was made in Python; compare the file again"
        raise NoScenarioError(f"{msg} ({why})")
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"cannot read '{path}': {error.strerror or error}"
        raise StoreError(msg) from error
    found = hashlib.sha256(data).hexdigest()
    if found != said["text_hash"]:
        msg = f"E407 '{path}' was changed: its SHA-256 is {found[:12]}…, the manifest says {said['text_hash'][:12]}…"
        raise ChangedScenarioError(f"{msg} (compare it again to make a study of it)")
    return replace(loads(data.decode("utf-8"), str(path)), source_hash=said["hash"])


class Recorded:
    """A metric that is known only by what a study says of it."""

    def __init__(self, name: str, unit: str, direction: str, side: str, says: str = "") -> None:
        """Remember what the manifest says."""
        self.name, self.unit, self.direction, self.side = name, unit, direction, side
        self.__doc__ = says

    def compute(self, run: Run) -> float:
        """Refuse: what computes it is not installed here."""
        msg = f"metric '{self.name}' is known from a study only; run {run.scenario} again where it is defined"
        raise StoreError(msg)
