"""Absolute difference between a processed image and the original."""

from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer.imaging.display import apply_modality, padding_mask, to_display_image, value_unit
from medviewer.imaging.frame import ModalityImage, Voi
from medviewer.imaging.processing.processed import Processed
from medviewer.translation import Message, message

WHITE: Final = 255
SHARE_BELOW_WHITE: Final = 0.999
"""Of the pixels that differ: few outliers would leave the others black."""

_NO_DIFFERENCE = message("no pixel differs from the original")
_known: WeakKeyDictionary[Processed, tuple[Voi | None, Processed]] = WeakKeyDictionary()


def difference_image(processed: Processed, voi: Voi | None = None) -> Processed:
    """Return the absolute difference between a processed image and its frame.

    Black is no difference; what white is stands in `measured`. Padding is black. Values are compared with
    values, in their unit; a finished image with the frame as it is seen in the window behind it, in gray
    levels of 255.

    Parameters
    ----------
    voi : Voi, optional
        The pane's; matters only to a finished image that was not made from a window.
    """
    known = _known.get(processed)
    if known is not None and known[0] is voi:
        return known[1]
    if processed.values is not None:
        values = np.abs(processed.values - apply_modality(processed.frame))
        unit = value_unit(processed.frame)
    else:
        values, unit = _levels(processed, voi), ""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0)
    padding = padding_mask(processed.frame)
    if padding is not None:
        values[padding] = 0
    most = _white(values)
    shown = np.rint((values * (WHITE / most)).clip(0, WHITE)).astype(np.uint8) if most else None
    made = replace(
        processed,
        values=None,
        color=None,
        mask=None,
        rendered=np.zeros(values.shape, np.uint8) if shown is None else shown,
        is_lines=False,
        voi=None,
        rendering_steps=(*processed.rendering_steps, message("difference from the original")),
        measured=(_scale(most, unit, is_values=processed.values is not None),),
        brief=(_scale(most, unit, is_values=processed.values is not None),),
    )
    _known[processed] = voi, made
    return made


def _levels(processed: Processed, voi: Voi | None) -> ModalityImage:
    """Return the difference of gray levels, of a color image the largest one."""
    frame = replace(processed.frame, shutter=None)
    whole = processed.color if processed.rendered is None else processed.rendered
    before = to_display_image(frame, processed.voi or voi).astype(np.int16)
    apart = np.abs((before if whole is None else whole.astype(np.int16)) - before)
    return np.asarray(apart if apart.ndim == 2 else apart.max(axis=2), np.float32)


def _white(values: ModalityImage) -> float:
    """Return the difference that is white; 0 where there is none."""
    apart = values[values > 0]
    if not apart.size:
        return 0.0
    place = round(SHARE_BELOW_WHITE * (apart.size - 1))
    return float(np.partition(apart, place)[place])


def _scale(most: float, unit: str, *, is_values: bool) -> Message:
    if not most:
        return _NO_DIFFERENCE
    if not is_values:
        return message("black 0, white {most} of 255 gray levels or more", most=f"{most:.0f}")
    number = f"{most:.3g} {unit}".rstrip()
    return message("black 0, white {most} or more", most=number)
