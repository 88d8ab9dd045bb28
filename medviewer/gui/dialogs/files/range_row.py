"""Fields for the first and the last slice of a film."""

from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from medviewer.gui.widgets import WheelFilter, plain_label
from medviewer.translation import translate


@dataclass(frozen=True, slots=True)
class PlayedRange:
    """The slices of a film, as they are played on the screen.

    Parameters
    ----------
    part : (first, last)
        From 0, both included.
    count : int
        Of the stack's slices.
    words : str
        Speed and direction, translated.
    """

    part: tuple[int, int]
    count: int
    words: str


class RangeRow(QWidget):
    """The slices from one to another, counted from 1.

    Neither field passes the other.
    """

    def __init__(self, played: PlayedRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.last = QSpinBox(), QSpinBox()
        self.first.setAccessibleName(translate("First slice"))
        self.last.setAccessibleName(translate("Last slice"))
        for field, place in zip((self.first, self.last), played.part, strict=True):
            field.setRange(1, played.count)
            field.setValue(place + 1)
            WheelFilter(field)
        self.words = plain_label(played.words, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(plain_label(translate("Slices")))
        row.addWidget(self.first)
        row.addWidget(plain_label(translate("to")))
        row.addWidget(self.last)
        row.addWidget(self.words, 1)
        self.first.valueChanged.connect(self._on_first)
        self.last.valueChanged.connect(self._on_last)

    @property
    def part(self) -> tuple[int, int]:
        """The first and the last slice, from 0."""
        return self.first.value() - 1, self.last.value() - 1

    @Slot(int)
    def _on_first(self, value: int) -> None:
        self.last.setValue(max(value, self.last.value()))

    @Slot(int)
    def _on_last(self, value: int) -> None:
        self.first.setValue(min(value, self.first.value()))
