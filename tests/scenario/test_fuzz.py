"""Whatever the bytes are, the answer is a scenario or a list of problems."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simlab.errors import InvalidInputError
from simlab.scenario import load, loads
from simlab.scenario.schema import ScenarioFile

LONGEST = 30.0
"""[s] of processor time for an answer. A hang takes minutes; how fast it is, a benchmark says."""

# ruff: noqa: PT017 (either answer will do)
PIECES = [b"\n", b" ", b"  ", b":", b": ", b"- ", b"[", b"]", b"{", b"}", b"#", b"&a ", b"*a", b"!!str ", b"'",
          b'"', b"\\", b"\t", b"|", b">", b"?", b"%", b"@", b"`", b"<<: ", b"~", b"null", b"true", b".nan", b"1e999",
          b"-1", b"\x00", b"\xff", "\u202e".encode(), b"copies: 3, ", b"0x1", b"---\n", b"..."]  # fmt: skip
VALUES = ["null", "true", "text", "[]", "{}", "-1", "0", "1e308", ".nan", "never", "[[1]]", '{"a": 1}']


def answer(call, what):
    """Load, and let nothing pass but the one error."""
    began = time.process_time()
    try:
        call(what)
    except InvalidInputError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)
    assert time.process_time() - began < LONGEST


@pytest.mark.parametrize("batch", range(10))
def test_500_mutations_of_a_good_file_raise_nothing_else(good, tmp_path, batch):
    """Bytes taken out, put in, changed over; seeded."""
    chance = np.random.default_rng([20261124, batch])
    path = tmp_path / "mutant.yaml"
    for _ in range(50):
        data = bytearray(good.encode())
        for _ in range(int(chance.integers(1, 6))):
            start = int(chance.integers(len(data)))
            length = int(chance.integers(0, 12))
            piece = PIECES[int(chance.integers(len(PIECES)))]
            data[start : start + length] = piece if chance.random() < 0.7 else b""
        path.write_bytes(bytes(data))
        answer(load, path)


@pytest.mark.parametrize("key", list(ScenarioFile.model_fields))
def test_every_section_survives_a_value_of_any_type(good, key):
    """Null, text, lists, numbers at the edge."""
    lines = good.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith(f"{key}:")), len(lines))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    for value in VALUES:
        answer(loads, "\n".join([*lines[:start], f"{key}: {value}", *lines[end:]]))
    answer(loads, "\n".join([*lines[:start], *lines[end:]]))
    answer(loads, "\n".join([*lines[:start], f"x{key}: 1", *lines[end:]]))


def test_every_inner_value_survives_a_value_of_any_type(good):
    """One value after another, whatever it was."""
    for number, line in enumerate(good.splitlines()):
        for value in VALUES[:6]:
            lines = good.splitlines()
            lines[number] = f"{line.partition(': ')[0]}: {value}"
            answer(loads, "\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_raises_nothing_else(text):
    """Also text that is no text."""
    answer(loads, text)
