"""Rendering of image parts at reduced resolutions.

No more pixels than can be seen. Knows no Qt. A mammogram has 14 million pixels, a pane a few hundred
thousand. Stored and processed values are halved once per image (area averages, before the window, as a
graphics card samples them, of all that is no padding), outlines and edges by their maximum so that a line
one pixel wide stays; then only the visible part of the level that the screen resolves goes through the
window. At one to one and above that is the image itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, log2
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

import numpy as np

from medviewer import limits
from medviewer.imaging import display, processing
from medviewer.imaging.display import apply_modality, default_voi, padding_mask
from medviewer.imaging.frame import OVERLAY_COLOR, DisplayImage, Frame, Mask, ModalityTable, Voi

if TYPE_CHECKING:
    import numpy.typing as npt

    from medviewer.imaging.frame import Shutter
    from medviewer.imaging.processing import Processed

WHOLE_PIXELS: Final = 2_000_000
"""A level with no more pixels is rendered as a whole, a larger one only where it is seen."""

MARGIN_SHARE: Final = 0.15
"""What is rendered around the visible part, as a share of it, so that not every step of a pan renders."""

SMALLEST_SIDE: Final = 64

RENDERINGS: Final = 2
"""Kept of one image: the large pane and those of the film show it at two resolutions."""

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom of what is seen, in columns of the frame; y in columns, too."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """Visible part of an image.

    Parameters
    ----------
    scale : float or None
        Logical screen pixels per column of the frame; None: the whole image fits the pane.
    center : (x, y) or None
        What lies in the middle of the pane, in columns from the image's left and upper edge.
    """

    scale: float | None = None
    center: tuple[float, float] | None = None


FIT: Final = Zoom()


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of one level: rows and columns of that level."""

    level: int
    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers of the file painted over the pixels."""

    overlays: bool = True
    shutter: bool = True


ALL_LAYERS: Final = Layers()


class PaneImage:
    """One frame, perhaps processed, rendered in parts and resolutions.

    Images of one frame share its levels and its newest renderings: original and threshold look alike, in a
    large pane and in a small one.
    """

    def __init__(self, frame: Frame, processed: Processed | None = None, layers: Layers = ALL_LAYERS) -> None:
        self.frame = frame
        self.processed = processed
        self.layers = layers
        aspect = frame.geometry.pixel_aspect
        self.aspect = aspect if np.isfinite(aspect) and aspect > 0 else 1.0
        self.extent = (float(frame.columns), frame.rows * self.aspect)
        self._original = self if processed is None else _original(frame, layers)
        self._newest: dict[Patch, tuple[Voi | None, DisplayImage]] = {}
        self._levels: dict[str, list[npt.NDArray[Any]]] = {}
        self._averages: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []  # from level 1 on
        self._padding: Mask | None = None
        self._has_padding: bool | None = None  # None: nobody has asked yet
        self._cut: tuple[Patch, Frame, Processed | None] | None = None
        self._reduced: PaneImage | None = None  # of a large frame: from its base level on

    def is_of(self, frame: Frame, processed: Processed | None, layers: Layers) -> bool:
        """Return whether the image is of the given state.

        An original is the same whatever was not done to it.
        """
        is_same = self.processed is processed or (_is_original(self.processed) and _is_original(processed))
        return self.frame is frame and is_same and self.layers == layers

    def patch(self, seen: Bounds, device_scale: float) -> Patch:
        """Return the part to render for a visible area and resolution.

        The resolution is in screen pixels per column.
        """
        wanted = device_scale * max(1.0, self.aspect)
        level = max(0, floor(log2(1 / wanted) + 1e-9)) if wanted > 0 else 0
        rows, columns = self.frame.rows, self.frame.columns
        while level and min(rows, columns) / 2**level < SMALLEST_SIDE:
            level -= 1
        rows, columns = _halved(rows, level), _halved(columns, level)
        if rows * columns <= WHOLE_PIXELS:
            return Patch(level, 0, rows, 0, columns)
        left, top, right, bottom = seen
        across, down = MARGIN_SHARE * (right - left), MARGIN_SHARE * (bottom - top)
        x, y = columns / self.extent[0], rows / self.extent[1]
        return Patch(
            level,
            top=max(0, min(rows - 1, floor((top - down) * y))),
            bottom=min(rows, max(1, ceil((bottom + down) * y))),
            left=max(0, min(columns - 1, floor((left - across) * x))),
            right=min(columns, max(1, ceil((right + across) * x))),
        )

    def rectangle(self, patch: Patch) -> Bounds:
        """Return the rectangle of a patch: left, top, right, bottom in columns."""
        x = self.extent[0] / _halved(self.frame.columns, patch.level)
        y = self.extent[1] / _halved(self.frame.rows, patch.level)
        return patch.left * x, patch.top * y, patch.right * x, patch.bottom * y

    def covers(self, patch: Patch, seen: Bounds) -> bool:
        """Return whether a patch contains everything of the frame that is seen."""
        left, top, right, bottom = self.rectangle(patch)
        width, height = self.extent
        return (
            left <= max(0.0, seen[0]) + 1e-6
            and top <= max(0.0, seen[1]) + 1e-6
            and right >= min(width, seen[2]) - 1e-6
            and bottom >= min(height, seen[3]) - 1e-6
        )

    @property
    def depends_on_window(self) -> bool:
        """Whether another VOI gives another image."""
        whole = self.processed
        return not self.frame.is_color and (whole is None or (whole.rendered is None and whole.color is None))

    def render(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        """Return a displayable patch, gray or RGB, without a mask's outline."""
        if self.processed is not None and _shows_the_original(self.processed):
            return self._original.render(patch, voi)
        newest = self._newest.pop(patch, None)
        if newest is None or newest[0] != voi:
            newest = voi, self._render_anew(patch, voi)
        while len(self._newest) >= RENDERINGS:
            del self._newest[next(iter(self._newest))]
        self._newest[patch] = newest  # behind the others
        return newest[1]

    def _render_anew(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        if self.frame.stored.size > limits.WHOLE_SAMPLES:
            return self._render_large(patch, self.voi(voi))
        image = self._render(patch, voi)
        shutter, overlays = self.frame.shutter, self.frame.overlays
        if shutter is not None and self.layers.shutter:
            image = display.cover_hidden(image, shutter, self._hidden_by(shutter, patch))
        if overlays and self.layers.overlays:
            for number, overlay in enumerate(overlays):
                image = display.paint_mask(image, self._ink(patch, number), overlay.color or OVERLAY_COLOR)
        return image

    def _render_large(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        """Return a patch of a frame of which nothing is copied as a whole.

        Low levels are made of the part of the frame that is seen, band by band, the others of a copy at the
        first level that is small enough to be kept.
        """
        base = display.level_within(self.frame, limits.WHOLE_SAMPLES // 2)
        if patch.level >= base and self.frame.supplemental is None:  # whose colors depend on the window
            if self._reduced is None:
                self._reduced = PaneImage(display.reduced_frame(self.frame, base), layers=self.layers)
            return self._reduced.render(replace(patch, level=patch.level - base), voi)
        step = 1 << patch.level
        part = display.Part(
            patch.top * step,
            min(self.frame.rows, patch.bottom * step),
            patch.left * step,
            min(self.frame.columns, patch.right * step),
        )
        images = []
        for band in display.bands(part, patch.level, self.frame.stored.ndim):
            piece = PaneImage(display.crop(self.frame, band), layers=self.layers)
            rows, columns = piece.frame.rows, piece.frame.columns
            area = Patch(patch.level, 0, _halved(rows, patch.level), 0, _halved(columns, patch.level))
            images.append(piece.render(area, voi))
        return np.concatenate(images)

    def hidden(self, patch: Patch) -> Mask | None:
        """Return the shutter mask of a patch, or None.

        None: all of it is visible.
        """
        shutter = self.frame.shutter
        if self.frame.stored.size > limits.WHOLE_SAMPLES:
            return None  # no mask is drawn on it
        return self._hidden_by(shutter, patch) if shutter is not None and self.layers.shutter else None

    def _hidden_by(self, shutter: Shutter, patch: Patch) -> Mask:
        """Return the mask of a patch's pixels hidden by a shutter.

        It is painted last, at whatever level.
        """
        frame = self.frame
        whole = display.hidden_pixels(shutter, frame.rows, frame.columns, frame.geometry.pixel_aspect)
        return self._part("hidden", whole, patch)

    def _ink(self, patch: Patch, number: int) -> Mask:
        """Return the mask of a patch's pixels colored by an overlay."""
        name = f"overlay {number}"
        if name in self._original._levels:
            return self._part(name, self._original._levels[name][0], patch)
        return self._part(
            name,
            display.overlay_mask(self.frame.overlays[number], self.frame.rows, self.frame.columns),
            patch,
        )

    def _render(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        voi = self.voi(voi)
        if patch.level and self.frame.supplemental is not None:
            return self._render_whole(patch, voi)
        if patch.level and voi is not None and self._needs_care():
            return self._render_averages(patch, voi)
        frame, processed = self._cut_out(patch)
        if processed is None:
            return display.to_display_image(frame, voi)
        return processing.render(processed, voi)

    def _cut_out(self, patch: Patch) -> tuple[Frame, Processed | None]:
        """Return a patch of frame and result, the same for all windows of a drag."""
        if self._cut is None or self._cut[0] != patch:
            stored = self._part("stored", self.frame.stored, patch)
            frame, whole = replace(self.frame, stored=stored, shutter=None), self.processed
            self._cut = patch, frame, None if whole is None else self._cut_result(whole, frame, patch)
        return self._cut[1:]

    def _cut_result(self, whole: Processed, frame: Frame, patch: Patch) -> Processed:
        kind = "lines" if whole.is_lines else "rendered"
        return replace(
            whole,
            frame=frame,
            mask=None,
            values=None if whole.values is None else self._part("values", whole.values, patch),
            rendered=None if whole.rendered is None else self._part(kind, whole.rendered, patch),
            color=None if whole.color is None else self._part("color", whole.color, patch),
        )

    def _render_whole(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        """Return a patch of averages of the image.

        Those of values that stand for colors mean nothing.
        """
        image = self._render(Patch(0, 0, self.frame.rows, 0, self.frame.columns), voi)
        for _ in range(patch.level):
            image = display.halved_image(image)
        return image[patch.top : patch.bottom, patch.left : patch.right]

    def _needs_care(self) -> bool:
        """Return whether averages of stored values would be misleading.

        There is padding, or a table.
        """
        whole = self.processed
        if self.frame.is_color or (
            whole is not None and (whole.rendered is not None or whole.color is not None)
        ):
            return False
        if self._has_padding is None:
            self._padding = padding_mask(self.frame)
            self._has_padding = self._padding is not None
        is_values = whole is not None and whole.values is not None
        return self._has_padding or (isinstance(self.frame.modality, ModalityTable) and not is_values)

    def _render_averages(self, patch: Patch, voi: Voi) -> DisplayImage:
        """Return a patch of averages of modality values.

        Padding has no part in them and stays black.
        """
        if not self._averages:
            self._averages = [self._values_and_weights()]
        while len(self._averages) < patch.level:
            self._averages.append(_half_by_weight(*self._averages[-1]))
        part = np.s_[patch.top : patch.bottom, patch.left : patch.right]
        values, weights = (whole[part] for whole in self._averages[patch.level - 1])
        bare = replace(self.frame, stored=np.zeros(values.shape, np.uint8), padding=None, shutter=None)
        image = display.display_values(values, bare, voi)
        image[weights == 0] = 0
        return image

    def _values_and_weights(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the first level's averages and their shares without padding."""
        processed = self.processed.values if self.processed is not None else None
        values = apply_modality(self.frame) if processed is None else processed
        weights = np.ones(values.shape, np.float32)
        if self._padding is not None:
            weights[self._padding] = 0
            values = np.where(self._padding, np.float32(0), values)
        return _half_by_weight(values, weights)

    def mask(self, patch: Patch) -> Mask | None:
        """Return a patch of the processing's mask; None: it has none."""
        if self.processed is None or self.processed.mask is None:
            return None
        return self._part("mask", self.processed.mask, patch)

    def voi(self, voi: Voi | None) -> Voi | None:
        """Return the VOI, or where it is None that of the whole frame.

        A part must not choose its own.
        """
        if voi is not None or self.frame.is_color:
            return voi
        return default_voi(self.frame)

    def _part(self, name: str, whole: npt.NDArray[Any], patch: Patch) -> npt.NDArray[Any]:
        lies_over = name == "hidden" or name.startswith("overlay")
        shared = self._original if name == "stored" or lies_over else self
        levels = shared._levels.setdefault(name, [whole])
        while len(levels) <= patch.level:
            lines = lies_over or name in ("mask", "lines")
            levels.append(_half_by_maximum(levels[-1]) if lines else display.halved_image(levels[-1]))
        level = levels[patch.level]
        part = level[patch.top : patch.bottom, patch.left : patch.right]
        return level if part.shape == level.shape else part  # told from others by what it is


_originals: WeakValueDictionary[tuple[Frame, Layers], PaneImage] = WeakValueDictionary()


def _original(frame: Frame, layers: Layers) -> PaneImage:
    """Return the image of a frame as it is.

    One for all that live at the same time.
    """
    known = _originals.get((frame, layers))
    if known is None:
        known = _originals[frame, layers] = PaneImage(frame, layers=layers)
    return known


def _shows_the_original(processed: Processed) -> bool:
    return processed.values is None and processed.rendered is None and processed.color is None


def _is_original(processed: Processed | None) -> bool:
    """Return whether a frame is neither processed nor drawn over."""
    return processed is None or (processed.mask is None and _shows_the_original(processed))


def _halved(length: int, times: int) -> int:
    for _ in range(times):
        length = (length + 1) // 2
    return length


def _half_by_weight(
    values: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    shares = display.halved_image(weights)
    sums = display.halved_image(values * weights)
    return np.divide(sums, shares, out=np.zeros_like(sums), where=shares > 0), shares


def _half_by_maximum(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    for axis in (0, 1):
        even, odd = (image[::2], image[1::2]) if axis == 0 else (image[:, ::2], image[:, 1::2])
        longest = even.copy()
        inside = longest[: odd.shape[0]] if axis == 0 else longest[:, : odd.shape[1]]
        np.maximum(inside, odd, out=inside)
        image = longest
    return image
