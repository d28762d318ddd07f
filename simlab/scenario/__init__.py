"""YAML in; a scenario out, or errors with file, line and column."""

from __future__ import annotations

from simlab.scenario.loading import load, loads
from simlab.scenario.schema import json_schema
from simlab.scenario.template import template

__all__ = ["json_schema", "load", "loads", "template"]
