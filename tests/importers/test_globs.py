"""Patterns of * and ?, held to what enumeration says."""

import re
from itertools import product

import pytest

from simlab.importers.globs import covers, fits, meet

LETTERS = "ab"
TEXTS = ["".join(letters) for length in range(6) for letters in product(LETTERS, repeat=length)]
PATTERNS = ["".join(signs) for length in range(4) for signs in product("ab*?", repeat=length)]


def language(pattern):
    """All short texts that fit, by way of a regular expression."""
    form = re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern))
    return frozenset(text for text in TEXTS if form.fullmatch(text))


LANGUAGES = {pattern: language(pattern) for pattern in PATTERNS}


@pytest.mark.parametrize("pattern", ["", "a", "*", "?", "a*", "*a", "?*", "*?b", "a**b"])
def test_named_patterns_fit_what_a_regular_expression_fits(pattern):
    """By hand, for the reader."""
    assert {text for text in TEXTS if fits(pattern, text)} == language(pattern)


def test_every_short_pattern_fits_what_a_regular_expression_fits():
    """85 patterns, 63 texts."""
    for pattern, texts in LANGUAGES.items():
        assert {text for text in TEXTS if fits(pattern, text)} == texts, pattern


def test_two_patterns_meet_just_where_a_text_fits_both():
    """All pairs; patterns of three signs meet, if at all, in a text of five letters or fewer."""
    for (left, one), (right, other) in product(LANGUAGES.items(), repeat=2):
        assert meet(left, right) == bool(one & other), (left, right)


def test_what_covers_is_at_least_as_wide():
    """Where one pattern covers another, no long text fits only the narrower one; and back.

    A * is taken to be long: so texts are compared in which each * stands for five letters that no pattern names.
    """
    for wide, narrow in product(PATTERNS, repeat=2):
        filler = "".join({"*": "zzzzz", "?": "y"}.get(sign, sign) for sign in narrow)
        form = re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in wide))
        assert covers(wide, narrow) == bool(form.fullmatch(filler)), (wide, narrow)
        if covers(wide, narrow):
            long = {text for text in LANGUAGES[narrow] if len(text) > 3}
            assert long <= LANGUAGES[wide], (wide, narrow)


def test_many_stars_take_no_time():
    """What makes a regular expression run for years."""
    assert not fits("*a" * 200 + "b", "a" * 1000)
    assert meet("*a" * 100 + "*", "*b" * 100)
