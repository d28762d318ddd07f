"""AWS IAM policies by hand, with the table of actions as it is installed."""

import json
import sys
from pathlib import Path

import pytest

from simlab.errors import InvalidInputError, SimlabError, UsageError
from simlab.importers import aws_table
from simlab.importers.aws_iam import AwsIam
from simlab.importers.source import Source, read

FOLDER = Path(__file__).parent / "sources" / "iam"


def policy(*statements):
    return Source("bot.json", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def one(*statements, **options):
    return AwsIam(**options).read((policy(*statements),))


def grants(found):
    return {(grant.role, grant.verb, grant.place): grant.actions for grant in found.grants}


def test_a_folder_by_hand():
    """A Deny of part of a bucket, a condition, a slip in a name, and an answer of AWS around a policy."""
    found = AwsIam().read(read([FOLDER]))
    got = grants(found)
    builds, signed = "arn:aws:s3:::example-builds", "arn:aws:s3:::example-builds/signed/*"
    function = "arn:aws:lambda:eu-west-1:111122223333:function:publish"
    assert {key for key in got if key[0] == "deployer"} == {
        ("deployer", "list", builds),
        ("deployer", "read", f"{builds}/*"),
        ("deployer", "write", function),
    }
    assert got["deployer", "list", builds] == ("s3:ListBucket",)
    assert "s3:GetObjectVersion" in got["deployer", "read", f"{builds}/*"]
    assert {place for agent, _, place in got if agent == "publisher"} == {signed}
    assert "s3:PutObject" in got["publisher", "write", signed]
    assert "s3:DeleteObject" not in got["publisher", "write", signed]
    assert "s3:PutObjectAcl" not in got["publisher", "manage-permissions", signed]
    assert [(note.where.partition("#")[2], note.code) for note in found.notes] == [
        ("/Statement/2/Condition", "E611"),
        ("/Statement/3/Action", "E613"),
        ("/Statement/4", "E612"),
    ]
    assert (found.taken, found.partly, found.missed) == (3, 1, 2)


@pytest.mark.parametrize(
    ("statement", "code", "where"),
    [
        ({"Effect": "Allow", "Action": "s3:*"}, "E612", "/Statement/0"),
        ({"Effect": "Allow", "Resource": "*"}, "E612", "/Statement/0"),
        ({"Effect": "allow", "Action": "s3:*", "Resource": "*"}, "E612", "/Statement/0"),
        (allow("s3:*", "*", NotAction="s3:Get*"), "E612", "/Statement/0"),
        (allow("s3:*", "*", Principal="*"), "E612", "/Statement/0"),
        (allow([], "*"), "E612", "/Statement/0"),
        (allow([7], "*"), "E612", "/Statement/0"),
        (allow("s3:*", {"a": 1}), "E612", "/Statement/0"),
        ("Allow", "E612", "/Statement/0"),
        (allow("nosuch:Get*", "*"), "E613", "/Statement/0/Action"),
        (allow(["s3:Nosuch*"], "*"), "E613", "/Statement/0/Action/0"),
        (allow("s3", "*"), "E613", "/Statement/0/Action"),
        (allow("s3:" + "G" * 3000, "*"), "E613", "/Statement/0/Action"),
        (allow("s3:*", "builds/*"), "E614", "/Statement/0/Resource"),
        (allow("s3:*", "arn:aws:s3"), "E614", "/Statement/0/Resource"),
        (allow("s3:*", "arn:aws:*:::x"), "E614", "/Statement/0/Resource"),
        (allow("s3:*", "arn:aws:s3:::" + "b" * 3000), "E614", "/Statement/0/Resource"),
        ({**allow("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}), "Effect": "Deny"}, "E611", "/Statement/0/Condition"),
        ({**allow("s3:*", "arn:aws:s3:::home/${aws:username}"), "Effect": "Deny"}, "E611", "/Statement/0/Resource"),
    ],
)  # fmt: skip
def test_statements_that_are_not_taken(statement, code, where):
    """Each is listed with its code and pointer, and grants nothing; what stands beside it is taken."""
    found = one(statement, allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"))
    assert [(note.where, note.code) for note in found.notes] == [(f"bot.json#{where}", code)]
    assert set(grants(found)) == {("bot", "write", "arn:aws:sqs:eu-west-1:111122223333:jobs")}
    assert (found.taken, found.partly, found.missed) == (1, 0, 1)


def test_variables_and_conditions_make_it_an_upper_bound():
    """An Allow of one's own folder is taken as of every folder; NotResource of it saves nothing."""
    home = "arn:aws:s3:::home/${aws:username}/*"
    found = one(allow("s3:GetObject", home))
    assert set(grants(found)) == {("bot", "read", "arn:aws:s3:::home/*/*")}
    assert [note.code for note in found.notes] == ["E611"]
    found = one({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": home})
    assert set(grants(found)) == {("bot", "read", "s3 (any)")}
    found = one(allow("s3:GetObject", "*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": home})
    assert set(grants(found)) == {("bot", "read", "arn:aws:s3:::home/*/*")}


def test_an_action_that_acts_on_nothing_here_is_listed():
    """The usual slip: the bucket is named, and the action acts on objects in it."""
    found = one(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::builds"))
    assert set(grants(found)) == {("bot", "list", "arn:aws:s3:::builds")}
    assert [(note.code, note.what) for note in found.notes] == [("E617", "s3:GetObject")]


def test_resources_that_overlap_are_listed():
    """Neither holds the other, so what fits both is no resource of its own."""
    found = one(allow("s3:GetObject", ["arn:aws:s3:::b/a*", "arn:aws:s3:::b/*z"]))
    assert [note.code for note in found.notes] == ["E618"]


def test_a_star_is_the_services_that_are_named_and_all_others_together():
    """An administrator beside a reader of one queue; a Deny of everything but one service."""
    found = one(allow("*", "*"), {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"})
    assert {place for _, _, place in grants(found)} == {"sqs (any)"}
    assert {verb for _, verb, _ in grants(found)} == {"read", "write", "tag", "manage-permissions"}
    found = one(allow("*", "*"), allow("sqs:SendMessage", "*"))
    assert {place for _, _, place in grants(found)} == {"sqs (any)", "every other service"}
    assert any("became every action" in remark for remark in found.remarks)


def test_files_are_attached_by_name_or_as_it_is_said(tmp_path):
    """One file for two agents, two files for one."""
    for name, verb in (("a", "GetObject"), ("b", "PutObject")):
        (tmp_path / f"{name}.json").write_text(policy(allow(f"s3:{verb}", "arn:aws:s3:::x/*")).text)
    sources = read([tmp_path])
    files = {path.stem: str(path) for path in tmp_path.iterdir()}
    assert AwsIam().read(sources).holders == {"a": ("a",), "b": ("b",)}
    attach = (("bot", files["a"]), ("bot", files["b"]), ("aide", files["b"]))
    found = AwsIam(attach).read(sources)
    assert set(grants(found)) == {
        ("bot", "read", "arn:aws:s3:::x/*"), ("bot", "write", "arn:aws:s3:::x/*"), ("aide", "write", "arn:aws:s3:::x/*"),
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"E604 'bot=c\.json': no such file"):
        AwsIam((("bot", "c.json"),)).read(sources)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "p.json:1:1: E603"), ("[]", "p.json:1:1: E601"), ('{"Statement": 7}', "p.json:1:1: E601"),
        ('{"Statement": [\n  {"Effect": "Allow",}\n]}', "p.json:2:2"), ('{"Statement": [], "Statement": []}', "p.json:1:1: E603"),
        ('{"Statement": [], "Version": NaN}', "p.json:1:1: E603"), ('{"a":' * 100_000, "p.json:1:1: E007"),
    ],
)  # fmt: skip
def test_what_is_no_policy_says_where(text, where):
    """Empty, of another kind, cut off, said twice."""
    with pytest.raises(InvalidInputError) as caught:
        AwsIam().read((Source("p.json", text),))
    assert str(caught.value).startswith(where)


def test_a_policy_of_another_age_is_listed():
    """The older language has no variables; what is unknown in a policy is listed, too."""
    text = json.dumps({"Version": "2008-10-17", "Statement": [], "Extra": 1})
    found = AwsIam().read((Source("p.json", text),))
    assert [(note.where, note.code) for note in found.notes] == [
        ("p.json#/Extra", "E612"),
        ("p.json#/Version", "E611"),
    ]


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    """A sentence with a code, and no traceback."""
    aws_table.table.cache_clear()
    monkeypatch.setitem(sys.modules, "policy_sentry", None)
    with pytest.raises(SimlabError, match=r"E602 .*pip install 'simlab\[aws\]'"):
        one(allow("s3:GetObject", "*"))
    monkeypatch.undo()
    aws_table.table.cache_clear()
    assert grants(one(allow("s3:GetObject", "*")))


def test_every_action_of_the_table_has_a_verb():
    """A level that nobody knows would fall out of the import."""
    services = aws_table.table().services
    levels = {action.level for service in services.values() for action in service.values()}
    assert levels == set(aws_table.LEVELS)
    assert len(services) > 400
