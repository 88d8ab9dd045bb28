"""The window part of the dock.

Histogram, center and width, presets with their number keys, reset.
"""

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.panels.histogram import HistogramView, histogram
from medviewer.gui.widgets import ChoiceBox, NumberBox, plain_label, plain_tooltip, section_title
from medviewer.imaging.display import default_voi, fitted_window, value_unit
from medviewer.imaging.frame import Frame, Voi, VoiOrigin, Window, describe_voi
from medviewer.limits import LARGEST_VALUE, SMALLEST_STEP
from medviewer.translation import translate
from medviewer.viewer.presets import presets_of

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.state import DisplayState

MOST_DECIMALS: Final = 16
SHORT_UNIT: Final = 5  # characters that stand beside the numbers, in every language
REST_MS: Final = 100
_COLUMNS: Final = 3


def decimals_for(width: float) -> int:
    """Return the decimals for setting a window in hundredths of its width."""
    return 0 if width >= 20 else min(MOST_DECIMALS, 2 - math.floor(math.log10(width)))


class WindowPanel(QWidget):
    """Shows and edits the window of the focused pane, in modality units."""

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: Frame | None = None
        self._shown: tuple[Frame, Voi | None] | None = None
        self._at_rest = QTimer(self)
        self._at_rest.setSingleShot(True)
        self._at_rest.setInterval(REST_MS)
        self._at_rest.timeout.connect(self._count)
        self.histogram = HistogramView()
        self.center_box = self._make_box(translate("Center"), -LARGEST_VALUE)
        self.width_box = self._make_box(translate("Width"), SMALLEST_STEP)
        self.unit = plain_label(role="quiet", wraps=True)
        self.unit.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.reset_button = QPushButton(translate("Reset"))
        self.reset_button.setProperty("role", "small")
        self.reset_button.setToolTip(plain_tooltip(translate("Back to the window that the file states")))
        self.reset_button.clicked.connect(self._reset)
        self.alternatives = ChoiceBox()
        self.alternatives.setAccessibleName(translate("Windows stated in the file"))
        self.alternatives.setSizeAdjustPolicy(
            ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.alternatives.activated.connect(self._choose_alternative)
        self.alternatives.closed.connect(session.return_keyboard)
        self.alternatives.hide()
        self.note = plain_label(role="quiet", wraps=True)
        self.buttons: list[QPushButton] = []
        self._presets: tuple[Window, ...] = ()  # of the buttons
        self._described: list[str] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self._boxes = self._make_row()
        self._controls = QWidget()
        self._rows = inner = QVBoxLayout(self._controls)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self.histogram)
        inner.addLayout(self._boxes)
        inner.addWidget(self.alternatives)
        inner.addLayout(self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(section_title(translate("Window")), 1)
        head.addWidget(self.reset_button)
        column.addLayout(head)
        column.addWidget(self._controls)
        column.addWidget(self.note)
        session.state_changed.connect(self.show_state)
        self.show_state(session.state)

    @Slot(object)
    def show_state(self, state: "DisplayState") -> None:
        """Show the window of the focused pane."""
        pane = state.focused
        frame = pane.seen if pane is not None else None
        if frame is not None and frame is not self._frame:
            self._show_frame(frame)
        known = frame is not None and not frame.is_color
        self._controls.setVisible(known)
        self.reset_button.setVisible(known)
        self.note.setVisible(not known and (pane is None or frame is not None))
        if frame is not None and frame.is_color:
            self.note.setText(translate("A colour picture is shown as it is stored; it has no window."))
        elif pane is None:
            self.note.setText(translate("Open a study to set its window."))
        if pane is not None and frame is not None and known:
            shown = (frame, pane.seen_voi if pane.seen_voi is not None else default_voi(frame))
            if self._shown is None or shown[0] is not self._shown[0] or shown[1] is not self._shown[1]:
                self._shown = shown
                self._show_voi(shown[1])

    def _make_row(self) -> QHBoxLayout:
        """Return the row of the window's numbers, with its unit."""
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (
            plain_label(translate("L"), "quiet"),
            self.center_box,
            plain_label(translate("W"), "quiet"),
            self.width_box,
        ):
            row.addWidget(widget)
        row.addWidget(self.unit, 1)
        row.addStretch()  # takes the room of a unit that stands below
        return row

    def _show_unit(self, text: str) -> None:
        """Show the unit beside the numbers, or below them if it is long."""
        if text == self.unit.text():
            return
        self._boxes.removeWidget(self.unit)
        self._rows.removeWidget(self.unit)
        if len(text) <= SHORT_UNIT:
            self._boxes.insertWidget(self._boxes.count() - 1, self.unit, 1)
        else:
            self._rows.insertWidget(self._rows.indexOf(self.alternatives), self.unit)
        self.unit.setText(text)
        self.unit.setToolTip(plain_tooltip(text))

    def _show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if frame.is_color:
            return
        self._at_rest.start()
        self._show_unit(value_unit(frame))
        if (presets := presets_of(frame)) != self._presets:
            self._make_buttons(presets)
        described = [describe_voi(voi) for voi in frame.voi]
        if described != self._described:
            self._described = described
            with QSignalBlocker(self.alternatives):
                self.alternatives.clear()
                self.alternatives.addItems(described)
                self.alternatives.setVisible(len(described) > 1)

    @Slot()
    def _count(self) -> None:
        """Count the shown frame's values.

        While slices fly past, nobody reads a histogram.
        """
        self.histogram.show_histogram(histogram(self._frame) if self._frame is not None else None)

    def _show_voi(self, voi: Voi | None) -> None:
        is_window = isinstance(voi, Window)
        for box in (self.center_box, self.width_box):
            box.setEnabled(is_window)
        if isinstance(voi, Window):
            half = voi.width / 2
            self.histogram.show_window(voi.center - half, voi.center + half)
            decimals = decimals_for(voi.width)
            for box, value in ((self.center_box, voi.center), (self.width_box, voi.width)):
                with QSignalBlocker(box):
                    box.show_number(value, decimals, 10.0**-decimals if voi.width < 200 else 10.0)
            shown = (voi.center, voi.width)
        else:
            self.histogram.show_window(None, None)
            for box in (self.center_box, self.width_box):
                box.clear()  # the numbers of another image
            shown = None
        if self._frame is not None:
            for button, preset in zip(self.buttons, self._presets, strict=False):
                button.setChecked((preset.center, preset.width) == shown)
            chosen = [at for at, alternative in enumerate(self._frame.voi) if alternative == voi]
            with QSignalBlocker(self.alternatives):
                self.alternatives.setCurrentIndex(chosen[0] if chosen else -1)

    def _make_box(self, name: str, low: float) -> NumberBox:
        box = NumberBox(low, LARGEST_VALUE)
        box.setAccessibleName(name)
        box.setToolTip(plain_tooltip(name))
        box.setFixedWidth(70)
        box.valueChanged.connect(self._edit)
        return box

    def _make_buttons(self, presets: tuple[Window, ...]) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons, self._presets = [], presets
        for number, preset in enumerate(presets):
            name = translate(preset.explanation)
            button = QPushButton(f"{name}  {number + 1}")
            button.setProperty("role", "small")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(plain_tooltip(describe_voi(preset)))
            button.clicked.connect(partial(self._session.viewer.set_voi, preset))
            self._grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
            self.buttons.append(button)

    @Slot()
    def _reset(self) -> None:
        self._session.viewer.set_voi(None)

    @Slot()
    def _edit(self) -> None:
        if self._frame is not None:
            window = Window(self.center_box.value(), self.width_box.value(), origin=VoiOrigin.USER)
            self._session.viewer.set_voi(fitted_window(window, self._frame))

    @Slot(int)
    def _choose_alternative(self, index: int) -> None:
        if self._frame is not None and 0 <= index < len(self._frame.voi):
            self._session.viewer.set_voi(self._frame.voi[index])
