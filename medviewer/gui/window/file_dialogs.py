"""Dialogs for the choice of files to open and to export to."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QWidget

from medviewer import export
from medviewer.gui import dialogs
from medviewer.gui.dialogs import OpenDialog
from medviewer.imaging.frame import CineDirection
from medviewer.storage import is_folder
from medviewer.translation import mark, translate
from medviewer.viewer import annotations
from medviewer.viewer.series_answer import asked_slices
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.gui.dialogs import ExportChoice, ExportDialog, FileDialog, PlayedRange
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.render import Bounds

DIRECTION_WORDS: Final = {
    CineDirection.FORWARD: mark("forward"),
    CineDirection.BACKWARD: mark("backward"),
    CineDirection.TO_AND_FRO: mark("to and fro"),
}


class FileDialogs(QObject):
    """Asks for files and folders to open, and for an export.

    Each leaves the window usable behind it.

    Parameters
    ----------
    seen_parts : callable
        Returns what of their views the panes show that do not show all, by number.
    """

    def __init__(
        self, session: "ViewerSession", window: QWidget, seen_parts: "Callable[[], Mapping[int, Bounds]]"
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window, self._seen_parts = window, seen_parts
        self._open = OpenDialog(session.return_keyboard)

    def open_files(self) -> None:
        """Ask for files and open them."""
        dialog = dialogs.FileDialog(self._window, translate("Open files"))
        dialog.setFileMode(dialogs.FileDialog.FileMode.ExistingFiles)
        self._ask(dialog, self.open_files)

    def open_folder(self) -> None:
        """Ask for a folder and open all that is in it."""
        dialog = dialogs.FileDialog(self._window, translate("Open folder"))
        dialog.setFileMode(dialogs.FileDialog.FileMode.Directory)
        dialog.setOption(dialogs.FileDialog.Option.ShowDirsOnly)
        self._ask(dialog, self.open_folder)

    def export_image(self) -> None:
        """Ask where to, then save the annotated image of the focused pane."""
        pane = self._session.focused
        if pane is not None and pane.frame is not None:
            self._ask_export(pane, self._seen_parts().get(self._session.viewer.state.display.focus))

    def _ask_export(
        self, pane: PaneState, seen: "Bounds | None", before: "ExportDialog | None" = None
    ) -> None:
        state = self._session.viewer.state
        counts = {
            export.Extent.KEY_IMAGES: sum(row.stack is not None for row in annotations.key_image_rows(state)),
            export.Extent.DRAWN: len(annotations.drawn_slices(state)),
            export.Extent.FLAGGED: len(asked_slices(state, flagged_only=True)),
            export.Extent.ASKED: len(asked_slices(state)),
            export.Extent.LAYOUT: sum(state.display.panes[number] is not None for number in state.visible),
        }
        cut = {export.Extent.SLICE, export.Extent.RANGE} if seen is not None else set()
        cut |= {export.Extent.LAYOUT} if self._seen_parts() else set()
        dialog = dialogs.ExportDialog(pane, self._window, played=self._played(pane), counts=counts, cut=cut)
        if before is not None:
            dialog.take_over(before)
        dialog.chosen.connect(partial(self._export, seen))
        self._open.open(dialog, partial(self._ask_export, pane, seen, dialog))

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that was last opened."""
        return self._open.dialog

    def open_again(self) -> None:
        """Make a dialog that is open anew in another language."""
        self._open.open_again()

    def _ask(self, dialog: "FileDialog", again: Callable[[], None]) -> None:
        if recent := self._session.viewer.recent.paths():
            folder = recent[0] if is_folder(recent[0]) else recent[0].parent
            dialog.setDirectory(str(folder))
        dialog.filesSelected.connect(self._on_selected)
        self._open.open(dialog, again)

    @Slot(list)
    def _on_selected(self, names: list[str]) -> None:
        self._session.viewer.open_paths([dialogs.chosen_path(name) for name in names])

    def _export(self, seen: "Bounds | None", choice: "ExportChoice") -> None:
        self._session.exports.save(
            choice.exporter,
            choice.path,
            choice.pane,
            with_identity=choice.with_identity,
            with_uids=choice.with_uids,
            overwrite=choice.overwrite,
            part=choice.part,
            seen=seen if choice.as_seen else None,
            seen_of=self._seen_parts() if choice.as_seen else None,
        )

    def _played(self, pane: PaneState) -> "PlayedRange":
        """Return the part of a stack that is played, and how."""
        state, cine = self._session.viewer.state, self._session.cine
        timeline = cine.timeline_of(pane.stack)
        words = translate(
            "{rate}/s, {direction}, as on the screen",
            rate=f"{cine.speed_of(pane.stack) * timeline.rate:.3g}",
            direction=translate(DIRECTION_WORDS[state.cine_direction]),
        )
        return dialogs.PlayedRange((min(timeline.indices), max(timeline.indices)), len(pane.stack), words)
