"""A request, with what a test does not care about filled in."""

from simlab.model.access import Intent, Permission, Request
from simlab.model.system import Agent, Resource


def ask(
    right,
    *,
    scope=frozenset(),
    needs=(),
    intent=True,
    labels=(),
    chain=("bot",),
    task="job",
    principal="owner",
    outward=False,
    writes=False,
):
    """Return a request for *right*; ``intent=None`` for an outsider, who has no attested task."""
    permission = Permission.parse(right)
    declared = Intent("job", frozenset(map(Permission.parse, needs))) if intent else None
    return Request(
        principal, tuple(chain), Agent(chain[-1]), task, declared, permission,
        Resource(permission.resource, "d", outward=outward), frozenset(scope), frozenset(labels), writes,
    )  # fmt: skip
