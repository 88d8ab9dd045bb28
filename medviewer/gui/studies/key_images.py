"""The key images of the active study, at the foot of the study browser."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from medviewer.gui.look import icon
from medviewer.gui.widgets import plain_label, plain_tooltip
from medviewer.translation import translate
from medviewer.viewer import annotations
from medviewer.viewer.texts import note_without_identity, short_number_text
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.annotations import AnnotationRow

ROW_PX: Final = 28
MOST_ROWS: Final = 5  # of them are seen without scrolling


class KeyImages(QWidget):
    """Lists key images with their notes; a click goes there.

    Hidden where there are none.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: tuple[AnnotationRow, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._is_narrow = False
        self.title = plain_label(translate("Key images"), "quiet")
        self.list = QListWidget()
        self.list.setAccessibleName(translate("Key images"))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.list)
        self.hide()
        session.viewer_changed.connect(self._follow)

    @property
    def has_any(self) -> bool:
        """Whether the active study has key images."""
        return bool(self._rows)

    def show_narrow(self, is_narrow: bool) -> None:
        """Show the numbers of the images alone, or their notes, too."""
        if is_narrow != self._is_narrow:
            self._is_narrow, self._shown = is_narrow, ()
            self._follow(self._session.viewer.state, self._session.viewer.state)

    @Slot(object, object)
    def _follow(self, before: ViewerState, state: ViewerState) -> None:
        pane = state.focused
        where = None if pane is None else pane.identity.study_instance_uid
        shown = where, state.annotations.get(where or ""), state.library, state.identity_hidden
        if shown == self._shown or not (state.annotations or self._rows):
            return
        self._shown = shown

        self._rows = () if pane is None else annotations.key_image_rows(state)
        self.list.clear()
        for row in self._rows:
            text = annotations.key_image_text(row, note_without_identity if state.identity_hidden else str)
            number = "" if row.stack is None else short_number_text(row.stack, row.index)
            item = QListWidgetItem(number) if self._is_narrow else QListWidgetItem(icon("bookmark"), text)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
            item.setSizeHint(QSize(0, ROW_PX))
            item.setToolTip(plain_tooltip(text))
            self.list.addItem(item)
        self.list.setFixedHeight(ROW_PX * min(MOST_ROWS, max(1, len(self._rows))) + 4)
        self.setVisible(bool(self._rows))

    @Slot(QListWidgetItem)
    def _go(self, item: QListWidgetItem) -> None:
        annotations.go_to(self._session.viewer, self._rows[self.list.row(item)])
        self._session.return_keyboard()
