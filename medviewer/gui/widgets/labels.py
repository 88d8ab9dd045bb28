"""Widgets that show text.

Always as plain text, because Qt would render markup that a file brings along.
"""

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

from medviewer import limits
from medviewer.translation import translate


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


def section_title(text: str, parent: QWidget | None = None) -> QLabel:
    """Return the small, quiet, upper-case title of a part of the dock."""
    return plain_label(text.upper(), "title", parent)


def set_role(widget: QWidget, role: str) -> None:
    """Change the role by which the theme draws a widget."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def plain_tooltip(text: str) -> str:
    """Return the text so that a tooltip shows it literally.

    At most `limits.TEXT_IN_TOOLTIP` characters. Qt decides by itself whether a tooltip is rich text, so it
    is made rich text with everything escaped.
    """
    if not text:
        return ""
    if len(text) > limits.TEXT_IN_TOOLTIP:
        text = text[: limits.TEXT_IN_TOOLTIP - 1] + "…"
    return f"<qt>{html.escape(text)}</qt>"


def teaching_tooltip(title: str, keys: str = "", said: str = "") -> str:
    """Return a tooltip of a name, its keys and a sentence below.

    All are shown literally, the sentence at most `limits.TEXT_IN_TOOLTIP` characters.
    """
    head = f"<b>{html.escape(title)}</b>"
    if keys:
        head += f"&nbsp;&nbsp;&nbsp;{html.escape(keys)}"
    if len(said) > limits.TEXT_IN_TOOLTIP:
        said = said[: limits.TEXT_IN_TOOLTIP - 1] + "…"
    return f"<qt>{head}<br>{html.escape(said)}</qt>" if said else f"<qt>{head}</qt>"


def tabular(font: QFont) -> QFont:
    """Return the font with figures of equal width, for changing numbers."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


def strike_out(label: QLabel, *, is_struck: bool = True) -> None:
    """Strike out a label's text, or undo it.

    A screen reader says so, too.
    """
    font = QFont(label.font())
    font.setStrikeOut(is_struck)
    label.setFont(font)
    label.setAccessibleName(f"{label.text()}, {translate('not valid')}" if is_struck else "")
