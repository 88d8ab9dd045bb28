"""Opening and saving of files by the user.

The dialogs around it, and the list of what was open lately.
"""

from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QWidget

from medviewer.dicom.model import Stack, Study
from medviewer.dicom.text import TEXT_ENCODINGS
from medviewer.export import SliceExport
from medviewer.gui.dialogs import ExportChoice, ExportDialog, FileDialog, OpenDialog, chosen_path
from medviewer.gui.session import Notice
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.storage import is_folder
from medviewer.translation import Message, message, translate
from medviewer.viewer.recent_paths import RecentPaths
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession


class FileCommands(QObject):
    """Opens files and folders and exports images.

    Every dialog leaves the window usable behind it.
    """

    def __init__(self, session: "ViewerSession", window: QWidget, recent: RecentPaths) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.recent = recent
        self._text_encodings: dict[
            str, tuple[str, Message | None]
        ] = {}  # what was chosen, and how its stacks say so
        session.scan_finished.connect(self._show_again)
        self._open = OpenDialog(session.return_keyboard)

    def open_files(self) -> None:
        """Ask for files and open them."""
        dialog = FileDialog(self._window, translate("Open files"))
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        self._ask(dialog, self.open_files)

    def open_folder(self) -> None:
        """Ask for a folder and open all that is in it."""
        dialog = FileDialog(self._window, translate("Open folder"))
        dialog.setFileMode(FileDialog.FileMode.Directory)
        dialog.setOption(FileDialog.Option.ShowDirsOnly)
        self._ask(dialog, self.open_folder)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open paths and remember them, where the user allows it."""
        if paths:
            self.recent.add(paths)
            self._session.open_paths(paths)

    def recent_paths(self) -> tuple[Path, ...]:
        """Return the recently opened paths, the newest first."""
        return self.recent.paths()

    @Slot()
    def forget_recent(self) -> None:
        """Forget the recently opened paths."""
        self.recent.forget()

    def read_text_as(self, choice: str) -> None:
        """Read the text of the focused study in an encoding of TEXT_ENCODINGS.

        "": as its files state.
        """
        study = self._study()
        if study is not None and choice != self.text_encoding:
            note = TEXT_ENCODINGS[choice].chosen_note if choice else None
            self._text_encodings[study.identity.study_instance_uid] = choice, note
            files = dict.fromkeys(frame.path for stack in _stacks(study) for frame in stack.frames)
            self._session.open_paths(tuple(files), choice, shows=False)

    @Slot()
    def _show_again(self) -> None:
        """Put stacks with newly decoded text back on their panes.

        By itself none takes another's name.
        """
        if not self._text_encodings:
            return
        stacks = {stack.key: stack for stack in self._session.library.stacks}
        focus = self._session.state.focus
        for number, pane in enumerate(self._session.state.panes):
            stack = stacks.get(pane.stack.key) if pane is not None else None
            if pane is None or stack is None or stack.identity == pane.stack.identity:
                continue
            if _keys(stack) == _keys(pane.stack):
                self._session.show_stack(stack, number)
                self._session.scroll_to(pane.index, number)
        self._session.set_focus(focus)

    @property
    def text_encoding(self) -> str:
        """How the text of the focused study was read.

        As chosen, or "" where it was opened anew since.
        """
        study = self._study()
        if study is None:
            return ""
        choice, note = self._text_encodings.get(study.identity.study_instance_uid, ("", None))
        return choice if any(note in stack.warnings for stack in _stacks(study)) else ""

    def _study(self) -> Study | None:
        pane = self._session.focused
        if pane is None:
            return None
        shown = pane.stack.identity
        return next(
            (
                study
                for study in self._session.library.studies
                if study.identity.study_instance_uid == shown.study_instance_uid
                and study.identity.patient_key == shown.patient_key
            ),
            None,
        )

    def export_image(self) -> None:
        """Ask where to, then save the annotated image of the focused pane."""
        pane = self._session.focused
        if pane is not None and pane.frame is not None:
            self._ask_export(pane)

    def _ask_export(self, pane: PaneState, before: ExportDialog | None = None) -> None:
        dialog = ExportDialog(pane, self._window)
        if before is not None:
            dialog.take_over(before)
        dialog.chosen.connect(self._export)
        self._open.open(dialog, partial(self._ask_export, pane, dialog))

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that was last opened."""
        return self._open.dialog

    def open_again(self) -> None:
        """Make a dialog that is open anew in another language."""
        self._open.open_again()

    def _ask(self, dialog: FileDialog, again: Callable[[], None]) -> None:
        if recent := self.recent.paths():
            folder = recent[0] if is_folder(recent[0]) else recent[0].parent
            dialog.setDirectory(str(folder))
        dialog.filesSelected.connect(self._on_selected)
        self._open.open(dialog, again)

    @Slot(list)
    def _on_selected(self, names: list[str]) -> None:
        self.open_paths([chosen_path(name) for name in names])

    @Slot(object)
    def _export(self, choice: ExportChoice) -> None:
        settings = self._session.settings_of(choice.pane)
        originals = self._session.library.originals
        export = SliceExport(choice.pane, settings, originals, choice.with_identity, choice.with_uids)

        def save() -> Generator[Path, None, None]:
            choice.exporter.write(choice.path, export, overwrite=choice.overwrite)
            yield choice.path

        task = self._session.task(save, "export", {choice.pane.identity.study_key})
        task.yielded.connect(self._on_saved)
        task.submit()

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        said = message("{name} is saved and reads back correctly.", name=path.name)
        self._session.notices.tell(Notice(said, severity="info"))


def _stacks(study: Study) -> list[Stack]:
    return [stack for series in study.series for stack in series.stacks]


def _keys(source: ImageSource) -> set[SliceKey]:
    return {header.key for header in source.headers}
