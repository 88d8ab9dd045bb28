"""The main window: browser, panes, dock, tool bar, status and messages."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from medviewer import paths
from medviewer.errors import MedviewerError, WriteError
from medviewer.gui.commands import ActionBar
from medviewer.gui.dialogs import CrashDialog, OpenDialog, PreferencesDialog, dropped_path
from medviewer.gui.panels import CineBar, PredictionPanel, ProcessingPanel, WindowPanel, can_be_forced
from medviewer.gui.panes import PaneGrid
from medviewer.gui.studies import StudyBrowser
from medviewer.gui.widgets import (
    FIRST_SIZE,
    LEAST_SIZE,
    NARROW,
    apply_language,
    clamped,
    is_field,
    side_widths,
    take_back,
    theme,
    window_geometry as geometry,
)
from medviewer.gui.window.file_commands import FileCommands
from medviewer.gui.window.message_bar import MessageBar
from medviewer.gui.window.model_choice import ModelChoice
from medviewer.gui.window.status_bar import StatusLine
from medviewer.inference.outcome import Gate
from medviewer.settings import Settings
from medviewer.translation import translate
from medviewer.viewer.freshness import is_current
from medviewer.viewer.presets import presets_of
from medviewer.viewer.recent_paths import RecentPaths
from medviewer.viewer.texts import gate_statement

if TYPE_CHECKING:
    from medviewer.gui.dialogs import FeatureDialog
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.state import DisplayState, PaneState

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Everything on the screen, following one session.

    Its title names nobody. It is built anew when the language changes; the session stays.
    """

    session: "ViewerSession"
    files: FileCommands
    panes: PaneGrid
    browser: StudyBrowser
    dock: QScrollArea
    bar: ActionBar

    def __init__(self, session: "ViewerSession", settings: Settings | None = None) -> None:
        super().__init__()
        self.session = session
        self.settings = settings if settings is not None else Settings()
        self.files = FileCommands(session, self, RecentPaths(self.settings.flag("remember_files")))
        self._open = OpenDialog(session.return_keyboard)
        self.features: FeatureDialog | None = None  # made when first asked for
        self.setWindowTitle("medviewer")
        self.setWindowIcon(QIcon(str(paths.resource("icons", "medviewer.svg"))))
        self.setMinimumSize(LEAST_SIZE)
        self.setAcceptDrops(True)
        self._was_shown = False
        self._depends: object = None  # what of the state the actions depend on
        self._build()
        self._place()
        session.state_changed.connect(self._follow)
        session.pane_changed.connect(self._show_outcome)
        session.library_changed.connect(self._refresh)
        session.scan_started.connect(self._refresh)
        session.scan_finished.connect(self._refresh)
        session.classifying_changed.connect(self._follow_classifying)
        session.model_changed.connect(self._follow_model)
        session.identity_hidden_changed.connect(self._refresh)
        session.linked_changed.connect(self._refresh)
        session.viewing.cine.changed.connect(self._refresh)
        session.crashed.connect(self.show_crash)
        self._follow(session.state)

    # building

    def _build(self) -> None:
        self.panes = PaneGrid(self.session)
        self.browser = StudyBrowser(self.session)
        self.prediction = PredictionPanel()
        self.models: ModelChoice = ModelChoice(self)
        self.prediction.show_model(self.session.model, "", self.session.device)
        self.prediction.show_purpose(self.models.purpose)
        self.messages = MessageBar(self.session.notices)
        self.processing = ProcessingPanel(self.session)
        self.dock = self._make_dock()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(4)
        self.splitter.setChildrenCollapsible(False)
        for widget in (self.browser, self.panes, self.dock):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.browser.setMinimumWidth(180)
        self._central = QWidget()
        column = QVBoxLayout(self._central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.splitter, 1)
        self.setCentralWidget(self._central)
        self.status_line = StatusLine(self.session)
        self.setStatusBar(self.status_line)
        self.panes.probed.connect(self.status_line.show_probe)
        for changed in (self.panes.layout_changed, self.panes.tool_changed, self.panes.maximised_changed):
            changed.connect(self._refresh)
        self.tool_bar = QToolBar(translate("Tool bar"))
        self.tool_bar.setMovable(False)
        self.tool_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(self.tool_bar)
        if (row := self.tool_bar.layout()) is not None:
            row.setContentsMargins(6, 3, 6, 3)
        self.bar = ActionBar(self, self.menuBar(), self.tool_bar)
        self._connect_buttons()
        for button in self._central.findChildren(QPushButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on it leaves keys to the image
        play, slower, faster = (self.bar.actions[f"image.{name}"] for name in ("play", "slower", "faster"))
        self.panes.show_beside_slider(CineBar(self.session, play, slower, faster))

    def _make_dock(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 10, 10, 10)
        column.setSpacing(16)
        for panel in (self.prediction, self.processing, WindowPanel(self.session)):
            column.addWidget(panel)
        column.addStretch(1)
        dock = QScrollArea()
        dock.setWidget(inner)
        dock.setWidgetResizable(True)
        dock.setFrameShape(QFrame.Shape.NoFrame)
        dock.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it would take the keyboard at a click on its buttons
        dock.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        dock.setMinimumWidth(260)
        return dock

    def _connect_buttons(self) -> None:
        classify = self.bar.actions["classify.slice"]
        button = self.prediction.classify_button
        button.setText(f"{classify.iconText()}   {classify.shortcut().toString()}")
        button.clicked.connect(classify.trigger)
        self.prediction.anyway_button.clicked.connect(self.classify_anyway)
        self.prediction.card_button.clicked.connect(self.bar.actions["classify.card"].trigger)
        self.browser.open_files_button.clicked.connect(self.files.open_files)
        self.browser.open_folder_button.clicked.connect(self.files.open_folder)
        self.browser.open_sample_button.clicked.connect(self.session.open_demo)

    def _rebuild(self) -> None:
        thumbnails = self.browser.tree.thumbnails
        sizes, tool, layout = self.splitter.sizes(), self.panes.tool, self.panes.layout_name
        searched, hidden_text, maximised = (
            self.browser.search.text(),
            self.panes.text_hidden,
            self.panes.is_maximised,
        )
        folded = [side.isHidden() for side in (self.browser, self.dock)]
        for action in self.actions():
            self.removeAction(action)
        self.menuBar().clear()
        for menu in self.menuBar().findChildren(QMenu):
            menu.deleteLater()
        self.removeToolBar(self.tool_bar)
        self.bar.deleteLater()
        self.tool_bar.deleteLater()
        self._central.deleteLater()
        self._build()
        self.browser.tree.take_thumbnails(thumbnails)
        self.splitter.setSizes(sizes)
        self.panes.set_tool(tool)
        self.panes.set_layout(layout)
        self.panes.hide_text(hidden_text)
        if maximised:
            self.panes.maximise()
        self.browser.search.setText(searched)
        for side, hidden in zip((self.browser, self.dock), folded, strict=True):
            side.setHidden(hidden)
        if self.features is not None:
            old, self.features = self.features, None
            if old.isVisible():
                self.open_features()
            old.close()
            old.deleteLater()
        self._follow(self.session.state)
        self._refresh()
        self.session.return_keyboard()
        self._open.open_again()
        self.files.open_again()

    def _place(self) -> None:
        """Restore the window's last place on today's screens."""
        screens = [screen.availableGeometry() for screen in QApplication.screens()]
        first = QRect(screens[0].topLeft() if screens else QPoint(), FIRST_SIZE)
        place, maximised = geometry.read(self.settings.text("window_geometry")) or (first, False)
        self.setGeometry(clamped(place, screens))
        if maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    # following the session

    @Slot(object)
    def _follow(self, state: "DisplayState") -> None:
        pane = state.focused
        self._show_outcome(state.focus)
        frame = pane.frame if pane is not None else None
        depends: object = (
            pane is not None,
            frame is not None,
            bool(pane and pane.failure),
            presets_of(frame),
            pane is not None and can_be_forced(pane.outcome),
        )
        if pane is not None and frame is not None:
            marks = (frame.overlays, frame.shutter is None, pane.graphics_shown, pane.shutter_shown)
            without_mask = (frame.subtraction is None, pane.is_subtracted)
            looks = (pane.stack.key, frame.is_color, pane.presentation, pane.orientation)
            depends = (depends, marks, without_mask, looks)
        if depends != self._depends:
            self._depends = depends
            self._refresh()

    @Slot(int)
    def _show_outcome(self, number: int) -> None:
        """Show the model's result for the focused pane's image.

        Nothing until it shows it.
        """
        state = self.session.state
        if number != state.focus:
            return
        pane = state.focused
        # guard(is_current(pane, self.session.processed(number))):
        #     the panel speaks of the image on the screen only
        is_shown = pane is not None and is_current(pane, self.session.processed(number))
        outcome = pane.outcome if pane is not None and is_shown else None
        self.prediction.show_outcome(outcome, working=self.session.is_classifying, has_slice=is_shown)

    @Slot(bool)
    def _follow_classifying(self, working: bool) -> None:
        self._follow(self.session.state)
        self._refresh()

    @Slot(str, str)
    def _follow_model(self, model: str, device: str) -> None:
        self.prediction.show_model(model, "", device)
        self.prediction.show_purpose(self.models.purpose)
        self.bar.refresh()

    @Slot()
    def _refresh(self) -> None:
        self.bar.refresh()
        action = self.bar.actions["classify.slice"]
        self.prediction.classify_button.setEnabled(action.isEnabled())
        self.prediction.classify_button.setToolTip(action.toolTip())

    @Slot(str)
    def show_crash(self, description: str) -> None:
        """Show the dialog of a fault; one at a time."""
        if isinstance(self.dialog, CrashDialog) and self.dialog.isVisible():
            return
        dialog = CrashDialog(description, paths.user_folder("log"), self)
        dialog.rejected.connect(self.close)
        self.open_dialog(dialog, partial(self.show_crash, description))

    # what the actions do

    def has_refusal(self) -> bool:
        """Return whether the focused pane shows that the model refused its slice."""
        pane = self.session.focused
        return pane is not None and can_be_forced(pane.outcome)

    def classify_anyway(self) -> None:
        """Ask whether to classify although the model does not fit.

        The answer stays marked with it.
        """
        pane = self.session.focused
        if pane is not None and pane.outcome is not None and pane.outcome.refusal is not None:
            self._ask_anyway(pane, pane.outcome.refusal)

    def _ask_anyway(self, pane: "PaneState", refusal: Gate) -> None:
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(translate("Classify anyway?"))
        box.setText(gate_statement(refusal))
        box.setInformativeText(
            translate(
                "The model was not made for this picture and its figures do not hold for it. The result "
                "will be marked wherever it is shown or exported."
            )
        )
        self.anyway_button = box.addButton(translate("Classify anyway"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(translate("Cancel"), QMessageBox.ButtonRole.RejectRole))
        # the answer is about the slice of the question, wherever the focus is by then
        box.accepted.connect(partial(self.models.classify, True, pane))
        self.open_dialog(box, partial(self._ask_anyway, pane, refusal))

    def toggle_link(self) -> None:
        """Link or unlink the panes' scrolling, zoom and window."""
        self.session.linked = not self.session.linked

    def toggle_identity(self) -> None:
        """Hide names, IDs and dates on the screen, or show them."""
        self.session.hide_identity = not self.session.hide_identity

    def toggle_text(self) -> None:
        """Hide the text on the panes, or show it; letters and marks stay."""
        self.panes.hide_text(not self.panes.text_hidden)

    def toggle_browser(self) -> None:
        """Fold the study browser away, or unfold it."""
        self._fold(self.browser)

    def toggle_dock(self) -> None:
        """Fold the dock away, or unfold it."""
        self._fold(self.dock)

    def _fold(self, side: QWidget) -> None:
        """Fold a side away, or unfold it; a hidden one does not keep the keyboard."""
        has_keyboard = side.isAncestorOf(focused) if (focused := self.focusWidget()) is not None else False
        side.setHidden(not side.isHidden())
        if has_keyboard:
            self.session.return_keyboard()

    def open_preferences(self) -> None:
        """Open the preferences."""
        dialog = PreferencesDialog(self.settings, self)
        dialog.edited.connect(self.change_setting)
        self.open_dialog(dialog, self.open_preferences)

    @Slot(str, object)
    def change_setting(self, key: str, value: str | bool) -> None:
        """Keep a setting and let it hold at once.

        That it could not be kept is said in the message bar.
        """
        try:
            self.settings.change(key, value)
        except MedviewerError as error:
            self.session.notices.tell_error(error, "settings")
        else:
            self.session.notices.end("settings")
        application = QApplication.instance()
        if key == "theme" and isinstance(application, QApplication):
            theme.apply_theme(application, str(value))
            self._refresh()
        elif key == "language" and isinstance(application, QApplication):
            apply_language(application, str(value))
            self._rebuild()
        elif key == "device":
            self.session.use_model(self.session.model, str(value))
        elif key == "remember_files":
            self.files.recent.remember = bool(value)
            if not value:
                self.files.forget_recent()

    def open_shortcuts(self) -> None:
        """Open the list of keys and mouse actions."""
        from medviewer.gui.dialogs import ShortcutsDialog

        self.open_dialog(ShortcutsDialog(self), self.open_shortcuts)

    def open_pixel_truth(self) -> None:
        """Open the table of pixel accuracy."""
        from medviewer.gui.dialogs import PixelTruthDialog

        self.open_dialog(PixelTruthDialog(self), self.open_pixel_truth)

    def open_features(self) -> None:
        """Open the features of the focused pane's slice beside the window."""
        from medviewer.gui.dialogs import FeatureDialog

        if self.features is None:
            self.features = FeatureDialog(self.session, self)
            self.features.finished.connect(self.session.return_keyboard)
        self.features.show()
        self.features.activateWindow()

    def open_about(self) -> None:
        """Open the program's purpose, version and limits of use."""
        from medviewer.gui.dialogs import AboutDialog

        self.open_dialog(AboutDialog(self), self.open_about)

    def open_log_folder(self) -> None:
        """Open the folder with the logs in the system's file browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.user_folder("log"))))

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that was last opened over the window."""
        return self._open.dialog

    def open_dialog(self, dialog: QDialog, again: Callable[[], object]) -> None:
        """Show a dialog over the window.

        In another language `again` opens it once more.
        """
        self._open.open(dialog, again)

    def search(self) -> None:
        """Unfold the study browser and focus its search."""
        self.browser.show()
        self.browser.go_to_search()

    def cancel(self) -> None:
        """Leave the field in which the keyboard is.

        In none, end what runs, the newest first.
        """
        if is_field(self.focusWidget()):
            self._leave(self.focusWidget())
        else:
            self.session.cancel()

    def _leave(self, widget: QWidget | None) -> None:
        take_back(widget)
        self.session.return_keyboard()

    # Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return the focus to the active pane on unused Enter and Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave(self.focusWidget())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.session.return_keyboard()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open dropped files."""
        dropped = [dropped_path(url) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            self.files.open_paths(dropped)
            event.acceptProposedAction()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the sides their widths when the window's own is known.

        A narrow one starts without them.
        """
        super().showEvent(event)
        if self._was_shown:
            return
        self._was_shown = True
        left, right = side_widths(self.width())
        self.splitter.setSizes([left, self.width() - left - right, right])
        for side in (self.browser, self.dock):
            side.setHidden(self.width() < NARROW)
        self.session.return_keyboard()
        self._refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember where the window stood."""
        maximised = self.isMaximized()
        place = self.normalGeometry() if maximised else self.geometry()
        try:
            self.settings.change("window_geometry", geometry.written(place, maximised))
        except WriteError as error:
            _log.warning("the window's place cannot be kept: %s", type(error).__name__)
        super().closeEvent(event)
