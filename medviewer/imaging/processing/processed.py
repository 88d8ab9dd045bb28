"""Result of processing a frame, and its display."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np

from medviewer.imaging import image_colors
from medviewer.imaging.display import (
    apply_modality,
    default_voi,
    display_values,
    hidden_pixels,
    padding_mask,
    paint_shutter,
    stored_steps,
    to_display_image,
    window_steps,
)
from medviewer.imaging.frame import DisplayImage, Frame, Mask, ModalityImage, Voi, luminance
from medviewer.imaging.processing.filters import without_padding
from medviewer.imaging.processing.noise import frame_noise, noise_sigma
from medviewer.imaging.processing.parameter import Parameters
from medviewer.translation import Message

THRESHOLD_COLOR: Final = image_colors.rgb(image_colors.THRESHOLD)
FILL_SHARE: Final = 0.45


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Processed:
    """A frame after a processing.

    Parameters
    ----------
    values : (rows, columns) float32 or None
        Modality values; None: the frame itself is shown.
    mask : (rows, columns) bool or None
        What a threshold chose; drawn over the image as `mask_style` says.
    rendered : (rows, columns) uint8 or None
        A finished image, which is not windowed any more.
    is_lines : bool
        The finished image is of lines, which stay when it is shown smaller; else it is averaged.
    voi : Voi or None
        The window behind the finished image, where the fidelity line has to say it; the pane's may be another
        one by now.
    steps : tuple of Message
        What was done to the pixels after the modality transform.
    rendering_steps : tuple of Message
        What was done to the image after the window.
    measured : tuple of Message
        Numbers that the processing found, e.g. "Otsu 312 HU".
    brief : tuple of Message
        What was done or found in a few words, for a small pane: "Non-local means", "50 to 100 HU".
    exact : bool
        False while a fast variant stands in for what was asked.
    color : (rows, columns, 3) uint8 or None
        The processed image of a color frame.
    """

    frame: Frame
    values: ModalityImage | None = None
    mask: Mask | None = None
    mask_style: Literal["outline", "fill"] = "outline"
    rendered: DisplayImage | None = None
    is_lines: bool = False
    voi: Voi | None = None
    steps: tuple[Message, ...] = ()
    rendering_steps: tuple[Message, ...] = ()
    measured: tuple[Message, ...] = ()
    brief: tuple[Message, ...] = ()
    exact: bool = True
    color: DisplayImage | None = None

    @property
    def nbytes(self) -> int:
        """Memory of all pixels in it, the frame's stored ones included."""
        arrays = (self.frame.stored, self.values, self.mask, self.rendered, self.color)
        return sum(array.nbytes for array in arrays if array is not None)

    @property
    def is_windowed(self) -> bool:
        """Whether a window is applied to it, or was before it was finished."""
        return self.rendered is None or self.voi is not None

    def modality_values(self) -> ModalityImage:
        """Return the values to work on.

        Modality values, or the luminance of a color image.
        """
        if self.color is not None:
            return luminance(self.color)
        return apply_modality(self.frame) if self.values is None else self.values

    def noise(self) -> float:
        """Return the noise of `modality_values()`, see `noise_sigma`.

        Padding has no say.
        """
        if self.values is None and self.color is None:
            return frame_noise(self.frame)
        padding = padding_mask(self.frame)
        return noise_sigma(without_padding(self.modality_values(), padding), padding)


@dataclass(frozen=True, slots=True)
class ProcessingOptions:
    """Options of a processing.

    It has the checked parameters and all else that a processing may depend on.
    """

    parameters: Parameters
    at_rest: bool = True
    voi: Voi | None = None

    def number(self, name: str) -> float:
        """Return a parameter of kind "number"."""
        return float(self.parameters[name])  # type: ignore[arg-type]  # checked by Parameter.accepts


def render(processed: Processed, voi: Voi | None = None) -> DisplayImage:
    """Return the image of a processed frame, gray or RGB, without its mask.

    Parameters
    ----------
    voi : Voi, optional
        None: the frame's own first, or an automatic window.
    """
    frame = processed.frame
    whole = processed.color if processed.rendered is None else processed.rendered
    if whole is not None:
        return paint_shutter(whole, frame.shutter, frame.geometry.pixel_aspect)
    if processed.values is None:
        return to_display_image(frame, voi)
    voi = default_voi(processed.frame) if voi is None else voi
    return display_values(processed.values, processed.frame, voi)


def without_shutter(processed: Processed) -> Processed:
    """Return the same with all of its pixels to be seen.

    It is used where something is computed from the windowed image.
    """
    if processed.frame.shutter is None:
        return processed
    return replace(processed, frame=replace(processed.frame, shutter=None))


def outline(mask: Mask) -> Mask:
    """Return the pixels of a mask that have a neighbor (of four) outside it."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inner = cv2.erode(mask.view(np.uint8), cross)
    return np.asarray(mask & (inner == 0))


def draw_mask(image: DisplayImage, processed: Processed) -> DisplayImage:
    """Return the image in RGB with the mask in its color, outlined or filled.

    Nothing is drawn where a shutter hides the image; the shutter's edge gets no outline.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        At the frame's own resolution. Not changed.
    """
    drawn = np.ascontiguousarray(np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image.copy())
    if processed.mask is None:
        return drawn
    color = np.array(THRESHOLD_COLOR, np.float32)
    is_fill, frame = processed.mask_style == "fill", processed.frame
    inked = processed.mask if is_fill else outline(processed.mask)
    if frame.shutter is not None:
        inked = inked & ~hidden_pixels(frame.shutter, frame.rows, frame.columns, frame.geometry.pixel_aspect)
    if is_fill:
        inside = drawn[inked].astype(np.float32)
        drawn[inked] = np.rint(inside * (1 - FILL_SHARE) + color * FILL_SHARE).astype(np.uint8)
    else:
        drawn[inked] = THRESHOLD_COLOR
    return drawn


def fidelity(processed: Processed, voi: Voi | None = None, *, with_numbers: bool = True) -> str:
    """Return the translated line of steps from stored pixels to screen.

    "stored 12-bit → HU → guided filter r 2, σ 12 HU → linear window W 80 L 40 (Brain)"; without
    numbers it ends with "linear window", for a place where they are said beside it.
    """
    window: tuple[str, ...] = ()
    if processed.is_windowed:
        voi = voi if processed.voi is None else processed.voi
        window = window_steps(processed.frame, voi, with_numbers=with_numbers)
    before, after = (
        [step.for_user() for step in steps] for steps in (processed.steps, processed.rendering_steps)
    )
    return " → ".join((*stored_steps(processed.frame), *before, *window, *after))
