"""The line at the window's foot.

What is under the mouse, which slice, where it computes, how much memory.
"""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStatusBar, QWidget

from medviewer.gui.widgets import SteadyLabel, plain_label, tabular
from medviewer.imaging.frame import value_text
from medviewer.limits import CACHE_BYTES, MIB
from medviewer.translation import translate
from medviewer.viewer.texts import number_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.source import ImageSource
    from medviewer.viewer.probe import Probe
    from medviewer.viewer.state import DisplayState


def probe_text(probe: "Probe") -> str:
    """Return column, row, position in the patient and value of the original.

    "x 251  y 198  37 HU".
    """
    parts = [f"x {probe.column}  y {probe.row}"]
    if probe.in_region is not None:
        parts.append(
            "({})".format(", ".join(f"{value_text(value, 4)} {unit}" for value, unit in probe.in_region))
        )
    elif probe.position_mm is not None:
        parts.append("({}) mm".format(", ".join(f"{value:.1f}" for value in probe.position_mm)))
    if isinstance(probe.value, tuple):
        parts.append("RGB {} {} {}".format(*probe.value))
    else:
        is_number = math.isfinite(probe.value)
        parts.append(
            f"{value_text(probe.value, 6)} {probe.unit}".strip() if is_number else translate("no value")
        )
    return "   ".join(parts).replace("-", "−")


def _megabytes(number: int) -> str:
    return f"{number / MIB:.1f}" if 0 < number < 10 * MIB else f"{number / MIB:.0f}"


def _memory_text(taken: int) -> str:
    return translate("memory {taken} of {limit} MB", taken=_megabytes(taken), limit=_megabytes(CACHE_BYTES))


class StatusLine(QStatusBar):
    """Follows the session; `show_probe` shows the pixel under the mouse."""

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.probe = plain_label(role="quiet")
        self.slice = SteadyLabel("quiet")
        self._measured: ImageSource | None = None  # whose numbers the slice has room for
        self.device = plain_label(role="quiet")
        self.memory = SteadyLabel("quiet")
        for label in (self.probe, self.slice, self.memory):
            label.setFont(tabular(label.font()))
        self.warning = plain_label(translate("Research use only, not for diagnosis"), "quiet")
        self.addWidget(self.probe, 1)
        for widget in (self.slice, self.device, self.memory, self.warning):
            self.addPermanentWidget(widget)
        session.state_changed.connect(self.show_state)
        session.model_changed.connect(self.show_model)
        session.cache_changed.connect(self.show_memory)
        self.show_state(session.state)
        self.show_model(session.model, session.device)
        self.memory.keep_room([_memory_text(CACHE_BYTES)])
        self.show_memory(session.cache_bytes)

    @Slot(object)
    def show_probe(self, probe: "Probe | None") -> None:
        """Show position and value under the mouse; None where it is on no image."""
        self.probe.setText(probe_text(probe) if probe is not None else "")

    @Slot(object)
    def show_state(self, state: "DisplayState") -> None:
        """Show the number of the focused pane's slice."""
        pane = state.focused
        self.slice.setVisible(pane is not None)
        if pane is None:
            self.probe.setText("")
            return
        said = number_text(pane.stack, pane.index)
        is_coming = pane.frame is None and not pane.failure
        self.slice.show_text(f"… {said}" if is_coming else said)
        if pane.stack is not self._measured:
            self._measured = pane.stack
            self.slice.keep_room(f"… {number_text(pane.stack, end)}" for end in {0, len(pane.stack) - 1})

    @Slot(str, str)
    def show_model(self, model: str, device: str) -> None:
        """Show where the model computes, once that is known."""
        self.device.setText(device)
        self.device.setVisible(bool(device))

    @Slot(int)
    def show_memory(self, taken: int) -> None:
        """Show how much memory decoded slices take."""
        self.memory.show_text(_memory_text(taken))
