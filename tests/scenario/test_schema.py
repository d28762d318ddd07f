"""What an editor is told is what the loader does."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from simlab.attackers import ATTACKERS
from simlab.scenario import json_schema, template
from simlab.threats import THREATS

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema" / "scenario.schema.json"
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))


def read(text):
    """Return *text* as plain data."""
    return YAML(typ="safe", pure=True).load(text)


@pytest.fixture(scope="module")
def validator():
    """Return the validator of the language."""
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_the_committed_schema_is_current():
    """Run `python tests/scenario/write_schema.py` after a change of the language."""
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json_schema()


def test_the_schema_accepts_the_good_file_and_the_template(validator, good):
    """What loads is not underlined."""
    validator.validate(read(good))
    validator.validate(read(template("x")))


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_the_schema_accepts_every_scenario_in_the_repository(validator, path):
    """Of a variant only the top is looked at: what it changes may be a part of something."""
    data = read(path.read_text(encoding="utf-8"))
    if "extends" in data:
        assert set(data) <= set(json_schema()["properties"])
        assert not [error for error in validator.iter_errors(data) if not error.path]
    else:
        validator.validate(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("horizon: 30d", "horizon: 30"),
        ("horizon: 30d", "horizon: 1 hour"),
        ("agents:", "agnts:"),
        ("susceptibility: 0.25", "susceptibility: 95"),
        ("susceptibility: 0.25", "suseptibility: 0.25"),
        ("mode: on-behalf-of", "mode: other"),
        ("kind: prompt-injection", "kind: other"),
        ("dist: lognormal", "dist: normal"),
        ("[static-rbac, jit]", "[rbac]"),
        ("when: {at-work: 3d}", "when: {at: 3d}"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(validator, good, old, new):
    """An editor shows the same faults, as far as shape goes."""
    assert not validator.is_valid(read(good.replace(old, new)))


def test_every_key_has_hover_text():
    """A newcomer learns the language by pointing."""
    schema = json_schema()
    silent = [
        f"{name}.{key}"
        for name, model in {**schema["$defs"], "file": schema}.items()
        for key, entry in model.get("properties", {}).items()
        if "description" not in entry and key not in {"dist", "low", "mode", "high", "of", "value"}
    ]
    assert [key for key in silent if "Number." not in key] == []


def test_every_threat_and_attacker_can_be_written():
    """The registries are the language."""
    text = json.dumps(json_schema())
    for kind in (*THREATS, *ATTACKERS):
        assert f'"const": "{kind}"' in text
