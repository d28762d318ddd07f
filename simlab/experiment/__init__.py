"""Strategies x seeds into a store, and the statistics that compare them."""

from __future__ import annotations

from simlab.experiment.results import Results
from simlab.experiment.store import open_study, save
from simlab.experiment.study import compare

__all__ = ["Results", "compare", "open_study", "save"]
