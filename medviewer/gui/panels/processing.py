"""The processing panel.

A control for every parameter of the PROCESSINGS table, in effect at once.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.panels.histogram import decimals_for
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX
from medviewer.gui.widgets import ChoiceBox, NumberBox, WheelFilter, plain_label, plain_tooltip
from medviewer.imaging.display import default_voi, value_unit
from medviewer.imaging.frame import Frame, Window, short_unit
from medviewer.imaging.processing import (
    MODALITY_UNIT,
    PROCESSINGS,
    Parameter,
    check_parameters,
    why_not_processed,
)
from medviewer.translation import NOTHING, Message, mark, translate

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.processing import Processing
    from medviewer.viewer.state import DisplayState

SEGMENT_PX: Final = 26
OPEN_FIRST: Final = mark("Open a study to process its pictures.")
SHOWN_AS_IT_IS: Final = mark("Shown as it is: {reason}.")
MOST_SLIDER_STEPS: Final = 400  # a wider range is typed, because a slider could not be set finely enough


class ParameterControl(QWidget):
    """One parameter: a choice, a number or a flag.

    `edited` carries a new value of the parameter's kind.
    """

    edited = Signal(object)
    left = Signal()  # its list of choices was closed

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.chooser: ChoiceBox | None = None
        self.flag: QCheckBox | None = None
        self.box: NumberBox | None = None
        self.slider: QSlider | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        if parameter.kind == "choice":
            row.addWidget(self._make_chooser())
        elif parameter.kind == "flag":
            row.addWidget(self._make_flag())
        else:
            self._make_number(row)

    def show_value(self, value: object) -> None:
        """Show a value without reporting it as edited."""
        if self.chooser is not None:
            with QSignalBlocker(self.chooser):
                self.chooser.setCurrentIndex(self.chooser.findData(value))
        elif self.flag is not None:
            with QSignalBlocker(self.flag):
                self.flag.setChecked(bool(value))
        elif self.box is not None and isinstance(value, int | float):
            with QSignalBlocker(self.box):
                self.box.setValue(value)
            if self.slider is not None:
                with QSignalBlocker(self.slider):
                    self.slider.setValue(round((value - self.parameter.low) / self.parameter.step))

    def show_unit(self, text: str, decimals: int) -> None:
        """Show the unit behind the numbers that are in the frame's values.

        They may need decimals.
        """
        if self.box is not None and self.parameter.unit == MODALITY_UNIT:
            with QSignalBlocker(self.box):
                self.box.setSuffix(f" {short_unit(text)}" if text else "")
                self.box.setToolTip(plain_tooltip(text) if short_unit(text) != text else "")
                self.box.show_number(self.box.value(), decimals, self.parameter.step * 10.0**-decimals)

    def _make_chooser(self) -> ChoiceBox:
        self.chooser = ChoiceBox()
        self.chooser.closed.connect(self.left)
        for value, title in self.parameter.choices:
            self.chooser.addItem(translate(title), value)
        self.chooser.setAccessibleName(translate(self.parameter.title))
        self.chooser.setMinimumContentsLength(8)
        self.chooser.activated.connect(self._choose)
        return self.chooser

    def _make_flag(self) -> QCheckBox:
        self.flag = QCheckBox()
        self.flag.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.flag.setAccessibleName(translate(self.parameter.title))
        self.flag.toggled.connect(self._turn)
        return self.flag

    def _make_number(self, row: QHBoxLayout) -> None:
        low, high, step = self.parameter.low, self.parameter.high, self.parameter.step
        self.box = NumberBox(low, high)
        self.box.decimals_shown = 0 if float(step).is_integer() else 2
        self.box.setSingleStep(step)
        self.box.setAccessibleName(translate(self.parameter.title))
        self.box.valueChanged.connect(self._type)
        steps = round((high - low) / step)
        if steps <= MOST_SLIDER_STEPS:
            self.slider = QSlider(Qt.Orientation.Horizontal)
            self.slider.setRange(0, steps)
            WheelFilter(self.slider)
            self.slider.setAccessibleName(translate(self.parameter.title))
            self.slider.valueChanged.connect(self._slide)
            self.box.setFixedWidth(56)
            row.addWidget(self.slider, 1)
            row.addWidget(self.box)
        else:
            row.addWidget(self.box, 1)

    @Slot(int)
    def _choose(self, index: int) -> None:
        if self.chooser is not None:
            self.edited.emit(self.chooser.itemData(index))

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        self.edited.emit(on)

    @Slot(float)
    def _type(self, value: float) -> None:
        self.edited.emit(value)

    @Slot(int)
    def _slide(self, steps: int) -> None:
        value = self.parameter.low + steps * self.parameter.step
        if self.box is not None:
            with QSignalBlocker(self.box):
                self.box.setValue(value)
            self.edited.emit(self.box.value())


class ProcessingControls(QWidget):
    """All parameters of one processing.

    Those without effect on the method are hidden.
    """

    edited = Signal(str, str, object)
    left = Signal()

    def __init__(self, processing: "Processing", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = processing.name
        self.controls: dict[str, ParameterControl] = {}
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 1)
        for row, parameter in enumerate(processing.parameters):
            control = ParameterControl(parameter)
            label = plain_label(translate(parameter.title), "quiet")
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
            self.controls[parameter.name] = control
            self._labels[parameter.name] = label
            control.edited.connect(self._report)
            control.left.connect(self.left)

    def show_values(self, values: dict[str, object]) -> None:
        """Show the values, and only the parameters used by the chosen method."""
        for name, control in self.controls.items():
            control.show_value(values[name])
            matters = not control.parameter.applies_to or values.get("method") in control.parameter.applies_to
            if control.parameter.kind == "choice" and len(control.parameter.choices) < 2:
                matters = False  # there is nothing to choose
            control.setVisible(matters)
            self._labels[name].setVisible(matters)

    def show_unit(self, text: str, decimals: int) -> None:
        """Show the unit of the frame's values, and how finely they are set."""
        for control in self.controls.values():
            control.show_unit(text, decimals)

    @Slot(object)
    def _report(self, value: object) -> None:
        control = self.sender()
        if isinstance(control, ParameterControl):
            self.edited.emit(self.name, control.parameter.name, value)


class ProcessingPanel(QWidget):
    """Follows the session's settings and edits them, one processing at a time.

    The one of the focused pane comes to the front by itself. Built for the first image, or before: the table
    of processings imports OpenCV, for which the first paint of the window must not wait.
    """

    resettable = Signal(bool)
    can_reset = False  # parameters are shown

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.groups: dict[str, ProcessingControls] = {}
        self.segments: dict[str, QToolButton] = {}
        self._chosen = ""
        self._shown: tuple[str, int, str] | None = None  # unit, decimals and processing of the focused pane
        self._values: object = None  # the settings that are shown
        self._refused: dict[str, Message] = {}  # processings that leave the image as it is, and why
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN_PX, 0, BAR_PX, 8)
        self._column.setSpacing(8)
        self._choice = QHBoxLayout()
        self._choice.setSpacing(4)
        self._column.addLayout(self._choice)
        self._one_at_a_time = QButtonGroup(self)
        self.note = plain_label(translate(OPEN_FIRST), "quiet", wraps=True)
        self._column.addWidget(self.note)
        session.state_changed.connect(self.show_state)
        session.settings_changed.connect(self.show_settings)
        self.show_state(session.state)

    @property
    def chosen(self) -> str:
        """The processing whose parameters are shown; "" before an image is."""
        return self._chosen

    @Slot(object)
    def show_state(self, state: "DisplayState") -> None:
        """Follow the focused pane."""
        pane = state.focused
        for button in self.segments.values():
            button.setVisible(pane is not None)
        if pane is None or pane.frame is None:
            self._show_chosen(is_there=pane is not None)
            return
        self.build()
        self._refuse(pane.frame)
        shown = (value_unit(pane.frame), _decimals(pane.frame), pane.processing)
        if shown != self._shown:
            is_another = self._shown is None or shown[2] != self._shown[2]
            self._shown = shown
            for group in self.groups.values():
                group.show_unit(*shown[:2])
            if is_another and pane.processing in self.groups:
                self.choose(pane.processing)
        if self._values is not self._session.settings:  # thresholds of another kind of image
            self.show_settings(self._session.settings)

    @Slot(object)
    def show_settings(self, settings: Mapping[str, Mapping[str, object]]) -> None:
        """Show the values of all parameters.

        Those that are absent have their defaults.
        """
        self._values = settings
        for name, group in self.groups.items():
            group.show_values(check_parameters(name, settings.get(name, {})))

    def choose(self, name: str) -> None:
        """Show the parameters of one processing."""
        self._chosen = name
        self.segments[name].setChecked(True)
        self._show_chosen(is_there=self._session.state.focused is not None)

    def _refuse(self, frame: Frame) -> None:
        """Disable the processings that leave a frame unchanged.

        Labels and colors are not processed by all of them.
        """
        reasons = {name: why_not_processed(frame, name) for name in self.groups}
        self._refused = {name: reason for name, reason in reasons.items() if reason is not None}
        for name, button in self.segments.items():
            button.setEnabled(name not in self._refused)
        self._show_chosen(is_there=True)

    def _show_chosen(self, *, is_there: bool) -> None:
        """Show the parameters of the chosen processing, or why there are none."""
        reason = self._refused.get(self._chosen, NOTHING)
        for name, group in self.groups.items():
            group.setVisible(is_there and name == self._chosen and not reason)
        self.note.setText(
            translate(SHOWN_AS_IT_IS, reason=reason.for_user()) if is_there else translate(OPEN_FIRST)
        )
        self.note.setVisible(not is_there or bool(reason))
        self.can_reset = is_there and bool(self._chosen) and not reason
        self.resettable.emit(self.can_reset)

    @Slot()
    def reset(self) -> None:
        """Give the parameters that are shown their first values."""
        if self._chosen and self._chosen not in self._refused:
            self._session.reset_parameters(self._chosen)

    @Slot()
    def build(self) -> None:
        """Make the controls, once."""
        if self.groups:
            return
        for processing in PROCESSINGS.values():
            if processing.parameters:
                self._add_segment(processing)
                group = ProcessingControls(processing)
                group.edited.connect(self._session.set_parameter)
                group.left.connect(self._session.return_keyboard)
                self._column.addWidget(group)
                self.groups[processing.name] = group
        self._column.addStretch(1)
        self.choose(next(iter(self.groups)))
        self.show_settings(self._session.settings)

    def _add_segment(self, processing: "Processing") -> None:
        button = QToolButton()
        button.setProperty("role", "segment")
        button.setText(translate(processing.short or processing.title))
        button.setToolTip(plain_tooltip(translate(processing.title)))
        button.setCheckable(True)
        button.setFixedHeight(SEGMENT_PX)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self.choose, processing.name))
        self._one_at_a_time.addButton(button)
        self._choice.addWidget(button)
        self.segments[processing.name] = button


def _decimals(frame: Frame) -> int:
    """Return the decimals needed by a threshold on an image's values."""
    voi = None if frame.is_color else default_voi(frame)
    return decimals_for(voi.width) if isinstance(voi, Window) else 0
