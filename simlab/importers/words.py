"""Names and comments from text that somebody else wrote."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from simlab.scenario.characters import SECRET

_LONGEST = 64
_STRANGE = re.compile(r"[^A-Za-z0-9_.-]+")


def safe(text: str, width: int = 300) -> str:
    r"""Return *text* on one line, not too long, with nothing unseen and no credential in it.

    Examples
    --------
    >>> safe("a\nb")
    'a\\nb'
    """
    plain = SECRET.sub("withheld", text)
    plain = plain if len(plain) <= width else plain[: width - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in plain)


def name(text: str) -> str:
    """Return what a scenario can call *text*.

    Examples
    --------
    >>> name("prod/deployer"), name("42"), name("*"), name("logs*/a")
    ('prod-deployer', 'x-42', 'any', 'logs-any-a')
    """
    plain = SECRET.sub("withheld", text).replace("*", "/any/").replace("?", "/one/")
    plain = re.sub("-+", "-", _STRANGE.sub("-", plain)).strip("-.") or "unnamed"
    plain = plain if plain[0].isascii() and plain[0].isalpha() else f"x-{plain}"
    if len(plain) <= _LONGEST - 5:  # so that a number still fits behind it
        return plain
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain[: _LONGEST - 15]}-{digest}"


def names(wanted: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a name for each key of *wanted*, near to what it might be called; no two differ only by case.

    Examples
    --------
    >>> names([("b", "Logs"), ("a", "logs")])
    {'a': 'logs', 'b': 'Logs-2'}
    """
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for key, called in sorted(set(wanted)):
        first = name(called)
        chosen, number = first, taken.get(first.lower(), 1)
        while chosen.lower() in taken:
            number += 1
            chosen = f"{first}-{number}"
        taken[first.lower()] = number
        taken.setdefault(chosen.lower(), 1)
        found[key] = chosen
    return found
