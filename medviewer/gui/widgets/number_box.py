"""A field for a number of any size.

It keeps what was typed and shows the digits that are worth reading.
"""

import math
from typing import Final

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from medviewer.gui.widgets.fields import WheelFilter

KEPT_DECIMALS: Final = 18
MORE_DECIMALS: Final = 2  # shown of a number that has them, beyond those that its range needs
LONGEST: Final = 9  # characters; a longer number is written with a power of ten


def number_text(value: float, decimals: int) -> str:
    """Return a number with at most these decimals, without trailing zeros.

    "40", "0.125", "3e-09".
    """
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if len(text) > LONGEST or (value and float(text) == 0):
        text = f"{value:.4g}"
    return "0" if text == "-0" else text


def number_of(text: str) -> float | None:
    """Return the number that was typed, with a point or a comma.

    None: it is none, or none yet.
    """
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class NumberBox(QDoubleSpinBox):
    """Takes fractions whatever its step is.

    `decimals_shown` are those that its range needs.
    """

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        self.decimals_shown = 0
        super().__init__(parent)
        self.setDecimals(KEPT_DECIMALS)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        WheelFilter(self)

    def show_number(self, value: float, decimals: int, step: float) -> None:
        """Show a number; its text is set only if it changes."""
        changes = self.decimals_shown != decimals or not self.text()
        self.decimals_shown = decimals
        if changes or (self.singleStep(), self.value()) != (step, value):
            self.setSingleStep(step)
            self.setValue(value)
            if changes:
                self.lineEdit().setText(self.prefix() + self.textFromValue(self.value()) + self.suffix())

    def textFromValue(self, value: float) -> str:
        """Return the text of a number."""
        return number_text(value, self.decimals_shown + MORE_DECIMALS)

    def valueFromText(self, text: str) -> float:
        """Return the number of a text."""
        value = number_of(self._bare(text))
        return self.value() if value is None else value

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Return whether a text is or may become a number in the range."""
        value = number_of(self._bare(text))
        if value is None or not self.minimum() <= value <= self.maximum():
            may_become = all(letter in "+-−.,eE0123456789" for letter in self._bare(text))
            state = QValidator.State.Intermediate if may_become else QValidator.State.Invalid
            return state, text, position
        return QValidator.State.Acceptable, text, position

    def _bare(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
