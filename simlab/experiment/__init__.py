"""Strategies x seeds into a store, and the statistics that compare them."""

from __future__ import annotations

from simlab.experiment.pairs import as_good_as, between, repairs
from simlab.experiment.results import Results
from simlab.experiment.store import open_study, save
from simlab.experiment.study import compare

__all__ = ["Results", "as_good_as", "between", "compare", "open_study", "repairs", "save"]
