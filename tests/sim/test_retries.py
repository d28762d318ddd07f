"""Retries: what a piece of work does where it is refused, and what that costs."""

from dataclasses import replace

import pytest

from simlab.model.chance import Fixed
from simlab.model.system import Domain
from simlab.strategies import parse
from tests.sim.small import MINUTE, asked, job, run, world

SLOW_ISSUER = Domain("d", issuance=Fixed(10.0), errors=1.0)
"""A credential takes 10 s, and the decision point never answers."""


@pytest.mark.parametrize(
    ("ttl", "times"),
    [
        # At 10 the credential is there. It lives until 310 or 1,210; after 10 min the work asks again.
        (5 * MINUTE, [10.0, 620.0]),
        (20 * MINUTE, [10.0, 610.0]),
    ],
)
def test_a_retry_waits_for_a_new_credential_like_a_first_request(ttl, times):
    flow = replace(job(), retries=1, backoff=10 * MINUTE)
    watched = run(world(flow, domains={"d": SLOW_ISSUER}), parse(f"jit:ttl={ttl:g}s+intent"))
    assert [time for time, _, why in asked(watched, "worker") if why == "pdp-error"] == times
