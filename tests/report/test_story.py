"""One run, told."""

from simlab.report.story import steps, tell

ROW = {
    "time": 60.0, "kind": "request", "actor": "intruder", "agent": "bot", "chain": "boss>bot", "task": "fix",
    "action": "read", "resource": "repo", "domain": "git", "credential": "bot#1", "allowed": True,
    "reason": "role", "policy": "static-rbac", "serial": 1,
}  # fmt: skip


def test_a_request_is_one_line():
    (line,) = tell([ROW])
    assert (line.time, line.who, line.what) == ("1m", "intruder, as boss → bot", "asks for read:repo")
    assert (line.credential, line.verdict) == ("bot#1", "allowed")
    assert (line.reason, line.policy) == ("the role allows it [role]", "static-rbac")


def test_an_outsider_has_a_stolen_key():
    (line,) = tell(
        [ROW | {"task": "", "chain": "", "allowed": False, "reason": "expired", "policy": "broker"}]
    )
    assert line.who == "intruder, with a stolen key"
    assert (line.verdict, line.reason) == ("denied", "the credential had expired [expired]")


def test_a_controlled_workload_between_tasks_is_no_outsider():
    (line,) = tell([ROW | {"task": "", "credential": "", "allowed": False, "reason": "no-credential"}])
    assert line.who == "intruder, as boss → bot"


def test_strikes_in_a_row_become_one_line():
    strike = ROW | {"kind": "strike", "reason": "hijacked", "policy": "prompt-injection issues"}
    lines = tell([strike | {"time": float(time)} for time in (60, 120, 3600)])
    assert [line.what for line in lines] == [
        "a session of bot (fix) obeys what it got by read:repo (3 times, until 1h)"
    ]


def test_credentials_found_together_become_one_line():
    found = ROW | {"kind": "gain", "action": "hold", "reason": "found"}
    (line,) = tell([found | {"resource": f"key-{n}", "policy": f"dump holds key-{n}"} for n in range(6)])
    assert line.what == "holds the credentials of key-0, key-1, key-2 and 3 more"
    assert line.credential == "6 credentials"


def test_what_the_defenders_do():
    responder = ROW | {"actor": "responder", "action": "", "resource": ""}
    lines = tell([
        responder | {"kind": "detect", "reason": "push:main via steer:bot"},
        responder | {"kind": "revoke", "agent": "", "reason": "alert"},
        responder | {"kind": "revoke", "reason": "quarantine"},
    ])  # fmt: skip
    assert [line.what for line in lines] == [
        "alert: push:main via steer:bot",
        "orders the credential revoked",
        "orders sessions of bot stopped",
    ]
    assert {line.who for line in lines} == {"responder"}


def test_steps_say_how():
    plain = {"needs": [], "credential": "", "reason": "", "policy": "", "rule": "foothold"}
    asked = {
        "needs": ["steer:bot"],
        "credential": "standing key of bot",
        "reason": "role",
        "policy": "static-rbac",
    }
    found = steps([
        plain | {"fact": "steer:bot"},
        asked | {"fact": "write:cache", "rule": "x"},
        plain | {"fact": "hold:key", "needs": ["write:cache"], "rule": "cache holds key"},
    ])  # fmt: skip
    assert [step["how"] for step in found] == [
        "the threat hands it over",
        (
            "the attacker steers a session of bot and presents the standing key of bot; "
            "static-rbac says yes: the role allows it [role]"
        ),
        "follows from write:cache by the rule “cache holds key”",
    ]
    assert [step["words"] for step in found] == ["steers a session of bot", "", "holds a credential of key"]
