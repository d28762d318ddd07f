"""One study in, one page out: the answer in three sentences, then everything that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_report"]


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the study *folder*, from what is in it, and return its path.

    The page opens without a network, runs no script, and has the same bytes for the same study.

    Raises
    ------
    StoreError
        If *folder* is not a study, or cannot be written.
    """
    # Imported when asked for: the command line must answer `--help` without loading matplotlib.
    from simlab.report.page import write_page

    return write_page(folder)
