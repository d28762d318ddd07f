"""Just in time: a short-lived credential for each task."""

import pytest

from simlab.errors import ParameterError
from simlab.model.access import Decision, Grant, Intent, Permission
from simlab.model.system import Agent, Domain, Resource, System, Task
from simlab.strategies import JIT, Layered, StaticRBAC, parse
from simlab.strategies.authority import Authority
from tests.strategies.asking import ask

P = Permission.parse
READ, WRITE, SEND, DROP = (P(text) for text in ("read:db", "write:db", "send:mail", "drop:db"))
BOT = Agent("bot", frozenset({READ, WRITE, SEND}), (READ, DROP), "bot")
JOB = Task("job", "owner", ("bot",), Intent("job", frozenset({READ})), frozenset({READ, WRITE, DROP}))


def test_the_scope_is_the_job_within_the_roles():
    """The job's tools need read, write and drop; the roles allow read and write of these."""
    assert JIT().grant(BOT, JOB) == Grant(frozenset({READ, WRITE}), ttl=900.0)


def test_the_scope_may_be_the_declared_needs_or_all_roles():
    """Narrower: what the task declares. Wider: whatever the roles allow."""
    assert JIT(scope="intent").grant(BOT, JOB).scope == {READ}
    assert JIT(scope="roles").grant(BOT, JOB).scope == {READ, WRITE, SEND}


def test_the_credential_is_of_the_task_short_lived_and_perhaps_bound():
    """Not standing; as long as it is told; of use to others unless bound."""
    grant = JIT(ttl=300.0, bound=True).grant(BOT, JOB)
    assert (grant.ttl, grant.bound, grant.standing, grant.grace) == (300.0, True, False, 0.0)


def test_a_request_is_allowed_if_the_credential_covers_it():
    """And nothing else is asked."""
    assert JIT().decide(ask("read:db", scope={READ})) == Decision(True, "task-credential", "jit")
    assert JIT().decide(ask("write:db", scope={READ})) == Decision(False, "outside-task", "jit")


def test_nobody_waits_for_a_decision_but_for_the_issue():
    """The wait is the domain's issuance."""
    assert JIT().online is False


def test_what_ends_a_credential_is_part_of_the_terms():
    """The task, unless it is said otherwise; in layers the strictest, and a standing key has no say."""
    assert JIT().grant(BOT, JOB).life == "task"
    session, workflow = JIT(life="session"), JIT(life="workflow")
    assert session.grant(BOT, JOB).life == "session"
    assert Layered((session, workflow)).grant(BOT, JOB).life == "workflow"
    assert Layered((session, JIT())).grant(BOT, JOB).life == "task"
    assert Layered((StaticRBAC(), session)).grant(BOT, JOB).life == "session"
    assert Layered((session, StaticRBAC())).grant(BOT, JOB).life == "session"


def test_the_terms_are_what_was_asked_for():
    """Bound with a chance that the proof leaks along, for one audience, for one use."""
    terms = JIT(bound=True, replay=0.1, audience=True, single_use=True).grant(BOT, JOB)
    assert (terms.bound, terms.replay, terms.audience, terms.single_use) == (True, 0.1, True, True)
    assert JIT(replay=0.1).grant(BOT, JOB).replay == 0.0


def test_an_audience_has_a_group_of_its_own():
    """Two domains under one strategy are one group, unless credentials are good for one audience."""
    domains = {name: Domain(name) for name in ("mail", "wiki")}
    resources = {name: Resource(name, name) for name in domains}
    agents = {"bot": Agent("bot", frozenset({Permission("read", "mail"), Permission("read", "wiki")}))}
    system = System(domains=domains, resources=resources, agents=agents)
    assert Authority(system, JIT()).group_of == {"mail": 0, "wiki": 0}
    assert Authority(system, JIT(audience=True)).group_of == {"mail": 0, "wiki": 1}
    assert Authority(system, parse("jit:audience=true+intent")).group_of == {"mail": 0, "wiki": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jit:scope=jobb", "unknown value 'jobb' (did you mean 'job'?)"),
        ("jit:bound=true,replay=2", "parameter 'replay': 2 is out of range (from 0 to 1)"),
    ],
)
def test_what_does_not_fit_is_said(text, said):
    """With the nearest right answer, or the range."""
    with pytest.raises(ParameterError) as error:
        parse(text)
    assert said in str(error.value)
