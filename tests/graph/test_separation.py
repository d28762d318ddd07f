"""Identity, secret and execution: three things to steal, in one small system worked through on paper."""

from simlab.graph.separation import Separation, separation
from simlab.model.access import Intent, Permission
from simlab.model.system import Agent, Call, Domain, Resource, Secret, System, Task, Workflow
from simlab.strategies import parse

READ, SEND = Permission.parse("read:mail"), Permission.parse("send:mail")
WORK = Intent("digest", frozenset({READ}))
JOB = Workflow(
    "digest", (Task("digest", "owner", ("bot",), WORK, frozenset({READ})),), (Call(0, READ),), at=(0.0,)
)


def parts(strategy: str, identity: str = "", signing_key: str = "") -> tuple[int, int | None, int]:
    system = System(
        domains={"cloud": Domain("cloud", signing_key=signing_key)},
        resources={"mail": Resource("mail", "cloud")},
        agents={"bot": Agent("bot", frozenset({READ, SEND}), (READ, SEND), "bot", identity=identity)},
        secrets={"client": Secret("client", frozenset())},
        workflows={"digest": JOB},
    )
    found = separation(system, parse(strategy), system.agents["bot"])
    assert found == Separation("bot", found.secret, found.identity, found.execution)
    return found.secret, found.identity, found.execution


def test_under_static_rbac_the_secret_is_everything():
    """Whoever has the key, the client secret or the workload has the mail."""
    assert parts("static-rbac", identity="client") == (1, 1, 1)


def test_binding_separates_the_secret_from_the_execution():
    """A copy of a bound credential is useless; the workload is not."""
    assert parts("jit:bound=true") == (0, None, 1)


def test_an_identity_by_secret_undoes_it():
    """Who passes for the agent has a credential issued that is bound to himself; and so does who signs."""
    assert parts("jit:bound=true", identity="client") == (0, 1, 1)
    assert parts("jit:bound=true", signing_key="client") == (0, 1, 1)


def test_an_attested_task_separates_both_from_the_execution():
    """Neither key nor identity has a task; the workload has."""
    assert parts("intent", identity="client") == (0, 0, 1)
