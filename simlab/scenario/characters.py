"""Characters that must not be in a scenario: unseen, they make a text read as what it is not."""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab, newline and return
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing (Trojan Source, CVE-2021-42574)
    "\u200b-\u200d\u2028\u2029\u2060\ufeff"  # no width, or a line break that editors do not show
    "\ud800-\udfff\ufffe\uffff]"  # not characters
)

SECRET = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # AWS access key
    r"|\bgh[pousr]_[0-9A-Za-z]{36}"  # GitHub token
    r"|\bgithub_pat_[0-9A-Za-z_]{40}"
    r"|\bxox[abprs]-[0-9A-Za-z-]{10}"  # Slack token
    r"|\bsk-(?:ant-|proj-)?[0-9A-Za-z_-]{32}"  # keys of model providers
    r"|\bAIza[0-9A-Za-z_-]{35}"  # Google key
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10}"  # JSON web token
)
"""What looks like a live credential; a report would carry it on."""


def describe(character: str) -> str:
    """Return the number and name of *character*, for it may not show.

    Examples
    --------
    >>> describe("\u0430")
    'U+0430 CYRILLIC SMALL LETTER A'
    """
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def strange(text: str) -> str:
    """Return a note on the first character of *text* beyond ASCII, or an empty string."""
    return next((f"holds {describe(c)}" for c in text if not c.isascii()), "")


def shown(text: str, width: int = 60) -> str:
    """Return *text* quoted, on one line, not too long, and with nothing unseen in it.

    Examples
    --------
    >>> shown("a" * 80, width=8)
    "'aaaaaaa…'"
    """
    short = text if len(text) <= width else text[: width - 1] + "…"
    return repr("".join(describe(c) if FORBIDDEN.match(c) and c not in "\n\r\t" else c for c in short))
