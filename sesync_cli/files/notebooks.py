"""What of a notebook is not its author's own words."""

import json
from typing import Any

_MOST = 100_000_000  # bytes of a notebook that is still read as a whole


def outputs(text: bytes) -> int:
    """The bytes of a notebook that its cells printed and drew; 0 for what is no notebook."""
    try:
        cells = json.loads(text)["cells"] if len(text) <= _MOST else []
        return sum(_length(cell.get("outputs")) for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 0


def _length(value: Any) -> int:
    return len(json.dumps(value)) if value else 0
