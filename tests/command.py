"""The command line, run in this process."""

from __future__ import annotations

import sys
from pathlib import Path

from simlab.cli import main


def simlab(capsys, *words: str | Path) -> tuple[int, str, str]:
    """Return the exit status, stdout and stderr of one command, run in this process."""
    old = sys.argv
    sys.argv = ["simlab", *map(str, words)]
    try:
        main()
        status = 0
    except SystemExit as leaving:
        status = int(leaving.code or 0)
    finally:
        sys.argv = old
    captured = capsys.readouterr()
    return status, captured.out, captured.err
