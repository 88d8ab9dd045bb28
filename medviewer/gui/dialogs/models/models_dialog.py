"""The dialog of installed models: their states and commands."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from medviewer.errors import MedviewerError
from medviewer.gui.dialogs.files.file_dialog import FileDialog, chosen_path
from medviewer.gui.dialogs.models.pass_phrase import PassPhraseDialog
from medviewer.gui.dialogs.models.table_dialog import TableDialog, command_button, in_row
from medviewer.gui.tasks import Task, Workers
from medviewer.gui.widgets import plain_label, section_title
from medviewer.inference import pack, protection
from medviewer.translation import mark, translate
from medviewer.viewer import models
from medviewer.viewer.models import PackState

if TYPE_CHECKING:
    from medviewer.inference.pack import Candidate, InstalledModel

LANE: Final = "models"
COLUMNS: Final = (mark("Model"), mark("Version"), mark("State"), mark("Licence"))
KEYS_HEIGHT_PX: Final = 64
SAID_HEIGHT_PX: Final = 96


class ModelsDialog(TableDialog):
    """Lists the installed models; adds, removes, unlocks, signs and encrypts.

    Whatever takes time runs beside the window; an error is said in the dialog.
    """

    models_changed = Signal()

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        columns = [translate(title) for title in COLUMNS]
        super().__init__(translate("Models"), columns, (0, 3), parent)
        self._workers = workers
        self._tasks: list[Task] = []
        self._models: tuple[InstalledModel, ...] = ()
        self._states: dict[str, PackState] = {}
        self.resize(860, 560)
        self._made()
        self.refresh()

    def _made(self) -> None:
        self.table.setWordWrap(False)
        self.said = plain_label(wraps=True, selectable=True)
        self.said.setMinimumHeight(SAID_HEIGHT_PX)  # so that nothing moves from row to row
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.add_button = command_button(translate("&Add…"), self._ask_folder)
        self.remove_button = command_button(translate("&Remove"), self._remove)
        self.unlock_button = command_button(translate("&Unlock…"), self._ask_pass_phrase)
        self.sign_button = command_button(translate("&Sign…"), self._ask_key)
        self.encrypt_button = command_button(translate("&Encrypt…"), self._ask_new_pass_phrase)
        self.keys = QListWidget()
        self.keys.setAccessibleName(translate("Keys that you trust"))
        self.keys.setFixedHeight(KEYS_HEIGHT_PX)
        self.distrust_button = command_button(translate("Trust no &longer"), self._distrust)
        actions = (self.add_button, self.remove_button, self.unlock_button)
        below = QHBoxLayout()
        below.addWidget(self.distrust_button)
        below.addWidget(self.close_buttons, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.table, 1)
        column.addWidget(self.said)
        column.addWidget(self.trouble)
        column.addLayout(in_row((*actions, self.sign_button, self.encrypt_button)))
        column.addWidget(section_title(translate("Keys that you trust")))
        column.addWidget(self.keys)
        column.addLayout(below)
        self.table.itemSelectionChanged.connect(self._follow)
        self.keys.itemSelectionChanged.connect(self._follow)

    @property
    def chosen(self) -> "InstalledModel | None":
        """The model of the chosen row."""
        row = self.table.currentRow()
        return self._models[row] if 0 <= row < len(self._models) else None

    def choose(self, name: str) -> None:
        """Choose the row of a model."""
        names = [model.name for model in self._models]
        if name in names:
            self.table.selectRow(names.index(name))

    def refresh(self) -> None:
        """Read the installed models anew, and check them beside the window."""
        before = self.chosen
        self._models = pack.installed_models()
        self._states = {}
        self.table.setRowCount(len(self._models))
        for row in range(len(self._models)):
            self._show_row(row)
        self.choose(before.name if before is not None else self._models[0].name if self._models else "")
        self._show_keys()
        self._follow()
        names = [model.name for model in self._models]
        self._do(partial(models.check_packs, names), self._take_state, self.refuse)

    def _show_row(self, row: int) -> None:
        model = self._models[row]
        state = self._states.get(model.name)
        if state is not None:
            said = state.brief.for_user()
        else:
            said = translate("Encrypted") if model.is_locked else translate("Being checked…")
        texts = (
            translate(model.title),
            model.version,
            said,
            translate(model.licence) if model.licence else "",
        )
        self.show_row(row, texts)

    def _show_keys(self) -> None:
        self.keys.clear()
        try:
            trusted = protection.TrustList.read().keys
        except MedviewerError as error:
            self.refuse(error)
            return
        self.keys.addItems(["  ".join(filter(None, (key.name, key.fingerprint))) for key in trusted])
        if not trusted:
            none = QListWidgetItem(translate("No keys yet"))
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.keys.addItem(none)

    @Slot()
    def _follow(self) -> None:
        """Show the chosen model, and enable its commands."""
        model, state = self.chosen, None
        if model is not None:
            state = self._states.get(model.name)
        hint = "" if state is None or state.hint is None else state.hint.for_user()
        folder = "" if model is None or model.own_folder is None else str(model.own_folder)
        licence = "" if model is None else model.licence
        lines = ["" if state is None else state.said.for_user(), hint]
        lines += [translate(licence) if licence else "", folder]
        self.said.setText("\n".join(line for line in lines if line))
        is_own, is_busy = model is not None and model.own_folder is not None, bool(self._tasks)
        is_plain = is_own and model is not None and not model.is_encrypted
        self.add_button.setEnabled(not is_busy)
        self.remove_button.setEnabled(is_own and not is_busy)
        self.unlock_button.setEnabled(model is not None and model.is_locked and not is_busy)
        self.sign_button.setEnabled(is_plain and not is_busy)
        self.encrypt_button.setEnabled(is_plain and not is_busy)
        self.distrust_button.setEnabled(bool(self.keys.selectedItems()))

    def _do(
        self,
        make: Callable[[], Any],
        then: Callable[[Any], None],
        on_failed: Callable[[MedviewerError], None],
    ) -> None:
        """Run a generator beside the window."""
        task = Task(make, self._workers, LANE)
        task.yielded.connect(then)
        task.failed.connect(on_failed)
        task.finished.connect(partial(self._on_finished, task))
        self._tasks.append(task)
        task.submit()
        self._follow()

    def _on_finished(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self._follow()

    @Slot(object)
    def _take_state(self, state: PackState) -> None:
        self._states[state.name] = state
        for row, model in enumerate(self._models):
            if model.name == state.name:
                self._show_row(row)

    def _changed(self, _name: object = None) -> None:
        self.trouble.setText("")
        self.models_changed.emit()
        self.refresh()

    # adding and removing

    @Slot()
    def _ask_folder(self) -> None:
        dialog = FileDialog(self, translate("Folder of the model"))
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.setOption(FileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.add_folder(chosen_path(name)))
        self.show_over(dialog)

    def add_folder(self, folder: Path) -> None:
        """Add the pack of a folder, after questions where there are some."""
        self.trouble.setText("")
        self._do(partial(models.read_candidate, folder), self._add_read, partial(self._on_unread, folder))

    def _on_unread(self, folder: Path, error: MedviewerError) -> None:
        if isinstance(error, protection.LockedModelError):
            self._unlock_folder(folder, partial(self.add_folder, folder))
        else:
            self.refuse(error)

    def _add_read(self, candidate: "Candidate") -> None:
        model = next((one for one in self._models if one.name == candidate.card.name), None)
        if model is None or model.own_folder is None:
            self._add_candidate(candidate)
            return
        self.ask(
            translate("Replace the model?"),
            translate("A model of this name is installed already: {model}", model=model.name),
            translate(
                "Version {old} is replaced by version {new}.", old=model.version, new=candidate.card.version
            ),
            translate("Replace"),
            partial(self._add_candidate, candidate),
        )

    def _add_candidate(self, candidate: "Candidate", *, older: bool = False, trusted: bool = False) -> None:
        self._do(
            partial(models.add_pack, candidate, older=older, trusted=trusted),
            self._changed,
            partial(self._on_not_added, candidate),
        )

    def _on_not_added(self, candidate: "Candidate", error: MedviewerError) -> None:
        signature = candidate.signature
        if isinstance(error, protection.UntrustedKeyError) and signature is not None:
            self.ask(
                translate("Trust this key?"),
                translate(
                    "{model} is signed with a key that you have not trusted. Its fingerprint:",
                    model=candidate.card.name,
                )
                + f"\n\n{_in_rows(protection.fingerprint(signature.key))}",
                translate(
                    "Ask its publisher for the fingerprint by another way, such as the telephone. Trust the "
                    "key only where both are the same."
                ),
                translate("Trust the key and add the model"),
                partial(self._add_candidate, candidate, trusted=True),
            )
        elif isinstance(error, protection.ReplayedModelError | protection.MissingSignatureError):
            self.ask(
                translate("Add it all the same?"),
                error.for_user(),
                translate("From then on this one counts as the newest."),
                translate("Add it all the same"),
                partial(self._add_candidate, candidate, older=True),
            )
        else:
            self.refuse(error)

    @Slot()
    def _remove(self) -> None:
        model = self.chosen
        if model is not None:
            self.ask(
                translate("Remove this model?"),
                translate("{model} is deleted from your own models.", model=translate(model.title)),
                str(model.own_folder),
                translate("Remove"),
                partial(self._do, partial(models.remove_pack, model.name), self._changed, self.refuse),
            )

    # encryption

    @Slot()
    def _ask_pass_phrase(self) -> None:
        model = self.chosen
        if model is not None and model.own_folder is not None:
            self._unlock_folder(model.own_folder, self._changed)

    def _unlock_folder(self, folder: Path, then: Callable[[], object]) -> None:
        self.show_over(unlock_dialog(str(folder), folder.name, self._workers, then, self))

    @Slot()
    def _ask_new_pass_phrase(self) -> None:
        model = self.chosen
        if model is None:
            return
        said = translate(
            "The model is written encrypted into a new folder; the one here stays. Without user name and "
            "pass phrase nobody can read it again. The pass phrase has {least} characters or more.",
            least=pack.SHORTEST_PASS_PHRASE,
        )
        dialog = PassPhraseDialog(translate("Encrypt the model"), said, self, twice=True)
        dialog.given.connect(partial(self._ask_place, dialog, model.name))
        self.show_over(dialog)

    def _ask_place(self, before: PassPhraseDialog, name: str, user: str, phrase: str) -> None:
        before.accept()
        dialog = FileDialog(self, translate("Folder in which the encrypted model is written"))
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.setOption(FileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(
            lambda folder: self.encrypt(name, chosen_path(folder) / f"{name}-encrypted", user, phrase)
        )
        self.show_over(dialog)

    def encrypt(self, name: str, into: Path, user: str, phrase: str) -> None:
        """Write a model encrypted into a new folder."""
        self._do(partial(models.encrypt_pack, name, into, user, phrase), self._say_written, self.refuse)

    @Slot(object)
    def _say_written(self, path: Path) -> None:
        self.trouble.setText(translate("The encrypted model was written: {path}", path=path))

    # signatures

    @Slot()
    def _ask_key(self) -> None:
        box = self.message_box(
            translate("Sign the model"),
            translate(
                "Every file of it is signed with your private key. Whoever has that file can sign as you."
            ),
            "",
        )
        old = box.addButton(translate("Choose a key…"), QMessageBox.ButtonRole.AcceptRole)
        new = box.addButton(translate("Make a new key…"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(translate("Cancel"), QMessageBox.ButtonRole.RejectRole)
        old.clicked.connect(partial(self._ask_key_file, False))
        new.clicked.connect(partial(self._ask_key_file, True))
        self.show_over(box)

    def _ask_key_file(self, is_new: bool) -> None:
        model = self.chosen
        if model is None:
            return
        dialog = FileDialog(self, translate("Private key"))
        if is_new:
            dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
            dialog.selectFile("medviewer-key.pem")
        else:
            dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.sign(model.name, chosen_path(name), is_new=is_new))
        self.show_over(dialog)

    def sign(self, name: str, key_file: Path, *, is_new: bool) -> None:
        """Sign a model in its folder."""
        self._do(partial(models.sign_pack, name, key_file, is_new=is_new), self._say_signed, self.refuse)

    @Slot(object)
    def _say_signed(self, fingerprint: str) -> None:
        self._changed()
        self.trouble.setText(
            translate(
                "Signed. Tell others the fingerprint of your key by another way: {fingerprint}",
                fingerprint=fingerprint,
            )
        )

    @Slot()
    def _distrust(self) -> None:
        row = self.keys.currentRow()
        try:
            trust = protection.TrustList.read()
            trust.without(trust.keys[row]).write()
        except MedviewerError as error:
            self.refuse(error)
            return
        self._changed()


def unlock_dialog(
    name_or_folder: str, name: str, workers: Workers, then: Callable[[], object], parent: QWidget
) -> PassPhraseDialog:
    """Return the dialog that unlocks a model, and goes on when that is done."""
    said = translate(
        "{model} is encrypted. User name and pass phrase are asked for once, until the program ends.",
        model=name,
    )
    dialog = PassPhraseDialog(translate("Unlock the model"), said, parent)

    def take(user: str, phrase: str) -> None:
        task = Task(lambda: models.unlock_pack(name_or_folder, user, phrase), workers, LANE)
        task.setParent(dialog)
        task.yielded.connect(lambda _name: dialog.accept())
        task.failed.connect(
            lambda error: dialog.refuse(" ".join(filter(None, (error.for_user(), error.hint_for_user()))))
        )
        task.submit()

    dialog.given.connect(take)
    dialog.accepted.connect(then)
    return dialog


def _in_rows(fingerprint: str) -> str:
    """Return a fingerprint in rows of four groups."""
    groups = fingerprint.split()
    return "\n".join(" ".join(groups[place : place + 4]) for place in range(0, len(groups), 4))
