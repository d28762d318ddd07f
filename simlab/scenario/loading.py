"""From a file to a scenario, or to all that is wrong with it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

from simlab.errors import InvalidInputError
from simlab.model.scenario import Scenario
from simlab.scenario import build, checks, copies, evidence, extends
from simlab.scenario.names import Names
from simlab.scenario.places import Tree, tidy
from simlab.scenario.resolved import resolved
from simlab.scenario.schema import ScenarioFile
from simlab.scenario.validate import validate


def load(path: str | os.PathLike[str]) -> Scenario:
    """Return the scenario in the file *path*.

    Raises
    ------
    InvalidInputError
        With every problem of the file, each with its position.
    """
    source = extends.Source()
    return _scenario(extends.read(Path(path), source), source)


def loads(text: str, name: str = "<text>") -> Scenario:
    """Return the scenario that *text* holds; errors call it *name*.

    Raises
    ------
    InvalidInputError
        With every problem of the text, each with its position.
    """
    source = extends.Source()
    return _scenario(extends.read_text(text, name, source), source)


def _scenario(tree: Tree, source: extends.Source) -> Scenario:
    problems = source.problems
    expanded = copies.expand(tree, problems)
    # Names are taken from the whole file: an agent with a fault is still no unknown agent.
    names = Names.read(expanded, ScenarioFile.model_fields)
    file, sound, findings = validate(expanded)
    problems += map(expanded.problem, findings)
    if file is not None:
        problems += map(sound.problem, checks.run(file, names))
    problems += map(tree.problem, islice(evidence.findings(tree), checks.MOST_FINDINGS))
    if problems or file is None:
        raise InvalidInputError(tidy(problems))
    register = evidence.register(tree, file.evidence)
    digest = hashlib.sha256(b"".join(source.blobs)).hexdigest()
    return replace(build.scenario(file, register, digest), text=_text(tree, source))


def _text(tree: Tree, source: extends.Source) -> str:
    if len(source.blobs) == 1:
        return source.blobs[0].decode("utf-8-sig")
    return resolved(tree.data, len(source.blobs))
