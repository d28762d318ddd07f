"""The plan: what is settled once for all replications."""

from simlab.attackers import GoalSeeker, Passive
from simlab.model.access import Intent, Permission
from simlab.model.attack import When
from simlab.model.chance import ZERO, Exponential, Fixed
from simlab.model.system import Agent, Call, Composition, Delegation, Domain, Resource, Secret, Task, Workflow
from simlab.sim.plan import Plan
from simlab.strategies import JIT, Layered, StaticRBAC
from simlab.strategies import Intent as IntentPolicy
from simlab.threats import CompromisedTool, KeyLeak, Nothing, PromptInjection
from tests.sim.small import HOUR, NOW, READ, RIGHTS, SEND, SITE, VAULT, bot, job, world

P = Permission.parse


def test_threats_are_called_by_what_they_are_aimed_at():
    """Not by their place in the list, so that their chance does not depend on it; twins are numbered."""
    threats = (
        PromptInjection("site"),
        KeyLeak("bot", when=NOW),
        KeyLeak("bot"),
        CompromisedTool("t"),
        Nothing(),
    )
    plan = Plan(world(job(), threats=threats), StaticRBAC())
    assert list(plan.threats) == [
        "compromised-tool t", "key-leak bot", "key-leak bot #2", "nothing", "prompt-injection site",
    ]  # fmt: skip
    assert plan.threats["key-leak bot"].when == NOW


def test_rows_are_interned():
    """The same columns are stored once."""
    plan = Plan(world(job()), StaticRBAC())
    one = plan.intern("detect", "responder", agent="bot")
    assert plan.intern("detect", "responder", agent="bot") == one
    assert plan.intern("detect", "responder", agent="other") != one
    assert plan.statics[one][:3] == ("detect", "responder", "bot")


def test_only_keys_that_somebody_may_find_are_kept_track_of():
    """In a resource, by a threat, or by a rule."""
    scenario = world(
        job(), agents=(bot(), bot("aide"), bot("clerk"), bot("safe")), threats=(KeyLeak("clerk"),),
        resources=(Resource("den", "d", holds=("aide",)),),
        compositions=(Composition("c", ("read:db",), ("hold:bot", "write:db")),),
    )  # fmt: skip
    assert Plan(scenario, StaticRBAC()).leakable == {"aide", "clerk", "bot"}


def test_a_call_is_compiled_with_its_times():
    """Fixed work is a number; issuance only for credentials of tasks; a decision only where somebody decides."""
    slow = {"d": Domain("d", issuance=Fixed(2.0), decision=Exponential(0.1))}
    flow = job(calls=((30.0, READ), (0.0, SEND)))
    random = Workflow("random", flow.tasks, (Call(0, READ, Exponential(60.0)),), at=(0.0,))
    jit = Plan(world(flow, domains=slow), JIT()).flows[0]
    assert jit.works == ((None, 30.0), (None, 0.0))
    assert (jit.calls[0].issuance(0.5), jit.calls[0].decision) == (2.0, None)
    assert (jit.issues, jit.online) == (True, False)
    intent = Plan(world(flow, domains=slow), IntentPolicy()).flows[0]
    assert (intent.calls[0].issuance, intent.issues, intent.online) == (None, False, True)
    assert Plan(world(random), JIT()).flows[0].works[0][0](0.0) == 0.0


def test_a_call_knows_what_it_reads_when_its_task_ends_and_whether_it_is_watched():
    """Labels of reads only; the last call of each task closes it; threats and obeyed content are watched."""
    intent = Intent("job", RIGHTS)
    tasks = (
        Task("job", "owner", ("bot",), intent, RIGHTS),
        Task("job/aide", "owner", ("aide",), intent, RIGHTS, "own-identity", 0),
    )
    calls = (Call(0, READ), Call(1, SEND), Call(1, SITE), Call(0, VAULT))
    scenario = world(
        Workflow("job", tasks, calls, at=(0.0,)), agents=(bot(), bot("aide")), delegations=(Delegation("bot", "aide"),),
        threats=(PromptInjection("vault"),), resources=(Resource("site", "d", obeyed_by=("aide",)),),
    )  # fmt: skip
    compiled = Plan(scenario, StaticRBAC()).flows[0].calls
    assert [call.label for call in compiled] == [{"pii"}, set(), set(), set()]
    assert [call.closes for call in compiled] == [(), (), (1,), (0,)]
    assert [call.watched for call in compiled] == [False, False, True, True]


def test_kinds_of_task_are_compiled_once():
    """With attenuated grants, and the caller they derive from."""
    intent = Intent("job", RIGHTS)
    root = Task("job", "owner", ("bot",), intent, RIGHTS)
    part = Task("job/aide", "owner", ("bot", "aide"), intent, RIGHTS, "on-behalf-of", 0)
    scenario = world(
        Workflow("job", (root, part), (Call(0, READ), Call(1, READ)), at=(0.0,)),
        agents=(bot(), Agent("aide", frozenset({READ}), (READ, SEND), "shared")),
    )
    plan = Plan(scenario, StaticRBAC())
    upper, lower = plan.kind((root,)), plan.kind((root, part))
    assert plan.kind((root,)) is upper
    assert (upper.key, upper.standing, upper.derived) == ("bot", (True,), (False,))
    assert (lower.key, lower.standing, lower.derived) == ("shared", (False,), (True,))
    assert lower.grants[0].scope == {READ}


def test_each_question_is_asked_once():
    """Remembered by permission and labels: all that can change the answer of a kind of task."""
    asked = []

    class Asking(StaticRBAC):
        def decide(self, request):
            asked.append(request.permission)
            return super().decide(request)

    plan = Plan(world(job()), Asking())
    kind = plan.flows[0].kinds[0][0]
    asked.clear()
    for _ in range(3):
        assert plan.decide(kind, READ, RIGHTS, frozenset()).allowed
    plan.decide(kind, READ, RIGHTS, frozenset({"pii"}))
    assert asked == [READ]  # without labels it was asked when the plan was made


# --- the attacker's map -----------------------------------------------------------------------------


def test_the_map_counts_steps_to_the_goal():
    """vault holds the secret, the secret deploys, deploying gives the island."""
    scenario = world(
        job(), attacker=GoalSeeker("write:island"), secrets={"s": Secret("s", frozenset({P("deploy:db")}))},
        resources=(Resource("vault", "d", holds=("s",)), Resource("island", "d")),
        compositions=(Composition("c", ("deploy:db",), ("write:island",)),),
    )  # fmt: skip
    distance = Plan(scenario, StaticRBAC()).distance
    assert distance == {P("write:island"): 0, P("deploy:db"): 1, P("read:vault"): 3}


def test_the_map_knows_how_data_are_carried_out():
    """Reading them, and writing outward: a step each."""
    distance = Plan(world(job(), attacker=GoalSeeker("exfiltrate:db")), StaticRBAC()).distance
    assert distance == {READ: 1, SEND: 1}


def test_without_a_goal_there_is_no_map():
    """And a goal that nothing leads to is a map of itself."""
    assert Plan(world(job(), attacker=Passive()), StaticRBAC()).distance == {}
    assert Plan(world(job(), attacker=GoalSeeker("read:db")), StaticRBAC()).distance == {READ: 0}
    assert Plan(world(job(), attacker=GoalSeeker("control:moon")), StaticRBAC()).distance == {}


# --- what a foothold covers directly ----------------------------------------------------------------


def direct(policy, *threats, **changes):
    return Plan(world(job(calls=((0.0, SITE),)), threats=threats, **changes), policy).direct


def test_what_is_direct_is_covered_by_the_foothold_itself():
    """A key: its rights. A session: what its agent can ask for. A workload: the same. Not what adds up."""
    every = {"db", "mail", "site", "vault"}
    rule = (Composition("c", ("read:db",), ("write:site",)),)
    assert direct(StaticRBAC(), KeyLeak("bot"), compositions=rule) == every
    assert direct(StaticRBAC(), PromptInjection("site")) == every
    assert direct(StaticRBAC(), PromptInjection("site", When("clock"))) == every
    assert direct(JIT(), CompromisedTool("read:site", NOW)) == every
    assert direct(StaticRBAC()) == set()


def test_the_label_of_a_plan_is_the_text_of_the_strategy():
    """So that results say under what they came about."""
    assert Plan(world(job()), Layered((JIT(ttl=300.0), IntentPolicy()))).label == "jit:ttl=5m+intent"


def test_a_world_without_work_and_threats_has_a_plan():
    """The empty case."""
    plan = Plan(world(agents=(bot(),), horizon=HOUR), JIT())
    assert (plan.flows, plan.direct, plan.leakable) == ((), frozenset(), frozenset())
    assert ZERO.quantile(0.5) == 0.0
