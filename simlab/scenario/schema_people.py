"""The language, part four: people who are asked before something is done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from simlab.model import people
from simlab.scenario.fields import FiniteDuration, Identifier, PositiveDuration, Probability, Strict, fault
from simlab.scenario.laws import DurationSpec, law

Count = Annotated[int, Field(ge=1, le=10_000)]


def _a_day_at_most(value: float) -> float:
    if value > people.DAY:
        raise fault("E114", "later than midnight", "write a time of the day, such as 17h")
    return value


TimeOfDay = Annotated[FiniteDuration, AfterValidator(_a_day_at_most)]


class HoursSpec(Strict):
    """When people work; the run begins at midnight, on the first day of a week."""

    start: TimeOfDay = Field(alias="from")
    """Time of the day at which they begin, such as 9h."""
    end: TimeOfDay = Field(alias="to")
    """Time of the day at which they take up nothing more, such as 17h."""
    days: Annotated[int, Field(ge=1, le=7)] = 5
    """Working days at the beginning of each week of seven."""

    @model_validator(mode="after")
    def _ordered(self) -> HoursSpec:
        if self.start >= self.end:
            raise fault("E114", "'to' is not later than 'from'", "change them over")
        return self


class FatigueSpec(Strict):
    """How attention falls with what a person has just answered: floor + (catches - floor) exp(-answers / per)."""

    per: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Answers within the window after which attention has fallen to 37 % of its way down; a count."""
    window: PositiveDuration = 3600.0
    """How long an answer weighs on the person who gave it."""
    floor: Probability = 0.0
    """Chance to catch an attack that is left to somebody worn out; dimensionless."""


class BreakGlassSpec(Strict):
    """A key for all that its roles allow, for who has waited too long."""

    after: FiniteDuration
    """Time in the line after which somebody at work takes the key."""
    ttl: PositiveDuration
    """How long the key lives; it does not end with the task, and it can leak."""


class EscalateSpec(Strict):
    """Others to whom a request goes."""

    after: PositiveDuration
    """Time in the line after which it goes to them."""
    to: Identifier
    """The approvers to whom it goes, at the end of their line."""


class ApproversSpec(Strict):
    """People who are asked before something is done, and the line in front of them."""

    catches: Probability
    """Chance that a rested one turns down what an attacker asks for; dimensionless."""
    count: Count = 1
    """People at work at the same time."""
    service: DurationSpec = 0.0
    """The time it takes one of them to look at a request, or at a batch."""
    hours: HoursSpec | None = None
    """When they work; always, if it is not said."""
    per: Literal["request", "credential"] = "request"
    """What an approval is good for: one request, or all that is done with one credential of a task."""
    asks: Count = 1
    """How many of them look at each request."""
    needs: Count = 1
    """How many of those must say yes."""
    batch: Count = 1
    """The most requests of one kind (agent, task, permission) that are answered at once."""
    limit: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """Requests before them, waiting or looked at, beyond which one more is turned away; 0 for no limit."""
    patience: PositiveDuration = float("inf")
    """Time in the line after which a request is withdrawn, and so denied; never, if it is not said."""
    escalate: EscalateSpec | None = None
    """Others to whom a request goes that has waited too long."""
    fatigue: FatigueSpec | None = None
    """How attention falls with work; not at all, if it is not said."""
    wrongly_denies: Probability = 0.0
    """Share of the harmless requests that one of them turns down; dimensionless."""
    break_glass: BreakGlassSpec | None = None
    """A way round the line for who has waited too long; none, if it is not said."""
    alerts: bool = False
    """Whether they raise an alert at once when they turn down what an attacker asks for, whatever telemetry covers."""

    @model_validator(mode="after")
    def _enough(self) -> ApproversSpec:
        if self.needs > self.asks:
            raise fault("E114", f"{self.needs} must say yes, but {self.asks} are asked", "raise asks")
        if self.asks > self.count:
            raise fault("E114", f"{self.asks} are asked, but there are {self.count}", "raise count")
        if self.fatigue is not None and self.fatigue.floor > self.catches:
            raise fault("E114", "the floor is more than 'catches'", "who is worn out catches less, not more")
        return self

    def approvers(self, name: str) -> people.Approvers:
        """Return the people, as the model knows them."""
        hours, tired, glass, other = self.hours, self.fatigue, self.break_glass, self.escalate
        return people.Approvers(
            name=name,
            catches=self.catches,
            count=self.count,
            service=law(self.service),
            hours=people.Hours(hours.start, hours.end, hours.days) if hours else None,
            per=self.per,
            asks=self.asks,
            needs=self.needs,
            batch=self.batch,
            limit=self.limit,
            patience=self.patience,
            escalate_after=other.after if other else float("inf"),
            escalate_to=other.to if other else "",
            fatigue=people.Fatigue(tired.per, tired.window, tired.floor) if tired else None,
            wrongly_denies=self.wrongly_denies,
            break_glass=people.BreakGlass(glass.after, glass.ttl) if glass else None,
            alerts=self.alerts,
        )
