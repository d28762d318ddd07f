"""A variant says only what differs."""

import hashlib

import pytest

from simlab.errors import InvalidInputError
from simlab.scenario import load, loads


@pytest.fixture
def folder(tmp_path, good):
    """Return a project with one good file, in a folder of its own."""
    place = tmp_path / "project" / "cases"
    place.mkdir(parents=True)
    (place / "good.yaml").write_text(good, encoding="utf-8")
    return place


def write(folder, text, name="variant.yaml"):
    """Write a variant, and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path):
    """Return the only problem of the file."""
    with pytest.raises(InvalidInputError) as caught:
        load(path)
    (problem,) = caught.value.problems
    return problem


def test_a_variant_changes_what_it_names_and_keeps_the_rest(folder, good):
    """Mappings merge, null deletes, everything else replaces."""
    text = (
        "extends: good.yaml\nname: variant\nagents:\n  bot: {susceptibility: 0}\nevidence:\n"
        "threats:\n  - {kind: key-leak, key: token}\nattacker:\n"
    )
    scenario = load(write(folder, text))
    base = load(folder / "good.yaml")
    assert scenario.name == "variant"
    assert scenario.system.agents["bot"].susceptibility == 0
    assert scenario.system.agents["bot"].menu == base.system.agents["bot"].menu
    assert [threat.name for threat in scenario.threats] == ["key-leak"]
    assert scenario.attacker is None
    assert scenario.system.workflows == base.system.workflows
    both = text.encode() + good.encode()
    assert scenario.source_hash == hashlib.sha256(both).hexdigest()


def test_variants_of_variants_are_laid_on_in_order(folder):
    """The last word has the file that was named."""
    write(folder, "extends: good.yaml\nname: middle\nhorizon: 2d\n", "middle.yaml")
    scenario = load(write(folder, "extends: middle.yaml\nname: top\n"))
    assert (scenario.name, scenario.horizon) == ("top", 2 * 86400.0)


def test_an_error_points_to_the_file_in_which_the_text_stands(folder, good):
    """A fault of the base is not blamed on the variant."""
    (folder / "good.yaml").write_text(good.replace("horizon: 30d", "horizon: 30"), encoding="utf-8")
    problem = refused(write(folder, "extends: good.yaml\nname: variant\n"))
    assert (problem.file, problem.line, problem.code) == (str(folder / "good.yaml"), 4, "E106")
    problem = refused(write(folder, "extends: good.yaml\nhorizon: 3\n"))
    assert (problem.file, problem.line, problem.code) == (str(folder / "variant.yaml"), 2, "E106")


@pytest.mark.parametrize(
    "target",
    [
        "../../secret.yaml",
        "/proc/self/environ",
        "file:///etc/passwd",
        "http://x/y",
        "'C:\\temp'",
        "..\\x",
        "a/../../../x",
        "$HOME/x",
        "~/x",
        "'%TEMP%/x'",
    ],
)
def test_a_base_outside_the_project_is_refused(folder, target):
    """Absolute paths, addresses, variables, and ways up."""
    (folder.parent.parent / "secret.yaml").write_text("simlab: 1\n")
    problem = refused(write(folder, f"name: a\nextends: {target}\n"))
    assert (problem.code, problem.line) == ("E401", 2)


def test_a_symbolic_link_out_of_the_project_is_refused(folder, good):
    """What is inside is decided by where the file really lies."""
    outside = folder.parent.parent / "outside.yaml"
    outside.write_text(good)
    (folder / "link.yaml").symlink_to(outside)
    assert refused(write(folder, "extends: link.yaml\n")).code == "E402"


def test_a_neighbouring_folder_is_inside_the_project(folder, good):
    """One way up leads to the parent of the folder, and no further."""
    (folder.parent / "base").mkdir()
    (folder.parent / "base" / "good.yaml").write_text(good)
    assert load(write(folder, "extends: ../base/good.yaml\nname: variant\n")).name == "variant"


def test_a_circle_is_refused(folder):
    """Also one of two files."""
    write(folder, "extends: b.yaml\n", "a.yaml")
    assert refused(write(folder, "extends: a.yaml\n", "b.yaml")).code == "E206"
    assert refused(write(folder, "extends: c.yaml\n", "c.yaml")).code == "E206"


def test_more_than_eight_files_are_refused(folder):
    """A chain that long is no longer read by anybody."""
    write(folder, "extends: good.yaml\n", "v0.yaml")
    for number in range(1, 12):
        write(folder, f"extends: v{number - 1}.yaml\n", f"v{number}.yaml")
    assert refused(folder / "v11.yaml").code == "E207"
    assert load(folder / "v6.yaml").name == "good"


def test_a_missing_base_is_reported_where_it_is_named(folder):
    """With the nearest name."""
    problem = refused(write(folder, "name: a\nextends: god.yaml\n"))
    assert (problem.file, problem.line, problem.code) == (str(folder / "variant.yaml"), 2, "E409")
    assert "good.yaml" in problem.hint


@pytest.mark.parametrize("target", ["", "[a]", "3"])
def test_a_base_that_is_no_path_is_refused(folder, target):
    """It must be text."""
    assert refused(write(folder, f"extends: {target}\n")).code == "E103"


def test_a_text_extends_nothing():
    """It has no folder."""
    with pytest.raises(InvalidInputError, match="E401"):
        loads("extends: good.yaml\n")
