"""The narrow bar above an image.

Its processing, whether it is turned or mirrored, and maximising.
"""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from medviewer.gui.widgets import plain_label, plain_tooltip, set_role
from medviewer.imaging.processing import PROCESSINGS
from medviewer.translation import translate

HEIGHT_PX = 28
COMPACT_PX = 24

_STYLE = """
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 2px;
              padding: 0 6px; color: palette(placeholder-text); }
QToolButton::menu-indicator { image: none; }
QToolButton:hover, QToolButton:focus { border-color: palette(mid); color: palette(window-text); }
QToolButton[role="focused"] { color: palette(link); }
"""


class PaneHeader(QWidget):
    """Names a pane's processing."""

    processing_chosen = Signal(str)
    maximise_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setStyleSheet(_STYLE)
        self.chooser = QToolButton(self)
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._choose)
        self.chooser.setMenu(self._menu)
        self.mark = plain_label(role="attention")
        self.mark.setMinimumWidth(1)  # the title gives way last
        self.apart = plain_label(role="quiet")
        self.apart.setMinimumWidth(1)
        self._reason_apart = ""
        self.maximise = QToolButton(self)
        self.maximise.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.maximise.setText("⤢")
        self.maximise.clicked.connect(self.maximise_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(0)
        row.addWidget(self.chooser)
        row.addWidget(self.mark)
        row.addWidget(self.apart)
        row.addStretch(1)
        row.addWidget(self.maximise)
        for button in (self.chooser, self.maximise):
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self._shown: tuple[str, str] | None = None  # which processing, and its title
        self._explained = ("", "")  # the mark and its tooltip
        self.show_maximised(False)
        self.show_processing("")

    def show_processing(self, name: str) -> None:
        """Show which processing the pane has; "" where it shows nothing."""
        title = translate(_title(name)) if name else ""
        if self._shown == (name, title):
            return
        self._shown = (name, title)
        self.chooser.setText(title)
        self.chooser.setVisible(bool(name))
        self.chooser.setToolTip(plain_tooltip(translate("Choose what this pane shows")))
        self.chooser.setAccessibleName(translate("Processing: {title}", title=title))

    def show_mark(self, mark: str, explanation: str) -> None:
        """Show the mark of a turned or mirrored image, with a tooltip.

        "" where it is not.
        """
        if self._explained != (mark, explanation):
            self._explained = (mark, explanation)
            self.mark.setText(mark)
            self.mark.setToolTip(plain_tooltip(explanation))

    def show_apart(self, reason: str) -> None:
        """Show that the pane scrolls by itself, with the reason in the tooltip.

        "" where it goes with the others.
        """
        if reason != self._reason_apart:
            self._reason_apart = reason
            self.apart.setText(translate("by itself") if reason else "")
            said = translate("It does not scroll with the active pane: {reason}.", reason=reason)
            self.apart.setToolTip(plain_tooltip(said if reason else ""))

    def show_maximised(self, maximised: bool) -> None:
        """Update the label of the button at the right."""
        said = translate("Back to all panes") if maximised else translate("Maximise this pane")
        self.maximise.setToolTip(plain_tooltip(said))
        self.maximise.setAccessibleName(said)

    def show_compact(self, compact: bool) -> None:
        """Be the lower strip of a small pane, which a click makes large."""
        self.setFixedHeight(COMPACT_PX if compact else HEIGHT_PX)
        self.maximise.setHidden(compact)

    def show_focused(self, focused: bool) -> None:
        """Paint the title in the accent color where the pane has the focus."""
        set_role(self.chooser, "focused" if focused else "")

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        for name, processing in PROCESSINGS.items():
            action = self._menu.addAction(translate(processing.title))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(self._shown is not None and name == self._shown[0])

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.processing_chosen.emit(str(action.data()))


def _title(name: str) -> str:
    return PROCESSINGS[name].title if name in PROCESSINGS else name
