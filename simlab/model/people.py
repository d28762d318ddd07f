"""People as a part of the control: who approves, when, how long that takes, and what it does to their attention."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simlab.model.chance import ZERO, Distribution

DAY = 86400.0
"""[s]."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work. The run begins at midnight, on the first day of a week of seven."""

    start: float
    """[s] since midnight."""
    end: float
    """[s] since midnight; later than the start."""
    days: int = 5
    """Working days at the beginning of each week; a count from 1 to 7."""

    def opens(self, now: float) -> float:
        """Return the first time from *now* on at which they work [s].

        Examples
        --------
        >>> Hours(9 * 3600.0, 17 * 3600.0).opens(4 * DAY + 17 * 3600.0) / DAY  # Friday evening: Monday at nine
        7.375
        """
        day = math.floor(now / DAY)
        while day % 7 >= self.days or now >= day * DAY + self.end:
            day += 1
        return max(now, day * DAY + self.start)


@dataclass(frozen=True, slots=True)
class Fatigue:
    """How attention falls: to catch an attack becomes less likely, the more a person has just answered."""

    per: float
    """Requests after which attention has fallen to 37 % of its way down to the floor; a count."""
    window: float = 3600.0
    """[s] for which an answered request weighs on the person who answered it."""
    floor: float = 0.0
    """Chance to catch an attack that is left to somebody worn out; dimensionless."""

    def catches(self, rested: float, load: int) -> float:
        """Return the chance that an attack is caught after *load* answers within the window; dimensionless.

        Examples
        --------
        >>> Fatigue(per=40.0, floor=0.05).catches(0.7, 0)
        0.7
        """
        return self.floor + (rested - self.floor) * math.exp(-load / self.per)


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """A way round the line: who has waited too long takes a key for all that its roles allow."""

    after: float
    """[s] in the line after which somebody who works takes the key."""
    ttl: float
    """[s] for which the key lives; it does not end with the task."""


@dataclass(frozen=True, slots=True)
class Approvers:
    """People who are asked before something is done, and the line in front of them."""

    name: str
    catches: float = 0.0
    """Chance that a rested one turns down what an attacker asks for; dimensionless."""
    count: int = 1
    """People at work at the same time; a count."""
    service: Distribution = ZERO
    """[s] to look at one request, or at one batch of them."""
    hours: Hours | None = None
    """When they work; None for always. What was taken up before the end is finished."""
    per: Literal["request", "credential"] = "request"
    """What an approval is good for: one request, or all that is done with one credential of a task."""
    asks: int = 1
    """How many of them look at each request; a count."""
    needs: int = 1
    """How many of those must say yes; a count."""
    batch: int = 1
    """The most requests of one kind that are answered at once; a count."""
    limit: int = 0
    """Requests before them, waiting or looked at, beyond which one more is turned away; a count, 0 for none."""
    patience: float = math.inf
    """[s] in the line after which a request is withdrawn."""
    escalate_after: float = math.inf
    """[s] in the line after which a request goes to others."""
    escalate_to: str = ""
    """The approvers to whom it then goes; at the end of their line."""
    fatigue: Fatigue | None = None
    wrongly_denies: float = 0.0
    """Share of the harmless requests that one of them turns down; dimensionless."""
    break_glass: BreakGlass | None = None
    alerts: bool = False
    """Whether what they turn down of an attacker's is an alert, raised at once."""

    def attention(self, load: int) -> float:
        """Return the chance that one who has answered *load* requests of late catches an attack; dimensionless."""
        return self.catches if self.fatigue is None else self.fatigue.catches(self.catches, load)
