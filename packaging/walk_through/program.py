"""Runs the program for the walk, and lists its visible controls.

    python packaging/walk_through/program.py SOCKET [PATH ...]

The answers are those of Qt's accessibility, which a screen reader gets, too: role, name, value, place.
Nothing else is told, and nothing is done here: mouse and keys come through the X server.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from medviewer import app

LEAST_TARGET = 24  # pixels
OF_QT = ("QFileDialog", "qt_")
IN_FIELDS = "QLineEditIconButton"
"""Qt's button that clears a field, as high as its text; Esc does the same."""


def controls() -> Iterator[list[object]]:
    """Yield the facts of each visible control.

    Role, name, value, left, top, width, height, state.
    """
    modal = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            yield from _below(QAccessible.queryAccessibleInterface(window), window is modal)


def _below(interface: QAccessibleInterface | None, on_top: bool) -> Iterator[list[object]]:
    if interface is None or not interface.isValid():
        return
    state, place = interface.state(), interface.rect()
    if state.invisible:
        return
    told = [
        word
        for word, is_so in (
            ("focused", state.focused),
            ("disabled", state.disabled),
            ("checked", state.checked),
            ("covered", _is_covered(interface)),
        )
        if is_so
    ]
    role = interface.role().name
    name, value = interface.text(QAccessible.Text.Name), interface.text(QAccessible.Text.Value)
    yield [role, name, value, place.x(), place.y(), place.width(), place.height(), told]
    for number in range(interface.childCount()):
        yield from _below(interface.child(number), on_top)


def _is_covered(interface: QAccessibleInterface) -> bool:
    """Return whether another widget lies over the middle of a control."""
    widget = interface.object()
    if not isinstance(widget, QWidget) or widget.isWindow():
        return False
    on_top = QApplication.widgetAt(interface.rect().center())
    return on_top is not None and on_top is not widget and not widget.isAncestorOf(on_top)


def complaints() -> Iterator[str]:
    """Yield the faults of the window.

    Cut words without a tool tip, small targets, controls without a name.
    """
    for widget in QApplication.allWidgets():
        if not widget.isVisible() or _is_of_qt(widget):
            continue
        name = widget.accessibleName()
        if isinstance(widget, QAbstractButton | QLabel):
            name = name or widget.text()
        said = f"{type(widget).__name__} “{name}”".replace("\n", " ")
        if isinstance(widget, QLabel) and not widget.wordWrap() and not widget.pixmap():
            wanted = widget.sizeHint().width()
            if wanted > widget.width() + 1 and widget.text() and not widget.toolTip():
                yield f"cut: {said} has {widget.width()} of {wanted} px"
        if isinstance(widget, QAbstractButton):
            if min(widget.width(), widget.height()) < LEAST_TARGET and not widget.inherits(IN_FIELDS):
                yield f"small: {said} is {widget.width()} x {widget.height()} px"
            if not name:
                yield f"nameless: {said}"


def _is_of_qt(widget: QWidget) -> bool:
    above: QWidget | None = widget
    while above is not None:
        if above.objectName().startswith(OF_QT) or above.inherits(OF_QT[0]):
            return True
        above = above.parentWidget()
    return False


class Answers:
    """Answers the questions that come through a socket, one a line."""

    def __init__(self, number: int) -> None:
        self._file = os.fdopen(number, "rb", buffering=0)
        self._out = os.dup(number)
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._answer)

    def _answer(self) -> None:
        asked = self._file.readline().decode("ascii").strip()
        known = {"controls": controls, "complaints": complaints}
        if asked not in known:
            self._notifier.setEnabled(False)
            return
        answer = json.dumps(list(known[asked]())).encode("ascii") + b"\n"
        while answer:
            answer = answer[os.write(self._out, answer) :]


def main() -> int:
    """Run the program until its window is closed."""
    number, *paths = sys.argv[1:]
    answers: list[Answers] = []
    shown = app.Program.show

    def show(program: app.Program) -> None:
        QAccessible.setActive(True)  # else a list keeps cells that are gone
        answers.append(Answers(int(number)))
        shown(program)

    app.Program.show = show  # type: ignore[method-assign]
    return app.main([Path(path) for path in paths])


if __name__ == "__main__":
    sys.exit(main())
