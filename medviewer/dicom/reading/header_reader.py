"""From a file to all elements of its header.

Runs in the limited worker process.
"""

from dataclasses import replace
from pathlib import Path

from medviewer.dicom.attributes import frame_attributes
from medviewer.dicom.elements import FileElements, read_elements
from medviewer.dicom.files import Announce, FileState, file_state, open_file, silently
from medviewer.dicom.header import Source, open_as_far, open_source
from medviewer.dicom.reading.sources import is_as_indexed, read_errors, refuse_changed
from medviewer.dicom.workers import ReadElements
from medviewer.errors import DamagedFileError
from medviewer.translation import Message, message


class HeaderReader:
    """Reads the elements of headers.

    Keeps one header of many frames for the next of them.

    Parameters
    ----------
    announce : callable
        As in FrameReader.
    """

    def __init__(self, announce: Announce = silently) -> None:
        self._announce = announce
        self._kept: tuple[Path, FileState, Source, tuple[Message, ...]] | None = None

    def read(self, work: ReadElements) -> FileElements:
        """Return the elements of a file, of a damaged one as far as they go.

        Raises
        ------
        ChangedFileError
            It is another file than the one that was indexed.
        UnreadableFile
            Nothing of it can be read, with the reason.
        """
        path = work.path
        with read_errors(path):
            source, state, notes = self._open(path)
            refuse_changed(path, not is_as_indexed(state, work.origin))
            # guard(statement): the header that is shown is that of the image that is shown
            refuse_changed(path, _is_another(source, work))
            source.dataset.read_text_as(work.text_encoding)
            found = read_elements(source, work.frame_number)
        return replace(found, notes=(*notes, *found.notes))

    def _open(self, path: Path) -> tuple[Source, FileState, tuple[Message, ...]]:
        kept = self._kept
        if kept is not None and kept[0] == path and kept[1] == file_state(path):
            return kept[2], kept[1], kept[3]
        self._kept = None
        file, state = open_file(path, self._announce)
        notes: tuple[Message, ...] = ()
        with file:
            try:
                source = open_source(path, file)
            except DamagedFileError as error:
                file.seek(0)
                source = open_as_far(path, file)
                why = error.reason_message()
                notes = (message("The header is shown as far as it can be read: {reason}.", reason=why),)
        if "PerFrameFunctionalGroupsSequence" in source.dataset:
            self._kept = path, state, source, notes
        return source, state, notes


def _is_another(source: Source, work: ReadElements) -> bool:
    """Return whether a file holds another image, or somebody else's."""
    uid, stated = work.sop_instance_uid, work.origin.stated_identity
    if uid and source.sop_instance_uid != uid:
        return True
    return bool(stated) and frame_attributes.stated_identity(source.dataset) != stated
