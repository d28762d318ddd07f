"""Everything that the README shows runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _commands() -> list[tuple[str, list[str]]]:
    """Return each console command, with the lines that it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for line in "".join(_blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    """Return the folder of the study that the reader makes on the way."""
    return tmp_path_factory.mktemp("studies") / "tour"


def _run(command: str, tour: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "simlab"
    words = [str(tour) if word == "studies/tour" else word for word in words[1:]]
    return subprocess.run(
        [sys.executable, "-m", "simlab", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(("command", "shown"), _commands(), ids=[command for command, _ in _commands()])
def test_each_command_prints_what_the_readme_shows(command, shown, tour):
    """A line that ends in ... is shown up to there; a lone ... stands for any lines."""
    if (
        " explain " in command and not (tour / "manifest.json").exists()
    ):  # of a study that a command above it makes
        _run(next(each for each, _ in _commands() if " compare " in each), tour)
    done = _run(command, tour)
    assert done.returncode == 0, done.stderr
    printed = (done.stdout + done.stderr).replace(str(tour), "studies/tour")
    at = 0
    for line in shown:
        wanted = line.removesuffix("...").strip()
        found = printed.find(wanted, at)
        assert found >= 0, f"{wanted!r} is not in what follows:\n{printed[at:]}"
        at = found + len(wanted)


def test_the_python_examples_run_one_after_the_other(monkeypatch, capsys):
    """The second block uses what the first has made, as a reader would."""
    monkeypatch.chdir(ROOT)
    reader = types.ModuleType("reader")
    monkeypatch.setitem(sys.modules, "reader", reader)
    for number, block in enumerate(_blocks("python")):
        exec(compile(block, f"README block {number}", "exec"), vars(reader))  # noqa: S102 (the README is ours)
    printed = capsys.readouterr().out
    assert "private" in printed
    assert "readers-do-not-write" in printed


def test_every_link_leads_to_a_file():
    """Relative links and pictures are in the repository."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_table_of_cases_names_every_case():
    """A case that is added is also told."""
    section = README.partition("## Cases")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE))
    assert told == {path.stem for path in (ROOT / "scenarios" / "cases").glob("*.yaml")}
