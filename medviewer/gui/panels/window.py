"""The window part of the dock.

Histogram with a window that is dragged, level and width, presets with their keys, the file's window.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.panels.histogram import HistogramView, decimals_for, histogram
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX
from medviewer.gui.widgets import CutLabel, NumberBox, plain_label, plain_tooltip
from medviewer.imaging.display import NARROW, WIDE, default_voi, fitted_window, is_from_values, value_unit
from medviewer.imaging.frame import Frame, Voi, VoiOrigin, Window, describe_voi, short_unit
from medviewer.limits import LARGEST_VALUE, SMALLEST_STEP
from medviewer.translation import mark, translate
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id, none_stated
from medviewer.viewer.windowing import AUTO, PRESET_KEYS, Preset, keys_in_order, offered_presets

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.state import DisplayState

CHIP_PX: Final = 26
REST_MS: Final = 100
IN_A_ROW: Final = 4
"""Presets that have a button; the others stand under More."""

FILE_WINDOW: Final = "image.reset_window"
AUTOMATIC: Final = "image.automatic_window"
INVERT: Final = "image.invert"
KEEP: Final = "image.keep_window"
_HINTS: Final = {
    AUTO: mark("From the 1st to the 99th percentile of the values of the slices in memory."),
    WIDE: mark("From the lowest to the highest value of the slices in memory."),
    NARROW: mark("Half of the automatic window, around the middle of the tissue."),
}
_WORDS: Final = {FILE_WINDOW: mark("File"), AUTOMATIC: mark("Auto"), INVERT: mark("Invert")}


class WindowPanel(QWidget):
    """Shows and edits the window of the focused pane, in modality units."""

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: Frame | None = None
        self._shown: tuple[Frame, Voi | None, Voi | None] | None = None
        self._keys: dict[str, str] = {}  # by command, once changed
        self._stack = ""  # the key of that whose values stand there
        self._at_rest = QTimer(self)
        self._at_rest.setSingleShot(True)
        self._at_rest.setInterval(REST_MS)
        self._at_rest.timeout.connect(self._count)
        self.histogram = HistogramView()
        self.histogram.window_dragged.connect(self._drag)
        self.center_box = self._make_box(translate("Level"), -LARGEST_VALUE)
        self.width_box = self._make_box(translate("Width"), SMALLEST_STEP)
        self.unit = CutLabel("quiet")
        self.note = plain_label(role="quiet", wraps=True)
        self.buttons: list[QPushButton] = []
        self._presets: tuple[tuple[int, Preset], ...] = ()  # of the frame, with their keys, as they stand
        self.file_button, self.automatic_button, self.invert_button = (
            self._make_command_button(name) for name in _WORDS
        )
        self._automatic = AUTOMATIC  # the command that its button names the key of: a preset may do the same
        self.more_button = _chip(translate("More"))
        self.more = QMenu(self.more_button)
        self.more.aboutToShow.connect(self.fill_more)
        self.more.aboutToHide.connect(session.return_keyboard)
        self.more_button.setMenu(self.more)
        self._controls = self._make_controls()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, BAR_PX, 0)
        column.setSpacing(0)
        column.addWidget(self._controls)
        column.addWidget(self.note)
        column.addStretch(1)
        session.state_changed.connect(self.show_state)
        self.show_state(session.state)

    def take_actions(self, actions: Mapping[str, QAction]) -> None:
        """Follow the keys of the window's commands, which the user may change."""
        names = (*_WORDS, *(f"image.preset_{number + 1}" for number in range(PRESET_KEYS)))
        for name in names:
            actions[name].changed.connect(partial(self._take_key, name, actions[name]))
            self._take_key(name, actions[name])

    def reset(self) -> None:
        """Return to the window that the file states, and to its polarity."""
        viewer = self._session.viewer
        viewer.set_voi(None)
        together = viewer.state.together(viewer.state.display.focus)
        viewer.show(display_state.set_inversion(viewer.state.display, together, None))
        self._light_again()

    @Slot(object)
    def show_state(self, state: "DisplayState") -> None:
        """Show the window of the focused pane."""
        pane = state.focused
        frame = pane.seen if pane is not None else None
        if pane is not None and frame is not None and frame is not self._frame:
            self._stack = pane.stack.key
            self._show_frame(frame)
        elif pane is None or (frame is None and pane.stack.key != self._stack):
            self._show_nothing()  # a slice of the same series has much the same values
        known = frame is not None and not frame.is_color
        self._controls.setVisible(known or (pane is not None and frame is None))
        self.note.setVisible(not known and (pane is None or frame is not None))
        if frame is not None and frame.is_color:
            self.note.setText(translate("A colour picture is shown as it is stored; it has no window."))
        elif pane is None:
            self.note.setText(translate("Open a study to set its window."))
        if pane is not None and frame is not None and known:
            self.invert_button.setChecked(pane.is_inverted)
            self.histogram.show_inverted(frame.inverted)
            shown = (frame, pane.seen_voi, pane.seen_voi or default_voi(frame))
            if self._shown is None or any(
                new is not old for new, old in zip(shown, self._shown, strict=True)
            ):
                self._shown = shown
                self._show_voi(shown[2], is_chosen=shown[1] is not None)

    # building

    def _make_controls(self) -> QWidget:
        controls = QWidget()
        rows = QVBoxLayout(controls)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.histogram)
        numbers = QHBoxLayout()
        numbers.setSpacing(8)
        numbers.addWidget(plain_label(translate("Level"), "quiet"))
        numbers.addWidget(self.center_box)
        numbers.addSpacing(4)
        numbers.addWidget(plain_label(translate("Width"), "quiet"))
        numbers.addWidget(self.width_box)
        numbers.addWidget(self.unit, 1)
        rows.addLayout(numbers)
        chips, presets, below = QVBoxLayout(), QWidget(), QHBoxLayout()
        presets.setFixedHeight(CHIP_PX)  # also where a modality has no presets
        self._row = QHBoxLayout(presets)
        self._row.setContentsMargins(0, 0, 0, 0)
        chips.addWidget(presets)
        chips.addLayout(below)
        for layout in (chips, self._row, below):
            layout.setSpacing(4)
        for button in (*self._below, self.more_button):
            below.addWidget(button, 1)
        rows.addLayout(chips)
        return controls

    def _make_box(self, name: str, low: float) -> NumberBox:
        box = NumberBox(low, LARGEST_VALUE)
        box.setAccessibleName(name)
        box.setToolTip(plain_tooltip(name))
        box.setFixedWidth(64)
        box.valueChanged.connect(self._edit)
        return box

    def _make_command_button(self, name: str) -> QPushButton:
        button = _chip("", is_checkable=True)
        button.setToolTip(plain_tooltip(translate(command_by_id(name).title).replace("&", "")))
        button.clicked.connect(partial(self._perform, name))
        self._label(button, name, translate(_WORDS[name]))
        return button

    def _make_buttons(self, presets: tuple[tuple[int, Preset], ...]) -> None:
        """Make buttons for the first presets; the others stand in the menu."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons, self._presets = [], presets
        for key, preset in presets[:IN_A_ROW]:
            button = _chip("", is_checkable=True)
            button.setToolTip(plain_tooltip(_hint(preset)))
            button.clicked.connect(partial(self._perform, _preset_command(key)))
            self._label(button, _preset_command(key), translate(preset.name))
            self._row.addWidget(button, 1)
            self.buttons.append(button)

    # keys

    def _label(self, button: QPushButton, name: str, word: str) -> None:
        """Write a word and the key of its command."""
        key = self._keys.get(name, command_by_id(name).shortcut)
        said = f"({key})" if word[-1:].isdigit() else key  # "0–5 (4)": no number runs into the next
        text = f"{word} {said}" if len(key) == 1 else word  # a longer one stands in menu and help
        if button.text() != text:
            button.setText(text)

    def _take_key(self, name: str, action: QAction) -> None:
        key = action.shortcut().toString()
        if self._keys.get(name) == key:
            return
        self._keys[name] = key
        for one, button in zip(_WORDS, self._below, strict=True):
            self._label(button, self._automatic if one == AUTOMATIC else one, translate(_WORDS[one]))
        for button, (number, preset) in zip(self.buttons, self._presets, strict=False):
            self._label(button, _preset_command(number), translate(preset.name))

    @property
    def _below(self) -> tuple[QPushButton, QPushButton, QPushButton]:
        return self.file_button, self.automatic_button, self.invert_button

    # showing

    def _show_nothing(self) -> None:
        """Let go of the image of another series, or of a closed one."""
        if self._frame is None and self._shown is None:
            return
        self._frame = self._shown = None  # no closed image stays in memory for this
        self.histogram.show_histogram(None)
        self._show_voi(None, is_chosen=False)

    def _show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if frame.is_color:
            return
        self._at_rest.start()
        unit = value_unit(frame)
        self.histogram.show_unit(unit)
        self.unit.show_text(short_unit(unit), unit)
        offered = offered_presets(frame)
        by_key = tuple((key, offered[key - 1]) for key in keys_in_order(frame))
        if (presets := tuple(pair for pair in by_key if pair[1].name != AUTO)) != self._presets:
            self._make_buttons(presets)
        automatic = next((_preset_command(key) for key, preset in by_key if preset.name == AUTO), AUTOMATIC)
        if automatic != self._automatic:
            self._automatic = automatic
            self._label(self.automatic_button, automatic, translate(AUTO))

    @Slot()
    def _count(self) -> None:
        """Count the shown frame's values.

        While slices fly past, nobody reads a histogram.
        """
        self.histogram.show_histogram(histogram(self._frame) if self._frame is not None else None)

    def _show_voi(self, voi: Voi | None, *, is_chosen: bool) -> None:
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
        else:
            self.histogram.show_window(None, None)
            for box in (self.center_box, self.width_box):
                box.clear()  # the numbers of another image
        for button, (_, preset) in zip(self.buttons, self._presets, strict=False):
            button.setChecked(_is_in_use(preset, voi))
        of_file = self._frame.voi if self._frame is not None else ()
        is_first = bool(of_file) and voi == of_file[0] if is_chosen else any(voi is one for one in of_file)
        is_own = not isinstance(voi, Window) or voi.origin is VoiOrigin.FILE  # not found from the values
        missing = none_stated(self._frame)
        title = translate(command_by_id(FILE_WINDOW).title).replace("&", "")
        self.file_button.setEnabled(missing is None)
        self.file_button.setToolTip(plain_tooltip(title if missing is None else missing.for_user()))
        self.file_button.setChecked(is_first and is_own and missing is None)
        self.automatic_button.setChecked(isinstance(voi, Window) and voi.origin is VoiOrigin.AUTO)

    @Slot()
    def fill_more(self) -> None:
        """Fill the menu: other presets, the file's other windows, the user's own."""
        self.more.clear()
        pane, frame = self._session.focused, self._frame
        if pane is None or frame is None:
            return
        shown = pane.seen_voi or default_voi(frame)
        kept = [one for one in self._session.viewer.state.own_presets if one.is_for(frame)]
        for number, preset in self._presets[IN_A_ROW:]:
            name = _preset_command(number)
            key = self._keys.get(name, command_by_id(name).shortcut)
            text = f"{translate(preset.name)}\t{key}" if key else translate(preset.name)
            action = self._add_to_more(text, _hint(preset), is_shown=_is_in_use(preset, shown))
            action.triggered.connect(partial(self._perform, name))
        of_file: tuple[Voi, ...] = frame.voi if len(frame.voi) > 1 else ()
        own = tuple(one.window(frame) for one in kept)
        for group, title in ((of_file, translate("Of the file")), (own, translate("My windows"))):
            if group:
                self.more.addSection(title)
            for voi in group:
                said = describe_voi(voi)
                action = self._add_to_more(said, said, is_shown=_is_same(voi, shown))
                action.triggered.connect(partial(self._choose, voi))
        self.more.addSeparator()
        keep = command_by_id(KEEP)
        state = self._session.viewer.state
        action = self.more.addAction(translate("Keep this as mine"))
        action.setCheckable(True)
        action.setChecked(keep.checked is not None and keep.checked(state))
        action.setEnabled(keep.unavailable(state) is None)
        action.triggered.connect(partial(self._perform, KEEP))

    def _add_to_more(self, text: str, hint: str, *, is_shown: bool) -> QAction:
        action = self.more.addAction(text.replace("&", "&&"))
        action.setToolTip(plain_tooltip(hint))
        action.setCheckable(True)
        action.setChecked(is_shown)
        return action

    # editing

    def _perform(self, name: str, _checked: bool = False) -> None:
        command_by_id(name).perform(self._session.viewer)
        self._light_again()

    def _choose(self, voi: Voi, _checked: bool = False) -> None:
        self._session.viewer.set_voi(voi)
        self._light_again()

    def _light_again(self) -> None:
        """Light the button of the window in use.

        A click turns a button round although nothing may have changed.
        """
        self._shown = None
        self.show_state(self._session.state)

    @Slot(float, float)
    def _drag(self, low: float, high: float) -> None:
        if self._frame is not None:
            window = Window((low + high) / 2, high - low, origin=VoiOrigin.USER)
            self._session.viewer.set_voi(fitted_window(window, self._frame))

    @Slot()
    def _edit(self) -> None:
        if self._frame is not None:
            window = Window(self.center_box.value(), self.width_box.value(), origin=VoiOrigin.USER)
            self._session.viewer.set_voi(fitted_window(window, self._frame))


def _chip(text: str, *, is_checkable: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "chip")
    button.setCheckable(is_checkable)
    button.setFixedHeight(CHIP_PX)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _preset_command(key: int) -> str:
    return f"image.preset_{key}"


def _hint(preset: Preset) -> str:
    return translate(_HINTS[preset.name]) if preset.window is None else describe_voi(preset.window)


def _is_in_use(preset: Preset, voi: Voi | None) -> bool:
    """Return whether a VOI comes from a preset."""
    if preset.window is not None:
        return isinstance(voi, Window) and (voi.center, voi.width) == (
            preset.window.center,
            preset.window.width,
        )
    if preset.name == AUTO:
        return isinstance(voi, Window) and voi.origin is VoiOrigin.AUTO
    return is_from_values(voi, preset.name)


def _is_same(one: Voi, other: Voi | None) -> bool:
    if isinstance(one, Window) and isinstance(other, Window):
        return (one.center, one.width, one.function) == (other.center, other.width, other.function)
    return one is other
