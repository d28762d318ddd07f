"""The command line as a person uses it: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simlab.experiment import compare, save
from tests.command import simlab

ROOT = Path(__file__).parents[2]
CASE = ROOT / "scenarios" / "cases" / "tj-actions.yaml"
SMALL = ROOT / "scenarios" / "reference" / "dt01-fixed-pace-fresh-key.yaml"

FIVE_ERRORS = """\
simlab: 1
name: five
question: What is wrong here?
horizon: 30
domains:
  cloud: {}
resources:
  log: {domain: cloud}
  log: {domain: cloud}
tools:
  log.read: {does: read:log}
agents:
  bot: {tools: [log.read], susceptibilty: 0.5}
delegations:
  - {from: bot, to: bto, mode: own-identity}
workflows:
  work:
    by: anyone
    agent: bot
    at: [0]
    intent: {purpose: work, needs: read:log}
    steps: [{call: log.read}]
"""


def test_check_counts_good_scenarios(capsys):
    """The count goes to stdout, and the status is 0."""
    status, out, err = simlab(capsys, "check", ROOT / "scenarios" / "cases")
    assert (status, out, err) == (0, "9 of 9 scenarios are good\n", "")


def test_five_errors_in_one_file_come_together_with_line_and_column(capsys, tmp_path):
    """A typo in a key, a missing unit, an unknown agent, a duplicate key and a wrong type."""
    path = tmp_path / "five.yaml"
    path.write_text(FIVE_ERRORS)
    status, out, err = simlab(capsys, "check", path)
    assert status == 3
    assert out == "0 of 1 scenarios are good\n"
    found = [line.removeprefix(f"{path}:").split(" ")[:2] for line in err.splitlines()]
    assert found == [
        ["4:10:", "E106"],
        ["9:3:", "E012"],
        ["13:28:", "E101"],
        ["15:21:", "E201"],
        ["21:36:", "E103"],
    ]
    assert "susceptibility" in err
    assert "'bot'" in err
    assert "Traceback" not in err


def test_check_gives_problems_as_json(capsys, tmp_path):
    """The same problems, for another program."""
    path = tmp_path / "five.yaml"
    path.write_text(FIVE_ERRORS)
    status, out, _ = simlab(capsys, "check", path, "--json")
    assert status == 3
    assert [problem["code"] for problem in json.loads(out)] == ["E106", "E012", "E101", "E201", "E103"]


def test_new_writes_a_scenario_that_passes_check_and_never_overwrites(capsys, tmp_path, monkeypatch):
    """The second time it is a usage error."""
    monkeypatch.chdir(tmp_path)
    assert simlab(capsys, "new", "my-estate") == (0, "my-estate.yaml\n", "")
    assert simlab(capsys, "check", "my-estate.yaml")[0] == 0
    status, _, err = simlab(capsys, "new", "my-estate")
    assert status == 2
    assert "E404" in err
    status, _, err = simlab(capsys, "new", "my-estate", "--out", tmp_path / "no" / "such" / "x.yaml")
    assert status == 5


def test_schema_is_the_committed_one(capsys):
    """Editors and the loader agree."""
    status, out, _ = simlab(capsys, "schema")
    assert status == 0
    assert json.loads(out) == json.loads((ROOT / "schema" / "scenario.schema.json").read_text())


def test_reach_explains_each_thing(capsys):
    """Every permission is followed by how it comes about."""
    status, out, _ = simlab(capsys, "reach", CASE, "-s", "static-rbac")
    assert status == 0
    assert "static-rbac: 18 resources can be reached" in out
    assert "hold:spotbugs-ci: foothold" in out
    assert "[standing key of spotbugs-ci; static-rbac: role]" in out


def test_reach_of_one_fact_says_when_there_is_no_way(capsys):
    """A fact that cannot be reached is said to be so."""
    status, out, _ = simlab(capsys, "reach", SMALL, "-s", "deny-all", "--fact", "read:api")
    assert status == 0
    assert "cannot be reached" in out


def test_reach_gives_json(capsys):
    """One object a strategy, with resources and explanations."""
    status, out, _ = simlab(capsys, "reach", SMALL, "-s", "static-rbac", "--json")
    assert status == 0
    assert set(json.loads(out)["static-rbac"]) == {"resources", "facts"}


def test_run_tells_the_story_with_the_reason_of_each_decision(capsys):
    """Six uses in the hour, and the seventh refused because the key has expired."""
    status, out, _ = simlab(capsys, "run", SMALL, "-s", "static-rbac:rotation=60m", "--trace")
    assert status == 0
    assert out.count("allowed") >= 6
    assert "expired" in out
    assert "attacker_uses 6 requests" in out


def test_run_gives_json(capsys):
    """Rows and metrics."""
    status, out, _ = simlab(capsys, "run", SMALL, "-s", "static-rbac:rotation=60m", "--json")
    assert status == 0
    told = json.loads(out)
    assert told["metrics"]["attacker_uses"] == 6
    assert {row["kind"] for row in told["rows"]} >= {"strike", "request"}


def test_compare_writes_a_study_whose_bytes_do_not_depend_on_jobs(capsys, tmp_path):
    """--jobs 1 and --jobs 2 give the same runs.parquet, byte for byte."""
    words = ("compare", CASE, "-s", "static-rbac", "-s", "jit", "--reps", "20", "--seed", "7")
    bytes_of = {}
    for jobs in ("1", "2"):
        status, out, err = simlab(capsys, *words, "--jobs", jobs, "--out", tmp_path / jobs, "--quiet")
        assert status == 0, err
        assert "blast_radius" in out
        assert "n = 20" in out
        bytes_of[jobs] = (tmp_path / jobs / "runs.parquet").read_bytes()
        assert (tmp_path / jobs / "report.html").exists()
    assert bytes_of["1"] == bytes_of["2"]


def test_compare_gives_json_and_report_can_be_made_again(capsys, tmp_path):
    """The report needs the folder and nothing else, and comes out the same."""
    folder = tmp_path / "study"
    status, out, _ = simlab(
        capsys, "compare", SMALL, "-s", "static-rbac", "-s", "jit", "--reps", "5", "--out", folder, "--json"
    )
    assert status == 0
    assert json.loads(out)[0]["metric"] == "blast_radius"
    first = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    status, out, _ = simlab(capsys, "report", folder)
    assert (status, out) == (0, f"{folder / 'report.html'}\n")
    assert (folder / "report.html").read_bytes() == first


@pytest.fixture(scope="module")
def links(tmp_path_factory):
    """A study of the worked case of explanations."""
    folder = tmp_path_factory.mktemp("links") / "study"
    scenario = ROOT / "scenarios" / "reference" / "four-links.yaml"
    save(compare(scenario, ["intent", "static-rbac"], reps=2), folder)
    return folder


def test_explain_tells_the_hops_and_what_would_have_stopped_them(capsys, links, monkeypatch):
    """In a hundred columns: no line is longer, and nothing is cut off."""
    monkeypatch.setenv("COLUMNS", "100")
    status, out, err = simlab(capsys, "explain", links, "--run", "1", "--resource", "model", "--reps", "10")
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    assert "…" not in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for line in (
        "model was reached at 20m in run 1 of four-links under static-rbac, seed 0",
        "0 0 a session of helper (help) obeys what it got by read:tickets",
        "1 10m asks for read:env",
        "because the attacker steers helper, which tasks admin",
        "granted standing, never replaced",
        "chain desk → admin (task help>admin)",
        "decided allowed in cloud by static-rbac: the role allows it [role]",
        "gave 10m: holds vendor-key#1 (env holds vendor-key)",
        "2 20m asks for invoke:model",
        "9 of 12 single changes would have stopped it",
        "take vendor-key out of env not reached 0 0 0 support, platform",
        "add the intent layer not reached 0 0 +6ms support, platform",
        "take the tool env.cat from admin not reached +1 +1 0 platform",
        "detect everything, everywhere still, 20m +1 +1 0 support, platform",
        "none in all 10 runs (at least 72.2 %)",
        "let helper no longer task admin in none of 10 runs (at most 27.8 %) 10 runs",
    ):
        assert line in lines, line
    assert "What stops it here need not stop it in another run" in " ".join(lines)


def test_explain_gives_json(capsys, links):
    """Everything, with null for what never happens."""
    words = (
        "explain",
        links,
        "--run",
        "0",
        "--resource",
        "model",
        "-s",
        "static-rbac",
        "--reps",
        "4",
        "--json",
    )
    status, out, _ = simlab(capsys, *words)
    assert status == 0
    told = json.loads(out)
    assert (told["strategy"], told["time"], told["n"]) == ("static-rbac", 1200.0, 1)
    assert [hop["fact"] for hop in told["hops"]] == ["steer:helper", "read:env", "invoke:model"]
    assert told["hops"][1]["terms"]["expires"] is None
    assert told["hops"][1]["event"]["credential"] == "admin#1"
    assert {control["time"] for control in told["controls"] if control["stops"]} == {None}
    assert told["controls"][0]["parameters"] == {"caller": "helper", "callee": "admin"}
    assert [(share["reached"], share["n"]) for share in told["shares"]] == [(4, 4), (0, 4), (0, 4), (0, 4)]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (
            ("--run", "0", "--resource", "modle"),
            2,
            "E201 the scenario has no 'modle' (did you mean 'model'?)",
        ),
        (("--run", "0", "--resource", "model", "-s", "intent"), 2, "E410 'model' was not reached in run 0"),
        (("--run", "2", "--resource", "model"), 2, "E104 the study has no run 2 (replications 0 to 1)"),
        (("--run", "0", "--resource", "model", "-s", "jit"), 2, "E201 the study has no strategy 'jit'"),
        (("--resource", "model"), 2, "--run"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_explain_says_what_is_wrong(capsys, links, words, status, said):
    """Each with its code and its exit status."""
    ended, out, err = simlab(capsys, "explain", links, *words)
    assert (ended, out) == (status, "")
    assert said in err


def test_explain_refuses_a_study_whose_scenario_was_changed(capsys, links, tmp_path):
    """Status 5: the store is not what it says it is."""
    copy = tmp_path / "copy"
    shutil.copytree(links, copy)
    (copy / "scenario.yaml").write_text("simlab: 1\n")
    status, _, err = simlab(capsys, "explain", copy, "--run", "0", "--resource", "model")
    assert status == 5
    assert "E407" in err


def test_compare_tells_two_scenarios_apart_on_the_same_seeds(capsys, tmp_path):
    """A domain that is as good as another one changes the blast radius by so much, under each strategy."""
    one, other = (Path(CASE).parent / f"hybrid-estate{end}.yaml" for end in ("-uniform", ""))
    words = (
        "compare",
        one,
        "--against",
        other,
        "-s",
        "jit+intent",
        "--reps",
        "6",
        "--seed",
        "1",
        "--out",
        tmp_path,
    )
    status, out, _ = simlab(capsys, *words, "--quiet")
    assert status == 0
    assert "hybrid-estate-uniform minus hybrid-estate" in out
    assert "n = 6 pairs" in out
    status, out, _ = simlab(capsys, *words, "--quiet", "--json")
    first = json.loads(out)[0]
    assert (first["metric"], first["other"], first["n"]) == ("blast_radius", "hybrid-estate", 6)
    assert first["difference"] < 0
    status, _, err = simlab(
        capsys, "compare", one, "--against", one, "-s", "jit", "--reps", "2", "--out", tmp_path
    )
    assert status == 2
    assert "cannot be paired" in err


def test_verify_counts_what_holds(capsys):
    """All of a good scenario's expectations hold."""
    status, out, _ = simlab(capsys, "verify", SMALL)
    assert status == 0
    assert "11 of 11 expectations hold" in out


def test_verify_ends_with_1_where_an_expectation_is_missed(capsys, tmp_path):
    """A wrong expectation is named."""
    path = tmp_path / "wrong.yaml"
    path.write_text(
        SMALL.read_text().replace("metric: attacker_uses, exactly: 6", "metric: attacker_uses, exactly: 5")
    )
    status, out, _ = simlab(capsys, "verify", path)
    assert status == 1
    assert "MISSED" in out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("run", CASE, "-s", "jitt"), 2, "did you mean 'jit'?"),
        (("run", CASE, "-s", "jit:ttll=5m"), 2, "did you mean 'ttl'?"),
        (("run", CASE, "-s", "jit:ttl=5"), 2, "a duration such as 15m"),
        (("run", CASE, "-s", "jit:ttl"), 2, "expected parameter=value"),
        (("run", CASE, "-s", "jit", "--seed", "-1"), 2, "seed"),
        (("run", "no-such.yaml", "-s", "jit"), 3, "no-such.yaml"),
        (("compare", CASE, "-s", "jit", "-s", "jit"), 2, "named twice"),
        (("compare", CASE, "-s", "jit", "--reps", "1"), 2, "at least 2"),
        (("compare", CASE, "-s", "jit", "--jobs", "0"), 2, "at least 1"),
        (("comprae", CASE), 2, "compare"),
        (("report", "/no/such/study"), 5, "not a study"),
        (("check", "tests/cli"), 2, "no scenario"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_what_is_wrong_is_said_in_a_sentence(capsys, monkeypatch, words, status, said):
    """Each has its exit status, and none a traceback."""
    monkeypatch.chdir(ROOT)
    ended, _, err = simlab(capsys, *words)
    assert ended == status, err
    assert said in err
    assert "Traceback" not in err


def test_compare_refuses_a_file_in_the_place_of_its_folder(capsys, tmp_path):
    """A study cannot be written into a file: status 5, before anything is lost."""
    path = tmp_path / "taken"
    path.write_text("mine")
    status, _, err = simlab(capsys, "compare", SMALL, "-s", "jit", "--reps", "2", "--out", path)
    assert status == 5
    assert "cannot write" in err
    assert path.read_text() == "mine"


def test_help_answers_without_loading_what_commands_need():
    """`simlab --help` imports neither pandas nor matplotlib nor simpy."""
    code = (
        "import sys\nfrom simlab.cli import main\nsys.argv=['simlab','--help']\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print([m for m in ('pandas','matplotlib','simpy','scipy','networkx') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "compare" in done.stdout
    assert done.stderr.strip() == "[]"


def test_the_module_runs_as_a_program():
    """`python -m simlab` is `simlab`."""
    done = subprocess.run(
        [sys.executable, "-m", "simlab", "check", str(SMALL)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (0, "1 of 1 scenarios are good\n")


def test_what_looks_like_a_real_credential_is_read_where_that_is_asked_for(capsys, tmp_path):
    """The example key of the AWS documentation."""
    path = tmp_path / "key.yaml"
    path.write_text(
        SMALL.read_text("utf-8").replace("question: ", "question: AKIAIOSFODNN7EXAMPLE, "), "utf-8"
    )
    status, _, err = simlab(capsys, "check", path)
    assert status == 3
    assert "E117" in err
    assert "--allow-secrets" in err
    assert "AKIA" not in err
    assert simlab(capsys, "--allow-secrets", "check", path)[0] == 0
    assert simlab(capsys, "check", path)[0] == 3  # it holds for one command
