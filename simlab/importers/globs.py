"""Patterns of * and ?: what fits them, which of two is the wider, and whether they meet."""

from __future__ import annotations

from functools import lru_cache

LONGEST = 2048
"""Characters of a pattern; as many as AWS takes."""
_ONE, _MANY = "\x00", "\x01"  # stand for characters that no pattern names


def fits(pattern: str, text: str) -> bool:
    """Return whether *text* fits *pattern*: * stands for any characters, ? for one.

    Examples
    --------
    >>> fits("a*c?", "abbcd"), fits("a*c?", "abbc")
    (True, False)
    """
    i = j = back = 0
    star = -1
    while j < len(text):
        if i < len(pattern) and pattern[i] == "*":
            star, back = i, j
            i += 1
        elif i < len(pattern) and pattern[i] in ("?", text[j]):
            i, j = i + 1, j + 1
        elif star >= 0:
            back += 1
            i, j = star + 1, back
        else:
            return False
    return all(sign == "*" for sign in pattern[i:])


@lru_cache(maxsize=1 << 16)
def covers(wide: str, narrow: str) -> bool:
    """Return whether what fits *narrow* fits *wide* too, taking each * of *narrow* to be long.

    A long text of a letter that *wide* does not have stands for each * of *narrow*, and another such letter for
    each ?. So the empty text, which fits ``*`` but not ``?*``, plays no part.

    Examples
    --------
    >>> covers("a*", "ab*"), covers("ab*", "a*"), covers("a?", "a*")
    (True, False, False)
    """
    text = narrow.replace("?", _ONE).replace("*", _MANY * (len(wide) + 1))
    return fits(wide, text)


@lru_cache(maxsize=1 << 16)
def meet(left: str, right: str) -> bool:
    """Return whether any text fits both patterns.

    Examples
    --------
    >>> meet("a*", "*z"), meet("a*", "b*")
    (True, False)
    """
    if not {"*", "?"} & set(left):
        return fits(right, left)
    if not {"*", "?"} & set(right):
        return fits(left, right)
    row = _stars(right)
    for a in left:
        above, row = row, [a == "*" and row[0]]
        for j, b in enumerate(right, 1):
            if "*" in (a, b):
                # A star stands for nothing, or for what the other has here.
                row.append(above[j] or row[j - 1])
            else:
                row.append((a == b or "?" in (a, b)) and above[j - 1])
    return row[-1]


def _stars(pattern: str) -> list[bool]:
    row = [True]
    for sign in pattern:
        row.append(row[-1] and sign == "*")
    return row
