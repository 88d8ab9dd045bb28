"""The parameters of the processings.

Values in a unit hold only for images that have it.
"""

from collections.abc import Callable, Mapping

from medviewer.imaging.display import value_unit
from medviewer.imaging.frame import Frame
from medviewer.imaging.processing import PROCESSINGS, check_parameters

Settings = Mapping[str, Mapping[str, object]]
"""Processing -> parameters that differ from their defaults."""

Kind = tuple[str, str, bool]
"""What pictures must have in common to share values: modality, unit, whether they are in colour."""


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

    def of(self, frame: Frame | None) -> Settings:
        """Return the settings for an image."""
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
        shared = self._shared.setdefault(processing, {})
        if name in _in_units(processing):
            self._own.setdefault((kind_of(frame) or self._last, processing), {})[name] = value
        else:
            shared[name] = value
        self._whole = {}

    def reset(self, processing: str) -> tuple[str, ...]:
        """Forget a processing's values; return its parameters' names.

        Values in units come from the images again.
        """
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


def _in_units(processing: str) -> dict[str, Callable[[Frame], float]]:
    """Return the parameters in the image's unit with their default functions."""
    return {one.name: one.suggest for one in PROCESSINGS[processing].parameters if one.suggest is not None}
