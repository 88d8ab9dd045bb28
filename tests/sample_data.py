"""Where the real sample data lies that some tests and benchmarks want."""

import os
from pathlib import Path


def shared_data() -> Path:
    """Return the folder with the data, of MEDVIEWER_SHARED or beside the checkout; it may be absent."""
    return Path(os.environ.get("MEDVIEWER_SHARED", Path(__file__).resolve().parents[2] / "shared"))
