"""Widgets that show text.

Always as plain text, because Qt would render markup that a file brings along.
"""

import html
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from medviewer import limits


def plain_label(
    text: str = "",
    role: str = "",
    parent: QWidget | None = None,
    *,
    wraps: bool = False,
    selectable: bool = False,
) -> QLabel:
    """Return a label that shows its text literally.

    Parameters
    ----------
    text : str
        Shown as it is, at most `limits.TEXT_SHOWN` characters.
    role : str
        How the theme draws it: "" normal, "quiet", "attention", "title" or "strong".
    wraps : bool
        Break long lines instead of widening the window.
    selectable : bool
        Let the mouse and the keyboard select the text, to copy it.
    """
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text[: limits.TEXT_SHOWN])
    label.setWordWrap(wraps)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return label


class SteadyLabel(QLabel):
    """A label of one line whose text changes often, as with every slice.

    It keeps the size of the widest text so far: a label that changes its size lets Qt lay out the whole
    window, which takes longer than to paint an image.

    Parameters
    ----------
    role : str
        As for `plain_label`.
    least_width : int
        In logical pixels.
    """

    _room = QSize()  # until there is a text

    def __init__(self, role: str = "", *, least_width: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = QSize(least_width, 0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)

    def show_text(self, text: str) -> None:
        """Show a text literally, and become wider where it needs more room."""
        if text != self.text():
            self.setText(text)
            self._make_room()

    def keep_room(self, texts: Iterable[str]) -> None:
        """Take the size of the widest of these texts, or of the one that is shown."""
        shown, self._room = self.text(), QSize()
        self.setMinimumSize(0, 0)  # no less would be asked for
        for text in (*texts, shown):
            self.setText(text)
            self._make_room()

    def _make_room(self) -> None:
        self.ensurePolished()
        room = self.sizeHint().expandedTo(self._least).expandedTo(self._room)
        if room != self._room:
            self._room = room
            self.setFixedSize(room)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the size that the theme gives the text here."""
        super().showEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        """Take another size with another font or theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and not self._room.isNull():
            self._make_room()


class CutLabel(QLabel):
    """A label of one line that is cut at its end where there is no room.

    Its tooltip then has the whole text. It asks for no width, and another text lays nothing out anew.

    Parameters
    ----------
    role : str
        As for `plain_label`.
    """

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = self._tooltip = ""
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)

    def text(self) -> str:
        """Return the whole text."""
        return self._said

    def setText(self, text: str) -> None:
        """Show a text literally, cut where there is no room."""
        self.show_text(text)

    def show_text(self, text: str, whole: str = "") -> None:
        """Show a text literally.

        Parameters
        ----------
        whole : str
            More words of the same, for the tooltip; "" where it says nothing else.
        """
        if (text, whole) == (self._said, self._tooltip):
            return
        self._said, self._tooltip = text[: limits.TEXT_SHOWN], whole
        self.setAccessibleName(whole or text)
        self._show_tooltip()
        self.update()

    @property
    def is_cut(self) -> bool:
        """Whether there is no room for the whole text."""
        return self._shown() != self._said

    def sizeHint(self) -> QSize:
        """Return the size of a line, of no width of its own."""
        frame = self.contentsMargins()
        return QSize(1, self.fontMetrics().height() + frame.top() + frame.bottom())

    def minimumSizeHint(self) -> QSize:
        """Return the least size: that of a line."""
        return self.sizeHint()

    def _shown(self) -> str:
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, room)

    def _show_tooltip(self) -> None:
        self.setToolTip(plain_tooltip(self._tooltip or (self._said if self.is_cut else "")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text for another width."""
        super().resizeEvent(event)
        self._show_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, cut at its end where it is too long."""
        super().paintEvent(event)
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self._shown(),
            self.foregroundRole(),
        )
        painter.end()


class TagLabel(QLabel):
    """A label of one line that asks for the width of its text.

    With less room it ends in dots.

    Parameters
    ----------
    role : str
        As for `plain_label`.
    """

    def __init__(self, role: str) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setMinimumWidth(1)
        self.hide()

    def text(self) -> str:
        """Return the whole text."""
        return self._whole

    def setText(self, text: str) -> None:
        """Show a text literally, cut where there is no room."""
        self._whole = text[: limits.TEXT_SHOWN]
        super().setText(self._whole)
        self._cut()

    def sizeHint(self) -> QSize:
        """Return the size that the whole text needs."""
        hint, measured = super().sizeHint(), self.fontMetrics().horizontalAdvance
        hint.setWidth(hint.width() + measured(self._whole) - measured(super().text()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text for another width."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        lacking = self.sizeHint().width() - self.width()
        room = self.fontMetrics().horizontalAdvance(self._whole) - lacking
        shown = self._whole
        if lacking > 0 and not self.isHidden():
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, room)
        if shown != super().text():
            super().setText(shown)


def section_title(text: str, parent: QWidget | None = None) -> QLabel:
    """Return the title of a part of a dialog."""
    return plain_label(text, "title", parent)


def set_role(widget: QWidget, role: str) -> None:
    """Change the role by which the theme draws a widget."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def plain_tooltip(text: str) -> str:
    """Return the text so that a tooltip shows it literally, line by line.

    At most `limits.TEXT_IN_TOOLTIP` characters. Qt decides by itself whether a tooltip is rich text, so it
    is made rich text with everything escaped.
    """
    if not text:
        return ""
    if len(text) > limits.TEXT_IN_TOOLTIP:
        text = text[: limits.TEXT_IN_TOOLTIP - 1] + "…"
    return f"<qt>{_escaped(text)}</qt>"


def teaching_tooltip(title: str, keys: str = "", said: str = "") -> str:
    """Return a tooltip of a name, its keys and a sentence below.

    All are shown literally, the sentence at most `limits.TEXT_IN_TOOLTIP` characters.
    """
    head = f"<b>{html.escape(title)}</b>"
    if keys:
        head += f"&nbsp;&nbsp;&nbsp;{html.escape(keys)}"
    if len(said) > limits.TEXT_IN_TOOLTIP:
        said = said[: limits.TEXT_IN_TOOLTIP - 1] + "…"
    return f"<qt>{head}<br>{_escaped(said)}</qt>" if said else f"<qt>{head}</qt>"


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def tabular(font: QFont) -> QFont:
    """Return the font with figures of equal width, for changing numbers."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures
