"""The line at the window's foot.

The pixel under the mouse, the use of the mouse, and the warning.
"""

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from medviewer.gui.look import Type, font
from medviewer.gui.widgets import CutLabel, plain_label
from medviewer.imaging.frame import Vector, value_text
from medviewer.translation import translate
from medviewer.viewer.tools import mouse_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.probe import Probe
    from medviewer.viewer.viewer_state import ViewerState

DOT: Final = " · "
HEIGHT_PX: Final = 24
ROOM_BETWEEN_PX: Final = 24  # margins and gaps of the line
PROBE_PX: Final = 416
"""What the pixel under the mouse needs, and keeps where the use of the mouse is longer than its half."""


def probe_text(probe: "Probe") -> str:
    """Return column, row, position in the patient and value of the original.

    "x 251  y 198   R 39.3  P 44.6  H 45.0 mm   Original 37 HU", with the pane among several.
    """
    parts = [f"x {probe.column}  y {probe.row}"]
    if probe.in_region is not None:
        parts.append(
            "({})".format(", ".join(f"{value_text(value, 4)} {unit}" for value, unit in probe.in_region))
        )
    elif probe.position_mm is not None:
        parts.append(f"{_patient_text(probe.position_mm)} mm")
    if isinstance(probe.value, tuple):
        value = "RGB {} {} {}".format(*probe.value)
    elif math.isfinite(probe.value):
        value = f"{value_text(probe.value, 6)} {probe.unit}".strip()
    else:
        value = translate("no value")
    if probe.pane is None:
        parts.append(translate("Original {value}", value=value))
    else:
        parts.append(translate("Pane {pane}, original {value}", pane=probe.pane + 1, value=value))
    return "   ".join(parts).replace("-", "−")


def _patient_text(position_mm: Vector) -> str:
    """Return a position in the patient with the letters of its sides.

    "R 39.3  P 44.6  H 45.0": x grows to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1).
    """
    sides = zip(("LR", "PA", "HF"), position_mm, strict=True)
    return "  ".join(f"{letters[value < 0]} {abs(value):.1f}" for letters, value in sides)


class StatusLine(QStatusBar):
    """Follows the session; `show_probe` shows the pixel under the mouse.

    What there is no room for is cut, the warning never.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.setFixedHeight(HEIGHT_PX)
        self.probe = CutLabel()
        self.mouse = CutLabel("quiet")
        self.warning = plain_label(translate("Research use only, not for diagnosis"))
        for label in (self.probe, self.mouse, self.warning):
            label.setFont(font(Type.SMALL))
        left = QWidget()
        self._row = QHBoxLayout(left)
        self._row.setContentsMargins(0, 0, 0, 0)
        for label in (self.probe, self.mouse):
            self._row.addWidget(label, 1)
        self.addWidget(left, 1)
        self.addPermanentWidget(self.warning)
        session.viewer_changed.connect(self._on_viewer)
        self._show(session.viewer.state)

    @Slot(object)
    def show_probe(self, probe: "Probe | None") -> None:
        """Show position and value under the mouse; None where it is on no image."""
        self.probe.show_text(probe_text(probe) if probe is not None else "")

    @Slot(object, object)
    def _on_viewer(self, before: "ViewerState", after: "ViewerState") -> None:
        had, has = (state.focused is not None for state in (before, after))
        uses_before, uses = ((state.tool, state.mouse_scheme, state.is_blinking) for state in (before, after))
        if had != has or uses_before != uses or (not has and before.library is not after.library):
            self._show(after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Give the use of the mouse half of the line, or more.

        The pixel comes first. Of what does not fit, the last uses are left out.
        """
        room = self.width() - self.warning.sizeHint().width() - ROOM_BETWEEN_PX
        width, whole = self.mouse.fontMetrics().horizontalAdvance, mouse_text(self._session.viewer.state)
        share = max(room // 2, min(width(whole) + ROOM_BETWEEN_PX, room - PROBE_PX))
        if share > 0 and share != self._row.stretch(1):
            self._row.setStretch(0, room - share)
            self._row.setStretch(1, share)
        shown = whole
        while DOT in shown and width(shown) > share - self._row.spacing():
            shown = shown.rpartition(DOT)[0]
        self.mouse.show_text(shown, "" if shown == whole else whole)

    def _show(self, state: "ViewerState") -> None:
        self._share()
        if state.focused is None:
            self.probe.show_text("" if state.library.studies else translate("No study is open"))
        elif self.probe.text() == translate("No study is open"):
            self.probe.show_text("")
