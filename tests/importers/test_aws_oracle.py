"""What is imported from IAM policies, held to a brute-force evaluation of each action on each resource."""

import json
import re
from functools import cache
from itertools import combinations_with_replacement, product

from hypothesis import given, settings
from hypothesis import strategies as st

from simlab.importers.aws_iam import AwsIam
from simlab.importers.aws_table import Action, Table
from simlab.importers.source import Source

BUCKET, OBJECT, QUEUE = "arn:*:s3:::*", "arn:*:s3:::*/*", "arn:*:sqs:*:*:*"
TABLE = Table(
    {
        "s3": {
            "s3:getobject": Action("s3:GetObject", "Read", (OBJECT,)),
            "s3:putobject": Action("s3:PutObject", "Write", (OBJECT,)),
            "s3:putobjectacl": Action("s3:PutObjectAcl", "Permissions management", (OBJECT,)),
            "s3:putobjecttagging": Action("s3:PutObjectTagging", "Tagging", (OBJECT,)),
            "s3:listbucket": Action("s3:ListBucket", "List", (BUCKET,)),
            "s3:listallmybuckets": Action("s3:ListAllMyBuckets", "List", ()),
        },
        "sqs": {
            "sqs:sendmessage": Action("sqs:SendMessage", "Write", (QUEUE,)),
            "sqs:receivemessage": Action("sqs:ReceiveMessage", "Read", (QUEUE,)),
        },
    },
    "a small table",
)
ACTIONS = [action for service in TABLE.services.values() for action in service.values()]
# Concrete resources, and by hand what each of them is.
POOL = {
    **dict.fromkeys(("arn:aws:s3:::b", "arn:aws:s3:::c", "arn:aws:s3:::qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"), "bucket"),
    **dict.fromkeys(
        ("arn:aws:s3:::b/x", "arn:aws:s3:::b/q", "arn:aws:s3:::b/y/z", "arn:aws:s3:::b/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
         "arn:aws:s3:::c/x", "arn:aws:s3:::b/y/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
         "arn:aws:s3:::qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"), "object",
    ),
    **dict.fromkeys(
        ("arn:aws:sqs:eu:1:jobs", "arn:aws:sqs:eu:1:qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
         "arn:aws:sqs:qqqqqqqqqqqqqqqqqqqqqqqqqq:qqqqqqqqqqqqqqqqqqqqqqqqqqq:jobs"), "queue",
    ),
    "arn:aws:s3:eu:1:job/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq": "job",
}  # fmt: skip
DOES = {
    "job": set(),
    "bucket": {"s3:ListBucket"},
    "object": {"s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"},
    "queue": {"sqs:SendMessage", "sqs:ReceiveMessage"},
}
EXACT = ("arn:aws:s3:::b", "arn:aws:s3:::b/x", "arn:aws:s3:::b/y/z", "arn:aws:sqs:eu:1:jobs")
PATTERNS = (
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/y/*",
    "arn:aws:s3:::b/?",
    "arn:aws:sqs:*:*:jobs",
    "arn:aws:s3:*",
)
VERBS = (
    "*",
    "s3:*",
    "s3:Get*",
    "s3:Put*",
    "S3:PUTOBJECT",
    "s3:PutObjectAcl",
    "*:Receive*",
    "sqs:SendMessage",
    "s3:?utObject",
    "s3:List*",
)


@cache
def like(pattern, text, *, case):
    form = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(form, text, 0 if case else re.IGNORECASE) is not None


def brute(statements, action, arn):
    """The evaluation logic of IAM, as its user guide words it."""
    allowed = False
    for statement in statements:
        if "Action" in statement:
            on_action = any(like(pattern, action, case=False) for pattern in statement["Action"])
        else:
            on_action = not any(like(pattern, action, case=False) for pattern in statement["NotAction"])
        if "Resource" in statement:
            on_arn = any(like(pattern, arn, case=True) for pattern in statement["Resource"])
        else:
            on_arn = not any(like(pattern, arn, case=True) for pattern in statement["NotResource"])
        if on_action and on_arn and statement["Effect"] == "Deny":
            return False
        allowed = allowed or (on_action and on_arn)
    return allowed


def imported(policies):
    """By agent and place, the actions."""
    sources = [
        Source(f"{agent}.json", json.dumps({"Version": "2012-10-17", "Statement": statements}))
        for agent, statements in policies.items()
    ]
    found = AwsIam().found(tuple(sources), TABLE)
    assert not [note for note in found.notes if note.code not in ("E617", "E618")], found.notes
    actions = {}
    for grant in found.grants:
        assert {action.level for action in ACTIONS if action.name in grant.actions} <= {
            "read": {"Read"}, "list": {"List"}, "write": {"Write"}, "tag": {"Tagging"},
            "manage-permissions": {"Permissions management"},
        }[grant.verb]  # fmt: skip
        actions.setdefault((grant.role, grant.place), set()).update(grant.actions)
    return actions, {place.key for place in found.places}


def patterns(policies):
    return {
        pattern
        for statements in policies.values()
        for statement in statements
        for key in ("Resource", "NotResource")
        for pattern in statement.get(key, ())
    }


def witness(place, named):
    """A resource that fits *place* and no pattern that does not hold all of *place*; None if there is none."""
    fitting = [arn for arn in POOL if like(place, arn, case=True)]
    wider = {q for q in named if all(like(q, arn, case=True) for arn in fitting)}
    for arn in fitting:
        if {q for q in named if like(q, arn, case=True)} == wider:
            return arn
    return None


def agree(policies):
    actions, places = imported(policies)
    named = patterns(policies) - {"*"}
    compared = 0
    for agent, statements in policies.items():
        for place in places:
            got = actions.get((agent, place), set())
            if place.endswith("(any)"):
                service = place.removesuffix(" (any)")
                arn = f"arn:aws:{service}:far:away:thing/that/nobody/names"
                if any(like(pattern, arn, case=True) for pattern in named):
                    continue
                able = {action.name for action in TABLE.services[service].values()}
            elif place.startswith("arn"):
                arn = witness(place, named)
                if arn is None:
                    continue
                able = DOES[POOL[arn]]
                if place not in POOL:  # a pattern of several kinds does what each of them does
                    able = {
                        a for other, kind in POOL.items() if like(place, other, case=True) for a in DOES[kind]
                    }
            else:
                continue
            wanted = {name for name in able if brute(statements, name, arn)}
            assert got == wanted, (agent, place, arn, got, wanted)
            compared += 1
    return compared


def statement(effect, verb_key, verbs, resource_key, resources):
    return {"Effect": effect, verb_key: list(verbs), resource_key: list(resources)}


NAMES = [statement("Allow", "Action", ["*"], "Resource", EXACT)]
"""Somebody who names every resource, so that there is an answer about each."""


def test_every_pair_of_statements_of_a_small_grammar():
    """48 statements, alone and in pairs: 1,176 policies, each action on each resource."""
    grammar = [
        statement(*parts)
        for parts in product(
            ("Allow", "Deny"), ("Action", "NotAction"), (["s3:Put*"], ["s3:GetObject", "sqs:*"]),
            ("Resource", "NotResource"), (["*"], ["arn:aws:s3:::b/*"], ["arn:aws:s3:::b/x", "arn:aws:sqs:eu:1:jobs"]),
        )
    ]  # fmt: skip
    assert len(grammar) == 48
    compared = sum(
        agree({"bot": list(pair), "names": NAMES}) for pair in combinations_with_replacement(grammar, 2)
    )
    assert compared > 8_000


STATEMENTS = st.builds(
    statement,
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Action", "Action", "NotAction"]),
    st.lists(st.sampled_from(VERBS), min_size=1, max_size=3),
    st.sampled_from(["Resource", "Resource", "NotResource"]),
    st.lists(st.sampled_from(EXACT + PATTERNS), min_size=1, max_size=3),
)


@settings(max_examples=1000, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "bot": st.lists(STATEMENTS, min_size=1, max_size=4),
            "aide": st.lists(STATEMENTS, min_size=1, max_size=3),
        }
    )
)
def test_random_policies_of_two_agents(policies):
    """Wildcards in actions and resources, nested and overlapping, with both sorts of Not."""
    agree({**policies, "names": NAMES})


@settings(max_examples=100, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_statements_plays_no_part(statements, chance):
    """A Deny beats an Allow before it and behind it."""
    mixed = list(statements)
    chance.shuffle(mixed)
    assert imported({"bot": statements, "names": NAMES}) == imported({"bot": mixed, "names": NAMES})


@settings(max_examples=100, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=3), STATEMENTS)
def test_a_deny_only_takes_away(statements, more):
    """A further Deny never adds an action, anywhere that both speak of."""
    before, places = imported({"bot": statements, "names": [*NAMES, {**more, "Effect": "Allow"}]})
    after, _ = imported(
        {"bot": [*statements, {**more, "Effect": "Deny"}], "names": [*NAMES, {**more, "Effect": "Allow"}]}
    )
    for place in places:
        assert after.get(("bot", place), set()) <= before.get(("bot", place), set())
