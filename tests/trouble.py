"""Random scenarios with trouble in their domains: limits, failures, kept answers, news that travels slowly."""

from dataclasses import replace

from simlab.model.chance import Exponential, Fixed
from simlab.model.enforcement import Cache, Outage, Replicas
from tests.helpers import HORIZON, HOUR, MINUTE, Dice, with_system

SERVICES = ("decisions", "issuer", "revocation", "telemetry")


def troubled(world, seed):
    """Return *world* with trouble in its domains, each of its own kind."""

    def trouble(domain):
        dice = Dice("trouble", seed, domain.name)
        limited = dice.chance(0.4)
        return replace(
            domain,
            deciders=dice.whole(1, 2) if limited else 0,
            waiting=dice.whole(0, 2) if limited else domain.waiting,
            decision=Fixed(dice.one((30.0, 10 * MINUTE))) if limited else domain.decision,
            errors=dice.one((0.0, 0.3, 1.0)),
            cache=Cache(dice.one((0.0, HOUR)), Fixed(1.0)),
            fails_open=dice.chance(0.6),
            issuer_refuses=dice.chance(0.5),
            outages=tuple(_outage(dice, what) for what in dice.some(SERVICES, 0.5)),
            replicas=Replicas(
                dice.whole(1, 3), dice.one((0.0, 20 * MINUTE)), dice.one((0.3, 1.0)), dice.one((0.0, 600.0))
            ),
            runbook=dice.one((1.0, 0.5)),
            manual=Fixed(HOUR),
        )

    return with_system(
        world, domains={name: trouble(domain) for name, domain in world.system.domains.items()}
    )


def _outage(dice, what):
    if dice.chance(0.5):
        return Outage(what, at=(Fixed(dice.uniform() * HORIZON),), lasts=Fixed(2 * HOUR))
    return Outage(what, every=Exponential(2 * HOUR), lasts=Exponential(HOUR))
