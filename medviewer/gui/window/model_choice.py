"""Choice of the model, and its question to the reader."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from medviewer.errors import MedviewerError
from medviewer.gui.session import Notice
from medviewer.inference.pack import InstalledModel, find_pack, installed_models, verify_pack
from medviewer.translation import message, translate
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.gui.window.main_window import MainWindow


class ModelChoice:
    """The installed models as their cards describe them.

    The weights are read when one is used.
    """

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self.models = installed_models()
        remembered = window.settings.text("model")
        if remembered != window.session.model and any(model.name == remembered for model in self.models):
            window.session.use_model(remembered, window.settings.text("device"))

    @property
    def chosen(self) -> InstalledModel | None:
        """The session's model; None where it is not an installed one."""
        name = self._window.session.model
        return next((model for model in self.models if model.name == name), None)

    @property
    def purpose(self) -> str:
        """Name and intended use of the chosen model, translated."""
        model = self.chosen
        lines = () if model is None else (model.title, model.intended_use)
        return "\n".join(translate(line) for line in lines if line)

    def choose(self, name: str) -> None:
        """Use another model, now and next time.

        The results of the one before leave the screen.
        """
        if name != self._window.session.model:
            self._window.change_setting("model", name)
            self._window.session.use_model(name, self._window.settings.text("device"))

    def open_card(self) -> None:
        """Show the card of the chosen model."""
        from medviewer.gui.dialogs import ModelCardDialog

        try:
            pack = verify_pack(find_pack(self._window.session.model))
        except MedviewerError as error:
            self._window.session.notices.tell_error(error, "model card")
            return
        self._window.session.notices.end("model card")
        self._window.open_dialog(ModelCardDialog(pack, self._window), self.open_card)

    def classify(self, anyway: bool = False, asked: PaneState | None = None) -> None:
        """Classify the focused pane's slice or the given one.

        After the reader's yes where one is needed.
        """
        session, model = self._window.session, self.chosen
        pane = session.focused if asked is None else asked
        if model is None or not model.question or pane is None or pane.frame is None:
            session.classify(anyway, pane)
            return
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(translate("A question before classifying"))
        box.setText(translate(model.question))
        box.setInformativeText(
            translate(
                "The model has an answer only where this is so. A yes is written beside the result wherever "
                "it is shown or exported."
            )
        )
        self.yes_button = box.addButton(translate("Yes"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(translate("No"), QMessageBox.ButtonRole.RejectRole))
        # the yes is about this slice and this model, whatever is shown and chosen by then
        box.accepted.connect(partial(self._take_yes, model.name, anyway, pane))
        box.rejected.connect(self._take_no)
        self._window.open_dialog(box, partial(self.classify, anyway, pane))

    def _take_yes(self, model: str, anyway: bool, pane: PaneState) -> None:
        if model == self._window.session.model:
            self._window.session.classify(anyway, pane, answered=True)

    def _take_no(self) -> None:
        said = message("Not classified, because the question was answered with no.")
        self._window.session.notices.tell(Notice(said, severity="info"))
