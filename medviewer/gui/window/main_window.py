"""The main window: browser, panes, dock, tool bar, status and messages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, QPoint, QRect, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from medviewer import paths
from medviewer.dicom.model import StoredStack
from medviewer.gui import dialogs, pictures
from medviewer.gui.commands import (
    CommandBar,
    ToolBar,
    image_menu,
    series_here_menu,
    stack_menu,
    strip_menu,
    title_menu,
)
from medviewer.gui.dialogs import dropped_path
from medviewer.gui.grid import PaneGrid
from medviewer.gui.look import apply_look, apply_theme, draw_icons
from medviewer.gui.panels import (
    CineBar,
    Dock,
    LinkPanel,
    MeasurementsPanel,
    PredictionPanel,
    ProcessingPanel,
    WindowPanel,
    sections_of,
)
from medviewer.gui.start import StartPage
from medviewer.gui.studies import StudyBrowser
from medviewer.gui.widgets import (
    FIRST_SIZE,
    LEAST_SIZE,
    apply_language,
    clamped,
    is_field,
    take_back,
    window_geometry as geometry,
)
from medviewer.gui.window.browser_rail import BrowserRail
from medviewer.gui.window.dialogs import Dialogs
from medviewer.gui.window.file_dialogs import FileDialogs
from medviewer.gui.window.first_hints import FirstHints
from medviewer.gui.window.fit_check import FitCheck
from medviewer.gui.window.floating_dock import FloatingDock
from medviewer.gui.window.free_places import below_list, images_on, texts_on
from medviewer.gui.window.kept_settings import KeptSettings
from medviewer.gui.window.prediction_section import PredictionSection
from medviewer.gui.window.status_bar import StatusLine
from medviewer.gui.window.toasts import Toasts
from medviewer.inference import pack
from medviewer.settings import Settings
from medviewer.translation import Message, language, message
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands import offer_models_anew, step_back
from medviewer.viewer.tools import take_mouse_scheme
from medviewer.viewer.ui import Dialog, Question, TextQuestion
from medviewer.viewer.viewer_state import ViewerState, differ_in_images_or_answers_only

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.render import Bounds


class MainWindow(QMainWindow):
    """Everything on the screen, following one session.

    Its title names nobody. It is built anew when the language changes; the session stays.

    Parameters
    ----------
    models_later : bool
        The installed models are offered by `offer_models`, after the first painting.
    """

    session: "ViewerSession"
    files: FileDialogs
    panes: PaneGrid
    browser: StudyBrowser
    dock: Dock
    bar: CommandBar
    _place_before = Qt.WindowState.WindowNoState  # the screen was filled

    def __init__(
        self, session: "ViewerSession", settings: Settings | None = None, *, models_later: bool = False
    ) -> None:
        super().__init__()
        self.session = session
        self.settings = settings if settings is not None else Settings()
        self.viewer = session.viewer
        self.viewer.attach(self, self.settings)
        self.files = FileDialogs(session, self, self._seen_parts)
        self.dialogs = Dialogs(session, self)
        self.dialogs.models_changed.connect(partial(offer_models_anew, self.viewer))
        if not models_later:
            self.offer_models()
        self.setWindowTitle("medviewer")
        self.setWindowIcon(QIcon(str(paths.resource("icons", "medviewer.svg"))))
        self.setMinimumSize(LEAST_SIZE)
        self.setAcceptDrops(True)
        self._was_shown = False
        self._gives_up_drawings = False
        self._fit_check = FitCheck(session, self)
        self._floating = FloatingDock(self, self.viewer)
        self._rail = BrowserRail(self)
        self._kept = KeptSettings(self, session, self.settings)
        self._kept.restore()
        self._build()
        self._place()
        session.viewer_changed.connect(self._on_viewer)
        session.crashed.connect(self.show_crash)
        self._tell_look()

    def offer_models(self) -> None:
        """Offer the installed models as their cards describe them.

        Weights are read when one is used.
        """
        models = tuple(pack.installed_models())
        self.viewer.change(models=models)
        remembered = self.settings.text("model")
        if remembered != self.viewer.state.model and any(model.name == remembered for model in models):
            self.viewer.session.use_model(remembered, self.settings.text("device"))

    # building

    def _build(self) -> None:
        self._make_central()
        self.browser = StudyBrowser(self.session, self.splitter)
        self.panes = PaneGrid(self.session, self.splitter)
        self.prediction = PredictionPanel()
        self.processing = ProcessingPanel(self.session)
        self.window_panel = WindowPanel(self.session)
        self.link = LinkPanel(self.session)
        self.measurements = MeasurementsPanel(self.session)
        self.measurements.menu_asked.connect(self._open_image_menu)
        self.dock = Dock(
            self.viewer,
            partial(
                sections_of,
                self.window_panel,
                self.prediction,
                self.processing,
                self.link,
                self.measurements,
            ),
            self.splitter,
        )
        for widget in (self.browser, self.panes, self.dock):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self._floating.adopt(self.splitter, self.dock)
        self._hints: FirstHints | None = None
        self.status_line = StatusLine(self.session, self)
        self.setStatusBar(self.status_line)
        self.panes.probed.connect(self.status_line.show_probe)
        self.bar = CommandBar(self.viewer, self.menuBar(), self, self.panes.panes)
        self.window_panel.take_actions(self.bar.actions)
        self.tool_bar = ToolBar(self.bar, self)
        self.addToolBar(self.tool_bar)
        self.panes.pane_added.connect(self.bar.add_pane)
        self.start = StartPage(self.session, self.bar.actions, self._central)
        self.start.list_wanted.connect(self.browser.show_skipped_files)
        self._layers.addWidget(self.start)
        self._layers.setCurrentWidget(self.start)  # on top, as long as it is shown
        self.start.setVisible(self.start.is_over)
        show_all = partial(self.open_dialog, Dialog.MESSAGES)
        images = partial(images_on, self.panes, self._central)
        self.messages = Toasts(
            self.session.notices, self.panes.area, self._central, show_all, self._texts, images, self._beside
        )
        self.panes.texts_moved.connect(self.messages.make_way_soon)
        self.panes.menu_asked.connect(self._open_image_menu)
        self.panes.title_menu_asked.connect(self._open_title_menu)
        self.panes.row.strip.menu_asked.connect(self._open_strip_menu)
        self.panes.series_asked.connect(self._offer_series)
        self.browser.list.menu_asked.connect(self._open_stack_menu)
        section = PredictionSection(self.session, self.settings, self.prediction, self.bar, self.tool_bar)
        self.dialogs.calibrations_changed.connect(section.read_calibrations_anew)
        for button in self._central.findChildren(QPushButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on it leaves keys to the image
        self.panes.show_before_slider(CineBar(self.session, self.bar.actions))

    def _make_central(self) -> None:
        """Make the middle of the window, still empty.

        Its parts are made inside it: what moves in with others is styled once more.
        """
        self._central = QWidget(self)
        column = QVBoxLayout(self._central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._layers = QStackedLayout()
        self._layers.setStackingMode(QStackedLayout.StackingMode.StackAll)
        column.addLayout(self._layers, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self._central)
        self.splitter.setHandleWidth(4)
        self.splitter.setChildrenCollapsible(False)
        self._layers.addWidget(self.splitter)
        self.setCentralWidget(self._central)

    def _rebuild(self) -> None:
        thumbnails = self.browser.list.rows.thumbnails
        sizes, searched = self.splitter.sizes(), self.browser.search.text()
        shows_skipped_files = self.browser.shows_skipped_files
        for action in self.actions():
            self.removeAction(action)
        self.menuBar().clear()
        for menu in self.menuBar().findChildren(QMenu):
            menu.deleteLater()
        self.removeToolBar(self.tool_bar)
        self.bar.deleteLater()
        self.tool_bar.deleteLater()
        if self._hints is not None:
            self._hints.leave()
        self._central.deleteLater()
        self._build()
        self.browser.list.take_thumbnails(thumbnails)
        self.splitter.setSizes(sizes)
        self.browser.search.setText(searched)
        self.browser.setHidden(not self.viewer.state.browser_shown)
        self.dock.setHidden(not self.viewer.state.side_panel_shown)
        if self.viewer.state.first_hint is not None:
            self._show_hint()
        self._tell_look()
        self.session.return_keyboard()
        self.dialogs.open_again()
        self.files.open_again()
        if shows_skipped_files:
            self.browser.show_skipped_files()

    def _place(self) -> None:
        """Restore the window's last place on today's screens."""
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
        first = QRect(screens[0].topLeft() if screens else QPoint(), FIRST_SIZE)
        place, maximized = geometry.read(self.settings.text("window_geometry")) or (first, False)
        self.setGeometry(clamped(place, screens))
        if maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    @Slot(object)
    def _open_image_menu(self, place: QPoint) -> None:
        image_menu(self.bar, self, has_drawing=bool(self.session.state.selected)).popup(place)

    @Slot(object)
    def _open_strip_menu(self, place: QPoint) -> None:
        strip_menu(self.bar, self).popup(place)

    @Slot(object)
    def _open_title_menu(self, place: QPoint) -> None:
        title_menu(self.bar, self.viewer, self).popup(place)

    @Slot(object)
    def _offer_series(self, place: QPoint) -> None:
        series_here_menu(self.bar, self.viewer, self).popup(place)

    @Slot(object, bool, object)
    def _open_stack_menu(self, stack: StoredStack, of_study: bool, place: QPoint) -> None:
        stack_menu(self.bar, self.viewer, stack, self, of_study=of_study).popup(place)

    def draw_ahead(self) -> None:
        """Draw ahead for the first image, while nothing is opened."""
        draw_icons(self.findChildren(QAbstractButton))
        for part in (self.browser, self.panes, self.dock, self.window_panel.histogram):
            part.grab()  # fonts and styles are made ready, and PySide makes the classes of a painting

    # following the session

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        if after.browser_shown != before.browser_shown:
            self._fold(self.browser, hidden=not after.browser_shown)
        if after.side_panel_shown != before.side_panel_shown:
            self._fold(self.dock, hidden=not after.side_panel_shown)
            self._floating.place()
        if after.full_screen != before.full_screen:
            self._fill_screen(before.full_screen, after.full_screen)
        if after.first_hint != before.first_hint:
            self._show_hint()
        if after.shows_images and not before.shows_images:
            self._paint_images_first()
        pane = after.focused
        is_coming = after.awaits_first_image or (pane is not None and pane.awaits_frame)
        if is_coming or differ_in_images_or_answers_only(before, after):
            self.bar.refresh_soon()  # most commands change once the image is there
        else:
            self.bar.refresh()

    def _paint_images_first(self) -> None:
        """Paint the sides a turn of the event loop after the panes.

        No single painting takes long then.
        """
        sides = [side for side in (self.browser, self.dock) if side.isVisible()]
        for side in sides:
            side.setUpdatesEnabled(False)
            QTimer.singleShot(0, side, partial(side.setUpdatesEnabled, True))

    def _fill_screen(self, before: str, after: str) -> None:
        """Fill the screen with the window or the panes; "" for neither."""
        if not before:
            self._place_before = self.windowState()
        filled = self.windowState() | Qt.WindowState.WindowFullScreen
        self.setWindowState(filled if after else self._place_before)
        bare, state = after == "pictures", self.viewer.state
        for part in (self.menuBar(), self.tool_bar, self.status_line):
            part.setHidden(bare)
        self._fold(self.browser, hidden=bare or not state.browser_shown)
        self._fold(self.dock, hidden=bare or not state.side_panel_shown)

    def _fold(self, side: QWidget, *, hidden: bool) -> None:
        """Fold a side away, or unfold it; a hidden one does not keep the keyboard."""
        has_keyboard = side.isAncestorOf(focused) if (focused := self.focusWidget()) is not None else False
        side.setHidden(hidden)
        if has_keyboard:
            self.session.return_keyboard()

    def _texts(self) -> list[QRect]:
        """Return the places of texts that no message covers."""
        hint = self._hints
        texts = texts_on(self.panes, self._central)
        return texts if hint is None or hint.isHidden() else [*texts, hint.geometry()]

    def _beside(self) -> QRect:
        """Return the empty part of the study browser, above a hint there."""
        free, hint = below_list(self.browser, self._central), self._hints
        if hint is not None and not hint.isHidden() and free.intersects(hint.geometry()):
            free.setBottom(hint.geometry().top() - 1)
        return free

    def _show_hint(self) -> None:
        if self._hints is None:
            self._hints = FirstHints(self.viewer, self.browser, self.panes, self.menuBar(), self._central)
            self._hints.moved.connect(self.messages.make_way_soon)
        self._hints.show_step(self.viewer.state.first_hint)

    @Slot(str)
    def show_crash(self, description: str) -> None:
        """Show the dialog of a fault; one at a time."""
        if isinstance(self.dialog, dialogs.CrashDialog) and self.dialog.isVisible():
            return
        dialog = dialogs.CrashDialog(description, paths.user_folder("log"), self)
        dialog.rejected.connect(self.close)
        self.dialogs.show(dialog, partial(self.show_crash, description))

    # for commands

    def open_dialog(self, dialog: Dialog) -> None:
        """Open a non-modal dialog."""
        openers = {
            Dialog.OPEN_FILES: self.files.open_files,
            Dialog.OPEN_FOLDER: self.files.open_folder,
            Dialog.EXPORT: self.files.export_image,
            Dialog.PRINT: self._print,
        }
        openers.get(dialog, partial(self.dialogs.open, dialog))()

    def _seen_parts(self) -> "dict[int, Bounds]":
        return self.panes.seen_parts()

    def _print(self) -> None:
        self.dialogs.show(pictures.PrintDialog(self.session, self.panes, self), self._print)

    def show_help(self, page: str, section: str = "") -> None:
        """Show a page of the help in a non-modal window, from a heading on."""
        self.dialogs.show_help(page, section)

    def copy_picture(self, *, of_layout: bool) -> None:
        """Put the active pane, or all panes in one picture, on the clipboard."""
        pictures.copy_picture(self.session, self.panes, of_layout=of_layout)

    def ask(self, question: Question) -> None:
        """Put a question; its answer may come late or never."""
        self.dialogs.ask(question)

    def unlock_model(self, name: str, on_unlocked: Callable[[], object]) -> None:
        """Ask for the pass phrase of an encrypted model."""
        self.dialogs.unlock_model(name, on_unlocked)

    def ask_text(self, question: TextQuestion) -> None:
        """Ask for a few words; the answer may come late or never."""
        self.dialogs.ask_text(question)

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        QApplication.clipboard().setText(text)

    def apply_setting(self, key: str, value: str) -> None:
        """Take another language, theme or mouse scheme."""
        if key == "mouse":
            take_mouse_scheme(self.viewer, value)
            return
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        if key == "theme":
            apply_theme(application, value)
            self._tell_look()
        else:
            apply_language(application, value)
            apply_look(application)
            self._rebuild()

    def _tell_look(self) -> None:
        self.viewer.change(language=language(), theme=colors().name)

    def fit(self) -> None:
        """Show the whole image in the focused pane and those linked to it."""
        self.panes.fit()

    def one_to_one(self) -> None:
        """Show one pixel of the image on one of the screen."""
        self.panes.one_to_one()

    def true_size(self) -> None:
        """Show the image as large as it is, or tell why not."""
        self.panes.true_size()

    def search(self) -> None:
        """Let keys be typed into the search of the study browser."""
        self.browser.go_to_search()

    def leave_field(self) -> bool:
        """Take the keyboard out of the field in which it is.

        Return False where it is in none.
        """
        if not is_field(self.focusWidget()):
            return False
        self._leave(self.focusWidget())
        return True

    def show_folder(self, folder: Path) -> None:
        """Open a folder in the system's file browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that was last opened over the window."""
        return self.dialogs.dialog

    def _leave(self, widget: QWidget | None) -> None:
        take_back(widget)
        self.session.return_keyboard()

    # Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return the focus to the active pane on unused Enter and Esc.

        Say why the command of a key cannot be run.
        """
        if event.key() == Qt.Key.Key_Escape:
            in_field = is_field(self.focusWidget())
            done = not in_field and (
                self._floating.close() or self.browser.leave_search() or step_back(self.viewer)
            )
            if not done:
                self._leave(self.focusWidget())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.session.return_keyboard()
        elif event.isAutoRepeat() or not self.bar.tell_why_not(_key(event), self.focusWidget()):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open dropped files."""
        dropped = [dropped_path(url) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            self.viewer.open_paths(dropped)
            event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the sides their widths when the window's own is known.

        A narrow one starts without them.
        """
        super().showEvent(event)
        if self._was_shown:
            return
        self._was_shown = True
        self._rail.take_width(self._kept.restore_sides(self.splitter))
        self._rail.fit(self.splitter)
        self.session.return_keyboard()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the side panel float where there is no room beside the panes."""
        super().resizeEvent(event)
        if self._was_shown:
            self._rail.fit(self.splitter)
        self._floating.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep place, sides and tool for the next start.

        Where drawings would be lost, the window asks first.
        """
        # guard(test): the window does not close over drawings that could not be saved
        if not self._gives_up_drawings and (lost := self.session.save_drawings()):
            event.ignore()
            self.ask(_question_of_loss(lost, self._close_with_loss))
            return
        self._kept.keep(self.splitter)
        super().closeEvent(event)

    def _close_with_loss(self) -> None:
        self._gives_up_drawings = True
        self.close()


def _question_of_loss(lost: Message, on_yes: Callable[[], object]) -> Question:
    return Question(
        title=message("Drawings are not saved"),
        text=lost,
        explanation=message("What is not saved is lost when the window is closed."),
        yes=message("Close and lose them"),
        no=message("Stay"),
        on_yes=on_yes,
    )


def _key(event: QKeyEvent) -> QKeySequence:
    """Return the keys of an event, those of the number pad as the others."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key())))
