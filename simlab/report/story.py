"""One run as a table, and an explanation as numbered steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simlab.report.numbers import listed
from simlab.report.terms import REASONS, because, fact
from simlab.units import duration

MOST_LINES = 24
"""Lines of a story that are shown at once; the rest can be unfolded."""

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story."""

    time: str
    who: str
    what: str
    credential: str
    verdict: str
    """``allowed``, ``denied``, or empty where nobody decided."""
    reason: str
    policy: str


def tell(rows: list[Entry]) -> list[Line]:
    """Return *rows* as lines; rows that say the same again and again become one."""
    lines: list[Line] = []
    for group in _grouped(rows):
        first, times = group[0], len(group)
        line = _line(first)
        if first["action"] == "hold" and times > 1:
            names = list(dict.fromkeys(row["resource"] for row in group))
            line = _replaced(line, f"holds the credentials of {listed(names)}", f"{times} credentials")
        elif times > 1:
            until = duration(round(group[-1]["time"]))
            line = _replaced(line, f"{line.what} ({times} times, until {until})", line.credential)
        lines.append(line)
    return lines


def _replaced(line: Line, what: str, credential: str) -> Line:
    return Line(line.time, line.who, what, credential, line.verdict, line.reason, line.policy)


def _grouped(rows: list[Entry]) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    for row in rows:
        if groups and _same(groups[-1][0], row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _same(first: Entry, row: Entry) -> bool:
    """Return whether *row* only repeats *first*, or belongs to the same find of credentials."""
    if first["action"] == row["action"] == "hold" and first["kind"] == row["kind"] == "gain":
        return bool(first["time"] == row["time"])
    ignored = {"time", "credential", "serial"} | ({"task", "chain"} if first["kind"] == "strike" else set())
    return all(first[key] == row[key] for key in first if key not in ignored)


def _line(row: Entry) -> Line:
    decided = row["kind"] == "request"
    outsider = "with a stolen key" if decided and not row["chain"] else ""
    chain = row["chain"].replace(">", " → ") or row["agent"]
    who = ", ".join(part for part in (row["actor"], outsider or (f"as {chain}" if chain else "")) if part)
    if row["actor"] == "responder":
        who = "responder"
    return Line(
        time=duration(round(row["time"])).replace("0ms", "0"),
        who=who,
        what=_what(row),
        credential=row["credential"],
        verdict=("allowed" if row["allowed"] else "denied") if decided else "",
        reason=because(row["reason"]) if row["reason"] in REASONS else _plain(row),
        policy=row["policy"],
    )


def _what(row: Entry) -> str:
    asked = f"{row['action']}:{row['resource']}" if row["action"] else ""
    if row["kind"] == "strike":
        target = f" ({row['task']})" if row["task"] else ""
        what = {"hijacked": f"a session of {row['agent']}{target} obeys what it got by {asked}"}
        return what.get(row["reason"], f"{row['reason']}: {fact(asked)}")
    if row["kind"] == "gain":
        return fact(asked)
    if row["kind"] == "detect":
        return f"alert: {row['reason']}"
    if row["kind"] == "revoke":
        target = f"sessions of {row['agent']}" if row["agent"] else "the credential"
        return f"orders {target} stopped" if row["agent"] else f"orders {target} revoked"
    return f"asks for {asked}"


def _plain(row: Entry) -> str:
    return "" if row["kind"] in {"strike", "detect", "gain"} else str(row["reason"])


def steps(explained: list[Entry]) -> list[dict[str, str]]:
    """Return an explanation as steps: the fact, in other words if there are any, and how it comes about."""
    told = []
    for step in explained:
        words = fact(step["fact"])
        told.append(
            {"fact": step["fact"], "words": "" if words == step["fact"] else words, "how": _how(step)}
        )
    return told


def _how(step: Entry) -> str:
    if not step["needs"]:
        return "the threat hands it over"
    if step["credential"]:
        needs = listed([need if fact(need) == need else fact(need) for need in step["needs"]], 6)
        said = because(step["reason"])
        return (
            f"the attacker {needs} and presents the {step['credential']}; {step['policy']} says yes: {said}"
        )
    return f"follows from {listed(step['needs'], 6)} by the rule “{step['rule']}”"
