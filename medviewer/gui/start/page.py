"""Start page: a field to drop studies on, things to try, recent studies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from medviewer import __version__
from medviewer.dicom.model import Library
from medviewer.gui.dialogs import dropped_path
from medviewer.gui.look import icon
from medviewer.gui.start.cards import STUDY_CARD, Card, SampleCard, StudyCard, TrialCard
from medviewer.gui.start.drop_field import DropField
from medviewer.gui.widgets import plain_label
from medviewer.translation import LANGUAGES, NOTHING, Message, language, translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands import THEMES
from medviewer.viewer.start import SAMPLES, TRIALS
from medviewer.viewer.texts import skipped_files_text
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

MOST_STUDIES: Final = 12
WIDEST_PX: Final = 1200
BESIDE_PX: Final = 1000  # from this width on the things to try stand beside the field
TRIALS_PX: Final = 416
GAP_PX: Final = 16


class StartPage(QWidget):
    """Covers the panes while nothing is open.

    Parameters
    ----------
    actions : mapping
        The actions of commands by id.
    """

    list_wanted = Signal()  # of the files that are not shown

    def __init__(
        self, session: "ViewerSession", actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._hint: Message = NOTHING  # to be told with the first image
        self.is_over = True  # over the panes; it leaves with the first study
        self.setAutoFillBackground(True)  # hides the panes behind it
        self.setAcceptDrops(True)
        self.setAccessibleName(translate("Start page"))
        self.field = DropField(actions)
        self.trials = [TrialCard(trial) for trial in TRIALS]
        self.studies = [StudyCard() for _ in range(MOST_STUDIES)]
        self.samples = [SampleCard(sample) for sample in SAMPLES]
        self._recent = self._make_recent()
        self._lay_out()
        self._connect()
        self._show_recent(session.viewer.state)
        self._show_library(session.library)

    # building

    def _lay_out(self) -> None:
        self._inner = QWidget()
        self._inner.setMaximumWidth(WIDEST_PX)
        self._inner.setMinimumWidth(1)  # its rows follow the width of the page, and never widen it
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(GAP_PX, 28, GAP_PX, 20)
        column.setSpacing(GAP_PX)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(24)
        self._top.addWidget(self.field, 1)
        self._tries = QWidget()
        tries = QVBoxLayout(self._tries)
        tries.setContentsMargins(0, 0, 0, 0)
        tries.setSpacing(8)
        tries.addWidget(plain_label(translate("Three things to try"), "heading"))
        for card in self.trials:
            tries.addWidget(card)
        tries.addStretch(1)
        self._top.addWidget(self._tries)
        column.addLayout(self._top)
        column.addSpacing(12)
        column.addWidget(self._recent)
        column.addWidget(plain_label(translate("Samples"), "heading"))
        grid = QGridLayout()
        grid.setSpacing(GAP_PX)
        for place, sample in enumerate(self.samples):
            grid.addWidget(sample, 0, place)
        column.addLayout(grid)
        column.addStretch(1)
        column.addLayout(self._make_foot())
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._inner, 1000)
        row.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setViewport(
            QWidget()
        )  # one of our own: to find out the class of Qt's, all of them are made
        self._area.setWidget(middle)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        middle.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)

    def _make_recent(self) -> QWidget:
        recent = QWidget()
        column = QVBoxLayout(recent)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(plain_label(translate("Recent studies"), "heading"))
        head.addStretch(1)
        self.all_button = _link(translate("Find an earlier study"), "search")
        self.hide_button = _link(translate("Hide names"), "eye-off")
        self.clear_button = _link(translate("Clear list"), "trash-2")
        head.addWidget(self.all_button)
        head.addWidget(self.hide_button)
        head.addWidget(self.clear_button)
        column.addLayout(head)
        self._cards = QGridLayout()
        self._cards.setSpacing(GAP_PX)
        self._cards_in_row = 0
        column.addLayout(self._cards)
        return recent

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        state = self._session.viewer.state
        self.language_button = _link(LANGUAGES.get(language(), language()), "languages")
        self.theme_button = _link(
            translate(THEMES.get(colors().name, colors().name)), "moon" if colors().name == "dark" else "sun"
        )
        self.keys_button = _link(translate("Keys and mouse"), "keyboard")
        for button in (self.language_button, self.theme_button, self.keys_button):
            foot.addWidget(button)
        foot.addStretch(1)
        self.about = plain_label(role="quiet")
        self._show_models(state)
        foot.addWidget(self.about)
        return foot

    def _show_models(self, state: ViewerState) -> None:
        """Say how many models there are.

        They are looked for once the window is painted.
        """
        models = translate("1 model", "{count} models", count=len(state.models))
        self.about.setText(
            f"{models} · medviewer {__version__}" if state.models else f"medviewer {__version__}"
        )

    def _connect(self) -> None:
        session = self._session
        session.library_changed.connect(self._show_library)
        session.viewer_changed.connect(self._follow)
        session.scan_started.connect(self._on_scan_started)
        session.scan_progress.connect(self._on_scan_progress)
        session.scan_finished.connect(self._on_scan_finished)
        session.keyboard_returned.connect(self.take_keyboard)
        self.field.cancelled.connect(session.cancel_opening)
        self.field.list_wanted.connect(self.list_wanted)
        for card in self.trials:
            card.clicked.connect(self._try)
        for study in self.studies:
            study.clicked.connect(self._open_study)
        for sample in self.samples:
            sample.clicked.connect(self._actions[sample.sample.command].trigger)
        for group in (self.trials, self.studies, self.samples):
            for one in group:
                one.stepped.connect(self._step)
        self.all_button.clicked.connect(self._actions["file.earlier_studies"].trigger)
        self.hide_button.clicked.connect(self._actions["view.hide_identity"].trigger)
        self.clear_button.clicked.connect(session.viewer.forget)
        self.keys_button.clicked.connect(self._actions["help.shortcuts"].trigger)
        self.language_button.clicked.connect(self._next_language)
        self.theme_button.clicked.connect(self._next_theme)

    # following the session

    @Slot(object)
    def _show_library(self, library: Library) -> None:
        """Leave with the first study; come back when the last one is closed."""
        is_empty = not library.studies and not library.icons
        self.field.show_failure(skipped_files_text(library) if is_empty else "")
        if is_empty != self.is_over:
            has_keyboard = self.isAncestorOf(self.window().focusWidget())
            self.is_over = is_empty
            self.setVisible(is_empty)
            if is_empty:
                self.raise_()
            if is_empty or has_keyboard:
                self._session.return_keyboard()
            for card in self.studies:
                card.show_opening(False)
        if not is_empty and self._hint:
            hint, self._hint = self._hint, NOTHING
            self._session.viewer.tell(hint)

    @Slot(object, object)
    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        told_by = ("recent_studies", "identity_hidden")
        if any(getattr(before, name) is not getattr(after, name) for name in told_by):
            self._show_recent(after)
        if before.models is not after.models:
            self._show_models(after)
        if before.theme != after.theme:
            self.theme_button.setText(translate(THEMES.get(after.theme, after.theme)))
            self.theme_button.setIcon(icon("moon" if after.theme == "dark" else "sun"))
            self.update()

    def _show_recent(self, state: ViewerState) -> None:
        hidden, recent = state.identity_hidden, state.recent_studies
        self.hide_button.setText(translate("Show names") if hidden else translate("Hide names"))
        self.hide_button.setIcon(icon("eye" if hidden else "eye-off"))
        for card, study in zip(self.studies, recent, strict=False):
            card.show_study(study, hidden=hidden)
        self._recent.setVisible(bool(recent))
        self._fit()

    @Slot()
    def _on_scan_started(self) -> None:
        self.field.show_failure("")
        self.field.show_progress((0, None))

    @Slot(int, object)
    def _on_scan_progress(self, seen: int, total: int | None) -> None:
        if self.is_over:
            self.field.show_progress((seen, total))

    @Slot()
    def _on_scan_finished(self) -> None:
        self.field.show_progress(None)
        self._hint = NOTHING
        for card in self.studies:
            card.show_opening(False)
        if self.is_over:
            self._show_library(self._session.library)

    # what is chosen

    @Slot()
    def _try(self) -> None:
        card = self.sender()
        if isinstance(card, TrialCard):
            self._hint = card.trial.hint
            self._session.open_demo()

    @Slot()
    def _open_study(self) -> None:
        card = self.sender()
        if isinstance(card, StudyCard) and card.study.paths:
            card.show_opening(True)
            self._session.viewer.open_paths(card.study.paths)

    @Slot()
    def _next_language(self) -> None:
        names = list(LANGUAGES)
        after = names[(names.index(language()) + 1) % len(names)] if language() in names else names[0]
        self._session.viewer.change_setting("language", after)

    @Slot()
    def _next_theme(self) -> None:
        self._session.viewer.change_setting("theme", "light" if colors().name == "dark" else "dark")

    # keyboard

    @Slot()
    def take_keyboard(self) -> None:
        """Give the keyboard to the first thing that opens something."""
        if self.isVisible() and not self.isAncestorOf(self.window().focusWidget()):
            first = self.studies[0] if self.studies[0].isVisible() else self.field.folder_button
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _step(self, step: int) -> None:
        """Go from a card to its neighbor, and from the last to the next group."""
        cards: list[Card] = [*self.trials, *self.studies, *self.samples]
        shown: list[QWidget] = [card for card in cards if card.isVisible()]
        focused = self.window().focusWidget()
        if focused in shown:
            after = min(max(shown.index(focused) + step, 0), len(shown) - 1)
            self._focus(shown[after])

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  # Qt's own name
        """Keep the tab key on the page: behind it lie panes without images."""
        found = self.findChildren(QAbstractButton)
        order = sorted(
            (button for button in found if button.isVisible() and button.isEnabled()),
            key=lambda button: _reading_order(button, self),
        )
        if not order:
            return False
        focused = self.window().focusWidget()
        at = order.index(focused) if isinstance(focused, QAbstractButton) and focused in order else -1
        step = 1 if next else -1
        self._focus(order[(at + step) % len(order)])
        return True

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(widget)

    # Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts below each other in a narrow window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        bar = self._area.verticalScrollBar().sizeHint().width()
        room = min(WIDEST_PX, self.width() - bar) - 2 * GAP_PX
        is_wide = room >= BESIDE_PX
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._top.setDirection(direction)
        self._tries.setMaximumWidth(TRIALS_PX if is_wide else WIDEST_PX)
        self._tries.setMinimumWidth(TRIALS_PX if is_wide else 0)
        self._place_cards(max(1, (room + GAP_PX) // (STUDY_CARD.width() + GAP_PX)))
        shown = len(self._session.viewer.state.recent_studies)
        for place, card in enumerate(self.studies):
            card.setVisible(place < shown)

    def _place_cards(self, in_row: int) -> None:
        """Put the cards into rows of so many; the page scrolls to the lower ones."""
        if in_row == self._cards_in_row:
            return
        self._cards.setColumnStretch(self._cards_in_row, 0)
        self._cards.setColumnStretch(in_row, 1)
        self._cards_in_row = in_row
        for place, card in enumerate(self.studies):
            self._cards.addWidget(card, *divmod(place, in_row))

    def sizeHint(self) -> QSize:
        """Return a size that asks for no room of its own."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Return none: the page scrolls."""
        return QSize(0, 0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders anywhere on the page."""
        if event.mimeData().hasUrls():
            self.field.show_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go out again."""
        del event
        self.field.show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open dropped files."""
        self.field.show_over(False)
        dropped = [dropped_path(url) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            self._session.viewer.open_paths(dropped)
            event.acceptProposedAction()


def _reading_order(widget: QWidget, page: QWidget) -> tuple[int, int]:
    place = widget.mapTo(page, widget.rect().topLeft())
    return place.y(), place.x()


def _link(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "link")
    button.setIcon(icon(name))
    return button
