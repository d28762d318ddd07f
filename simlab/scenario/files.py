"""Bytes in, text out: only regular files of moderate size, in UTF-8."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from simlab.errors import InvalidInputError, Problem
from simlab.lookup import closest
from simlab.scenario.characters import FORBIDDEN, describe
from simlab.scenario.places import Spot

LARGEST = 1 << 20
"""Bytes; a longer file was made by a program, and says the same with ``copies``."""


def fail(spot: Spot, code: str, message: str, hint: str = "") -> InvalidInputError:
    """Return the error for one fault after which reading makes no sense."""
    return InvalidInputError([Problem(*spot, code, message, hint)])


def read_bytes(path: Path, blame: Spot | None = None) -> bytes:
    """Return what the file *path* holds; faults are put down to *blame*, where the file was named.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it is not a regular one, or it is too large.
    """
    spot = blame or Spot(str(path), 1, 1)
    try:
        # A pipe or a terminal must not make the program wait: open without blocking, then look.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise fail(spot, "E409", f"no such file: '{path}'", _nearest(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise fail(spot, "E409", f"cannot read '{path}': {reason}") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise fail(spot, "E409", f"not a regular file: '{path}'", "name a scenario file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise fail(
            spot, "E001", f"larger than {LARGEST // 1024} KiB", "`copies: N` writes N alike entries as one"
        )
    return data


def _nearest(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return f"there is no folder '{path.parent}'"
    near = closest(path.name, names) or closest(path.stem, [name for name in names if name.endswith(".yaml")])
    return f"did you mean '{path.parent / near}'?" if near else ""


def decode(data: bytes, name: str) -> str:
    """Return *data* as text.

    Raises
    ------
    InvalidInputError
        If it is not UTF-8, or holds a character that does not show.
    """
    if len(data) > LARGEST:
        raise fail(Spot(name, 1, 1), "E001", f"larger than {LARGEST // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        raise fail(_end(name, before), "E002", "not UTF-8 text", "save the file as UTF-8") from None
    found = FORBIDDEN.search(text)
    if found:
        spot = _end(name, text[: found.start()])
        raise fail(spot, "E003", f"forbidden character {describe(found.group())}", "delete it")
    return text


def _end(name: str, before: str) -> Spot:
    return Spot(name, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
