"""The parameters of the processings.

Values in a unit hold only for images that have it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from medviewer.errors import MedviewerError
from medviewer.imaging.display import value_unit
from medviewer.imaging.frame import Frame
from medviewer.imaging.processing import PROCESSINGS, check_parameters
from medviewer.plain_json import read_json
from medviewer.viewer.texts import are_known

MOST_KEPT: Final = 500
"""Parameters that are kept for the next start."""

Settings = Mapping[str, Mapping[str, object]]
"""Processing -> parameters that differ from their defaults."""

Kind = tuple[str, str, bool]
"""What pictures must have in common to share values: modality, unit, whether they are in color."""


def kind_of(frame: Frame | None) -> Kind | None:
    """Return the kind of image that shares an image's values."""
    return None if frame is None else (frame.attributes.modality, value_unit(frame), frame.is_color)


class ProcessingSettings:
    """Processing settings, shared or per kind of image.

    What is returned is replaced, never changed, on a change.
    """

    def __init__(self) -> None:
        self._shared: dict[str, dict[str, object]] = {}
        self._own: dict[tuple[Kind | None, str], dict[str, object]] = {}
        self._whole: dict[Kind | None, Settings] = {}
        self._last: Kind | None = None  # it counts while an image is on its way
        self._chosen: dict[tuple[Kind | None, str, str], object] = {}  # by hand: kind, processing, name
        self._kept = ""  # of the last run, read when the first image is there

    def take(self, text: str) -> None:
        """Let the parameters hold that `as_text` returned in an earlier run."""
        self._kept = text

    def as_text(self) -> str:
        """Return parameters chosen by hand as ASCII text; "" for none.

        Values of images whose modality or unit is no known word are left out: it may name somebody.
        """
        self._read_kept()
        rows = [
            [processing, name, value, kind]
            for (kind, processing, name), value in self._chosen.items()
            if kind is None or are_known(*kind[:2])
        ]
        return json.dumps(rows[-MOST_KEPT:]) if rows else ""

    def _read_kept(self) -> None:
        text, self._kept = self._kept, ""
        for processing, name, value, kind in _rows(text):
            try:
                check_parameters(processing, {name: value})
            except (MedviewerError, KeyError, TypeError):  # of another version
                continue
            self._choose(kind, processing, name, value)

    def _choose(self, kind: Kind | None, processing: str, name: str, value: object) -> None:
        shared = self._shared.setdefault(processing, {})
        if name in _in_units(processing):
            self._own.setdefault((kind, processing), {})[name] = value
        else:
            shared[name], kind = value, None
        self._chosen.pop((kind, processing, name), None)  # the newest stand last
        self._chosen[kind, processing, name] = value
        self._whole = {}

    def of(self, frame: Frame | None) -> Settings:
        """Return the settings for an image."""
        if self._kept and frame is not None:
            self._read_kept()
        kind = kind_of(frame)
        self._last = kind or self._last
        if kind not in self._whole:
            self._whole[kind] = {
                name: {**parameters, **self._values(kind, frame, name)}
                for name, parameters in self._shared.items()
            }
        return self._whole[kind]

    def change(self, frame: Frame | None, processing: str, name: str, value: object) -> None:
        """Set a parameter, per kind of image if it is in the image's unit.

        Raises
        ------
        MedviewerError
            The value is not allowed.
        """
        check_parameters(processing, {name: value})
        self._read_kept()
        self._choose(kind_of(frame) or self._last, processing, name, value)

    def reset(self, processing: str) -> tuple[str, ...]:
        """Forget a processing's values; return its parameters' names.

        Values in units come from the images again.
        """
        self._read_kept()
        self._chosen = {key: value for key, value in self._chosen.items() if key[1] != processing}
        self._shared.pop(processing, None)
        self._own = {whose: values for whose, values in self._own.items() if whose[1] != processing}
        self._whole = {}
        return tuple(parameter.name for parameter in PROCESSINGS[processing].parameters)

    def _values(self, kind: Kind | None, frame: Frame | None, processing: str) -> dict[str, object]:
        """Return the values that a kind of image has of its own.

        First ones are taken from the image.
        """
        own = self._own.setdefault((kind, processing), {})
        if frame is not None:
            for name, suggest in _in_units(processing).items():
                own.setdefault(name, suggest(frame))
        return own


def _rows(text: str) -> Iterator[tuple[str, str, object, Kind | None]]:
    """Yield processing, name, value and kind of each readable row."""
    try:
        rows: Any = read_json(text) if text else []
        rows = rows[:MOST_KEPT] if isinstance(rows, list) else []
    except (ValueError, RecursionError):
        return
    for row in rows:
        try:
            processing, name, value, kind = row
            modality, unit, is_color = kind if kind is not None else ("", "", False)
        except (TypeError, ValueError):
            continue
        if isinstance(value, str | int | float):  # a flag is an int, too
            of = None if kind is None else (str(modality), str(unit), bool(is_color))
            yield str(processing), str(name), value, of


def _in_units(processing: str) -> dict[str, Callable[[Frame], float]]:
    """Return the parameters in the image's unit with their default functions."""
    return {one.name: one.suggest for one in PROCESSINGS[processing].parameters if one.suggest is not None}
