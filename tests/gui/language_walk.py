"""All texts of a window, and those in another language among them."""

import html
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.pofile import read_po
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)

from medviewer import paths
from medviewer.gui.panes.pane import Pane
from medviewer.translation import LANGUAGES
from medviewer.viewer.texts.menus import without_access_key

CJK = re.compile("[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    *(Qt.ItemDataRole.UserRole + number for number in range(8)),
)


def texts_of(*windows: QWidget) -> set[str]:
    """Return the texts of windows, their children and their actions.

    Tooltips and words for screen readers are among them.
    """
    found: set[str] = set()
    for window in windows:
        for widget in (window, *window.findChildren(QWidget)):
            found.update(_of_widget(widget))
        for action in window.findChildren(QAction):
            found.update((action.text(), action.toolTip(), action.statusTip(), action.iconText()))
    plain = {_without_tags(text) if text.startswith("<") else text for text in found}
    return {without_access_key(line) for text in plain for line in text.splitlines() if line.strip()}


def _without_tags(text: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", text.replace("<br>", "\n")))


def all_windows() -> list[QWidget]:
    """Return everything on the screen."""
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def _of_widget(widget: QWidget) -> Iterator[str]:
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QLineEdit):
        yield from (widget.text(), widget.placeholderText())
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(number) for number in range(widget.count()))
    elif isinstance(widget, QDoubleSpinBox):
        yield from (widget.prefix(), widget.suffix())
    elif isinstance(widget, QMenu | QGroupBox):
        yield widget.title()
    elif isinstance(widget, QMessageBox):
        yield from (widget.text(), widget.informativeText(), widget.detailedText())
    elif isinstance(widget, QPlainTextEdit):
        yield widget.toPlainText()
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _of_model(widget.model(), QModelIndex())
    elif isinstance(widget, Pane):
        yield from _of_pane(widget)


def _of_model(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for orientation in Qt.Orientation:
        for section in range(columns):
            yield str(model.headerData(section, orientation) or "")
    for row in range(model.rowCount(parent)):
        for column in range(columns):
            index = model.index(row, column, parent)
            yield from (said for role in ROLES if isinstance(said := index.data(role), str))
            if column == 0:
                yield from _of_model(model, index)


def _of_pane(pane: Pane) -> Iterator[str]:
    """Yield the texts that a pane paints, which no widget has."""
    text = pane.view.text
    for block in (text.top_left, text.top_right, text.bottom_left, text.bottom_right):
        for line in block:
            yield from (line.text, line.short)
    yield from (text.middle, text.identity_bar)
    yield from (line.full for line in pane.view.places.lines)
    scale = pane.view.scale_bar
    if scale is not None:
        yield scale.label.text


def left_over(texts: set[str], language: str) -> list[str]:
    """Return the texts, or parts of them, that are in the other language."""
    if language == "en":
        names = set(LANGUAGES.values())
        return sorted(text for text in texts if CJK.search(text) and text not in names)
    latin = [text for text in texts if re.search("[A-Za-z]{3}", text)]
    return sorted(text for text in latin if _is_english(text))


@cache
def _is_english(text: str) -> bool:
    """Return whether a text holds one that Chinese has otherwise.

    Most texts come again with each look, and there are thousands of patterns.
    """
    return any(pattern.search(text) for pattern in _english())


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    """Return a pattern of all English texts that Chinese has otherwise."""
    path = paths.resource("i18n") / "zh_CN" / "LC_MESSAGES" / "medviewer.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    patterns = []
    for entry in catalogue:
        english, chinese = str(entry.id), str(entry.string)
        english = without_access_key(english)
        words = re.findall("[A-Za-z]{2,}", re.sub("{[^}]*}", "", english))
        if not words or english == chinese or len("".join(words)) < 4:
            continue
        if " " not in english.strip(" .:…"):  # a word alone: in a sentence it may be a name's
            patterns.append(re.compile(rf"(^|[·,:(] ?){re.escape(english)}($|[·,:)]| ?·)"))
            continue
        pieces = [re.escape(piece) for piece in re.split("{[^}]*}", english)]
        if all(len(piece) < 4 for piece in pieces):
            continue
        patterns.append(re.compile(rf"(?<![A-Za-z-]){'.{1,80}?'.join(pieces)}(?![A-Za-z-])"))
    return tuple(patterns)
