"""When services of a domain are out of order, in one run: times to compare, settled before anything happens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from simlab.errors import BudgetError
from simlab.model.chance import Distribution
from simlab.model.enforcement import Outage, Service
from simlab.model.system import Domain
from simlab.sim.streams import Streams

MOST = 10_000
"""Outages of one service in one run: more are a share of errors."""


class Outages:
    """All outages of one run, each valid on [beginning, end)."""

    def __init__(self, domains: Iterable[Domain], streams: Streams, horizon: float) -> None:
        """Settle when they are."""
        self._spans: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
        for domain in domains:
            for outage in domain.outages:
                spans = _merged(_drawn(domain.name, outage, streams, horizon))
                self._spans[domain.name, outage.what] = ([a for a, _ in spans], [b for _, b in spans])

    def over(self, domain: str, what: Service, now: float) -> float:
        """Return when *what* of *domain* works again [s]: *now*, where it does."""
        spans = self._spans.get((domain, what))
        if spans is None:
            return now
        begins, ends = spans
        last = bisect_right(begins, now) - 1
        return max(ends[last], now) if last >= 0 else now

    def begin(self, domain: str, what: Service) -> list[float]:
        """Return when each outage of *what* in *domain* begins [s]."""
        return self._spans.get((domain, what), ([], []))[0]


NO_OUTAGES = Outages((), Streams(0, 0), 0.0)


def _drawn(name: str, outage: Outage, streams: Streams, horizon: float) -> Iterator[tuple[float, float]]:
    for number, law in enumerate(outage.at):
        begin = law.quantile(streams.uniform("outage", name, outage.what, number))
        yield begin, begin + _length(name, outage, streams, number)
    if outage.every is not None:
        yield from _again_and_again(name, outage, outage.every, streams, horizon)


def _again_and_again(
    name: str, outage: Outage, every: Distribution, streams: Streams, horizon: float
) -> Iterator[tuple[float, float]]:
    end = 0.0
    for number in range(MOST):
        begin = end + every.quantile(streams.uniform("outage", name, outage.what, number))
        if begin >= horizon:
            return
        end = begin + _length(name, outage, streams, number)
        yield begin, end
    msg = f"E302 more than {MOST} outages of {outage.what} in '{name}' (let them be rarer, or write errors:)"
    raise BudgetError(msg)


def _length(name: str, outage: Outage, streams: Streams, number: int) -> float:
    return outage.lasts.quantile(streams.uniform("outage length", name, outage.what, number))


def _merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return *spans* in order of time, those that meet as one."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif begin < end:
            found.append((begin, end))
    return found
