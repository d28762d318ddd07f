"""Write the schema that editors read: python tests/scenario/write_schema.py."""

from __future__ import annotations

import json
from pathlib import Path

from simlab.scenario import json_schema

if __name__ == "__main__":
    path = Path(__file__).parents[2] / "schema" / "scenario.schema.json"
    path.write_text(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
