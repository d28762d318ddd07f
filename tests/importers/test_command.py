"""simlab import grants, as a person uses it, and what it does with broken files."""

from pathlib import Path

import numpy as np
import pytest

from simlab.errors import SimlabError
from simlab.importers import IMPORTERS
from simlab.importers.command import import_grants
from simlab.importers.source import Source
from simlab.importers.writing import write
from simlab.scenario import load
from tests.command import simlab

SOURCES = Path(__file__).parent / "sources"
ROLES = "roles: {reader: [read:wiki]}\nagents: {bot: [reader]}\nresources: {wiki: intranet}\n"
AGENTS = {"openfga": ("agent",), "cedar": ("Agent",)}


@pytest.mark.parametrize("source", ["iam", "cluster.yaml"])
def test_what_is_written_passes_check_and_what_is_listed_stands_in_it_too(capsys, tmp_path, source):
    """Exit 0, the file, every note on stderr and in the header; with --strict exit 3 and no file."""
    out = tmp_path / "estate.yaml"
    status, said, err = simlab(capsys, "import", "grants", SOURCES / source, "--out", out)
    assert (status, said) == (0, f"{out}\n")
    assert simlab(capsys, "check", out)[0] == 0
    *notes, summary = err.splitlines()
    assert len(notes) == 3
    text = out.read_text()
    assert all(f"#   {note}\n" in text for note in notes)
    assert f"# {summary}.\n" in text
    assert load(out).name == "estate"
    assert simlab(capsys, "reach", out, "-s", "static-rbac")[0] == 0
    status, said, err = simlab(capsys, "import", "grants", SOURCES / source, "--strict")
    assert (status, said) == (3, "")
    assert "E607" in err


def test_strict_is_content_with_what_is_understood(capsys, tmp_path):
    """And without --out the scenario goes to stdout."""
    path = tmp_path / "roles.yaml"
    path.write_text(ROLES)
    status, out, err = simlab(capsys, "import", "grants", path, "--strict")
    assert (status, err) == (0, "rows: 3 taken, 0 taken in part, 0 not taken\n")
    assert "- read:wiki" in out


def test_the_same_sources_give_the_same_bytes(capsys):
    """In whatever order dictionaries and folders have them."""
    first = simlab(capsys, "import", "grants", SOURCES / "iam")
    assert simlab(capsys, "import", "grants", SOURCES / "iam") == first


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["nowhere.yaml"], 3, "E409"),
        (["{tmp}/empty"], 2, "E601 nothing to import"),
        (["{tmp}/roles.yaml", "{sources}/iam"], 2, "E601 no format fits every source"),
        (["{tmp}/roles.yaml", "--format", "rolls"], 2, "did you mean 'roles'?"),
        (["{tmp}/roles.yaml", "--format", "kubernetes", "--strict"], 3, "E612"),
        (["{tmp}/roles.yaml", "--attach", "bot=x"], 2, "E604 --attach means nothing for roles"),
        (["{tmp}/roles.yaml", "--attach", "bot"], 2, "E604 --attach 'bot'"),
        (["{tmp}/roles.yaml", "--out", "{tmp}/roles.yaml"], 2, "E404"),
        (["{tmp}/roles.yaml", "--out", "{tmp}/no/such/x.yaml"], 5, "cannot write"),
        (["{tmp}/bytes.json", "--format", "cedar"], 3, "E002"),
        (["{tmp}/large.json", "--format", "cedar"], 3, "E001"),
    ],
)
def test_what_goes_wrong_has_a_sentence_and_a_status(capsys, tmp_path, words, status, says):
    """Files, formats and options; never a traceback."""
    (tmp_path / "roles.yaml").write_text(ROLES)
    (tmp_path / "bytes.json").write_bytes(b"[\xff]")
    (tmp_path / "large.json").write_bytes(b"[" + b" " * (1 << 20) + b"]")
    (tmp_path / "empty").mkdir()
    filled = [word.format(tmp=tmp_path, sources=SOURCES) for word in words]
    got, _, err = simlab(capsys, "import", "grants", *filled)
    assert got == status
    assert says in err
    assert "bug" not in err
    assert "Traceback" not in err


def test_a_format_is_seen_by_what_a_file_holds(tmp_path):
    """Each example, under a name that says nothing."""
    for name, kind in IMPORTERS.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(kind.example)
        made = import_grants([path], "", "x", {"agents": AGENTS[name]} if name in AGENTS else {})
        assert made.format == name


# --- broken files -----------------------------------------------------------------------------

PIECES = ["\n", " ", ":", ": ", "- ", "[", "]", "{", "}", "#", "&a ", "*a", "!!str ", "'", '"', "\\", "\t", "|", ",", "*",
          "~", "null", "true", ".nan", "1e999", "-1", "---\n", "...", "[[1]]", '{"a": 1}', "${", "é", "\U0001f600"]  # fmt: skip
STARTS = {
    **{name: (kind.example, "x") for name, kind in IMPORTERS.items()},
    "aws-iam": ((SOURCES / "iam" / "deployer.json").read_text(), "x.json"),
    "kubernetes": ((SOURCES / "cluster.yaml").read_text(), "x.yaml"),
}


def answer(name, source):
    """Import, and let nothing pass but an error with a code; what is found makes a scenario."""
    kind = IMPORTERS[name]
    importer = kind(agents=AGENTS[name]) if name in AGENTS else kind()
    importer.fits(source)
    try:
        write(importer.read((source,)), "fuzz", [])
    except SimlabError as error:
        assert " E" in f" {error}"  # noqa: PT017 (either answer will do)


@pytest.mark.parametrize("name", IMPORTERS)
def test_mutants_raise_nothing_else(name):
    """Text taken out, put in, changed over; seeded."""
    chance = np.random.default_rng([20261124, len(name)])
    text, file = STARTS[name]
    for _ in range(150):
        mutant = text
        for _ in range(int(chance.integers(1, 6))):
            start = int(chance.integers(len(mutant) + 1))
            length = int(chance.integers(0, 12))
            piece = PIECES[int(chance.integers(len(PIECES)))] if chance.random() < 0.7 else ""
            mutant = mutant[:start] + piece + mutant[start + length :]
        answer(name, Source(file, mutant))


@pytest.mark.parametrize("name", IMPORTERS)
def test_what_is_cut_off_raises_nothing_else(name):
    """At sixty places."""
    text, file = STARTS[name]
    for end in range(0, len(text), max(1, len(text) // 60)):
        answer(name, Source(file, text[:end]))


@pytest.mark.parametrize("name", IMPORTERS)
@pytest.mark.parametrize("other", IMPORTERS)
def test_what_belongs_to_another_format_raises_nothing_else(name, other):
    """Each importer on each other's sources."""
    answer(name, Source(STARTS[other][1], STARTS[other][0]))
