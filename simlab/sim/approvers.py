"""Approvers: people who are asked, the line in front of them, and what they say.

A request stands in the line until as many people as look at each request have taken it up. At one instant, who is
taken up goes before who gives up. Attackers' requests stand in the same line, and cannot be told from others
but by looking.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from simlab.model.chance import Fixed
from simlab.model.people import Approvers
from simlab.sim.clock import ANSWER, LAST

if TYPE_CHECKING:
    from simlab.sim.engine import Engine

APPROVED, REFUSED, EXPIRED, BUSY = "approved", "approver-refused", "approval-expired", "approvers-busy"
GLASS, NOBODY = "break-glass", "no-approver"
"""What can come of a request; they are the reasons that its row gives."""


class Ticket:
    """One request in the line."""

    __slots__ = (
        "alike", "asked", "hostile", "impatient", "line", "name", "no", "outcome", "over", "people",
        "urgent", "wake", "yes",
    )  # fmt: skip

    def __init__(
        self, name: tuple[object, ...], alike: tuple[object, ...], wake: Callable[[], object], now: float
    ) -> None:
        """Ask *now*; call *wake* when there is an outcome."""
        self.name = name
        """What chance is keyed by."""
        self.alike = alike
        """Requests that are equal in this are answered as one batch."""
        self.wake = wake
        self.asked = now
        """[s]."""
        self.urgent = self.hostile = self.impatient = self.over = False
        """Whether it goes before others; an intruder made it; who made it may break the glass; it is answered."""
        self.line: Desk | None = None
        """Where it waits; None when it does not."""
        self.people: list[int] = []
        """Who has taken it up."""
        self.yes = self.no = 0
        self.outcome = ""

    def settle(self, outcome: str) -> None:
        """Have an outcome, the first one for good."""
        if not self.outcome:
            self.outcome = outcome
            self.wake()


class Desk:
    """Approvers of one name, in one run."""

    def __init__(self, engine: Engine, people: Approvers, others: dict[str, Desk]) -> None:
        """Begin with everybody free; *others* are the desks to which requests can go on."""
        self.engine = engine
        self.people = people
        self.others = others
        self.lines: tuple[deque[Ticket], deque[Ticket]] = (deque(), deque())
        """Urgent ones, and the others."""
        self.free = deque(range(people.count))
        """Whoever has been free for longest comes first."""
        self.answered: list[deque[float]] = [deque() for _ in range(people.count)]
        """[s] when each person last answered requests."""
        self.inside = 0
        """Requests that wait or are looked at; a count."""
        self._opening = -1.0

    # --- the line -------------------------------------------------------------------------------------

    def ask(self, ticket: Ticket) -> None:
        """Put *ticket* before these people; its outcome is there at once only if the line is full."""
        tally, people = self.engine.tally, self.people
        tally.approvals += 1
        if people.limit and self.inside >= people.limit:
            tally.approvals_busy += 1
            ticket.outcome = BUSY
            return
        if people.patience < inf:
            self._later(people.patience, self._withdraw, ticket)
        if people.break_glass is not None and ticket.impatient:
            self._later(people.break_glass.after, self._break_glass, ticket)
        self.join(ticket)

    def join(self, ticket: Ticket) -> None:
        """Put *ticket* at the end of this line."""
        self.inside += 1
        ticket.line = self
        self.lines[not ticket.urgent].append(ticket)
        if self.people.escalate_after < inf:
            self._later(self.people.escalate_after, self._escalate, ticket)
        self._dispatch()

    def leave(self, ticket: Ticket) -> None:
        """Take *ticket* out of this line."""
        line = self.lines[not ticket.urgent]
        if line[0] is ticket:
            line.popleft()
        else:
            line.remove(ticket)
        ticket.line = None

    def waited(self, ticket: Ticket) -> None:
        """Write how long *ticket* has stood in the line, wherever."""
        if not ticket.hostile:
            wait = self.engine.env.now - ticket.asked
            self.engine.tally.approval_waits.append(wait)
            if ticket.urgent:
                self.engine.tally.urgent_waits.append(wait)

    def _later(self, delay: float, action: Callable[[Ticket], None], ticket: Ticket) -> None:
        """Do *action* to *ticket* after *delay* [s], once everything else that is due at that instant is done."""
        self.engine.after(delay, lambda: action(ticket), LAST, self.people.name, str(ticket.name))

    def _withdraw(self, ticket: Ticket) -> None:
        if ticket.line is not None:
            desk = ticket.line
            desk.leave(ticket)
            desk.inside -= 1
            desk.waited(ticket)
            ticket.over = True
            self.engine.tally.approvals_expired += 1
            ticket.settle(EXPIRED)

    def _break_glass(self, ticket: Ticket) -> None:
        """Go on without an answer; the request stays in the line, for what was done is looked at afterwards."""
        if ticket.line is not None:
            ticket.settle(GLASS)

    def _escalate(self, ticket: Ticket) -> None:
        if ticket.line is self and not ticket.people:
            self.leave(ticket)
            self.inside -= 1
            self.others[self.people.escalate_to].join(ticket)

    # --- the people -----------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Give whoever is free the next request that they have not looked at."""
        while self.free and (self.lines[0] or self.lines[1]):
            if not self._at_work():
                return
            for person in self.free:
                taken = self._take(person)
                if taken:
                    self.free.remove(person)
                    self._look(person, taken)
                    break
            else:
                return

    def _at_work(self) -> bool:
        """Return whether they work now; if they do not, remember to look when they do."""
        if self.people.hours is None:
            return True
        now = self.engine.env.now
        opening = self.people.hours.opens(now)
        if opening > now and opening != self._opening:
            self._opening = opening
            self.engine.after(opening - now, self._dispatch, ANSWER, self.people.name, -1)
        return opening <= now

    def _take(self, person: int) -> list[Ticket]:
        """Return what *person* takes up: the first request, and more of its kind up to a batch."""
        taken: list[Ticket] = []
        for line in self.lines:
            for ticket in line:
                if person in ticket.people or (taken and ticket.alike != taken[0].alike):
                    continue
                taken.append(ticket)
                if len(taken) >= self.people.batch:
                    break
            if taken:
                break
        for ticket in taken:
            ticket.people.append(person)
            if len(ticket.people) >= self.people.asks:
                self.leave(ticket)
                self.waited(ticket)
        return taken

    def _look(self, person: int, taken: list[Ticket]) -> None:
        first, engine, law = taken[0], self.engine, self.people.service
        if isinstance(law, Fixed):
            takes = law.value
        else:
            takes = law.quantile(
                engine.streams.uniform("approval", self.people.name, len(first.people), *first.name)
            )
        engine.after(takes, lambda: self._answer(person, taken), ANSWER, self.people.name, person)

    def _answer(self, person: int, taken: list[Ticket]) -> None:
        for ticket in taken:
            if ticket.over:  # it was withdrawn or decided while this one looked at it
                continue
            vote = self._says_yes(person, ticket)
            ticket.yes += vote
            ticket.no += not vote
            self._decide(ticket)
        self.free.append(person)
        self._dispatch()

    def _decide(self, ticket: Ticket) -> None:
        """Let *ticket* have its outcome, when enough people have said yes or no."""
        people = self.people
        refused = ticket.no > people.asks - people.needs
        if ticket.yes == people.needs or ticket.no == people.asks - people.needs + 1:
            if ticket.line is self:  # nobody else need look
                self.leave(ticket)
                self.waited(ticket)
            ticket.over = True
            self.inside -= 1
            if ticket.hostile and not refused and not ticket.outcome:
                self.engine.tally.waved_through += 1
            ticket.settle(REFUSED if refused else APPROVED)

    def _says_yes(self, person: int, ticket: Ticket) -> bool:
        people, now = self.people, self.engine.env.now
        answered, load = self.answered[person], 0
        if people.fatigue is not None:
            while answered and answered[0] <= now - people.fatigue.window:
                answered.popleft()
            load = len(answered)
            answered.append(now)
        wrong = people.attention(load) if ticket.hostile else people.wrongly_denies
        if wrong in {0.0, 1.0}:
            return not wrong
        place = ticket.people.index(person)
        return self.engine.streams.uniform("answer", people.name, place, *ticket.name) >= wrong

    def close(self) -> None:
        """Count, at the horizon, those who still wait: they have waited until then."""
        for line in self.lines:
            for ticket in line:
                self.waited(ticket)
