"""Why something was reached in one run, against hops and costs that were traced by hand."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import simlab
from simlab.errors import (
    ChangedRunError,
    ChangedScenarioError,
    NoScenarioError,
    NotReachedError,
    ParameterError,
    StoreError,
    UnknownNameError,
    UsageError,
)
from simlab.experiment import compare, open_study, save
from simlab.experiment.explain import Friction, explain
from simlab.experiment.store import open_scenario
from simlab.metrics import METRICS

REFERENCE = Path(__file__).parents[2] / "scenarios" / "reference"
MINUTE, HOUR = 60.0, 3600.0


def study(folder, name, *strategies, reps=2, seed=0):
    save(compare(REFERENCE / f"{name}.yaml", strategies, reps=reps, seed=seed), folder)
    return folder


@pytest.fixture(scope="module")
def links(tmp_path_factory):
    """The study of the worked case; under intent, the first strategy, nothing is reached."""
    return study(tmp_path_factory.mktemp("links"), "four-links", "intent", "static-rbac", "jit", reps=3)


@pytest.fixture(scope="module")
def told(links):
    return explain(links, "model", 2)


def tried(folder, target, strategy="", **named):
    """Return, by what each control says, when the target is reached [min], and the cost: denied, failed, p95 [ms]."""
    found = explain(folder, target, 0, strategy, reps=1, **named)
    return {
        each.control.says: (
            each.time / MINUTE, each.friction.denied, each.friction.failed, round(each.friction.latency * 1e3, 9)
        )
        for each in found.tried
    }  # fmt: skip


# --- the hops -----------------------------------------------------------------------------------------


def test_the_first_strategy_under_which_it_was_reached_is_explained(told):
    """Not the first of the study: intent refuses at 10."""
    assert told.strategy == "static-rbac"
    assert (told.run.seed, told.run.replication) == (0, 2)
    assert told.path.time == 20 * MINUTE


def test_the_hops_are_those_of_the_header(told):
    """Strike at 0, read:env at 10 by way of helper > admin, invoke:model at 20 with the key that lay there."""
    hops = [(hop.cause.time, hop.cause.sort, hop.cause.fact, hop.cause.by) for hop in told.path.hops]
    assert hops == [
        (0.0, "strike", "steer:helper", "prompt-injection tickets"),
        (600.0, "ask", "read:env", "steer:helper>admin"),
        (1200.0, "ask", "invoke:model", "hold:vendor-key"),
    ]
    gave = [[(each.time, each.sort, each.fact) for each in hop.gave] for hop in told.path.hops]
    assert gave == [[(600.0, "steer", "steer:helper")], [(600.0, "find", "hold:vendor-key")], []]


def test_each_hop_says_what_was_presented_and_who_said_yes(told):
    """The admin's standing key, issued at 0, and the vendor's, which no strategy governs."""
    strike, read, invoke = (hop.cause for hop in told.path.hops)
    assert (strike.event.agent, str(strike.event.permission)) == ("helper", "read:tickets")
    assert read.terms._asdict() == {
        "credential": "admin#1", "issued": 0.0, "expires": math.inf, "scope": 1, "ttl": math.inf, "standing": True,
        "bound": False, "grace": 0.0, "parent": "",
    }  # fmt: skip
    assert (read.principal, read.event.chain, read.event.task) == ("desk", "admin", "help>admin")
    assert (read.event.domain, read.event.reason, read.event.policy) == ("cloud", "role", "static-rbac")
    assert invoke.terms.credential == "vendor-key#1"
    assert (invoke.event.domain, invoke.event.reason, invoke.event.chain) == ("vendor", "secret", "")
    assert told.path.hops[1].gave[0].by == "env holds vendor-key"


def test_under_jit_the_credential_is_of_the_task(links):
    """Issued at 10 for the ad hoc task, for 15 minutes."""
    read = explain(links, "env", 0, "jit", reps=1).path.hops[1].cause
    assert (read.terms.issued, read.terms.expires, read.terms.standing) == (600.0, 1500.0, False)
    assert (read.event.reason, read.terms.parent) == ("task-credential", "")


def test_a_credential_that_was_found_again_later_is_the_one_that_counts(tmp_path):
    """Read at 0 and 13: the first key, dead at 24. Read at 26: the second one, which is used at 39."""
    path = tmp_path / "again.yaml"
    path.write_text(AGAIN)
    folder = tmp_path / "study"
    save(compare(path, ["static-rbac:rotation=1d"], reps=2), folder)
    found = explain(folder, "vault", 0, reps=1)
    hops = [(hop.cause.fact, hop.cause.time / HOUR) for hop in found.path.hops]
    assert hops == [("hold:public", 0.0), ("read:log", 26.0), ("read:vault", 39.0)]
    (find,) = found.path.hops[1].gave
    assert find.terms.credential == found.path.hops[2].cause.terms.credential == "bot#2"
    assert found.run.reached("read:log") == 0.0


AGAIN = """\
simlab: 1
name: again
question: Which of two keys was it?
horizon: 3d
domains:
  cloud: {}
resources:
  log: {domain: cloud, holds: [bot]}
  vault: {domain: cloud}
roles:
  reader: ["read:vault"]
agents:
  bot: {roles: [reader]}
secrets:
  public: {grants: ["read:log"]}
threats:
  - {kind: key-leak, key: public, when: {clock: 0}}
attacker: {kind: scripted, script: ["read:log", "read:log", "read:log", "read:vault"], pace: 13h}
"""


# --- the controls -------------------------------------------------------------------------------------


def test_what_would_have_stopped_it_and_at_what_price_is_what_the_header_says(told):
    """Nine stop it; three do not, each for the reason that the header gives."""
    never, nothing = math.inf, (0.0, 0.0, 0.0)
    assert [
        (
            each.control.says,
            each.time,
            (each.friction.denied, each.friction.failed, round(each.friction.latency, 9)),
        )
        for each in told.tried
    ] == [
        ("let admin act on behalf of helper only", never, nothing),
        ("let helper no longer task admin", never, nothing),
        ("make helper not obey any content", never, nothing),
        ("take vendor-key out of env", never, nothing),
        ("add the intent layer", never, (0.0, 0.0, 0.006)),
        ("take read:env from the roles of admin", never, (1.0, 1.0, 0.0)),
        ("take read:tickets from the roles of helper", never, (1.0, 1.0, 0.0)),
        ("take the tool env.cat from admin", never, (1.0, 1.0, 0.0)),
        ("take the tool tickets.read from helper", never, (1.0, 1.0, 0.0)),
        ("revoke at once, without triage", 1200.0, nothing),
        ("rotate standing keys every 1d", 1200.0, nothing),
        ("detect everything, everywhere", 1200.0, (1.0, 1.0, 0.0)),
    ]
    assert told.friction == Friction(0.0, 0.0, 0.0)


def test_each_control_names_an_owner(told):
    """The admin's is in the scenario; the helper's is the one of the principal whose work it does."""
    owners = {each.control.says: each.owner for each in told.tried}
    assert owners["let helper no longer task admin"] == "platform"
    assert owners["take the tool tickets.read from helper"] == "support"
    assert owners["add the intent layer"] == "support, platform"


def test_nobody_owns_what_the_scenario_gives_no_owner(tmp_path):
    """No agent and no principal of this one has an owner."""
    found = explain(study(tmp_path, "second-order-secret", "jit"), "model", 0, reps=1)
    assert {each.owner for each in found.tried} == {"unowned"}


def test_the_best_three_are_run_over_more_replications(told):
    """This scenario has no chance: 50 of 50 without, 0 of 50 with each; Wilson's bounds are n / (n + z²) and z² / (n + z²)."""
    z2 = 1.959963984540054**2
    base, *with_control = told.shares
    assert (base.control, base.reached, base.estimate.n) == (None, 50, 50)
    assert base.estimate.interval.low == pytest.approx(50 / (50 + z2))
    assert [share.control for share in with_control] == [each.control for each in told.tried[:3]]
    for share in with_control:
        assert (share.reached, share.spared, share.estimate.n) == (0, 50, 50)
        assert share.estimate.interval.high == pytest.approx(z2 / (50 + z2))


def test_a_shorter_life_stops_a_stolen_credential_of_a_task(tmp_path):
    """Leaked at 0, used at 10: dead after 5 minutes. Binding stops it too; rotation has nothing to rotate."""
    found = tried(study(tmp_path, "second-order-secret", "jit"), "model")
    assert found["let task credentials live for 5m"] == (math.inf, 0, 0, 0)
    assert found["bind credentials to their holder"] == (math.inf, 0, 0, 0)
    assert found["detect everything, everywhere"] == (20.0, 0, 0, 0)
    assert not any("rotate" in says for says in found)


def test_rotation_stops_what_is_used_a_day_later(tmp_path):
    """DT5: leaked at 23 h, used at 24 h, when a daily rotation has just replaced it."""
    found = tried(study(tmp_path, "dt05-rotation-and-grace", "static-rbac"), "db")
    assert found["rotate standing keys every 1d"] == (math.inf, 0, 0, 0)


def test_a_split_key_opens_what_its_agent_may_do(tmp_path):
    """Ingest's key leaked at work, the run says so: b-1 is export's, and a-1 stays open."""
    folder = study(tmp_path, "shared-key", "static-rbac")
    assert tried(folder, "b-1")["split the shared key etl-key (what leaks is ingest's)"] == (
        math.inf,
        0,
        0,
        0,
    )
    assert tried(folder, "a-1")["split the shared key etl-key (what leaks is ingest's)"] == (10.0, 0, 0, 0)


def test_flow_rules_stop_what_is_carried_out_and_not_what_is_read(tmp_path):
    """Read at 10, posted at 20: the post is refused, because the session has read what is private."""
    folder = study(tmp_path, "data-flow", "static-rbac", "intent:flows=false")
    for strategy in ("static-rbac", "intent:flows=false"):
        assert tried(folder, "exfiltrate:crm", strategy)["add rules on data flows"] == (math.inf, 0, 0, 0)
        assert "add rules on data flows" not in tried(folder, "crm", strategy)


def test_content_that_was_planted_can_be_disobeyed(tmp_path):
    """The release agent does what the cache says; its own work loses nothing."""
    found = tried(study(tmp_path, "poisoned-cache", "static-rbac"), "package")
    assert found["make release not obey what cache says"] == (math.inf, 0, 0, 0)
    assert found["take the tool npm.publish from release"] == (math.inf, 2, 2, 0)


def test_revocation_at_once_stops_what_was_seen_and_took_its_time(tmp_path):
    """DT6: the domain far away hears of it minutes later; at once, it refuses."""
    found = tried(study(tmp_path, "dt06-chain-revoked-by-domain", "jit"), "far")
    assert found["revoke at once, without triage"] == (math.inf, 0, 0, 0)
    assert found["detect everything, everywhere"] == (5.0, 0, 0, 0)


def test_a_confused_deputy_acts_on_behalf_of_its_caller(tmp_path):
    """Impersonation narrowed: what the helper may not, the admin may not for it."""
    found = tried(study(tmp_path, "deputy-impersonation", "static-rbac"), "tenant")
    assert found["let admin act on behalf of helper only"] == (math.inf, 0, 0, 0)
    assert found["let helper no longer task admin"] == (math.inf, 0, 0, 0)


def test_what_takes_another_way_is_reached_later(tmp_path):
    """Without the edge that was used there is the key: a control that stops one way need not stop the thing."""
    path = tmp_path / "two-ways.yaml"
    path.write_text(
        (REFERENCE / "four-links.yaml").read_text().replace("name: four-links", "name: two-ways")
        .replace('script: ["read:env", "invoke:model"]', 'script: ["read:env"]').replace('goal: "invoke:model"', 'goal: "read:env"')
        .replace("threats:\n", "threats:\n  - {kind: key-leak, key: admin, when: {clock: 0}, use: 1h}\n")
        .partition("expect:")[0]
    )  # fmt: skip
    folder = tmp_path / "study"
    save(compare(path, ["static-rbac"], reps=2), folder)
    assert tried(folder, "env")["let helper no longer task admin"] == (60.0, 0, 0, 0)


def test_the_counterfactual_is_the_same_run_with_the_same_chance(tmp_path):
    """With a pace that varies, what changes nothing for the attacker leaves the moment as it was, run by run."""
    path = tmp_path / "varied.yaml"
    text = (REFERENCE / "four-links.yaml").read_text().partition("expect:")[0]
    text = text.replace("pace: 10m", "pace: {dist: exponential, mean: 10m}").replace(
        "name: four-links", "name: varied"
    )
    path.write_text(text)
    folder = tmp_path / "study"
    save(compare(path, ["static-rbac"], reps=4, seed=5), folder)
    times = set()
    for number in range(4):
        found = explain(folder, "model", number, reps=4)
        same = {each.time for each in found.tried if each.control.name in {"rotate-keys", "revoke-at-once"}}
        assert same == {found.path.time}
        times.add(found.path.time)
        assert found.shares[0].reached == 4
    assert len(times) == 4


def test_a_share_counts_the_runs_of_the_seed(tmp_path):
    """As many as are counted without it; the vendor's key is used before the end in some runs only."""
    path = tmp_path / "short.yaml"
    text = (
        (REFERENCE / "four-links.yaml")
        .read_text()
        .partition("expect:")[0]
        .replace("horizon: 2h", "horizon: 20m")
    )
    text = text.replace("pace: 10m", "pace: {dist: exponential, mean: 10m}").replace(
        "name: four-links", "name: short"
    )
    path.write_text(text.replace("    at: [30m]", "    at: [15m]"))
    results = compare(path, ["static-rbac"], reps=12, seed=3)
    save(results, tmp_path / "study")
    counted = results.values("goal", "static-rbac")
    found = explain(tmp_path / "study", "model", int(counted.idxmax()), reps=12)
    assert found.shares[0].reached == counted.sum()
    assert 2 < counted.sum() < 10
    assert [share.spared for share in found.shares[1:]] == [counted.sum()] * 3


# --- what a study must hold ---------------------------------------------------------------------------


def test_a_study_holds_its_scenario_byte_for_byte(links):
    """A file that extends nothing is kept as it was."""
    assert (links / "scenario.yaml").read_bytes() == (REFERENCE / "four-links.yaml").read_bytes()
    assert open_scenario(links, open_study(links)) == simlab.load(REFERENCE / "four-links.yaml").scenario


def test_a_scenario_that_extends_another_is_kept_in_one_piece(tmp_path):
    """What is kept is the same scenario, and needs no other file."""
    study(tmp_path, "deputy-impersonation", "static-rbac")
    assert "extends:" not in (tmp_path / "scenario.yaml").read_text()
    kept = open_scenario(tmp_path, open_study(tmp_path))
    assert kept == simlab.load(REFERENCE / "deputy-impersonation.yaml").scenario


def test_a_changed_scenario_is_refused(tmp_path):
    """One byte is enough; the status is that of a damaged store."""
    study(tmp_path, "four-links", "static-rbac")
    with (tmp_path / "scenario.yaml").open("a") as file:
        file.write("#\n")
    with pytest.raises(ChangedScenarioError, match=r"E407 .* was changed: its SHA-256 is") as caught:
        explain(tmp_path, "model", 0)
    assert (caught.value.code, caught.value.exit_status) == ("E407", 5)


@pytest.mark.parametrize("spoil", ["file", "manifest"])
def test_a_study_without_its_scenario_says_so(tmp_path, spoil):
    """As one that an older version wrote."""
    study(tmp_path, "four-links", "static-rbac")
    if spoil == "file":
        (tmp_path / "scenario.yaml").unlink()
    else:
        manifest = json.loads((tmp_path / "manifest.json").read_text())
        del manifest["scenario"]["text_hash"]
        (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NoScenarioError, match=r"E406 .* holds no scenario"):
        explain(tmp_path, "model", 0)


def test_a_scenario_that_was_changed_in_python_is_not_kept_as_if_it_were_the_file(tmp_path):
    """Nor does the scenario of an earlier study stay in the folder."""
    scenario = simlab.load(study(tmp_path, "four-links", "static-rbac") / "scenario.yaml").scenario
    save(compare(replace(scenario, horizon=3600.0), ["static-rbac"], reps=2), tmp_path)
    assert not (tmp_path / "scenario.yaml").exists()
    with pytest.raises(NoScenarioError, match="made in Python"):
        explain(tmp_path, "model", 0)


def test_a_run_that_comes_out_otherwise_names_both_versions(tmp_path):
    """As if another version had made the study: one number of the row is not what comes out now."""
    results = compare(REFERENCE / "four-links.yaml", ["static-rbac"], reps=2)
    results.runs["attacker_uses"] = 3.0
    results.manifest["environment"] |= {"simlab": "0.0.9", "rng_version": 0}
    save(results, tmp_path)
    with pytest.raises(ChangedRunError) as caught:
        explain(tmp_path, "model", 1)
    assert (caught.value.code, caught.value.exit_status) == ("E408", 5)
    said = str(caught.value)
    assert (
        "E408 run 1 under static-rbac does not come out as in the study: attacker_uses was 3, and is 2"
        in said
    )
    assert "the study: simlab 0.0.9, rng 0" in said
    assert f"here: simlab {simlab.__version__}, rng " in said


def test_a_run_that_failed_has_nothing_to_explain(tmp_path):
    """Its row is missing."""
    results = compare(REFERENCE / "four-links.yaml", ["static-rbac"], reps=2)
    save(replace(results, runs=results.runs.drop(index=1)), tmp_path)
    with pytest.raises(ChangedRunError, match="run 1 under static-rbac failed"):
        explain(tmp_path, "model", 1)


def test_columns_that_only_a_notebook_knew_are_not_compared(tmp_path):
    """The other columns still are."""
    results = compare(REFERENCE / "four-links.yaml", ["static-rbac"], reps=2)
    results.runs["mine"] = 7.0
    mine = {"name": "mine", "unit": "x", "direction": "lower", "side": "harm", "says": ""}
    results.manifest["metrics"].append(mine)
    save(results, tmp_path)
    assert explain(tmp_path, "model", 0, reps=1).strategy == "static-rbac"
    assert "mine" not in METRICS


def test_a_strategy_of_a_notebook_is_passed_over(tmp_path):
    """It cannot be built from its name; the next one can."""
    results = compare(REFERENCE / "four-links.yaml", ["static-rbac", "jit"], reps=2)
    runs = results.runs.replace({"strategy": {"static-rbac": "mine"}})
    save(
        replace(
            results,
            runs=runs,
            strategies=("mine", "jit"),
            manifest={**results.manifest, "strategies": ["mine", "jit"]},
        ),
        tmp_path,
    )
    assert explain(tmp_path, "model", 0, reps=1).strategy == "jit"
    with pytest.raises(UnknownNameError, match="mine"):
        explain(tmp_path, "model", 0, "mine")


@pytest.mark.parametrize("gone", ["replications", "scenario", "environment"])
def test_a_damaged_manifest_is_called_damaged(tmp_path, gone):
    """And not a bug."""
    study(tmp_path, "four-links", "static-rbac")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest[gone]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=f"is damaged: it has no {gone}"):
        explain(tmp_path, "model", 0)


# --- what cannot be explained ---------------------------------------------------------------------------


def test_what_was_not_reached_is_told_with_what_was(links):
    """Under intent nothing; under each strategy of the study, what was."""
    with pytest.raises(
        NotReachedError, match=r"E410 'model' was not reached in run 0 \(reached under intent: nothing\)"
    ):
        explain(links, "model", 0, "intent")
    with pytest.raises(NotReachedError) as caught:
        explain(links, "tickets", 0)
    assert caught.value.exit_status == 2
    for part in (
        "under intent: nothing",
        "under static-rbac: env, model",
        "under jit: env, model",
        "known: env, model",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ({"target": "modle"}, UnknownNameError, "did you mean 'model'?"),
        ({"target": "invoke:modle"}, UnknownNameError, "did you mean 'model'?"),
        ({"target": "steer:helper"}, NotReachedError, "no row of a run says"),
        ({"target": "hold:admin"}, NotReachedError, "hold:vendor-key"),
        ({"replication": 3}, ParameterError, "replications 0 to 2"),
        ({"replication": -1}, ParameterError, "no run -1"),
        ({"strategy": "jit:ttl=5m"}, UnknownNameError, "no strategy 'jit:ttl=5m'"),
        ({"strategy": "jitt"}, UnknownNameError, "did you mean 'jit'?"),
        ({"reps": 0}, UsageError, "at least 1"),
        ({"folder": Path("/no/such/study")}, StoreError, "not a study"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_makes_no_sense_is_said_in_a_sentence(links, words, error, said):
    """With the nearest right answer."""
    given = {"folder": links, "target": "model", "replication": 0, **words}
    with pytest.raises(error) as caught:
        explain(**given)
    assert said in str(caught.value)


def test_a_fact_can_be_asked_for(links):
    """When the vendor's key came into its hands, and that the goal was reached."""
    assert explain(links, "hold:vendor-key", 0, reps=1).path.time == 10 * MINUTE
    assert explain(links, "invoke:model", 0, "jit:ttl=15m", reps=1).strategy == "jit"
