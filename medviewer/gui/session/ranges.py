"""Follows regions of a range through their stacks, one at a time."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.source import ReadStored
from medviewer.translation import message
from medviewer.viewer import annotations
from medviewer.viewer.notice import Notice
from medviewer.viewer.processing_settings import Settings
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:  # the first image does not wait for what measures
    from medviewer.viewer.annotations import FoundRegion, RangeClick

LANE: Final = "range"
RANGE_HINT: Final = message("The range is set in Processing > Threshold, or by Measure > Range of values.")
SAID_EVERY: Final = 10  # slices


class RangeRegions(QObject):
    """Measures the region of a click, and keeps it as a drawing.

    Parameters
    ----------
    read_stored : callable
        Reads the original of a slice, in the worker's thread.
    """

    told = Signal(object)  # Notice
    failed = Signal(object, object)  # MedviewerError, cause
    ended = Signal(object)  # cause

    def __init__(
        self, viewer: Viewer, read_stored: ReadStored, workers: Workers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._viewer, self._read_stored, self._workers = viewer, read_stored, workers
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a region is being followed."""
        return self._task is not None

    def measure(self, number: int, place: tuple[int, int], settings: Settings, *, through: bool) -> None:
        """Begin to measure around a pixel of a pane.

        What was begun before ends.
        """
        pane = self._viewer.state.display.panes[number]
        if pane is None or pane.frame is None:
            return
        self.cancel()
        click = annotations.RangeClick(
            pane.stack, pane.index, place, annotations.range_of(settings, pane.frame), through
        )
        read_stored = self._read_stored
        task = Task(
            partial(annotations.found_by, click, lambda index: click.source.read(index, read_stored)),
            self._workers,
            LANE,
        )
        task.yielded.connect(partial(self._on_yielded, click))
        task.failed.connect(self._on_failed)
        task.finished.connect(partial(self._on_finished, task))
        self._task = task
        self._viewer.change(is_measuring=True)
        task.submit()

    @Slot()
    def cancel(self) -> None:
        """End the measurement under way; nothing of it is kept."""
        if self._task is not None:
            self._task.cancel()
            self._end()

    def _on_yielded(self, click: "RangeClick", item: object) -> None:
        if isinstance(item, annotations.Progress):
            if item.slices % SAID_EVERY == 0:
                said = message("The region is followed: slice {count} …", count=item.slices)
                self.told.emit(Notice(said, message("Esc stops it."), "info", LANE))
        elif isinstance(item, annotations.Refused):
            self.told.emit(Notice(item.reason, RANGE_HINT, "info", LANE))
        elif isinstance(item, annotations.FoundRegion):
            self.ended.emit(LANE)
            self._keep(click, item)

    def _keep(self, click: "RangeClick", found: "FoundRegion") -> None:
        viewer, identity = self._viewer, click.source.identity
        # guard(test): a region that comes late goes to no closed study
        if not any(stack.key == click.source.key for stack in viewer.state.library.stacks):
            return
        annotations.add_annotations(
            viewer, identity.study_instance_uid, annotations.name_of(click), found.annotations
        )
        pane = viewer.state.focused
        if pane is not None and pane.slice_key == click.source.slice_key(click.index):
            annotations.select(viewer, found.annotations[0].id)
        if found.is_in_part:
            said = message("The region has many parts: not all of its outlines are drawn, all are counted.")
            self.told.emit(Notice(said, severity="info", cause=LANE))

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        self.failed.emit(error, LANE)

    def _on_finished(self, task: Task) -> None:
        if self._task is task:
            self._end()

    def _end(self) -> None:
        self._task = None
        self._viewer.change(is_measuring=False)
