"""The folder of the real sample data."""

import os
from pathlib import Path


def shared_data() -> Path:
    """Return the folder with the data, which may be absent.

    It is that of MEDVIEWER_SHARED, else one beside the checkout.
    """
    return Path(os.environ.get("MEDVIEWER_SHARED", Path(__file__).resolve().parents[2] / "shared"))
