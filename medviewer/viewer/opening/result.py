"""Result of an opening: its message and its first stack."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from medviewer.dicom.model import Library, SkippedFile, StoredStack
from medviewer.errors import MissingFilesError, OutsideFilesError
from medviewer.imaging.frame import Rank
from medviewer.paths import shown_name
from medviewer.translation import Message, message

_OF_A_DIRECTORY: Final = {
    reason
    for error in (MissingFilesError, OutsideFilesError)
    for reason in (error.reason, error.reason_of_one)
}
"""Reasons by which a DICOMDIR is in the list of files that are not shown."""


def result_message(paths: Sequence[Path], found: Library) -> tuple[Message, str] | None:
    """Return the message after a scan, as a sentence and a severity.

    None where all is well. One file that cannot be shown is named with its reason; of many the browser
    keeps the list. That a DICOMDIR names files that are not there stands in that list alone: what is there
    is shown.
    """
    bad = found.refused + found.ignored
    if found.stacks:
        refused = [entry for entry in found.refused if entry.reason.text not in _OF_A_DIRECTORY]
        if not refused:
            return None
        if len(refused) == 1:
            return _named(refused[0]), "warning"
        count = sum(one.stands_for for one in refused)
        sentence = message("{count} files could not be read; the list names them.", count=count)
        return sentence, "warning"
    if len(bad) == 1 and not found.other:
        return _named(bad[0]), "error"
    if found.other:
        entry = found.other[0]
        name, what = shown_name(entry.path), entry.description_message
        return message("{name} holds no picture: {what}.", name=name, what=what), "warning"
    name = paths[0].name if paths else ""
    if bad:
        sentence = message(
            "No pictures were found in {name}: 1 file could not be read.",
            "No pictures were found in {name}: {count} files could not be read.",
            name=name,
            count=sum(one.stands_for for one in bad),
        )
        return sentence, "error"
    return message("No pictures were found in {name}: it holds no files.", name=name), "error"


def _named(entry: SkippedFile) -> Message:
    return message("{name} cannot be shown: {reason}.", name=shown_name(entry.path), reason=entry.reason)


def first_to_show(stacks: Sequence[StoredStack]) -> StoredStack:
    """Return the stack that an opening shows.

    Of the first patient who has more than localizers and segmentations it is of the latest study, as far as
    files are found, and there the best one, diagnostic before derived, in colour or captured; of its loops
    and stills the first loop.
    """
    of_patients = [stack for stack in stacks if _rank(stack) < Rank.LOCALIZER]
    if not of_patients:
        return min(stacks, key=_rank)
    patient = of_patients[0].identity.patient_key
    of_patient = [stack for stack in of_patients if stack.identity.patient_key == patient]
    study = max(of_patient, key=lambda stack: stack.identity.study_date).identity.study_key
    of_study = [stack for stack in of_patient if stack.identity.study_key == study]
    best = min(map(_rank, of_study))
    alike = [stack for stack in of_study if _rank(stack) == best]
    return next((stack for stack in alike if stack.cine is not None), alike[0])


def _rank(stack: StoredStack) -> Rank:
    attributes = stack.frames[0].attributes
    return Rank.SEGMENTATION if stack.identity.is_segmentation else attributes.rank
