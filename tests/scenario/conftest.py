"""A small good file, and a way to spoil it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def good() -> str:
    """Return the text of a scenario without a fault."""
    return Path(__file__).with_name("good.yaml").read_text(encoding="utf-8")
