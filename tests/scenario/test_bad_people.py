"""Each fault in what a file says of people gets its code and its place."""

import pytest

from simlab.errors import InvalidInputError
from simlab.scenario import loads

GOOD = """\
simlab: 1
name: people
question: Who is asked?
horizon: 1d
approvers:
  on-call: {count: 2, service: 3m, catches: 0.7, hours: {from: 9h, to: 17h}, asks: 2, needs: 1}
  lead: {catches: 0.9, escalate: {after: 1h, to: on-call}, fatigue: {per: 40}}
domains:
  cloud: {approvers: on-call}
response: {analysts: 1, false_alarms: 1h}
"""

CHANGES = [
    ("approvers that nobody knows", "approvers: on-call}", "approvers: on-cal}", "E201", 9),
    ("escalation to nobody", "to: on-call}", "to: boss}", "E201", 7),
    ("escalation to oneself", "to: on-call}", "to: lead}", "E203", 7),
    ("no word on how well they look", ", catches: 0.7", "", "E102", 6),
    ("a chance in per cent", "catches: 0.7", "catches: 70", "E108", 6),
    ("hours the wrong way round", "from: 9h, to: 17h", "from: 17h, to: 9h", "E114", 6),
    ("after midnight", "to: 17h", "to: 25h", "E114", 6),
    ("eight days a week", "to: 17h", "to: 17h, days: 8", "E104", 6),
    ("more must agree than are asked", "needs: 1", "needs: 3", "E114", 6),
    ("more are asked than there are", "count: 2, ", "", "E114", 6),
    ("nobody", "count: 2", "count: 0", "E104", 6),
    ("a floor above the ceiling", "per: 40", "per: 40, floor: 0.95", "E114", 7),
    ("no answers at all", "per: 40", "per: 0", "E104", 7),
    ("a line with no patience", "service: 3m", "service: 3m, patience: 0", "E114", 6),
    ("a key without a life", "service: 3m", "service: 3m, break_glass: {after: 1h}", "E102", 6),
    ("approval of something else", "service: 3m", "service: 3m, per: day", "E107", 6),
    ("a misspelt key", "service: 3m", "servce: 3m", "E101", 6),
    ("alarms without pause", "false_alarms: 1h", "false_alarms: 0", "E301", 10),
    ("alarms that nobody sees to", "analysts: 1, ", "", "E114", 10),
]


def test_the_file_is_good():
    people = loads(GOOD).system.approvers
    assert (people["on-call"].count, people["on-call"].hours.start, people["lead"].escalate_to) == (
        2,
        32400.0,
        "on-call",
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "line"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_a_fault_gets_its_code_and_line(old, new, code, line):
    assert old in GOOD
    with pytest.raises(InvalidInputError) as caught:
        loads(GOOD.replace(old, new))
    assert (code, line) in {(problem.code, problem.line) for problem in caught.value.problems}, caught.value
