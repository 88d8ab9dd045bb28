"""Figures and readings that a bundled card gets after its release.

Its network, calibration and threshold stay as they are. A reading of the test split that was no evaluation is
counted like one: a split that is looked at again and again ends up choosing.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from medviewer.errors import DataError
from medviewer.inference.pack import CARD, WEIGHTS, bundled_folder, load_card
from medviewer.storage import atomic_write
from medviewer.training.comparison import comparison_on_card, plot_sources
from medviewer.training.release.publish import pin
from medviewer.training.release.toml_writer import toml_text
from medviewer.translation import mark

PURPOSES: Final = (
    mark("comparison with classic methods and a recurrent network; nothing was chosen by it"),
    mark("width and count of the rule about sixteen changes, later chosen anew on validation pictures"),
    mark("pictures of the evaluation were drawn"),
    mark("a second evaluation, for how steady it is on 16 of the films"),
)
"""What test splits were read for so far, beside evaluations."""

COMPARISON: Final = "comparison.png"
NEEDED: Final = ("date", "data", "pictures", "purpose")
"""Entries of a further reading."""


def add_to_card(name: str, facts: Mapping[str, Any]) -> Path:
    """Add figures and readings to the card of a bundled model.

    Parameters
    ----------
    facts : mapping
        "figures": tables that join those of the card, a value of the same name is replaced. "readings": each
        with NEEDED; one that the card has already is not added again.

    Raises
    ------
    DataError
        It has other tables, or a reading without date, data, pictures or purpose.
    """
    folder = bundled_folder() / name
    if set(facts) - {"figures", "readings"}:
        raise DataError(path=name, detail="only figures and readings are added to a card")
    card = tomllib.loads((folder / CARD).read_text("utf-8"))
    _join(card.setdefault("figures", {}), facts.get("figures", {}))
    readings = card.setdefault("readings", [])
    for reading in facts.get("readings", ()):
        if any(key not in reading for key in NEEDED):
            raise DataError(path=name, detail=f"a reading needs {', '.join(NEEDED)}")
        noted = {**reading, "split": "test", "weights": card["files"][WEIGHTS]}
        if noted not in readings:
            readings.append(noted)
    atomic_write(folder / CARD, toml_text(card).encode())
    load_card(folder)
    pin(folder)
    return folder


def draw_comparison(name: str) -> Path:
    """Draw the left-out sources of a bundled card beside it.

    Nothing is computed anew: points and lines are figures of the card.
    """
    folder = bundled_folder() / name
    atomic_write(folder / COMPARISON, plot_sources(comparison_on_card(load_card(folder))))
    pin(folder)
    return folder / COMPARISON


def _join(table: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(table.get(key), dict):
            _join(table[key], value)
        else:
            table[key] = value
