"""The row under the panes.

Playback, the slider through the stack, and the place in it.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from medviewer.gui.grid.slice_strip import EDGE_PX, SliceStrip
from medviewer.gui.grid.strip_sum import StripSum
from medviewer.gui.widgets import SteadyLabel, plain_tooltip, tabular
from medviewer.imaging.source import ImageSource
from medviewer.translation import translate
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import SeriesStrip, StripPart, is_numbered_in_order, place_details, place_text

HEIGHT_PX: Final = 64
HANDLE_PX: Final = 14  # of the slider, wide
SLIDER_PX: Final = 24  # high; all of it takes the mouse
LEAST_SLIDER_PX: Final = 64
LEAST_PLACE_PX: Final = 172
MARGIN_PX: Final = 12


class SliceRow(QWidget):
    """Follows the focused pane.

    Its height and the slider's ends never depend on the image.
    """

    moved = Signal(int)  # to which slice
    keyboard_left = Signal()  # the slider had it and goes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(LEAST_SLIDER_PX)
        self.slider.setFixedHeight(SLIDER_PX)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        kept = self.slider.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.slider.setSizePolicy(kept)
        self.slider.valueChanged.connect(self.moved)
        self.strip = SliceStrip()
        self.strip.chosen.connect(self.moved)
        self.place = SteadyLabel("heading", least_width=LEAST_PLACE_PX)
        self.place.setFont(tabular(self.place.font()))
        self.summary = StripSum()
        self._measured: ImageSource | None = None  # whose numbers the place has room for
        self._in_order = False  # and are places
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 4, 0, 2)
        middle.setSpacing(0)
        ends = QHBoxLayout()  # the middle of the handle lies over that of the slice's mark
        ends.setContentsMargins(EDGE_PX - HANDLE_PX // 2, 0, EDGE_PX - HANDLE_PX // 2, 0)
        ends.addWidget(self.slider)
        middle.addLayout(ends)
        middle.addWidget(self.strip, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
        self._row.setSpacing(MARGIN_PX)
        self._row.addLayout(middle, 1)
        said = QVBoxLayout()
        said.setContentsMargins(0, 5, 0, 3)
        said.setSpacing(0)
        said.addWidget(self.place, 0, Qt.AlignmentFlag.AlignLeft)
        said.addWidget(self.summary)
        self._row.addLayout(said)

    def show_before_slider(self, widget: QWidget) -> None:
        """Put the playback controls in front of the slider that scrolls the stack."""
        self._row.insertWidget(0, widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_place(self, pane: PaneState | None) -> None:
        """Show where in its stack a pane is; None: nothing is shown."""
        count = len(pane.stack) if pane is not None else 0
        index = pane.index if pane is not None else 0
        if count < 2 and self.slider.hasFocus():  # else Qt gives it to the next pane and makes that active
            self.keyboard_left.emit()
        with QSignalBlocker(self.slider):
            self.slider.setEnabled(count > 1)
            self.slider.setVisible(count > 1)
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setValue(index)
        self.strip.show_place(count, index)
        is_coming = pane is not None and pane.awaits_frame
        is_new = pane is not None and pane.stack is not self._measured
        if pane is not None and is_new:
            self._measured, self._in_order = pane.stack, is_numbered_in_order(pane.stack)
        place = place_text(pane.stack, index, in_order=self._in_order) if pane is not None else ""
        self.place.show_text(f"… {place}" if is_coming else place)
        details = "" if pane is None or self._in_order else place_details(pane.stack, index)
        self.place.setToolTip(plain_tooltip(details) if details else "")
        if pane is not None and is_new:  # so that the slider stays as long
            ends = (place_text(pane.stack, end, in_order=self._in_order) for end in {0, count - 1})
            self.place.keep_room(f"… {end}" for end in ends)
        self.slider.setAccessibleName(translate("Slice"))

    def show_strip(
        self, strip: SeriesStrip, said: Sequence[StripPart], details: str, of_series: float | None = None
    ) -> None:
        """Show a model's answers for the slices, in marks and in few words.

        Parameters
        ----------
        of_series : float or None
            The root of the threshold by which the series was answered.
        """
        self.strip.show_strip(strip, details, of_series)
        self.summary.show_sum(said, details)

    def show_drawn(self, slices: frozenset[int]) -> None:
        """Mark the slices on which something is drawn."""
        self.strip.show_drawn(slices)
