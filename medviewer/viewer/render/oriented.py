"""A pane's image as it is seen: turned and mirrored behind its rendering.

Knows no Qt.
"""

from functools import lru_cache
from math import ceil, floor

from medviewer.imaging import display
from medviewer.imaging.display import AS_STORED, Orientation, ViewTransform
from medviewer.imaging.frame import DisplayImage, Mask, Voi
from medviewer.viewer.render.pyramid import Bounds, PaneImage, Patch, Zoom


class OrientedImage:
    """Renders an image in its orientation in the view.

    All places are those of the view: columns of the frame, from the upper left corner as it is seen.
    """

    def __init__(self, image: PaneImage, orientation: Orientation) -> None:
        self.image = image
        frame = image.frame
        turns, flipped = orientation.quarter_turns, orientation.flipped
        self.view = ViewTransform(frame.rows, frame.columns, image.aspect, turns, flipped)
        self.extent = self.view.size
        self._is_as_stored = orientation == AS_STORED
        self._newest: tuple[DisplayImage, DisplayImage] | None = None  # as stored, as seen
        self._original: OrientedImage | None = None
        self._newest_mask: tuple[Patch, Mask] | None = None  # as seen

    def patch(self, seen: Bounds, device_scale: float) -> Patch:
        """Return the part to render for a visible area and resolution.

        The resolution is in screen pixels per column.
        """
        return self.image.patch(self._to_stored(seen), device_scale)

    def covers(self, patch: Patch, seen: Bounds) -> bool:
        """Return whether a patch contains everything of the frame that is seen."""
        return self.image.covers(patch, self._to_stored(seen))

    def rectangle(self, patch: Patch) -> Bounds:
        """Return the rectangle of a patch: left, top, right, bottom."""
        rectangle = self.image.rectangle(patch)
        return rectangle if self._is_as_stored else _corners(self.view, rectangle)

    def render(self, patch: Patch, voi: Voi | None) -> DisplayImage:
        """Return a patch as displayed, gray or RGB, without a mask's outline."""
        image = self.image.render(patch, voi)
        if self._is_as_stored:
            return image
        if self._newest is None or self._newest[0] is not image:
            self._newest = (image, self.view.apply(image))
        return self._newest[1]

    def mask(self, patch: Patch) -> Mask | None:
        """Return a patch of the processing's mask as it is seen.

        None: it has none.
        """
        mask = self.image.mask(patch)
        if mask is None or self._is_as_stored:
            return mask
        if self._newest_mask is None or self._newest_mask[0] != patch:
            self._newest_mask = (patch, self.view.apply(mask))
        return self._newest_mask[1]

    def hidden(self, patch: Patch) -> Mask | None:
        """Return the oriented shutter mask of a patch, or None.

        None: all of it is visible.
        """
        hidden = self.image.hidden(patch)
        return hidden if hidden is None or self._is_as_stored else self.view.apply(hidden)

    def original(self) -> "OrientedImage":
        """Return the image of the frame as it is, whatever was done to it."""
        if self._original is None:
            bare = PaneImage(self.image.frame, layers=self.image.layers)
            self._original = OrientedImage(bare, self.view.orientation)
        return self._original

    def original_part(
        self, x: float, y: float, reach: float, voi: Voi | None
    ) -> tuple[DisplayImage, Bounds] | None:
        """Return the original pixels around a point of the view, windowed.

        Whatever was done to the image. None: the frame has none there.

        Parameters
        ----------
        reach : float
            How far from the point, in columns.

        Returns
        -------
        image : (rows, columns) or (rows, columns, 3) uint8
            As it is seen, one pixel for each stored one.
        rectangle : Bounds
            Where it lies in the view.
        """
        frame, aspect = self.image.frame, self.image.aspect
        row, column = self.stored_at(x, y)
        top, bottom = max(0, floor(row - reach / aspect)), min(frame.rows, ceil(row + reach / aspect) + 1)
        left, right = max(0, floor(column - reach)), min(frame.columns, ceil(column + reach) + 1)
        if top >= bottom or left >= right:
            return None
        piece = PaneImage(
            display.crop(frame, display.Part(top, bottom, left, right)), layers=self.image.layers
        )
        part = OrientedImage(piece, self.view.orientation)
        shown = part.render(Patch(0, 0, bottom - top, 0, right - left), self.image.voi(voi))
        stored = (float(left), top * aspect, float(right), bottom * aspect)
        return shown, stored if self._is_as_stored else _corners(self.view, stored)

    def stored_at(self, x: float, y: float) -> tuple[float, float]:
        """Return the (row, column) of the frame under a point of the view.

        0, 0 is a pixel's center.
        """
        return self.view.view_to_frame(x, y)

    def zoom_after(self, before: "OrientedImage", zoom: Zoom) -> Zoom:
        """Return the zoom that keeps the middle pixel after a turn."""
        if zoom.center is None:
            return zoom
        return Zoom(zoom.scale, self.view.frame_to_view(*before.stored_at(*zoom.center)))

    def _to_stored(self, seen: Bounds) -> Bounds:
        return seen if self._is_as_stored else _stored(self.view, seen)


@lru_cache(8)
def _stored(view: ViewTransform, seen: Bounds) -> Bounds:
    """Return a rectangle of the view in columns of the frame as it is stored."""
    left, top, right, bottom = seen
    (row, column), (other_row, other_column) = (
        view.view_to_frame(x, y) for x, y in ((left, top), (right, bottom))
    )
    rows, columns = sorted((row, other_row)), sorted((column, other_column))
    aspect = view.pixel_aspect
    return columns[0] + 0.5, (rows[0] + 0.5) * aspect, columns[1] + 0.5, (rows[1] + 0.5) * aspect


@lru_cache(8)
def _corners(view: ViewTransform, stored: Bounds) -> Bounds:
    """Return the oriented rectangle of one in stored columns."""
    left, top, right, bottom = stored
    (x, y), (other_x, other_y) = (
        view.frame_to_view(row / view.pixel_aspect - 0.5, column - 0.5)
        for column, row in ((left, top), (right, bottom))
    )
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)
