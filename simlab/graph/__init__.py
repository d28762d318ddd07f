"""Reach: what could happen under a strategy, with no clock."""

from __future__ import annotations

from simlab.graph.reach import Reach, Step, reach

__all__ = ["Reach", "Step", "reach"]
