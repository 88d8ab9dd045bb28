"""Merging of the libraries of several openings into one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from medviewer.dicom.model import Library, StoredStack, Study
from medviewer.translation import message

STOPPED: Final = message("Opening was stopped: slices may be missing.")


def merge_libraries(libraries: Sequence[Library]) -> Library:
    """Merge libraries that were opened one after another.

    A file opened again stands in it once. A stack gives way to a new one only where all its files were
    found again; otherwise it stays, and the files that were found again are left out of what is new.
    Studies are joined where study and patient agree; the same name with another patient ID stays apart.
    Keys of stacks become unique: a copy of a series from another folder gets a key of its own.
    """
    merged = Library()
    for library in libraries:
        merged = without_paths(merged, paths_of(library))
        merged = _merge_two(merged, _without_frames(library, paths_of(merged)))
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
        objects=old.objects + new.objects,
    )


def _key(study: Study) -> tuple[str, tuple[str, str, str]]:
    # guard(-> study.identity.study_instance_uid, ("", "", "")): studies are joined for one patient only
    return study.identity.study_instance_uid, study.identity.patient_key


def _with_unique_keys(study: Study, taken: set[str]) -> Study:
    def unique(stack: StoredStack) -> StoredStack:
        key, number = stack.key, 2
        # guard(test): a copy of a series gets a key of its own
        while key in taken:
            key, number = f"{stack.key} #{number}", number + 1
        return stack if key == stack.key else replace(stack, key=key)

    return replace(
        study,
        series=tuple(
            replace(series, stacks=tuple(unique(stack) for stack in series.stacks)) for series in study.series
        ),
    )


def paths_of(library: Library) -> set[Path]:
    """Return the paths of all files of a library, the skipped ones too."""
    paths = {frame.path for stack in library.stacks for frame in stack.frames}
    for group in (library.other, library.refused, library.ignored):
        paths |= {entry.path for entry in group}
    return paths


def without_paths(library: Library, paths: set[Path]) -> Library:
    """Remove the entries at these paths.

    A stack goes where all its files do, so that none is left in part.
    """

    def kept(stacks: tuple[StoredStack, ...]) -> tuple[StoredStack, ...]:
        return tuple(s for s in stacks if not all(frame.path in paths for frame in s.frames))

    return _with_stacks(_without_entries(library, paths), kept)


def _without_frames(library: Library, paths: set[Path]) -> Library:
    """Drop all that stands at these paths, of stacks the frames."""
    if not paths:
        return library

    def kept(stacks: tuple[StoredStack, ...]) -> tuple[StoredStack, ...]:
        rest = [
            (stack, tuple(frame for frame in stack.frames if frame.path not in paths)) for stack in stacks
        ]
        return tuple(
            stack if len(frames) == len(stack.frames) else replace(stack, frames=frames)
            for stack, frames in rest
            if frames
        )

    return _with_stacks(_without_entries(library, paths), kept)


def _without_entries(library: Library, paths: set[Path]) -> Library:
    return replace(
        library,
        other=tuple(entry for entry in library.other if entry.path not in paths),
        refused=tuple(entry for entry in library.refused if entry.path not in paths),
        ignored=tuple(entry for entry in library.ignored if entry.path not in paths),
        objects=tuple(entry for entry in library.objects if entry.path not in paths),
    )


def _with_stacks(
    library: Library, change: Callable[[tuple[StoredStack, ...]], tuple[StoredStack, ...]]
) -> Library:
    """Change the stacks of each series; drop empty series."""
    studies = []
    for study in library.studies:
        changed = tuple(replace(series, stacks=change(series.stacks)) for series in study.series)
        if left := tuple(series for series in changed if series.stacks):
            studies.append(replace(study, series=left))
    return replace(library, studies=tuple(studies))


def marked_as_stopped(library: Library, paths: set[Path]) -> Library:
    """Warn on stacks with these files that the scan was stopped."""

    def marked(stack: StoredStack) -> StoredStack:
        if STOPPED in stack.warnings or not any(frame.path in paths for frame in stack.frames):
            return stack
        return replace(stack, warnings=(STOPPED, *stack.warnings))

    return _with_stacks(library, lambda stacks: tuple(map(marked, stacks)))
