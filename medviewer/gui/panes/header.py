"""The title strip above an image.

Number, plane, view, series, tags, result, link and maximizing.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from medviewer.gui.look import icon, paint_icon
from medviewer.gui.panes.result_tag import ResultTag
from medviewer.gui.widgets import CutLabel, TagLabel, plain_label, plain_tooltip, set_role
from medviewer.imaging.processing import PROCESSINGS
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer.render import Line, ResultChip, Tag, TitleStrip, plane_letter

HEIGHT_PX: Final = 28
COMPACT_PX: Final = 24
NARROW_PX: Final = 280  # a narrower strip is compact
GAP_PX: Final = 4
COMPACT_GAP_PX: Final = 2
ARROW_PX: Final = 8  # by which a view's name is narrower without its arrow
BUTTON_PX: Final = 24
ICON_PX: Final = 16
NO_TAG: Final = Tag()
WHOSE_PX: Final = 56  # so much of a patient's name stays where there is no room for all of it
TAG_PX: Final = 84  # so much of a tag stays where there is no room for all of it
SIGN: Final = "flask-conical"  # stands for "processed" where there is no room for the word
KEY_SIGN: Final = "bookmark"
CAUTION_SIGN: Final = "circle-alert"  # for PHANTOM, lossy and the like
TURNED_SIGN: Final = "flip-horizontal-2"  # for MIRRORED, TURNED


class PaneHeader(QWidget):
    """Names the content of a pane in a strip of fixed height."""

    processing_chosen = Signal(str)
    link_clicked = Signal()
    maximize_clicked = Signal()
    tab_chosen = Signal(int)  # the number of a pane
    _is_fitted = False  # its width is known

    def __init__(self, number: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("title_strip")
        self.number = plain_label(str(number + 1), "number")
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plane = plain_label(role="plane")
        self.plane.hide()
        self.chooser = QToolButton(self)
        self.chooser.setObjectName("view")
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._choose)
        self.chooser.setMenu(self._menu)
        self._is_series_first = False
        self.whose = CutLabel("strong")
        self.whose.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.whose.hide()
        self.series = CutLabel("quiet")
        self.preview = TagLabel("tag-blue")
        self.notes, self.mark, self.offset, self.caution = (TagLabel("tag-amber") for _ in range(4))
        self.processed, self.result = TagLabel("tag"), ResultTag()
        self.sign = _Sign(SIGN, "text_2", self)
        self.turned_sign = _Sign(TURNED_SIGN, "amber", self)
        self.caution_sign = _Sign(CAUTION_SIGN, "amber", self)
        self.key_sign = _Sign(KEY_SIGN, "blue", self)
        self.link = _button(self)
        self.link.clicked.connect(self.link_clicked)
        self.maximize = _button(self)
        self.maximize.clicked.connect(self.maximize_clicked)
        self.tabs: list[QToolButton] = []  # of the panes of a film that has no room
        self._lay_out()
        self.chooser.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.chooser.setMinimumWidth(BUTTON_PX)
        self._title: tuple[TitleStrip, str] | None = None  # and the name of its view
        self._result: ResultChip | None = None
        self._cautions = Tag()
        self._link: tuple[bool, str, bool] | None = None
        self._is_compact = self._is_preview = False
        self._in_film = False
        self.setFixedHeight(HEIGHT_PX)
        self.show_maximized(False)
        self.show_link(shown=False, linked=True, reason="")
        self.show_title(TitleStrip())

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 2, 0)  # in the film, too, a button is 24 high
        row.setSpacing(GAP_PX)
        for widget in (self.number, self.plane, self.chooser, self.preview, self.whose):
            row.addWidget(widget)
        row.addWidget(self.series, 1)
        row.addStretch(0)
        for part in (
            self.key_sign,
            self.notes,
            self.caution,
            self.caution_sign,
            self.mark,
            self.turned_sign,
            self.processed,
            self.sign,
            self.offset,
        ):
            row.addWidget(part)
        for button in (self.result, self.link, self.maximize):
            row.addWidget(button)

    def show_title(self, title: TitleStrip) -> None:
        """Show the title of the pane; an empty one where it is empty."""
        view = self._view_name(title.view)
        if self._title == (title, view):
            return
        self._title = title, view
        self._show_preview()
        self.chooser.setText(view)
        self.chooser.setVisible(bool(title.view))
        self.chooser.setToolTip(plain_tooltip(translate("Choose what this pane shows")))
        whole = translate(PROCESSINGS[title.view].title) if title.view in PROCESSINGS else view
        self.chooser.setAccessibleName(translate("Processing: {title}", title=whole))
        self.plane.setText(plane_letter(title.plane))
        self.plane.setVisible(bool(title.plane))
        self.plane.setToolTip(plain_tooltip(translate(title.plane) if title.plane else ""))
        set_role(self.plane, f"plane-{title.plane.lower()}" if title.plane else "plane")
        said = side_by_side((title.whose, title.series))
        self.whose.show_text(title.whose, "\n".join(part for part in (said, title.doubt) if part))
        set_role(self.whose, "attention" if title.doubt else "strong")
        self.whose.setVisible(bool(title.whose))
        self._is_series_first = title.series_first
        self.series.show_text(title.series, said)
        self._show_series()
        _show_tag(self.notes, Tag() if self._in_film else title.notes)
        _show_tag(self.mark, title.turned)
        _show_tag(self.processed, title.processed)
        self.sign.setToolTip(self.processed.toolTip())
        self.sign.setAccessibleName(title.processed.text)
        self.turned_sign.setToolTip(self.mark.toolTip())
        self.turned_sign.setAccessibleName(title.turned.text)
        self.key_sign.setToolTip(plain_tooltip(title.key_image.explanation))
        self.key_sign.setAccessibleName(title.key_image.text)
        self.key_sign.setVisible(bool(title.key_image.text))
        self._make_room()

    def _show_series(self) -> None:
        """Show the series where it has room, or tells panes of one study apart."""
        title = TitleStrip() if self._title is None else self._title[0]
        tells_apart = title.series_first and not self._in_film
        self.series.setVisible(bool(title.series) and (tells_apart or not self._is_compact))

    def show_cautions(self, marks: Sequence[Line]) -> None:
        """Show the marks that the image below has no room for."""
        title = TitleStrip() if self._title is None else self._title[0]
        in_strip = {title.turned.explanation, title.processed.explanation}
        left = [mark for mark in marks if mark.text not in in_strip]
        said = Tag(
            " · ".join(mark.least or mark.text for mark in left), "\n".join(mark.text for mark in left)
        )
        if self._cautions == said:
            return
        self._cautions = said
        _show_tag(self.caution, said)
        self.caution_sign.setToolTip(self.caution.toolTip())
        self.caution_sign.setAccessibleName(said.text)
        self._make_room()

    def _view_name(self, view: str) -> str:
        if view not in PROCESSINGS:
            return view
        row = PROCESSINGS[view]
        return translate((row.short if self._in_film else "") or row.title)

    def show_number(self, number: int, *, is_preview: bool = False) -> None:
        """Show the number of the pane whose image is seen, from 0.

        `is_preview`: it is another pane's, as long as the mouse stays.
        """
        if (self.number.text(), self._is_preview) == (str(number + 1), is_preview):
            return
        self.number.setText(str(number + 1))
        self._is_preview = is_preview
        self._show_preview()
        self._make_room()

    def _show_preview(self) -> None:
        """Say that another pane's view is previewed, and which."""
        view = self._title[1] if self._is_preview and self._title is not None else ""
        said = translate("Only as long as the mouse rests on the small picture") if view else ""
        _show_tag(self.preview, Tag(translate("Preview: {view}", view=view) if view else "", said))

    def show_tabs(self, titles: Sequence[str], chosen: int) -> None:
        """Show the panes of a folded film as tabs in place of the number.

        Parameters
        ----------
        titles : sequence of str
            What each pane shows; () for no tabs.
        chosen : int
            The pane that is seen.
        """
        for number in range(len(self.tabs), len(titles)):
            tab = _button(self)
            tab.setText(str(number + 1))
            tab.setCheckable(True)
            tab.setProperty("role", "switch")
            tab.clicked.connect(partial(self._choose_tab, number))
            self._row.insertWidget(number, tab)
            self.tabs.append(tab)
        for number, tab in enumerate(self.tabs):
            tab.setVisible(number < len(titles))
            tab.setChecked(number == chosen)
            if number < len(titles):
                tab.setToolTip(plain_tooltip(titles[number]))
                tab.setAccessibleName(titles[number])
        self.number.setVisible(not titles)
        self._make_room()

    def _choose_tab(self, number: int, checked: bool = False) -> None:
        self.tabs[number].setChecked(not checked)  # the state says which is chosen
        self.tab_chosen.emit(number)

    def show_result(self, result: ResultChip | None) -> None:
        """Show the result of a model for the very image below, or none."""
        if result == self._result:
            return
        self._result = result
        self.result.show_result(result)
        self._make_room()

    def show_link(
        self, *, shown: bool, linked: bool, reason: str, offset: Tag = NO_TAG, alone: bool = False
    ) -> None:
        """Show whether the pane goes with the active one.

        Parameters
        ----------
        shown : bool
            There are other panes to go with.
        reason : str
            Why it cannot follow although linked; "" where it does.
        offset : Tag
            By how much it is off the active one, where its user has set that.
        alone : bool
            It is the active one, and no other goes with it.
        """
        if offset.text != self.offset.text():
            _show_tag(self.offset, offset)
            self._make_room()
        follows = linked and not reason and not alone
        if self._link != (follows, reason, alone) or self.link.isHidden() == shown:
            self._link = follows, reason, alone
            self.link.setIcon(icon("link-2" if follows else "unlink-2", "blue" if follows else "text_2"))
            said = translate("Linked with the other panes") if follows else translate("Goes by itself")
            if alone:
                said = translate("No other pane scrolls with it. “Link here” links the slices shown.")
            if reason:
                said = translate("It does not scroll with the active pane: {reason}.", reason=reason)
            self.link.setToolTip(plain_tooltip(said))
            self.link.setAccessibleName(said)
            self.link.setVisible(shown)
            self._make_room()

    def show_maximized(self, maximized: bool) -> None:
        """Update sign and label of the button at the right."""
        said = translate("Back to all panes") if maximized else translate("Maximise this pane")
        self.maximize.setIcon(icon("minimize-2" if maximized else "maximize-2"))
        self.maximize.setToolTip(plain_tooltip(said))
        self.maximize.setAccessibleName(said)

    def show_in_film(self, in_film: bool) -> None:
        """Be the strip of a small pane, which a click makes large."""
        self._in_film = in_film
        self.maximize.setHidden(in_film)
        if self._title is not None:
            self.show_title(self._title[0])
        self._make_room()

    def fit_to(self, width: int) -> None:
        """Be lower and say less in a narrow pane."""
        self._is_fitted = True
        compact = width < NARROW_PX
        if compact != self._is_compact:
            self._is_compact = compact
            self.setFixedHeight(COMPACT_PX if compact else HEIGHT_PX)
            self._row.setSpacing(COMPACT_GAP_PX if compact else GAP_PX)
        self._show_series()
        self._make_room()

    def _make_room(self) -> None:
        """Let icons stand for tags before the tags or the view's name are cut.

        Where even they leave no room for the name, it goes without its arrow.
        """
        if not self._is_fitted:
            return
        parts = (
            *self.tabs,
            self.number,
            self.plane,
            self.chooser,
            self.preview,
            self.key_sign,
            self.notes,
            self.offset,
            self.result,
            self.link,
            self.maximize,
        )
        shown = [part for part in parts if not part.isHidden()]
        row, margins = self._row.spacing(), self._row.contentsMargins()
        taken = sum(part.sizeHint().width() + row for part in shown) + margins.left() + margins.right()
        taken += WHOSE_PX + row if not self.whose.isHidden() else 0
        taken += self._longer_names_px + (ARROW_PX if self.chooser.property("bare") else 0)
        for tag, sign in (
            (self.caution, self.caution_sign),
            (self.mark, self.turned_sign),
            (self.processed, self.sign),
        ):
            is_said = bool(tag.text())
            has_room = taken + tag.sizeHint().width() + row <= self.width()
            tag.setVisible(is_said and has_room)
            sign.setVisible(is_said and not has_room)
            taken += (tag if has_room else sign).sizeHint().width() + row if is_said else 0
        if self.chooser.property("bare") != (is_bare := taken > self.width()):
            self.chooser.setProperty("bare", is_bare)
            self.chooser.style().unpolish(self.chooser)
            self.chooser.style().polish(self.chooser)
            self.chooser.updateGeometry()
        self._share(self.width() - taken + WHOSE_PX)

    def _share(self, room: int) -> None:
        """Share the room between the patient's name and the series.

        The name has what the series leaves, and at least half; that of the one patient of all panes less.
        """
        if self.whose.isHidden():
            return
        name, series = (
            one.fontMetrics().horizontalAdvance(one.text()) + 2 for one in (self.whose, self.series)
        )
        left = room - (series + self._row.spacing() if not self.series.isHidden() else 0)
        least = WHOSE_PX if self._is_series_first else room // 2
        self.whose.setFixedWidth(max(WHOSE_PX, min(name, max(left, least))))

    @property
    def _longer_names_px(self) -> int:
        """By how much the longest name of a view is wider than the shown one.

        The panes of a film go by it, so that all of them show words or all of them icons.
        """
        if not self._in_film:
            return 0
        width, shown = self.chooser.fontMetrics().horizontalAdvance, self.chooser.text()
        return max((width(self._view_name(view)) for view in PROCESSINGS), default=0) - width(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room that there is now.

        The size of the pane was known before that of its strip.
        """
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        """Look again at the room with other fonts."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._make_room()

    def show_focused(self, focused: bool) -> None:
        """Fill the number in blue where the pane has the focus."""
        set_role(self.number, "number-active" if focused else "number")

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        for name, processing in PROCESSINGS.items():
            action = self._menu.addAction(translate(processing.title))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(self._title is not None and name == self._title[0].view)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.processing_chosen.emit(str(action.data()))


def _button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName("strip_button")
    button.setFixedSize(BUTTON_PX, BUTTON_PX)
    button.setIconSize(QSize(ICON_PX, ICON_PX))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _Sign(QWidget):
    """An icon that stands for a tag."""

    def __init__(self, name: str, role: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = name, role
        self.setFixedSize(ICON_PX + 2, ICON_PX + 2)
        self.hide()

    def sizeHint(self) -> QSize:
        """Return its one size."""
        return self.maximumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon in the color of the theme in use."""
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(1, 1, ICON_PX, ICON_PX), *self._icon)


def _show_tag(label: QLabel, tag: Tag) -> None:
    label.setText(tag.text)
    label.setVisible(bool(tag.text))
    label.setMinimumWidth(min(TAG_PX, label.sizeHint().width()) if tag.text else 1)
    label.setToolTip(plain_tooltip(tag.explanation))
