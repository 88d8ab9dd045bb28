"""The data elements of the image that has the focus, beside the window."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from medviewer.errors import MedviewerError
from medviewer.gui.elements.model import Column, ElementModel
from medviewer.gui.elements.reading import ElementReading, StackSlice
from medviewer.gui.widgets import LEAST_SIZE, ChoiceBox, add_clear_button, plain_label
from medviewer.imaging.identity import Identity
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer.elements import ElementRow, found_rows, rows_text
from medviewer.viewer.texts import number_text, series_title, study_moment_text, time_apart_text

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

FIRST_SIZE: Final = QSize(960, 720)
ROW_PX: Final = 24
EXPANDED_AT_ONCE: Final = 2_000
NOTHING, BEFORE, KEPT = "", "before", "kept"
WIDTHS: Final = {
    Column.TAG: 132,
    Column.NAME: 224,
    Column.REPRESENTATION: 40,
    Column.DIFFERENCE: 104,
    Column.VALUE: 216,
}


def place_title(place: StackSlice, *, hides: bool, beside: StackSlice | None = None) -> str:
    """Return modality, series and image.

    "CT · Axial 5 mm · Se 2 Im 10 (10/33)".

    Parameters
    ----------
    beside : StackSlice, optional
        That it is told from: of another study it has the date, or how long before or after that one it was.
    """
    stack = place.stack
    parts = (stack.identity.modality, series_title(stack, hidden=hides), number_text(stack, place.index))
    dated = "" if beside is None else _date_beside(stack.identity, beside.stack.identity, hides=hides)
    return side_by_side(dict.fromkeys((*parts, dated)))


def _date_beside(study: Identity, other: Identity, *, hides: bool) -> str:
    if study.study_key == other.study_key:
        return ""
    if not hides:
        return study_moment_text(study)
    return time_apart_text(study, other) if study.patient_key == other.patient_key else ""


class ElementsDialog(QDialog):
    """Follows the focused pane while it is open.

    The rows and the title that they stand under are of one image.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reading = ElementReading(session, self)
        self._kept: StackSlice | None = None  # to be compared with
        self._shown: tuple[
            StackSlice, ...
        ] = ()  # whose rows stand in the table: the image, and the other one
        self._rows: tuple[ElementRow, ...] = ()  # all of them, found or not
        self._open: set[object] = set()  # paths of the rows that are unfolded
        self.setWindowTitle(translate("DICOM tags"))
        self._make_head()
        self.model = ElementModel(self)
        self.tree = self._make_tree()
        self.note = plain_label(role="attention", wraps=True)
        self.count = plain_label(role="quiet")
        self.busy = plain_label(role="quiet")
        self._arrange()
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self.setMinimumSize(LEAST_SIZE * 0.6)
        self._reading.ready.connect(self._show_read)
        self._reading.failed.connect(self._say_failure)
        self._reading.busy_changed.connect(self._say_busy)
        session.state_changed.connect(self._follow)
        session.identity_hidden_changed.connect(self._follow_identity)
        session.library_changed.connect(self._follow_library)

    def _make_head(self) -> None:
        self.place = plain_label(role="strong", wraps=True)
        self.who = plain_label(role="quiet", wraps=True)
        for label in (self.place, self.who):  # a long name in a file must not widen the window
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Name, keyword, number or value"))
        self.search.setAccessibleName(translate("Search the tags"))
        add_clear_button(self.search)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._go_to_found)
        self.other = ChoiceBox()
        self.other.setAccessibleName(translate("Compare with"))
        self.other.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.other.setMinimumContentsLength(22)
        self.other.currentIndexChanged.connect(self._ask)
        self.keep_button = QPushButton(translate("Keep for comparing"))
        self.keep_button.setToolTip(translate("Keeps this image while you go to another one."))
        self.keep_button.clicked.connect(self._keep)
        self.only_differences = QCheckBox(translate("Only differences"))
        self.only_differences.toggled.connect(self._find)

    def _make_tree(self) -> QTreeView:
        tree = QTreeView()
        tree.setModel(self.model)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setAccessibleName(translate("DICOM tags"))
        tree.setStyleSheet(f"QTreeView::item {{ min-height: {ROW_PX}px; padding: 0 4px; }}")
        tree.setIndentation(14)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)
        tree.expanded.connect(self._on_expanded)
        tree.collapsed.connect(self._on_collapsed)
        header = tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in WIDTHS.items():
            tree.setColumnWidth(column, width)
        copy = QShortcut(QKeySequence.StandardKey.Copy, tree)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_rows)
        return tree

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_value_button = QPushButton(translate("Copy value"))
        self.copy_value_button.clicked.connect(self.copy_value)
        self.copy_all_button = QPushButton(translate("Copy all"))
        self.copy_all_button.clicked.connect(self.copy_all)
        for button in (self.copy_value_button, self.copy_all_button):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        for button in (self.copy_value_button, self.copy_all_button, self.keep_button):
            button.setAutoDefault(False)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter in the search leads to what is found
        buttons.rejected.connect(self.reject)
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(plain_label(translate("Compare with")))
        head.addWidget(self.other, 1)
        head.addWidget(self.keep_button)
        head.addWidget(self.only_differences)
        foot.addWidget(self.count)
        foot.addWidget(self.busy, 1)
        foot.addWidget(buttons)
        column.setSpacing(6)
        column.addWidget(self.place)
        column.addWidget(self.who)
        column.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.tree, 1)
        column.addLayout(foot)

    # following the session

    @Slot(object)
    def _follow(self, _state: object = None) -> None:
        if not self.isVisible():
            return
        pane = self._session.focused
        if pane is None:
            self._clear(translate("Open a study first."))
            self._offer(None)
            return
        here = StackSlice(pane.stack, pane.index)
        shown = self._shown
        # guard(test): no header stays while somebody else's image is shown
        if shown and shown[0].stack.identity.patient_key != pane.identity.patient_key:
            self._clear("")
        self._offer(here)
        if not here.is_stored:
            self._clear(translate("This image was computed from others and has no tags of its own."))
            return
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Read the chosen images."""
        pane = self._session.focused
        if pane is None or not self.isVisible():
            return
        here = StackSlice(pane.stack, pane.index)
        other = self._other_place(here)
        places = (here,) if other is None else (here, other)
        encodings = [self._encoding(place) for place in places]
        self._reading.want(places, encodings, hides=self._session.hide_identity)

    def _encoding(self, place: StackSlice) -> str:
        chosen = self._session.viewer.state.text_encodings
        return chosen.get(place.stack.identity.study_instance_uid, ("", None))[0]

    def _other_place(self, here: StackSlice) -> StackSlice | None:
        """Return the image that is compared with, None where there is none."""
        choice = self.other.currentData()
        if choice == BEFORE:
            return StackSlice(here.stack, here.index - 1) if here.index else None
        if choice == KEPT:
            return self._kept
        if isinstance(choice, int):
            pane = self._session.state.panes[choice]
            place = None if pane is None else StackSlice(pane.stack, pane.index)
            return place if place is not None and place.is_stored else None
        return None

    def _offer(self, here: StackSlice | None) -> None:
        """Offer the images that can be compared with."""
        hides = self._session.hide_identity
        offered: list[tuple[str, object]] = [(translate("Nothing"), NOTHING)]
        offered.append((translate("The image before"), BEFORE))
        if self._kept is not None:
            title = place_title(self._kept, hides=hides, beside=here)
            offered.append((translate("Kept: {image}", image=title), KEPT))
        for number in self._session.viewer.state.visible:
            pane = self._session.state.panes[number]
            # guard(number == self._session.state.focus -> False): no image is compared with itself
            if pane is None or number == self._session.state.focus:
                continue
            place = StackSlice(pane.stack, pane.index)
            is_another = here is not None and place.key != here.key
            if place.is_stored and (is_another or number == self.other.currentData()):
                title = place_title(place, hides=hides, beside=here)
                offered.append((translate("Pane {number}: {image}", number=number + 1, image=title), number))
        if offered == [
            (self.other.itemText(at), self.other.itemData(at)) for at in range(self.other.count())
        ]:
            return
        chosen = self.other.currentData()
        with QSignalBlocker(self.other):
            self.other.clear()
            for title, data in offered:
                self.other.addItem(title, data)
            values = [data for _, data in offered]
            if isinstance(chosen, int) and chosen not in values:
                chosen = self._pane_before(values)
            self.other.setCurrentIndex(values.index(chosen) if chosen in values else 0)

    def _pane_before(self, offered: Sequence[object]) -> object:
        """Return the pane that was active before the chosen one, or nothing."""
        panes = self._session.state.panes
        for number in (one for one in offered if isinstance(one, int)):
            pane = panes[number]
            if self._shown and pane is not None:
                place = StackSlice(pane.stack, pane.index)
                if place.key == self._shown[0].key:
                    return number
        return NOTHING

    @Slot()
    def _follow_identity(self) -> None:
        # guard(statement): no name stays until the rows without it are made
        self._clear("")
        self._follow()
        self._show_read()

    @Slot(object)
    def _follow_library(self, _library: object) -> None:
        """Forget images whose study was closed."""
        there = {stack.key for stack in self._session.library.stacks}
        if self._kept is not None and self._kept.stack.key not in there:
            self._kept = None
        if any(place.stack.key not in there for place in self._shown):
            self._clear("")
            self._reading.forget()
        self._follow()

    def _clear(self, said: str) -> None:
        # guard(statement): a header leaves with its image
        self._shown, self._rows = (), ()
        self._reading.want((), (), hides=True)
        self.place.setText(said)
        self.who.setText("")
        self._say_notes("")
        self._find()

    @Slot()
    def _show_read(self) -> None:
        """Show the elements of the chosen images, once all are read."""
        pane = self._session.focused
        if pane is None or not self.isVisible():
            return
        here = StackSlice(pane.stack, pane.index)
        if not here.is_stored:
            return
        other, hides = self._other_place(here), self._session.hide_identity
        shown = (here,) if other is None else (here, other)
        table = self._reading.table(shown, hides=hides)
        if table is None:
            return
        self._rows, self._shown = table.rows, shown
        apart = zip(shown, reversed(shown), strict=True)
        titles = [place_title(place, hides=hides, beside=beside) for place, beside in apart]
        self.place.setText(" ↔ ".join(titles))
        who = dict.fromkeys(_who(place.stack.identity) for place in shown)
        self.who.setText(translate("Identity hidden") if hides else " ↔ ".join(who))
        self._say_notes(" ".join(note.for_user() for note in table.notes))
        self._find()

    @Slot(bool)
    def _say_busy(self, is_busy: bool) -> None:
        self.busy.setText(translate("The tags are being read…") if is_busy else "")

    @Slot(object)
    def _say_failure(self, error: MedviewerError) -> None:
        pane = self._session.focused
        self._shown, self._rows = (), ()
        self.place.setText(
            ""
            if pane is None
            else place_title(StackSlice(pane.stack, pane.index), hides=self._session.hide_identity)
        )
        self.who.setText("")
        self._say_notes(error.for_user())
        self._find()

    def _say_notes(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    # searching

    @Slot()
    def _find(self) -> None:
        """Show the rows that are searched for."""
        is_compared = len(self._shown) > 1
        self.only_differences.setEnabled(is_compared)
        only = is_compared and self.only_differences.isChecked()
        words = self.search.text()
        found = found_rows(self._rows, words, only_differences=only)
        bar, before = self.tree.verticalScrollBar(), self._chosen()
        at = bar.value()
        self.model.show_rows(found)
        self.tree.setColumnHidden(Column.OTHER, not is_compared)
        self.tree.setColumnHidden(Column.DIFFERENCE, not is_compared)
        self._unfold(all_of_it=bool(words.strip() or only) and len(found) <= EXPANDED_AT_ONCE)
        for number, row in enumerate(found):
            if before is not None and row.path == before.path:
                self.model.give(number)
                self.tree.setCurrentIndex(self.model.index_of(number))
                break
        bar.setValue(at)
        self.keep_button.setEnabled(bool(self._shown))
        self.copy_all_button.setEnabled(bool(found))
        self.copy_value_button.setEnabled(bool(found))
        self._say_count(sum(bool(row.tag) for row in found))

    @Slot()
    def _go_to_found(self) -> None:
        """Give the keyboard to the rows, at the chosen one or the first."""
        if self._chosen() is None and self.model.rows:
            self.tree.setCurrentIndex(self.model.index_of(0))
        self.tree.setFocus()

    def _say_count(self, found: int) -> None:
        total = sum(bool(row.tag) for row in self._rows)
        is_compared = len(self._shown) > 1 and self.only_differences.isChecked()
        if is_compared and total and not found and not self.search.text().strip():
            self.count.setText(translate("No tag differs."))
        elif found == total:
            self.count.setText(translate("1 tag", "{count} tags", count=total) if total else "")
        else:
            said = translate("{found} of 1 tag", "{found} of {count} tags", count=total, found=found)
            self.count.setText(said)

    def _unfold(self, *, all_of_it: bool) -> None:
        with QSignalBlocker(self.tree):
            for index, row in self.model.parents():
                self.tree.setExpanded(index, all_of_it or row.path in self._open)

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is None:
            return
        self._open.add(row.path)
        if self.model.rowCount(index) == 1:  # the only item of a sequence is what is looked for
            self.tree.expand(self.model.index(0, 0, index))

    @Slot(QModelIndex)
    def _on_collapsed(self, index: QModelIndex) -> None:
        row = self.model.row_at(index)
        if row is not None:
            self._open.discard(row.path)

    # comparing and copying

    @Slot()
    def _keep(self) -> None:
        """Keep this image to compare the next ones with."""
        if self._shown:
            self._kept = self._shown[0]
            self._offer(self._kept)
            self.other.setCurrentIndex(self.other.findData(KEPT))

    def _chosen(self) -> ElementRow | None:
        return self.model.row_at(self.tree.currentIndex())

    @Slot()
    def copy_value(self) -> None:
        """Put the value of the chosen row on the clipboard."""
        row = self._chosen()
        if row is not None:
            QGuiApplication.clipboard().setText(row.value)

    @Slot()
    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard."""
        numbers = sorted(index.internalId() for index in self.tree.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(rows_text([self.model.rows[number] for number in numbers]))

    @Slot()
    def copy_all(self) -> None:
        """Put all rows that are found on the clipboard, folded or not."""
        QGuiApplication.clipboard().setText(f"{self.place.text()}\n{rows_text(self.model.rows)}")

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(translate("Copy value"), self.copy_value)
        menu.addAction(translate("Copy rows"), self.copy_rows)
        menu.addAction(translate("Copy all"), self.copy_all)
        menu.addSeparator()
        menu.addAction(translate("Unfold all"), self.tree.expandAll)
        menu.addAction(translate("Fold all"), self.tree.collapseAll)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow."""
        super().showEvent(event)
        self.search.setFocus()
        self._follow()
        self._show_read()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep nothing of a file while hidden."""
        super().hideEvent(event)
        self._clear("")
        self._reading.forget()


def _who(identity: Identity) -> str:
    known = side_by_side((identity.shown_name, identity.patient_id), "  ")
    return known or translate("Patient without a name")
