"""What an intruder got in one run, and what it got it from: the run's own account, not the graph's."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simlab.model.access import Credential
from simlab.model.events import Event

Sort = Literal["strike", "ask", "find", "control", "steer", "obey", "rule", "carry"]
"""A threat struck; a request was allowed; a credential was got hold of; a workload or a session was taken over;
planted content was obeyed; a rule came off; data were carried out."""

NONE = -1
"""Instead of the number of a cause: unknown, or nobody keeps account."""


class Terms(NamedTuple):
    """A credential at the moment when it mattered, and the grant that it was issued on."""

    credential: str
    """As ``key#serial``."""
    issued: float
    """[s]."""
    expires: float
    """[s], as far as was known then."""
    scope: int
    """Permissions that it covers; a count."""
    ttl: float
    """[s] from issue to expiry, as the strategy states it."""
    standing: bool
    bound: bool
    grace: float
    """[s] for which it outlives its successor's issue."""
    parent: str
    """The credential that it was derived from, as ``key#serial``; empty for none."""


class Cause(NamedTuple):
    """Something that the intruder got, and what it got it from."""

    number: int
    time: float
    """[s]."""
    sort: Sort
    fact: str
    """What it had from then on; for a strike, what it was handed."""
    by: str
    """The threat, the rule or the content; for a request, the fact that opened the way to it."""
    because: tuple[int, ...]
    """Numbers of the causes that it rests on; none for a strike."""
    event: Event | None = None
    """The row of the trace, where there is one."""
    terms: Terms | None = None
    principal: str = ""
    """Who is accountable for the task that asked; empty for an outsider, or where the chain was lost."""
    agent: str = ""
    """The agent at work, where that is not in the row."""


def terms_of(credential: Credential) -> Terms:
    """Return the terms of *credential* as they are now.

    Examples
    --------
    >>> from simlab.model.access import Grant
    >>> terms_of(Credential(2, "bot", Grant(frozenset(), ttl=60.0), 5.0, 65.0)).credential
    'bot#2'
    """
    grant, parent = credential.grant, credential.parent
    return Terms(
        f"{credential.key}#{credential.serial}", credential.issued, credential.expires, len(grant.scope), grant.ttl,
        grant.standing, grant.bound, grant.grace, f"{parent.key}#{parent.serial}" if parent else "",
    )  # fmt: skip
