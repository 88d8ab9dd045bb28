"""Texts and scale bar over an image, arranged for the size of the view."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from medviewer.gui.image_view.text_painter import ChooseScaleBar, RenderedTexts, ScaleBar, TextPainter
from medviewer.gui.image_view.true_size import TrueSize
from medviewer.translation import translate
from medviewer.viewer.render import Arrangement, Bounds, Line, PaneText, arrange

TRUE_SIZE_TOLERANCE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Magnification:
    """Magnification of the image on its screen."""

    scale: float  # logical pixels per column
    device_scale: float  # screen pixels per column
    is_unsmoothed: bool  # magnified, each pixel as it is
    screen: str  # its name


class TextLayer:
    """Arranges and paints the texts of a view.

    Texts are rendered anew only when one of them or its place has changed.
    """

    def __init__(self, ink: TextPainter) -> None:
        self._ink = ink
        self.text = PaneText()  # before it is fitted to the size
        self.places = Arrangement()
        self.scale_bar: ScaleBar | None = None
        self.true_size: TrueSize | None = None
        self._mm_per_column: float | None = None
        self._choose_scale_bar: ChooseScaleBar | None = None
        self._at_detector = False
        self._says_true = False
        self._rendered: tuple[float, RenderedTexts] | None = None  # by ratio; None: something has changed

    def forget_rendered(self) -> None:
        """Render the texts anew when they are painted next."""
        self._rendered = None

    def show_scale(
        self, mm_per_column: float | None, choose: ChooseScaleBar | None, *, at_detector: bool = False
    ) -> None:
        """Take the spacing of the image; None: none is known."""
        self._mm_per_column, self._choose_scale_bar = mm_per_column, choose
        self._at_detector = at_detector
        self._rendered = None

    def arrange(self, area: QSize, shown: Magnification) -> None:
        """Place all texts for the size of the view."""
        self._rendered = None
        self._says_true = self._is_true_size(shown)
        self.places = self._arranged(self.text, area, shown)

    def is_outdated(self, shown: Magnification) -> bool:
        """Return whether the words of true size hold no more."""
        return self.true_size is not None and self._says_true != self._is_true_size(shown)

    def make_ready(self, text: PaneText, area: QSize, shown: Magnification) -> None:
        """Render other texts ahead."""
        if self._rendered is not None:
            self._ink.rendered_lines(self._arranged(text, area, shown).lines, self._rendered[0])

    def boxes(self) -> list[Bounds]:
        """Return the boxes of texts and scale bar in the viewport."""
        boxes = [
            (float(b.x), float(b.y), float(b.x + b.width), float(b.y + b.height))
            for b in (line.box for line in self.places.lines)
        ]
        if self.scale_bar is not None and (room := self.places.scale) is not None:
            boxes.append((room.x, room.y, room.x + room.width, room.y + room.height))
        return boxes

    def tooltip_at(self, point: QPointF) -> str:
        """Return the whole of a shortened text at a point, with its reason; or ""."""
        for line in self.places.lines:
            box = line.box
            if line.tooltip and QRectF(box.x, box.y, box.width, box.height).contains(point):
                return line.tooltip
        return ""

    def rendered(self, ratio: float, shown: Magnification, *, has_image: bool) -> RenderedTexts:
        """Return the texts as images for a screen's device pixel ratio."""
        if self._rendered is None or self._rendered[0] != ratio:
            room, choose = self.places.scale, self._choose_scale_bar
            self.scale_bar = None
            if room is not None and self._mm_per_column and choose is not None and has_image:
                self.scale_bar = self._ink.scale(room, self._mm_per_column / shown.scale, choose)
            lines = self._ink.rendered_lines(self.places.lines, ratio)
            scale = self._ink.rendered_scale(self.scale_bar, ratio) if self.scale_bar is not None else ()
            self._rendered = ratio, (*lines, *scale)
        return self._rendered[1]

    def paint(self, painter: QPainter, rendered: RenderedTexts, area: QSize) -> None:
        """Paint all texts and the scale bar."""
        self._ink.paint(painter, self.text, self.places, rendered, area.width(), area.height())

    def _arranged(self, text: PaneText, area: QSize, shown: Magnification) -> Arrangement:
        zoom = (Line(self._zoom_words(shown)),) if text.says_zoom else ()
        return arrange(text, area.width(), area.height(), self._ink.ruler, bottom_right=zoom)

    def _zoom_words(self, shown: Magnification) -> str:
        """Return the magnification, true size and missing smoothing."""
        words = [translate("Zoom {percent} %", percent=f"{100 * shown.device_scale:.0f}")]
        if self.true_size is not None and self._is_true_size(shown):
            said = translate("true size at the detector") if self._at_detector else translate("true size")
            measured, stated = translate("screen measured"), translate("as the screen states its own")
            words.append(f"{said} ({measured if self.true_size.is_measured else stated})")
        if shown.is_unsmoothed:
            words.append(translate("not smoothed"))
        return " · ".join(words)

    def _is_true_size(self, shown: Magnification) -> bool:
        true, column = self.true_size, self._mm_per_column
        if true is None or not column or shown.screen != true.screen:
            return False
        is_in_mm = self._choose_scale_bar is not None and self._choose_scale_bar(1.0) is not None
        return is_in_mm and abs(shown.scale / (column * true.per_mm) - 1) < TRUE_SIZE_TOLERANCE
