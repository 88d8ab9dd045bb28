"""The tag of a model's answer in the title of a pane."""

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from medviewer.gui.look import paint_icon
from medviewer.gui.widgets import TagLabel, plain_tooltip, set_role
from medviewer.viewer.render import ResultChip

ICON_PX: Final = 14
LEFT_PX: Final = 7

_LOOKS: Final = {
    "flagged": ("tag-flagged", "flag", "amber"),
    "not flagged": ("tag-calm", "circle-minus", "text_2"),
    "uncertain": ("tag-open", "circle-question-mark", "text_1"),
    "not judged": ("tag-none", "circle-slash-2", "text_2"),
}
"""Role, icon and its color by the kind of an answer: none is told from another by its color alone."""
_NAMED: Final = "tag-ai", "shapes", "ai"


class ResultTag(TagLabel):
    """The answer in a word or two behind the sign of its kind."""

    def __init__(self) -> None:
        super().__init__(_NAMED[0])
        self._look = _NAMED

    def show_result(self, result: ResultChip | None) -> None:
        """Show an answer, or none."""
        # guard(_LOOKS.get(result.kind, _NAMED) -> _NAMED): no two kinds of an answer look alike
        self._look = _NAMED if result is None else _LOOKS.get(result.kind, _NAMED)
        set_role(self, self._look[0])
        self.setText(result.text if result is not None else "")
        self.setVisible(result is not None)
        self.setToolTip(plain_tooltip("\n".join(result.lines) if result is not None else ""))

    @property
    def sign(self) -> str:
        """The name of the icon before the words."""
        return self._look[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and the sign before them."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            place = QRectF(LEFT_PX, (self.height() - ICON_PX) / 2, ICON_PX, ICON_PX)
            paint_icon(painter, place, *self._look[1:])
