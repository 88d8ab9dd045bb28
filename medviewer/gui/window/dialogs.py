"""Dialogs and questions that commands open over the window, by name."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton, QWidget

from medviewer.errors import MedviewerError
from medviewer.gui import dialogs, elements, palette
from medviewer.gui.dialogs import OpenDialog
from medviewer.inference import pack as packs
from medviewer.inference.protection import LockedModelError
from medviewer.viewer.ui import Dialog, Question, TextQuestion

if TYPE_CHECKING:
    from medviewer.gui.dialogs import HelpDialog
    from medviewer.gui.palette import CommandPalette
    from medviewer.gui.session import ViewerSession

MODEL_CARD = "model card"  # the cause of a notice
MEMORY = "remember_files"  # the setting before whose end it is asked


class Dialogs(QObject):
    """Opens one dialog after another.

    In another language an open one is made anew.
    """

    models_changed = Signal()
    calibrations_changed = Signal()

    def __init__(self, session: "ViewerSession", window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._open = OpenDialog(session.return_keyboard)
        self._beside: dict[Dialog, QDialog] = {}  # those that stay open; made when first asked for
        self._makers_beside: dict[Dialog, Callable[[], QDialog]] = {
            Dialog.FEATURES: self._features,
            Dialog.ELEMENTS: self._elements,
            Dialog.VALUES: self._values,
            Dialog.QUALITY: self._quality,
        }
        self.help: HelpDialog | None = None
        self.palette: CommandPalette | None = None  # made when first asked for
        self.yes_button: QPushButton | None = None  # of the last question
        self.preferences: dialogs.PreferencesDialog | None = None  # the last one
        self._makers: dict[Dialog, Callable[[], QDialog | None]] = {
            Dialog.EARLIER_STUDIES: self._earlier_studies,
            Dialog.PREFERENCES: self._preferences,
            Dialog.MODEL_CARD: self._model_card,
            Dialog.MODELS: self._models,
            Dialog.VERDICTS: self._verdicts,
            Dialog.CHANGE_KEYS: self._change_keys,
            Dialog.MESSAGES: self._messages,
            Dialog.SCREEN_SIZE: self._screen_size,
            Dialog.PIXEL_TRUTH: self._pixel_truth,
            Dialog.TEST_PATTERN: self._test_pattern,
            Dialog.ABOUT: self._about,
        }

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that was last opened."""
        return self._open.dialog

    def beside(self, name: Dialog) -> QDialog | None:
        """Return a dialog beside the window; None: never asked for."""
        return self._beside.get(name)

    def open(self, name: Dialog) -> None:
        """Open a dialog by its name."""
        if name in self._makers_beside:
            self._open_beside(name)
            return
        if name is Dialog.PALETTE:
            self._open_palette()
            return
        dialog = self._makers[name]()
        if dialog is not None:
            self.show(dialog, partial(self.open, name))

    def show(self, dialog: QDialog, again: Callable[[], object]) -> None:
        """Show a dialog over the window.

        In another language `again` opens it once more.
        """
        self._open.open(dialog, again)

    def open_again(self) -> None:
        """Make open dialogs anew, as the language has changed."""
        for name, old in tuple(self._beside.items()):
            del self._beside[name]
            if old.isVisible():
                self._open_beside(name)
            old.close()
            old.deleteLater()
        if self.help is not None:
            shown, self.help = self.help, None
            if shown.isVisible():
                self.show_help(shown.page)
            shown.close()
            shown.deleteLater()
        self._open.open_again()

    def show_help(self, page: str, section: str = "") -> None:
        """Show a page of the help in a non-modal window."""
        if self.help is None:
            self.help = dialogs.HelpDialog(self._session, self._window)
            self.help.finished.connect(self._session.return_keyboard)
        self.help.show()
        self.help.activateWindow()
        self.help.show_page(page, section)

    def ask(self, question: Question) -> None:
        """Put a question over the window."""
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(question.title.for_user())
        box.setText(question.text.for_user())
        box.setInformativeText(question.explanation.for_user())
        self.yes_button = box.addButton(question.yes.for_user(), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(question.no.for_user(), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(question.on_yes)
        box.rejected.connect(question.on_no)
        box.rejected.connect(self._show_memory)
        self.show(box, partial(self.ask, question))

    def ask_text(self, question: TextQuestion) -> None:
        """Ask for a few words over the window."""
        self.show(dialogs.TextDialog(question, self._window), partial(self.ask_text, question))

    def _earlier_studies(self) -> QDialog:
        return dialogs.EarlierStudiesDialog(self._session, self._window)

    def _preferences(self) -> QDialog:
        viewer = self._session.viewer
        dialog = dialogs.PreferencesDialog(viewer.settings, self._window)
        dialog.edited.connect(viewer.change_setting)
        dialog.keys_asked.connect(dialog.reject)
        dialog.keys_asked.connect(partial(self.open, Dialog.CHANGE_KEYS))
        self.preferences = dialog
        return dialog

    def _show_memory(self) -> None:
        """Show in open preferences that memory stays on after a no."""
        if self.preferences is not None and self.preferences.isVisible():
            self.preferences.show_flag(MEMORY, self._session.viewer.settings.flag(MEMORY))

    def _change_keys(self) -> QDialog:
        return dialogs.KeyEditor(self._session.viewer, self._window)

    def _messages(self) -> QDialog:
        return dialogs.MessagesDialog(self._session.notices, self._window)

    def _screen_size(self) -> QDialog:
        return dialogs.ScreenSizeDialog(self._session.viewer, self._window)

    def _pixel_truth(self) -> QDialog:
        return dialogs.PixelTruthDialog(self._window)

    def _test_pattern(self) -> QDialog:
        return dialogs.TestPatternDialog(self._window)

    def _about(self) -> QDialog:
        return dialogs.AboutDialog(self._window)

    def _model_card(self) -> QDialog | None:
        try:
            pack = packs.verify_pack(packs.find_pack(self._session.model))
        except MedviewerError as error:
            if isinstance(error, LockedModelError):
                self.unlock_model(self._session.model, partial(self.open, Dialog.MODEL_CARD))
            else:
                self._session.notices.tell_error(error, MODEL_CARD)
            return None
        self._session.notices.end(MODEL_CARD)
        return dialogs.ModelCardDialog(pack, self._window)

    def _models(self) -> QDialog:
        dialog = dialogs.ModelsDialog(self._session.workers, self._window)
        dialog.models_changed.connect(self.models_changed)
        dialog.choose(self._session.model)
        return dialog

    def _verdicts(self) -> QDialog:
        dialog = dialogs.VerdictsDialog(self._session.viewer, self._window)
        dialog.calibrations_changed.connect(self.calibrations_changed)
        return dialog

    def unlock_model(self, name: str, on_unlocked: Callable[[], object]) -> None:
        """Ask for the pass phrase of an encrypted model."""

        def then() -> None:
            self.models_changed.emit()
            on_unlocked()

        dialog = dialogs.unlock_dialog(name, name, self._session.workers, then, self._window)
        self.show(dialog, partial(self.unlock_model, name, on_unlocked))

    def _open_palette(self) -> None:
        if self.palette is None:
            self.palette = palette.CommandPalette(self._session.viewer, self._window)
        self.palette.open_palette()

    def _open_beside(self, name: Dialog) -> None:
        if name not in self._beside:
            dialog = self._makers_beside[name]()
            dialog.finished.connect(self._session.return_keyboard)
            self._beside[name] = dialog
        self._beside[name].show()
        self._beside[name].activateWindow()

    def _features(self) -> QDialog:
        return dialogs.FeatureDialog(self._session, self._window)

    def _elements(self) -> QDialog:
        return elements.ElementsDialog(self._session, self._window)

    def _values(self) -> QDialog:
        return dialogs.ValuesDialog(self._session, self._window)

    def _quality(self) -> QDialog:
        return dialogs.QualityDialog(self._session, self._window)
