"""Export of images in a worker's thread, which the user can cancel."""

from collections.abc import Callable, Collection, Generator, Hashable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot

from medviewer import export
from medviewer.errors import MedviewerError
from medviewer.gui.display import Cine
from medviewer.gui.session.notices import Notices
from medviewer.gui.tasks import Task
from medviewer.imaging.frame import Frame
from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource, ReadStored, Slice, slice_of
from medviewer.steps import result_of
from medviewer.translation import message
from medviewer.viewer import annotations, state as display_state
from medviewer.viewer.layouts import pane_cells
from medviewer.viewer.notice import Notice
from medviewer.viewer.series_answer import asked_slices
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from medviewer.export import ExportedImage, ExportedImages, Exporter, Extent, SheetPlace
    from medviewer.viewer.render import Bounds

SLOW_MS: Final = 1000

MakeTask = Callable[[Callable[[], Generator[Any, None, None]], str, Collection[Hashable]], Task]
"""(generator, lane, studies) -> the task, as `ViewerSession.task`."""


class Exports(QObject):
    """The exports that are under way, one after another.

    Parameters
    ----------
    make_task : callable
        Makes a task whose failure is told.
    make_timer : callable
        (milliseconds, call) -> a stopped timer, as `Workers.timer`.
    settings_of : callable
        (pane) -> the parameters by which its image is processed.
    read_stored : callable
        Reads a frame of a file; called in a worker's thread.
    """

    def __init__(
        self,
        viewer: Viewer,
        notices: Notices,
        cine: Cine,
        *,
        make_task: MakeTask,
        make_timer: Callable[[int, Callable[[], None]], QTimer],
        settings_of: "Callable[[PaneState], Mapping[str, Mapping[str, object]]]",
        read_stored: ReadStored,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._notices, self._cine = viewer, notices, cine
        self._make_task, self._settings_of, self._read_stored = make_task, settings_of, read_stored
        self._tasks: list[Task] = []
        self._untold: list[tuple[Task, str]] = []
        self._soon = make_timer(SLOW_MS, self._tell_slow)

    def save(
        self,
        exporter: "Exporter",
        path: Path,
        pane: PaneState,
        *,
        with_identity: bool = False,
        with_uids: bool = False,
        overwrite: bool = False,
        part: tuple[int, int] | None = None,
        seen: "Bounds | None" = None,
        seen_of: "Mapping[int, Bounds] | None" = None,
    ) -> None:
        """Save a pane, or the slices that are played in it.

        Parameters
        ----------
        part : (first, last), optional
            Of a film, from 0, both included; None: as it is played.
        seen : (left, top, right, bottom), optional
            What of the view the pane shows, where the rest is to be left out.
        seen_of : mapping of int to Bounds, optional
            The same of all panes, by their numbers, for a layout.
        """
        images = self._images(exporter.extent, pane, part, seen_of or {})
        originals = self._viewer.state.library.originals
        shown = export.SliceExport(
            *(pane, self._settings_of(pane), originals, with_identity, with_uids, images, seen),
            volume=annotations.outline_volume(self._viewer.state.display, pane.stack),
        )

        def save() -> Generator[Path | int, None, None]:
            yield from exporter.steps(path, shown, overwrite=overwrite)
            yield path

        task = self._make_task(save, "export", {pane.identity.study_key})
        task.finished.connect(partial(self._on_finished, task))
        self._tasks.append(task)
        if images is not None:
            said = message(
                "Saving {name}: 1 image.",
                "Saving {name}: {count} images.",
                name=path.name,
                count=images.count,
            )
            cancel = (message("Cancel"), partial(self._cancel, task))
            notice = Notice(said, severity="info", cause=task, stays=True, actions=(cancel,))
            self._notices.tell(notice)
            task.yielded.connect(partial(self._on_done, notice, path.name, images.count))
        else:
            self._untold.append((task, path.name))
            self._soon.start()
        task.yielded.connect(self._on_saved)
        self._tell()
        task.submit()

    def cancel(self) -> bool:
        """Give up all that is being saved; nothing of it stays.

        Return False where nothing is.
        """
        tasks = tuple(self._tasks)
        for task in tasks:
            self._cancel(task)
        return bool(tasks)

    @Slot()
    def _tell_slow(self) -> None:
        """Tell of exports that have not ended after a second."""
        untold, self._untold = self._untold, []
        for task, name in untold:
            if task in self._tasks:
                cancel = (message("Cancel"), partial(self._cancel, task))
                said = message("Saving {name}…", name=name)
                self._notices.tell(Notice(said, severity="info", cause=task, stays=True, actions=(cancel,)))

    def _cancel(self, task: Task) -> None:
        task.cancel()
        self._notices.end(task)
        self._forget(task)

    def _images(
        self, extent: "Extent", pane: PaneState, part: tuple[int, int] | None, seen: "Mapping[int, Bounds]"
    ) -> "ExportedImages | None":
        if extent is export.Extent.KEY_IMAGES:
            return self._key_images()
        if extent is export.Extent.DRAWN:
            return self._at_places(annotations.drawn_slices(self._viewer.state), "slices")
        if extent is export.Extent.LAYOUT:
            return self._layout(seen)
        if extent in (export.Extent.FLAGGED, export.Extent.ASKED):
            is_flagged = extent is export.Extent.FLAGGED
            return self._at_places(asked_slices(self._viewer.state, flagged_only=is_flagged), "slices")
        return self._played(pane, part) if extent is export.Extent.RANGE else None

    def _key_images(self) -> "ExportedImages | None":
        """Return the key images of the focused pane's study; None: it has none."""
        rows = annotations.key_image_rows(self._viewer.state)
        places = [(row.stack, row.index) for row in rows if row.stack is not None]
        return self._at_places(places, "key_images")

    def _at_places(self, places: Sequence[tuple[ImageSource, int]], name: str) -> "ExportedImages | None":
        """Return the originals of slices, as a pane would show them.

        Windowed and turned as their series are now. None where there are none.
        """
        state, read_stored = self._viewer.state, self._read_stored
        looks = display_state.looks_of(state.display)
        stacks = {stack.key: stack for stack, _ in places}
        volumes = {key: annotations.outline_volume(state.display, stack) for key, stack in stacks.items()}

        def read() -> Iterator["ExportedImage"]:
            for stack, index in places:
                shown = replace(state.display, panes=(None,), focus=0, looks=looks)
                (pane,) = display_state.show_stack(shown, {0: ORIGINAL}, stack, index).panes
                assert pane is not None
                frame = _frame(slice_of(stack, index), read_stored)
                pane = export.pane_at_slice(state.display, pane, index, frame)
                yield export.ExportedImage(pane, {}, volume=volumes.get(stack.key))

        return export.ExportedImages(len(places), read, name) if places else None

    def _layout(self, seen: "Mapping[int, Bounds]") -> "ExportedImages | None":
        """Return the visible panes at their places; None: there is only one."""
        state, read_stored, settings_of = self._viewer.state, self._read_stored, self._settings_of
        places = layout_places(state)
        if len(places) < 2:
            return None

        def read() -> Iterator["ExportedImage"]:
            for number, place in places.items():
                pane = state.display.panes[number]
                assert pane is not None
                if pane.frame is None:
                    frame = _frame(slice_of(pane.stack, pane.index), read_stored)
                    pane = export.pane_at_slice(state.display, pane, pane.index, frame)
                yield export.ExportedImage(
                    *(pane, settings_of(pane)),
                    place=place,
                    part=seen.get(number),
                    volume=annotations.outline_volume(state.display, pane.stack),
                )

        return export.ExportedImages(len(places), read)

    def _played(self, pane: PaneState, part: tuple[int, int] | None) -> "ExportedImages":
        display, read_stored = self._viewer.state.display, self._read_stored

        def pane_at(index: int) -> PaneState:
            if index == pane.index and pane.frame is not None:
                return pane
            return export.pane_at_slice(
                display, pane, index, _frame(slice_of(pane.stack, index), read_stored)
            )

        timeline = self._cine.timeline_of(pane.stack, part)
        return export.played_images(
            timeline, self._cine.speed_of(pane.stack), pane_at, self._settings_of(pane)
        )

    def _on_done(self, notice: Notice, name: str, count: int, done: Path | int) -> None:
        """Tell how far it is, where its message is still there."""
        if isinstance(done, int):
            said = message("Saving {name}: image {done} of {count}.", name=name, done=done, count=count)
            self._notices.tell_again(replace(notice, sentence=said))

    @Slot(object)
    def _on_saved(self, path: Path | int) -> None:
        if isinstance(path, int):  # an image of several is done
            return
        said = message("{name} is saved and reads back correctly.", name=path.name)
        show = partial(self._viewer.ui.show_folder, path.parent)
        self._notices.tell(Notice(said, severity="info", actions=((message("Show folder"), show),)))

    def _on_finished(self, task: Task) -> None:
        self._notices.end(task)
        self._forget(task)

    def _forget(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
            self._tell()

    def _tell(self) -> None:
        self._viewer.change(is_saving=bool(self._tasks))


def layout_places(state: ViewerState) -> "dict[int, SheetPlace]":
    """Return the places of the visible panes that show an image."""
    cells = pane_cells(state.layout, state.visible, state.display.focus)
    has_large = any(rows > 1 for _, _, rows in cells.values())
    return {
        number: export.SheetPlace(row, column, rows, is_small=has_large and rows == 1)
        for number, (row, column, rows) in cells.items()
        if state.display.panes[number] is not None
    }


def _frame(wanted: Slice, read_stored: ReadStored) -> Frame | None:
    """Return the frame of a slice; None: it cannot be read."""
    try:
        frame = result_of(wanted.read(read_stored))
    except MedviewerError:
        return None
    return frame if wanted.key.names(frame) else None
