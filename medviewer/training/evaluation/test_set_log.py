"""Log of the evaluations of a test split, by hash of the weights.

It stands on the card, and after the release in the user's log. A split that is read again and again ends up
choosing the model. The readings before a release stand on its card; each later one is noted in a file of the
user's, because a bundled card cannot be changed.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from medviewer import paths
from medviewer.inference.pack import WEIGHTS, Pack
from medviewer.storage import write_private

LOG: Final = "test-readings.jsonl"


def note_reading(pack: Pack, data: str, data_sha256: str) -> int:
    """Note that a test split was read.

    Return how often it was by now, the card's readings included.

    Parameters
    ----------
    data, data_sha256 : str
        The file's name and hash. A card from before the hash was noted is matched by the name.

    Raises
    ------
    WriteError
        The log cannot be written.
    """
    log = paths.user_folder("data") / LOG
    reading = {
        "date": date.today().isoformat(),
        "data": data,
        "data_sha256": data_sha256,
        "split": "test",
        "weights": pack.hashes[WEIGHTS],
    }
    noted = log.read_text("utf-8").splitlines() if log.is_file() else []
    write_private(log, "".join(f"{line}\n" for line in [*noted, json.dumps(reading)]).encode())
    on_card, in_log = (
        Counter(
            (str(other.get("date")), str(other.get("data"))) for other in some if _is_same(other, reading)
        )
        for some in (pack.card.readings, map(json.loads, noted))
    )
    return 1 + (on_card | in_log).total()  # one before a release may stand in both


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one.get("weights") != other["weights"]:
        return False
    known = "data_sha256" if "data_sha256" in one else "data"
    return bool(one.get(known) == other[known])
