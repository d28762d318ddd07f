"""One plain scalar of YAML 1.2: what it means, and when it means different things to different readers."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_AMBIGUOUS = {
    "base 60 in YAML 1.1": re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
    "a hexadecimal, octal or binary number to some readers": re.compile(r"[-+]?0[xob][0-9A-Fa-f_]+"),
    "octal in YAML 1.1 and decimal in YAML 1.2": re.compile(r"[-+]?0[0-9_]+"),
    "a number in YAML 1.1 and text in YAML 1.2": re.compile(r"[-+]?[0-9]+_[0-9_]*(?:\.[0-9_]*)?"),
    "a date to some readers": re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"),
    "a truth value in YAML 1.1 and text in YAML 1.2": re.compile(
        r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
    ),
}
_LARGEST = 2**53
_SMALLEST = 1e-300


class ScalarError(ValueError):
    """A scalar that must be written in another way."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        """Keep what is wrong and how to mend it."""
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def ambiguous(text: str) -> str:
    """Return why readers differ about the plain scalar *text*, or an empty string.

    Examples
    --------
    >>> ambiguous("1:30"), ambiguous("1h30m")
    ('base 60 in YAML 1.1', '')
    """
    return next((why for why, pattern in _AMBIGUOUS.items() if pattern.fullmatch(text)), "")


def resolve(text: str) -> Scalar:
    """Return the value of the plain scalar *text* (core schema of YAML 1.2).

    Raises
    ------
    ScalarError
        If readers differ about it, or a computer cannot hold it.

    Examples
    --------
    >>> resolve("1e3"), resolve("true"), resolve("15m"), resolve("~")
    (1000.0, True, '15m', None)
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    why = ambiguous(text)
    if why:
        hint = "write true or false, or quote it" if "truth" in why else "quote it, or write it plainly"
        raise ScalarError("E015", f"ambiguous value '{text[:40]}': {why}", hint)
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError("E105", f"not a finite number: '{text}'", "for a duration without end write never")
    if _INT.fullmatch(text):
        return _whole(text)
    return _real(text) if _FLOAT.fullmatch(text) else text


def _whole(text: str) -> int:
    # Beyond 2**53 a float, a spreadsheet and a JSON reader would each see another number.
    if len(text) > 17 or abs(int(text)) > _LARGEST:
        raise ScalarError("E104", f"number too large: {text[:20]}…", "at most 2**53")
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if abs(value) == float("inf"):
        raise ScalarError("E105", f"not a finite number: '{text[:40]}'", "")
    if abs(value) < _SMALLEST and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise ScalarError("E104", f"number too small: '{text[:40]}'", "write 0")
    return value
