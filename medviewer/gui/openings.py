"""Opening files and folders: scans them in a worker and keeps the library of all that is open."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.series import LeftOut, Library, Series, Stack, Study
from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Task, Workers
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.dicom.index import ScanProgress

Scan = Callable[[], "Generator[ScanProgress, None, None]"]
ScanPaths = Callable[[Sequence[Path], Any], "Generator[ScanProgress, None, None]"]


def merge_libraries(libraries: Sequence[Library]) -> Library:
    """Put what was opened one after another into one library; a file opened again stands in it once.

    Studies are joined where study and patient agree; the same name with another patient ID stays apart.
    Keys of stacks become unique: a copy of a series from another folder gets a key of its own.
    """
    merged = Library()
    for library in libraries:
        merged = _merge_two(_without(merged, _paths(library)), library)
    return merged


def _merge_two(old: Library, new: Library) -> Library:
    taken = {stack.key for stack in old.stacks}
    studies = list(old.studies)
    for study in new.studies:
        study = _with_unique_keys(study, taken)
        for number, before in enumerate(studies):
            if _key(before) == _key(study):
                studies[number] = replace(before, series=before.series + study.series)
                break
        else:
            studies.append(study)
    return Library(
        studies=tuple(studies),
        other=old.other + new.other,
        refused=old.refused + new.refused,
        ignored=old.ignored + new.ignored,
    )


def _key(study: Study) -> tuple[str, tuple[str, str, str]]:
    return study.identity.study_instance_uid, study.identity.patient_key


def _with_unique_keys(study: Study, taken: set[str]) -> Study:
    def unique(stack: Stack) -> Stack:
        key, number = stack.key, 2
        while key in taken:
            key, number = f"{stack.key} #{number}", number + 1
        return stack if key == stack.key else replace(stack, key=key)

    return replace(
        study,
        series=tuple(
            replace(series, stacks=tuple(unique(stack) for stack in series.stacks)) for series in study.series
        ),
    )


def _paths(library: Library) -> set[Path]:
    paths = {frame.path for stack in library.stacks for frame in stack.frames}
    for group in (library.other, library.refused, library.ignored):
        paths |= {entry.path for entry in group}
    return paths


def _without(library: Library, paths: set[Path]) -> Library:
    """Drop what a new scan found again; a stack goes as a whole, so that none is left in part."""

    def kept(series: Series) -> Series:
        return replace(
            series,
            stacks=tuple(s for s in series.stacks if not any(frame.path in paths for frame in s.frames)),
        )

    studies = []
    for study in library.studies:
        series = tuple(s for s in map(kept, study.series) if s.stacks)
        if series:
            studies.append(replace(study, series=series))
    return Library(
        studies=tuple(studies),
        other=tuple(entry for entry in library.other if entry.path not in paths),
        refused=tuple(entry for entry in library.refused if entry.path not in paths),
        ignored=tuple(entry for entry in library.ignored if entry.path not in paths),
    )


class Openings(QObject):
    """Runs one scan after another and joins what they find."""

    progressed = Signal(object)
    failed = Signal(object)
    finished = Signal(object)

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._before: Library = Library()
        self._task: Task | None = None
        self._found: Library | None = None  # by the scan; None where it came to no end of its own
        self.library = Library()

    @property
    def is_scanning(self) -> bool:
        """Whether a scan is running."""
        return self._task is not None

    def open(self, scan: Scan) -> None:
        """Scan and add what is found; a scan that still runs ends with what it has found so far."""
        self.cancel()
        self._before, self._found = self.library, Library()
        self._task = Task(scan, self._workers, "scan")
        self._task.yielded.connect(self._on_progress)
        self._task.failed.connect(self._on_failed)
        self._task.crashed.connect(self._on_crashed)
        self._task.finished.connect(self._on_finished)
        self._task.submit()

    def study_of(self, stack: Stack) -> list[Stack]:
        """Return all stacks of a stack's study and patient."""
        whose = stack.identity
        return [
            other
            for other in self.library.stacks
            if other.identity.study_instance_uid == whose.study_instance_uid
            and other.identity.patient_key == whose.patient_key
        ]

    def cancel(self) -> None:
        """End the scan at its next yield; what was found stays."""
        if self._task is not None:
            self._task.cancel()

    def close(self, stacks: Sequence[Stack] | None = None) -> None:
        """Forget stacks; None: everything, also what could not be read."""
        self.cancel()
        if stacks is None:
            self.library = Library()
        else:
            self.library = _without(self.library, {f.path for stack in stacks for f in stack.frames})
        self._before = self.library

    @Slot(object)
    def _on_progress(self, progress: "ScanProgress") -> None:
        self._found = progress.library
        self.library = merge_libraries([self._before, progress.library])
        self.progressed.emit(progress)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        self._found = None
        self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, _description: str) -> None:
        self._found = None

    @Slot()
    def _on_finished(self) -> None:
        if self.sender() is not self._task:
            return
        cancelled = self._task is not None and self._task.cancelled
        self._task = None
        self.finished.emit(None if cancelled else self._found)


def scan_paths(paths: Sequence[Path], sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Scan files and folders."""
    from medviewer.dicom.index import scan

    yield from scan(paths, sandbox)


def scan_demo(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Make the demonstration study where it is not there yet, and scan it."""
    from medviewer.dicom.phantom import ensure_demo_study

    yield from scan_paths([ensure_demo_study()], sandbox)


def scan_samples(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Scan the sample files inside pydicom's wheel."""
    from medviewer.dicom.samples import sample_files

    yield from scan_paths(sample_files(), sandbox)


def outcome_message(paths: Sequence[Path], found: Library) -> tuple[str, str] | None:
    """Return what to say after a scan, as a sentence and a severity; None where all is well.

    One file that cannot be shown is named with its reason; of many the browser keeps the list.
    """
    bad = found.refused + found.ignored
    if found.stacks:
        if not found.refused:
            return None
        if len(found.refused) == 1:
            return _named(found.refused[0]), "warning"
        return translate(
            "{count} files could not be read; the list names them.", count=len(found.refused)
        ), "warning"
    if len(bad) == 1 and not found.other:
        return _named(bad[0]), "error"
    if found.other:
        entry = found.other[0]
        return translate(
            "{name} holds no picture: {what}.", name=entry.path.name, what=entry.description
        ), "warning"
    name = paths[0].name if paths else ""
    if bad:
        sentence = translate(
            "No pictures were found in {name}: {count} files could not be read.", name=name, count=len(bad)
        )
        return sentence, "error"
    return translate("No pictures were found in {name}: it holds no files.", name=name), "error"


def _named(entry: LeftOut) -> str:
    return translate("{name} cannot be shown: {reason}.", name=entry.path.name, reason=entry.reason)


def first_to_show(stacks: Sequence[Stack]) -> Stack:
    """Return the first stack that is no localizer; where there is none, the first."""
    for stack in stacks:
        if not stack.frames[0].attributes.is_localizer:
            return stack
    return stacks[0]
