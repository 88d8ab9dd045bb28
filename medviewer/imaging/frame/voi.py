"""Values of interest (DICOM PS3.3 C.11.2).

Windows and lookup tables that lead to the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from medviewer.translation import Message, mark, message, translate


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


class VoiOrigin(StrEnum):
    """Origin of a VOI, as shown to the user."""

    FILE = "file"
    AUTO = "auto"  # no VOI in the file: stated beside the window
    PRESET = "preset"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Window:
    """Center and width in modality units."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""  # the file's or the preset's name, e.g. "Brain"
    origin: VoiOrigin = VoiOrigin.FILE


@dataclass(frozen=True, slots=True, eq=False)
class VoiTable:
    """One item of the VOI LUT Sequence (0028,3010).

    Input is in modality units.
    """

    first_mapped: int
    values: np.typing.NDArray[np.uint16]
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PresentationTable:
    """A Presentation LUT (PS3.3 C.11.6).

    Its whole length takes what the VOI gives, 0..1, to P-values.
    """

    values: np.typing.NDArray[np.uint16]
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class IdentityVoi:
    """The values are P-values already (Secondary Capture, PS3.3 A.8.4.4).

    Full range, nothing stretched.
    """

    bits: int


Voi = Window | VoiTable | IdentityVoi


def _preset(center: float, width: float, explanation: str) -> Window:
    return Window(center, width, VoiFunction.LINEAR, explanation, VoiOrigin.PRESET)


VOI_PRESETS: Final[dict[str, tuple[Window, ...]]] = {
    "CT": (
        _preset(40, 80, mark("Brain")),
        _preset(75, 200, mark("Subdural")),
        _preset(40, 40, mark("Stroke")),
        _preset(480, 2500, mark("Bone")),
        _preset(-600, 1500, mark("Lung")),
        _preset(40, 400, mark("Mediastinum")),
        _preset(50, 350, mark("Abdomen")),
        _preset(60, 160, mark("Liver")),
        _preset(300, 600, mark("Angiography")),
    ),
}
"""Windows by modality, in the order of the number keys 1 to 9."""

SOFT_TISSUE: Final = mark("Soft tissue")
"""The name outside the chest of the preset that is called mediastinum there."""

_PRESET_NAMES: Final = {
    name.casefold(): name
    for name in (SOFT_TISSUE, *(preset.explanation for row in VOI_PRESETS.values() for preset in row))
}


def is_usable(voi: Voi) -> bool:
    """Return whether a VOI can be applied.

    Numbers that are finite, and a width that its function allows.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2: LINEAR needs a width >= 1, LINEAR_EXACT and SIGMOID one > 0.
    """
    if isinstance(voi, Window):
        if not (abs(voi.center) < 1e30 and voi.width < 1e30):
            return False
        return voi.width >= 1 if voi.function is VoiFunction.LINEAR else voi.width > 1e-30
    if isinstance(voi, VoiTable):
        return len(voi.values) > 0 and 1 <= voi.bits <= 16
    return voi.bits >= 1


def voi_values(values: np.typing.NDArray[np.float32], voi: Voi) -> np.typing.NDArray[np.float32]:
    """Map modality values to the display range 0..1.

    NaN becomes 0. The values are not changed. This is the reference: the tables of `presentation` are made
    by it.

    Raises
    ------
    ValueError
        The VOI is not usable (see `is_usable`).

    References
    ----------
    DICOM PS3.3 C.11.2.1.2.1 (LINEAR, the half-pixel offsets are part of the standard), C.11.2.1.3.1
    (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT), C.11.2.1.1 (table, clamped at both ends).
    """
    if not is_usable(voi):
        raise ValueError(f"not a usable VOI: {voi}")
    with np.errstate(over="ignore", invalid="ignore"):  # the ends of the ramp are beyond all numbers anyway
        return _mapped(values, voi)


def _mapped(values: np.typing.NDArray[np.float32], voi: Voi) -> np.typing.NDArray[np.float32]:
    if isinstance(voi, VoiTable):
        index = np.clip(np.rint(values) - voi.first_mapped, 0, len(voi.values) - 1)
        shown = voi.values[np.nan_to_num(index).astype(np.intp)].astype(np.float32)
        shown /= (1 << voi.bits) - 1
        return np.asarray(shown.clip(0, 1))
    if isinstance(voi, IdentityVoi):
        shown = values / np.float32((1 << voi.bits) - 1)
    elif voi.function is VoiFunction.SIGMOID:
        return _sigmoid(values, voi)
    elif voi.function is VoiFunction.LINEAR_EXACT:
        shown = (values - np.float32(voi.center)) / np.float32(voi.width) + np.float32(0.5)
    elif voi.width == 1:  # the standard's step; the ramp would divide by zero
        shown = (values > voi.center - 0.5).astype(np.float32)
    else:
        shown = values - np.float32(voi.center - 0.5)
        shown /= np.float32(voi.width - 1)
        shown += np.float32(0.5)
    return _finite(shown.clip(0, 1, out=shown))


def presented_values(
    shown: np.typing.NDArray[np.float32], table: PresentationTable
) -> np.typing.NDArray[np.float32]:
    """Map the display range 0..1 through a Presentation LUT to 0..1.

    References
    ----------
    DICOM PS3.3 C.11.6.1: the output of the VOI is scaled to the input range of the table.
    """
    index = np.rint(shown * np.float32(len(table.values) - 1)).astype(np.intp)
    largest = np.float32((1 << table.bits) - 1)
    return np.asarray((table.values[index] / largest).clip(0, 1), np.float32)


def _sigmoid(values: np.typing.NDArray[np.float32], window: Window) -> np.typing.NDArray[np.float32]:
    exponent = (values - np.float32(window.center)) * np.float32(-4 / window.width)
    shown = 1 / (1 + np.exp(exponent.clip(-80, 80)))
    ends = np.finfo(np.float32)
    return _finite(shown.clip(ends.tiny, 1 - ends.epsneg))  # the curve never reaches its ends


def _finite(shown: np.typing.NDArray[np.float32]) -> np.typing.NDArray[np.float32]:
    shown[np.isnan(shown)] = 0
    return shown


def describe_voi(voi: Voi, *, with_name: bool = True) -> str:
    """Return a VOI as a reader writes it, translated.

    "W 80 L 40 (Brain)", "full range", a table's name. The name of a window may be left out.
    """
    return voi_message(voi, with_name=with_name).for_user()


def voi_message(voi: Voi, *, with_name: bool = True) -> Message:
    """Return the description of a VOI transform as a message."""
    if isinstance(voi, IdentityVoi):
        return message("full range")
    if isinstance(voi, VoiTable):
        return message("table {name}", name=voi.explanation or message("of the file"))
    numbers = message("W {width} L {center}", width=_short(voi.width), center=_short(voi.center))
    if not voi.explanation or not with_name:
        return numbers
    name = _NameInFile(voi.explanation) if voi.origin is VoiOrigin.FILE else Message(voi.explanation)
    return message("{numbers} ({name})", numbers=numbers, name=name)


class _NameInFile(Message):
    """A file's name for its window.

    Translated where a preset bears it, otherwise as it stands.
    """

    def for_user(self) -> str:
        known = _PRESET_NAMES.get(self.text.casefold())
        if known is None or (shown := translate(known)) == known:
            return self.text
        return shown


def _short(number: float) -> str:
    text = f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"
    return text.replace("-", "−")
