"""Each bad input gets its code and its line, and none hangs."""

import os
import time

import pytest

from simlab.errors import InvalidInputError
from simlab.scenario import load, loads

LONGEST = 30.0
"""[s] of processor time for an answer. A hang takes minutes; how fast it is, a benchmark says."""

LAUGHS = "".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]\n" for i in range(1, 10))
FLAT = "{dist: exponential, mean: 2h}"

TEXTS = [
    ("B001 an empty file", "", "E006", 1),
    ("B002 only a comment", "# nothing\n", "E006", 2),
    ("B003 a list at the top", "- a\n", "E006", 1),
    ("B004 a scalar at the top", "hello\n", "E006", 1),
    ("B013 half a surrogate pair", 'name: "\\ud800"\n', "E004", 1),
    ("an escape beyond Unicode", 'name: "\\UFFFFFFFF"\n', "E004", 1),
    ("B014 an escaped control character", 'simlab: 1\nname: "a\\x07"\n', "E003", 2),
    ("an escaped change of direction", 'simlab: 1\nname: "a\\u202Eb"\n', "E003", 2),
    ("B016 an open bracket", "simlab: 1\nsources: [a\n", "E004", 3),
    ("B017 two colons", "simlab: 1\nname: a: b\n", "E004", 2),
    ("B018 an unknown escape", 'simlab: 1\nname: "\\q"\n', "E004", 2),
    ("B019 an unknown alias", "simlab: 1\nname: *x\n", "E004", 2),
    ("a tab as indentation", "domains:\n\ta: 1\n", "E004", 2),
    ("another version of YAML", "%YAML 1.1\n---\na: 1\n", "E004", 2),
    ("B021 two documents", "simlab: 1\n---\nsimlab: 1\n", "E005", 2),
    ("B022 100,000 open brackets", "a: " + "[" * 100_000, "E007", 1),
    ("B023 2,000 brackets, closed", "a: " + "[" * 2000 + "]" * 2000, "E007", 1),
    ("B024 a mapping 900 deep", "\n".join(" " * i + "a:" for i in range(900)), "E007", 32),
    ("more nodes than a person writes", "a: [" + "1, " * 60_000 + "]", "E008", 1),
    ("B026 billion laughs", "l0: &l0 [a]\n" + LAUGHS, "E009", 1),
    ("B027 a list that contains itself", "a: &a [*a]\n", "E010", 1),
    ("B028 a mapping that contains itself", "a: &a\n  b: *a\n", "E010", 2),
    ("B029 merge keys", "a: &a {b: 1}\nc:\n  <<: *a\n", "E014", 3),
    (
        "B031 a tag that would run code",
        'simlab: 1\nname: !!python/object/apply:os.system ["id"]\n',
        "E011",
        2,
    ),
    ("B032 a Python name", "simlab: 1\nname: !!python/name:os.system a\n", "E011", 2),
    ("B033 a tag of another program", "simlab: 1\nname: !env HOME\n", "E011", 2),
    ("B034 a binary tag", "simlab: 1\nname: !!binary aGk=\n", "E011", 2),
    ("B036 a tag that makes nan", 'simlab: 1\ndepth: !!float "nan"\n', "E011", 2),
    ("a tag on a key", "simlab: 1\n!!str name: a\n", "E011", 2),
    ("B039 a number as key", "simlab: 1\n5: x\n", "E013", 2),
    ("B041 a truth value as key", "simlab: 1\ntrue: x\n", "E013", 2),
    ("a list as key", "simlab: 1\n? [a]\n: x\n", "E013", 2),
    ("B042 a key that YAML 1.1 takes for true", "simlab: 1\non: x\n", "E101", 2),
    ("B049 200,000 parts of base 60", "a: " + ":".join(["1"] * 200_000), "E016", 1),
    ("B053 a hexadecimal number of 100,000 digits", "a: 0x" + "1" * 100_000, "E016", 1),
]

CHANGES = [
    ("B037 a duplicate key at the top", "depth: 2", "depth: 2\nname: again", "E012", "name: again"),
    ("B038 a duplicate key in braces", "owner: platform}", "owner: a, owner: b}", "E012", "owner: b"),
    ("a clearance for no label", "owner: platform}", "owner: p, clearance: [privat]}", "E107", "[privat]"),
    ("a ceiling below zero", "owner: platform}", "owner: p, ceiling: -1}", "E104", "-1"),
    ("B043 base 60", "horizon: 30d", "horizon: 1:30", "E015", "1:30"),
    ("B044 base 60 with seconds", "horizon: 30d", "horizon: 12:30:45", "E015", "12:30:45"),
    ("B046 a number with a low line", "depth: 2", "depth: 1_0", "E015", "1_0"),
    ("B047 a hexadecimal number", "depth: 2", "depth: 0x2", "E015", "0x2"),
    ("an octal number", "depth: 2", "depth: 02", "E015", "02"),
    ("B048 a date as name", "name: good", "name: 2026-01-01", "E015", "2026"),
    ("a truth value of YAML 1.1", "untrusted: true", "untrusted: yes", "E015", "yes"),
    ("B051 an integer of 5,000 digits", "depth: 2", "depth: " + "9" * 5000, "E104", "999"),
    ("B052 an integer beyond 2**53", "depth: 2", f"depth: {2**64}", "E104", str(2**64)),
    ("B054 a name of 17,000 characters", "name: good", "name: " + "a" * 17_000, "E016", "aaa"),
    ("a name of 65 characters", "name: good", "name: " + "a" * 65, "E112", "aaa"),
    ("B056 an infinite horizon", "horizon: 30d", "horizon: .inf", "E105", ".inf"),
    ("not a number", "susceptibility: 0.25", "susceptibility: .nan", "E105", ".nan"),
    ("B057 a number beyond floats", "susceptibility: 0.25", "susceptibility: 1e400", "E105", "1e400"),
    ("B058 a number below floats", "susceptibility: 0.25", "susceptibility: 1e-400", "E104", "1e-400"),
    ("B059 a misspelt section", "delegations:", "delegation:", "E101", "delegation:"),
    ("B061 a letter of another alphabet", "agents:", "\u0430gents:", "E101", "\u0430gents"),
    ("B062 no horizon", "horizon: 30d\n", "", "E102", "simlab: 1"),
    ("B063 no version", "simlab: 1\n", "", "E102", "name: good"),
    ("B064 a later version", "simlab: 1", "simlab: 2", "E110", "simlab: 2"),
    ("a version that is text", "simlab: 1", 'simlab: "1"', "E103", 'simlab: "1"'),
    ("B066 an empty horizon", "horizon: 30d", "horizon:", "E103", "horizon:"),
    ("B067 a truth value as number", "depth: 2", "depth: true", "E103", "depth: true"),
    ("B068 a quoted number", "susceptibility: 0.25", 'susceptibility: "0.25"', "E103", '"0.25"'),
    ("B069 a fraction as count", "at_least: 2}", "at_least: 2, replications: 1.5}", "E103", "1.5"),
    ("a number as truth value", "untrusted: true", "untrusted: 1", "E103", "untrusted: 1"),
    ("a text as list", "roles: [publisher]", "roles: publisher", "E103", "roles: publisher"),
    ("a list as mapping", "response: {triage: 15m}", "response: [15m]", "E103", "response"),
    ("B071 a horizon without unit", "horizon: 30d", "horizon: 30", "E106", "horizon: 30"),
    ("B072 a pace without unit", "median: 8m", "median: 8", "E106", "median: 8"),
    ("B073 a duration in words", "horizon: 30d", "horizon: 1 hour", "E106", "1 hour"),
    ("B074 a duration of ISO 8601", "horizon: 30d", "horizon: PT1H", "E106", "PT1H"),
    ("B076 no horizon at all", "horizon: 30d", "horizon: 0s", "E104", "0s"),
    ("B077 a negative horizon", "horizon: 30d", "horizon: -5m", "E104", "-5m"),
    ("B078 a horizon without end", "horizon: 30d", "horizon: never", "E116", "never"),
    ("B079 a horizon of 10**12 hours", "horizon: 30d", "horizon: 1000000000000h", "E104", "0000h"),
    ("B081 a negative pace", "median: 8m", "median: -8m", "E104", "-8m"),
    ("B082 a negative sensitivity", "sensitivity: 3", "sensitivity: -3", "E104", "-3"),
    ("B084 a number that is hardly one", "sensitivity: 3", "sensitivity: 1e-320", "E104", "1e-320"),
    ("B086 a probability above one", "susceptibility: 0.25", "susceptibility: 1.2", "E108", "1.2"),
    ("B087 a negative probability", "susceptibility: 0.25", "susceptibility: -0.1", "E108", "-0.1"),
    ("B088 a percentage", "susceptibility: 0.25", "susceptibility: 95", "E108", "95"),
    ("B091 no replication", "at_least: 2}", "at_least: 2, replications: 0}", "E104", "replications"),
    ("B092 10**12 replications", "at_least: 2}", "at_least: 2, replications: 1000000000000}", "E104", "1000"),
    ("B094 an unknown law", "dist: lognormal", "dist: lognorml", "E107", "lognorml"),
    ("a law without its name", "{dist: lognormal, median", "{median", "E102", "median: 8m"),
    ("a parameter of another law", "sigma: 0.5", "sigma: 0.5, mean: 3m", "E101", "mean: 3m"),
    ("B096 no spread", "sigma: 0.5", "sigma: 0", "E114", "sigma"),
    ("B097 a negative spread", "sigma: 0.5", "sigma: -1", "E114", "sigma"),
    ("B098 a spread beyond floats", "sigma: 0.5", "sigma: 800", "E114", "sigma"),
    ("B099 bounds the wrong way round", "low: 1, high: 2", "low: 2, high: 1", "E114", "low: 2"),
    ("a law without end in the middle", "median: 8m", "median: never", "E114", "never"),
    ("a law of no time", "mean: 2h", "mean: 0", "E114", "mean: 0"),
    ("B102 weights that sum to 0.99", FLAT,
     "{dist: mixture, of: [{weight: 0.99, dist: fixed, value: 1h}]}", "E109", "0.99"),
    ("B103 an empty mixture", FLAT, "{dist: mixture, of: []}", "E113", "mixture"),
    ("B104 a mixture 40 deep", FLAT, "{dist: mixture, of: [" * 40 + "]}" * 40, "E007", "mixture"),
    ("a mixture without weights", FLAT, "{dist: mixture, of: [{dist: fixed, value: 1h}]}", "E102", "mixture"),
    ("a weight outside a mixture", "{dist: exp", "{weight: 1, dist: exp", "E101", "weight"),
    ("B106 no values", FLAT, "{dist: empirical, values: []}", "E113", "empirical"),
    ("B107 work without time between", FLAT, "0", "E301", "arrivals: 0"),
    ("work that never comes", FLAT, "never", "E115", "arrivals: never"),
    ("two clocks for one workflow", "arrivals: {", "at: [1h]\n    arrivals: {", "E101", "triage:"),
    ("no clock for a workflow", f"    arrivals: {FLAT}\n", "", "E102", "triage:"),
    ("a made-up tool that is not there", FLAT, FLAT + "\n    improvises: {chance: 0.1, tools: [raed]}", "E201", "raed"),
    ("a chance that is a percentage", FLAT, FLAT + "\n    improvises: {chance: 10}", "E108", "chance: 10"),
    ("a key that improvising does not have", FLAT, FLAT + "\n    improvises: {chances: 0.1}", "E101", "chances"),
    ("a workflow to set going that is not there", FLAT, FLAT + "\n    spawns: [{workflow: traige}]", "E201", "traige"),
    ("a negative number of pieces", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: -1}]", "E104", "-1"),
    ("half a piece of work", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: 0.5}]", "E103", "count: 0.5"),
    ("an unknown law of numbers", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: {dist: poison, mean: 1}}]", "E107", "poison"),
    ("a mean beyond bounds", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: {dist: poisson, mean: 1000}}]", "E104", "1000"),
    ("a mean that is negative", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: {dist: geometric, mean: -1}}]", "E104", "-1"),
    ("a law of numbers without its name", FLAT, FLAT + "\n    spawns: [{workflow: triage, count: {mean: 1}}]", "E102", "mean: 1"),
    ("work set going without time between", FLAT, FLAT + "\n    spawns: [{workflow: triage, every: 0}]", "E301", "every: 0"),
    ("work set going never", FLAT, FLAT + "\n    spawns: [{workflow: triage, every: never}]", "E115", "never"),
    ("a depth that is negative", FLAT, FLAT + "\n    spawns: [{workflow: triage, depth: -1}]", "E104", "-1"),
    ("a family of none", FLAT, FLAT + "\n    spawns: [{workflow: triage, most: 0}]", "E104", "most: 0"),
    ("nothing that goes on", FLAT, FLAT + "\n    lingers: {after: 1m, calls: []}", "E113", "lingers"),
    ("no calls that go on", FLAT, FLAT + "\n    lingers: {after: 1m}", "E102", "lingers"),
    ("going on without saying how", FLAT, FLAT + "\n    lingers:", "E103", "lingers:"),
    ("a call that goes on that nobody has", FLAT, FLAT + "\n    lingers: {calls: [publish]}", "E204", "[publish]}"),
    ("two clocks, one of them demand", FLAT, FLAT + "\n    on_demand: true", "E101", "triage:"),
    ("demand that is none", FLAT, FLAT + "\n    on_demand: false", "E103", "false"),
    ("a content that is kept for a number", "untrusted: true", "untrusted: true, retained: 7", "E106", "retained"),
    ("a queue that is a text", "untrusted: true", 'untrusted: true, consumed: "yes"', "E103", "consumed"),
    ("a memory that carries what it cannot", "untrusted: true", "untrusted: true, carries: label", "E107", "carries"),
    ("more refusals seen than there are", "coverage: 0.5", "coverage: 0.5, denials: 90", "E108", "denials"),
    ("an agent that makes up what it lacks", "owner: platform", "owner: platform, improvises: {tools: [publish]}",
     "E204", "tools: [publish]}"),
    ("B108 a delegation to nobody", "to: releaser", "to: relaser", "E201", "to: relaser"),
    ("B109 a permission on nothing", "[publish:package]\nprin", "[publish:pakage]\nprin", "E201", "pakage"),
    ("a pattern that fits nothing", '"read:repo-*"', '"read:repos-*"', "E201", "repos-*"),
    ("B111 a key of nobody", "holds: [token]", "holds: [tokn]", "E201", "tokn"),
    ("B112 an agent twice", "secrets:\n", "  bot: {roles: []}\nsecrets:\n", "E012", "  bot: {roles: []}"),
    ("B113 names that differ by case", "secrets:\n", "  Bot: {roles: []}\nsecrets:\n", "E111", "  Bot:"),
    ("B114 a name of another alphabet", "  token:", "  t\u043eken:", "E112", "t\u043eken"),
    ("B116 a name that is markup", "name: good", 'name: "<script>"', "E112", "<script>"),
    ("B117 a name that is a formula", "name: good", 'name: "=1+1"', "E112", "=1+1"),
    ("B118 an unknown action", "does: publish:package", "does: publsh:package", "E112", "publsh"),
    ("a permission without a resource", "does: read:issues", "does: read", "E112", "does: read}"),
    ("B119 a delegation to itself", "to: releaser", "to: bot", "E203", "to: bot"),
    ("an edge twice", "workflows:", "  - {from: bot, to: releaser, mode: impersonation}\nworkflows:",
     "E111", "impersonation"),
    ("B122 a tool that the agent lacks", "{call: read, work", "{call: publish, work", "E204", "{call: publish,"),
    ("B124 a depth of 100,000", "depth: 2", "depth: 100000", "E207", "100000"),
    ("more delegations than the depth", "depth: 2", "depth: 0", "E207", "- delegate: releaser"),
    ("B126 an unknown strategy", "[static-rbac, jit]", "[static-rbac, jitt]", "E107", "jitt"),
    ("an unknown strategy that is expected", "reach: {static-rbac: 3}", "reach: {rbac: 3}", "E107", "rbac: 3"),
    ("an unknown parameter of a strategy", "jit:ttl=15m", "jit:tll=15m", "E107", "tll"),
    ("a label that nothing has", "reach: {static-rbac: 3}", "reach: {data-flow:labels=privat: 3}", "E201", "data-flow"),
    ("an unknown metric", "metric: blast_radius", "metric: blast_radios", "E107", "radios"),
    ("an unknown threat", "kind: prompt-injection", "kind: promt-injection", "E107", "promt"),
    ("a threat without kind", "kind: prompt-injection, ", "", "E102", "through: issues"),
    ("a threat through nothing", "through: issues", "through: isues", "E201", "isues"),
    ("a threat with a stranger's key", "through: issues", "through: issues, thruogh: a", "E101", "thruogh"),
    ("a threat at no time", "when: {at-work: 3d}", "when: {}", "E102", "when: {}"),
    ("a threat at an odd time", "when: {at-work: 3d}", "when: later", "E107", "later"),
    ("a goal that is no fact", "goal: publish:package", "goal: publish:pakage", "E201", "goal"),
    ("a number below its bound", "goal: publish:package", "goal: publish:package, hands: -1", "E104", "hands"),
    ("an unknown mode", "mode: on-behalf-of", "mode: on-behalf", "E107", "on-behalf}"),
    ("no mode", ", mode: on-behalf-of", "", "E102", "to: releaser"),
    ("a domain that is not there", "package: {domain: npm", "package: {domain: nmp", "E201", "nmp"),
    ("a role that is not there", "roles: [publisher]", "roles: [publsher]", "E201", "publsher"),
    ("a tool that is not there", "tools: [publish]", "tools: [publsh]", "E201", "publsh"),
    ("a principal that is not there", "by: maintainer", "by: maintaner", "E201", "maintaner"),
    ("a delegation that is not there", "from: bot, to: releaser", "from: releaser, to: bot",
     "E201", "- delegate: releaser"),
    ("a fact of nobody", "control:bot", "control:bott", "E201", "bott"),
    ("a price of no fact", "  publish:package: {once", "  publishing: {once", "E112", "publishing"),
    ("a currency misspelt", "  currency: USD", "  currency: USD\n  curency: {once: 1}", "E112", "curency"),
    ("a verb of facts as action", "{fork: write}", "{fork: write, control: write}", "E112", "control: write"),
    ("an action of no class", "{fork: write}", "{fork: writes}", "E107", "writes"),
    ("a principal called anyone", "  maintainer:\n", "  maintainer:\n  anyone:\n", "E112", "  anyone:"),
    ("a secret called as an agent", "  token: {", "  releaser: {grants: [publish:package]}\n  token: {",
     "E111", "  releaser: {grants"),
    ("evidence about nothing", "agents.bot.susceptibility", "agents.bot.suseptibility", "E201", "suseptib"),
    ("evidence without a basis", "{measured: 40 trials}", "{source: a}", "E102", "{source: a}"),
    ("evidence with two", "{measured: 40 trials}", "{measured: a, assumed: b}", "E102", "assumed: b"),
    ("what is published without a source", "{measured: 40 trials}", "{published: a}", "E102", "published"),
    ("an expectation of nothing", "share: 0.5, at_least: 2", "formula: a", "E102", "formula: a"),
    ("a share of nothing", ", at_least: 2", "", "E102", "share: 0.5"),
    ("B133 a path that leaves", "depth: 2", "extends: a/../../../x.yaml", "E401", "extends"),
    ("X01 a key of AWS", "owner: platform", "owner: AKIAIOSFODNN7EXAMPLE", "E117", "AKIA"),
    ("X01 a token of GitHub", "owner: platform", "owner: ghp_" + "a" * 36, "E117", "ghp_"),
    ("a secret of no life", "ttl: 90d", "ttl: 90d, lifetime: 0", "E301", "lifetime: 0"),
    ("a bundle without end", "ttl: 90d", "ttl: 90d, reveals: 5, stale: 0.8", "E114", "reveals: 5"),
    ("a bundle of what is replaced", "ttl: 90d", "lifetime: 1h, reveals: 0.5", "E101", "reveals: 0.5"),
    ("a Poisson law of nothing", "ttl: 90d", "reveals: {dist: poisson, mean: 0}", "E114", "poisson"),
    ("a rule with copies and one name", "{name: poison, ", "{name: poison, copies: 3, ", "E112", "copies: 3"),
    ("copies of a name without a place", "bot: {roles: [reader]", "bot: {copies: 3, roles: [reader]",
     "E112", "copies: 3"),
    ("a right in excess of nothing", "owner: platform}",
     "excess: {arrivals: 1h, rights: [read:isues]}}", "E201", "isues"),
    ("a right in excess that is none", "owner: platform}", "excess: {arrivals: 1h, rights: [issues]}}", "E112", "[issues]"),
    ("no right in excess", "owner: platform}", "excess: {arrivals: 1h, rights: []}}", "E113", "rights: []"),
    ("rights in excess all at once", "owner: platform}",
     "excess: {arrivals: 0, rights: [read:issues]}}", "E301", "arrivals: 0"),
    ("rights in excess that never come", "owner: platform}",
     "excess: {arrivals: never, rights: [read:issues]}}", "E115", "arrivals: never"),
    ("rights in excess at no time", "owner: platform}", "excess: {rights: [read:issues]}}", "E102", "excess"),
    ("reviews all the time", "depth: 2", "depth: 2\nreviews: {every: 0}", "E114", "every: 0"),
    ("reviews without a period", "depth: 2", "depth: 2\nreviews: {catches: 1}", "E102", "reviews"),
    ("a review of a domain that is not there", "depth: 2", "depth: 2\nreviews: {every: 30d, sees: [nmp]}", "E201", "nmp"),
    ("a review that catches more than all", "depth: 2", "depth: 2\nreviews: {every: 30d, catches: 2}", "E108", "catches"),
    ("offboarding in no unit", "depth: 2", "depth: 2\noffboarding: {lag: 3}", "E106", "lag: 3"),
    ("offboarding misspelt", "depth: 2", "depth: 2\noffboarding: {forgoten: 0.2}", "E101", "forgoten"),
    ("an agent that leaves in no unit", "owner: platform}", "leaves: 10}", "E106", "leaves: 10"),
    ("too many copies", "  bot: {roles: [reader]", '  "bot#": {copies: 20000, roles: [reader]', "E104", "20000"),
]  # fmt: skip

BYTES = [
    ("B006 UTF-16", "simlab: 1\n".encode("utf-16"), "E002", 1),
    ("UTF-16 without a mark", "simlab: 1\n".encode("utf-16-le"), "E003", 1),
    ("B007 Latin-1", b"simlab: 1\nname: caf\xe9\n", "E002", 2),
    ("B008 gzip", b"\x1f\x8b\x08\x00aaaa", "E002", 1),
    ("B009 a NUL byte", b"simlab: 1\nname: a\x00b\n", "E003", 2),
    ("B011 a change of direction", "simlab: 1\nname: a\u202eb\n".encode(), "E003", 2),
    ("B012 a space of no width", "simlab: 1\nna\u200bme: a\n".encode(), "E003", 2),
    ("more than a MiB", b"#" * ((1 << 20) + 1), "E001", 1),
    ("a MiB of comments", b"#a\n" * 300_000, "E006", 300_001),
    ("a MiB of empty lines", b"\n" * 1_000_000, "E006", 1_000_001),
    ("a MiB of one scalar", b"a: " + b"x" * 1_000_000, "E016", 1),
    ("a MiB of one line in quotes", b"a: '" + b"''" * 400_000, "E004", 1),
]


def problems_of(call, *arguments):
    """Return what *call* finds wrong, quickly."""
    began = time.process_time()
    with pytest.raises(InvalidInputError) as caught:
        call(*arguments)
    assert time.process_time() - began < LONGEST
    return caught.value.problems


@pytest.mark.parametrize(("text", "code", "line"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_a_bad_text_gets_its_code_and_line(text, code, line):
    """Texts that are hardly YAML, or not only."""
    found = problems_of(loads, text)
    assert (code, line) in {(problem.code, problem.line) for problem in found}


@pytest.mark.parametrize(
    ("old", "new", "code", "mark"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_a_good_file_with_one_change_gets_its_code_and_line(good, tmp_path, old, new, code, mark):
    """The first problem is that of the change, on the line that holds the mark."""
    assert old in good
    text = good.replace(old, new, 1)
    line = text[: text.index(mark)].count("\n") + 1
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    found = problems_of(load, path)
    assert (code, line) in {(problem.code, problem.line) for problem in found}, found
    assert found[0].code == code or len(found) > 1


@pytest.mark.parametrize(("data", "code", "line"), [row[1:] for row in BYTES], ids=[row[0] for row in BYTES])
def test_bad_bytes_get_their_code_and_line(tmp_path, data, code, line):
    """Files that are no text, or too much of it."""
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    found = problems_of(load, path)
    assert (code, line) in {(problem.code, problem.line) for problem in found}


def test_a_missing_file_names_the_nearest_one(tmp_path, good):
    """A slip in a file name is seen at once."""
    (tmp_path / "triage.yaml").write_text(good)
    (problem,) = problems_of(load, tmp_path / "trige.yaml")
    assert problem.code == "E409"
    assert "triage.yaml" in problem.hint


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path):
    """A folder, a pipe, a device."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero", tmp_path / "a\0b"):
        assert problems_of(load, path)[0].code == "E409"


@pytest.mark.parametrize(
    "section", ["agents", "resources", "tools", "roles", "delegations", "secrets", "domains"]
)
def test_a_misspelt_section_does_not_make_every_reference_to_it_wrong(good, section):
    """One slip, one problem; but for the evidence, whose path is gone, too."""
    found = problems_of(loads, good.replace(f"\n{section}:", f"\n{section}x:"))
    assert {problem.code for problem in found if "evidence" not in problem.message} <= {"E101", "E201"}
    assert [problem.code for problem in found if problem.message.startswith("unknown")] == ["E101"]


@pytest.mark.parametrize(
    "text",
    [
        'agents:\n  "a#": {copies: 10000, roles: [r], key: "k#"}\nroles:\n  r: []\n',
        "agents:\n" + "".join(f"  a{i}: {{roles: [x{i}]}}\n" for i in range(4000)),
        "agents:\n" + "".join(f"  a{i}: {{role: 1}}\n" for i in range(4000)),
        "evidence:\n" + "".join(f"  agents.a{i}: {{assumed: b}}\n" for i in range(4000)),
    ],
    ids=["10,000 agents", "4,000 unknown roles", "4,000 unknown keys", "4,000 paths to nowhere"],
)
def test_a_large_file_is_answered_in_seconds(text):
    """Whether or not it is a good one."""
    began = time.process_time()
    try:
        loads(f"simlab: 1\nname: a\nquestion: Why?\nhorizon: 1d\n{text}")
    except InvalidInputError as error:
        assert len(error.problems) == 20  # noqa: PT017 (either answer will do)
    assert time.process_time() - began < LONGEST


def test_a_real_credential_is_not_repeated_in_the_message(good):
    """A message may end up in a log."""
    found = problems_of(loads, good.replace("owner: platform", "owner: AKIAIOSFODNN7EXAMPLE"))
    assert "AKIA" not in str(found)


def test_at_most_twenty_problems_are_reported(good):
    """The first twenty, in the order of the file."""
    more = "".join(f"key{i}: 1\n" for i in range(50))
    found = problems_of(loads, good + more)
    assert len(found) == 20
    assert found == sorted(found)


def test_a_percentage_gets_the_probability_as_hint(good):
    """95 probably means 0.95."""
    (problem,) = problems_of(loads, good.replace("susceptibility: 0.25", "susceptibility: 95"))
    assert problem.hint == "write 0.95"


def test_a_letter_of_another_alphabet_is_shown_by_its_number(good):
    """Nobody sees the difference otherwise."""
    (problem, *_) = problems_of(loads, good.replace("agents:", "\u0430gents:"))
    assert "U+0430" in problem.hint


def test_each_fault_of_a_copied_entry_is_reported_once():
    """Not once for every copy."""
    head = "simlab: 1\nname: a\nquestion: Why?\nhorizon: 1d\n"
    found = problems_of(loads, head + 'agents:\n  "bot-#": {copies: 50, roles: [none]}\n')
    assert [(problem.code, problem.line) for problem in found] == [("E201", 6)]
