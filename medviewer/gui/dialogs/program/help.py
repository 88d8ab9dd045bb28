"""Window with the pages of help: contents and search on the left."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import (
    QColor,
    QKeySequence,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.look import Type, Weight, font
from medviewer.gui.widgets import add_clear_button, native_key, plain_label
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands import commands
from medviewer.viewer.help import KEYS, PAGES, found_sections, page_text, page_title, sections
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

SIZE: Final = (880, 680)
CONTENTS_PX: Final = 260
MARGIN_PX: Final = 20
SPACES_PX: Final = {1: 0, 2: 14}
"""Above a heading, by its level."""

SPACE_PX: Final = 6
LIST_SPACE_PX: Final = 3
CELL_PX: Final = 5
COLUMNS: Final = (28, 72)
"""Of tables of two columns, in percent: keys one below the other over the whole page."""

PLACE: Final = Qt.ItemDataRole.UserRole  # (page, heading)


class HelpDialog(QDialog):
    """Shows bundled pages; nothing of them comes from a file that was opened.

    It stays open beside the window. Links run commands or lead to other pages.
    """

    def __init__(self, session: "ViewerSession", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = session.viewer
        self.page = ""
        self._searched = sections(self._viewer.state, native_key)
        self.setWindowTitle(translate("Help"))
        self.resize(*SIZE)
        self.search = QLineEdit()
        self.search.setPlaceholderText(translate("Search the help"))
        self.search.setAccessibleName(translate("Search the help"))
        add_clear_button(self.search)
        self.contents = QListWidget()
        self.contents.setAccessibleName(translate("Contents"))
        self.contents.setWordWrap(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # words wrap
        self.contents.setStyleSheet("QListWidget::item { padding: 6px 8px; }")
        self.nothing = plain_label(translate("Nothing found."), "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(8, 6, 8, 6)
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(translate("Page"))
        self.browser.document().setDocumentMargin(MARGIN_PX)
        self._arrange()
        self._list("")
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._go_to_page)
        self.contents.currentItemChanged.connect(self._show_chosen)
        self.browser.anchorClicked.connect(self._follow_link)
        session.viewer_changed.connect(self._on_viewer)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        for widget in (self.contents, self.nothing):  # one in the place of the other
            column.addWidget(widget, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.browser)
        splitter.setSizes([CONTENTS_PX, SIZE[0] - CONTENTS_PX])
        splitter.setStretchFactor(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter in the search leads to the page
        rows = QVBoxLayout(self)
        rows.addWidget(splitter, 1)
        rows.addWidget(buttons)

    def show_page(self, page: str, heading: str = "") -> None:
        """Show a page, from a heading on."""
        self.search.clear()
        self.contents.setCurrentRow(PAGES.index(page))
        self._show(page, heading)
        self.browser.setFocus() if page != KEYS else self.search.setFocus()

    def _show(self, page: str, heading: str) -> None:
        typed = self.search.text()
        self.page = page
        self.browser.setMarkdown(page_text(page, self._viewer.state, native_key, typed))
        _set_type(self.browser.document())
        _set_tables(self.browser.document())
        self._mark(typed)
        self._scroll_to(heading)

    def _list(self, typed: str) -> None:
        """List the pages, or the sections in which the typed words are."""
        self.contents.blockSignals(True)
        self.contents.clear()
        if typed.strip():
            for section in found_sections(typed, self._searched):
                title = page_title(section.page)
                shown = title if section.heading == title else f"{section.heading}\n{title}"
                self._add(shown, section.page, section.heading)
        else:
            for page in PAGES:
                self._add(page_title(page), page, "")
        self.contents.blockSignals(False)
        self.contents.setVisible(bool(self.contents.count()))
        self.nothing.setVisible(not self.contents.count())

    def _add(self, text: str, page: str, heading: str) -> None:
        item = QListWidgetItem(text)
        item.setData(PLACE, (page, heading))
        self.contents.addItem(item)

    @Slot(str)
    def _search(self, typed: str) -> None:
        self._list(typed)
        places = [self.contents.item(row).data(PLACE)[0] for row in range(self.contents.count())]
        if not places:
            self._mark("")
            return
        row = places.index(self.page) if self.page in places else 0
        self.contents.setCurrentRow(row)
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        item = self.contents.currentItem()
        if item is not None:
            self._show(*item.data(PLACE))

    @Slot()
    def _go_to_page(self) -> None:
        self.browser.setFocus()

    def _mark(self, typed: str) -> None:
        """Mark the typed words on the page."""
        ground = QTextCharFormat()
        ground.setBackground(QColor(colors().blue_bed))
        found = []
        for word in typed.split():
            cursor = self.browser.document().find(word)
            while not cursor.isNull():
                one = QTextEdit.ExtraSelection()
                one.cursor, one.format = cursor, ground
                found.append(one)
                cursor = self.browser.document().find(word, cursor)
        self.browser.setExtraSelections(found)

    def _scroll_to(self, heading: str) -> None:
        block = self.browser.document().begin()
        while heading and block.isValid():
            if block.blockFormat().headingLevel() and block.text() == heading:
                end = QTextCursor(self.browser.document())
                end.movePosition(QTextCursor.MoveOperation.End)
                self.browser.setTextCursor(end)  # so that the heading comes to the top
                self.browser.setTextCursor(QTextCursor(block))
                return
            block = block.next()
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    @Slot(QUrl)
    def _follow_link(self, link: QUrl) -> None:
        name = link.path()
        if link.scheme() == "page" and name in PAGES:
            self.show_page(name)
        elif link.scheme() == "command":
            command = next((row for row in commands() if row.id == name), None)
            if command is not None:
                command.perform(self._viewer)

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        """Write the keys anew that have changed."""
        if after.keys != before.keys:
            self._searched = sections(after, native_key)
            place = self.browser.verticalScrollBar().value()
            self._show(self.page or PAGES[0], "")
            self.browser.verticalScrollBar().setValue(place)


def _fragments(block: QTextBlock) -> list[QTextFragment]:
    found, place = [], block.begin()
    while not place.atEnd():
        found.append(place.fragment())
        place += 1
    return found


def _set_tables(document: QTextDocument) -> None:
    """Give all tables the width of the page and the same columns."""
    shape = QTextTableFormat()
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shares = [QTextLength(QTextLength.Type.PercentageLength, share) for share in COLUMNS]
    shape.setColumnWidthConstraints(shares)
    shape.setCellPadding(CELL_PX)
    shape.setBorder(1)
    shape.setBorderCollapse(True)
    shape.setBorderBrush(QColor(colors().line))
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable) and frame.columns() == len(COLUMNS):
            frame.setFormat(shape)


def _set_type(document: QTextDocument) -> None:
    """Give headings, paragraphs and keys the sizes of the window's texts."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        spaces = QTextBlockFormat()
        spaces.setTopMargin(SPACES_PX.get(level, 0) if block.blockNumber() else 0)
        spaces.setBottomMargin(LIST_SPACE_PX if block.textList() else SPACE_PX)
        cursor.setPosition(block.position())
        if not cursor.currentTable():
            cursor.mergeBlockFormat(spaces)
        for fragment in _fragments(block):
            written = QTextCharFormat()
            if level:
                written.setFont(font(Type.LARGE if level == 1 else Type.TITLE, Weight.STRONG))
            elif fragment.charFormat().fontFixedPitch():
                written.setFont(font(Type.BODY, Weight.STRONG))
            else:
                continue
            cursor.setPosition(fragment.position())
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(written)
        block = block.next()
