"""Objects without pixels: their records, and their content on demand.

Each row of SOP_CLASSES says how its objects are listed and which file reads them. Runs in the limited worker
process.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medviewer.dicom import objects
from medviewer.dicom.attributes import Record, frame_attributes, plain_record
from medviewer.dicom.files import FileState, open_file
from medviewer.dicom.header import Header, Source, open_source
from medviewer.dicom.model import Origin
from medviewer.dicom.reading.sources import is_as_indexed, read_errors, refuse_changed
from medviewer.dicom.workers import encoded
from medviewer.errors import MissingAttributeError
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from medviewer.dicom.objects import SopClass

NOT_STATED: Final = message("DICOM data without pictures")
ICON_ONLY: Final = message("Image of which the file holds an icon only")
NO_PIXELS: Final = message("Image without its pixels")

UNKNOWN: Final = Origin()


def other_object(source: Source, state: FileState) -> Record:
    """Return the record of an object without pixels."""
    dataset = source.dataset
    uid = objects.MEDIA_DIRECTORY if "DirectoryRecordSequence" in dataset else dataset.text("SOPClassUID")
    known = objects.sop_class(uid)
    icon = objects.icon_record(dataset) if "IconImageSequence" in dataset else None
    titles = ("DocumentTitle", "ContentLabel", "StructureSetLabel")
    title = next((text for keyword in titles if (text := dataset.free_text(keyword))), "")
    concept = dataset.item("ConceptNameCodeSequence")
    if not title and concept is not None:
        title = concept.free_text("CodeMeaning")
    who = frame_attributes.identity(dataset)
    return {
        "sop_class": uid,
        "described": _described(dataset, known).as_record(),
        "title": title,
        "icon": icon,
        "uid": dataset.text("SOPInstanceUID"),
        "identity": plain_record(who),
        "reference": _reference(source, state, known),
    }


def _described(dataset: Header, known: "SopClass | None") -> Message:
    """Return the kind of an object without pixels, in words."""
    is_image = known.listing is objects.Listing.IMAGE if known is not None else bool(dataset.integer("Rows"))
    if known is not None and not is_image:
        return Message(known.title)
    if not is_image:
        return NOT_STATED
    if "IconImageSequence" in dataset:
        return ICON_ONLY
    return NO_PIXELS if known is None else message("{kind} without its pixels", kind=Message(known.title))


def _reference(source: Source, state: FileState, known: "SopClass | None") -> Record | None:
    """Return the record of an object whose content can be read, else None."""
    reader = known.reader if known is not None else None
    if reader is None:
        return None
    dataset = source.dataset
    return {
        "listed": encoded(reader.list_object(dataset)),
        "uid": source.sop_instance_uid,
        "file": state.file_signature,
        "stated": frame_attributes.stated_identity(dataset),
    }


def read_object(path: Path, uid: str = "", origin: Origin = UNKNOWN, sop_class: str = "") -> Any:
    """Return the content of the object in a file, by the reader of its row.

    Parameters
    ----------
    uid, origin
        As in `FrameReader.read`.
    sop_class : str
        The SOP Class UID as indexed; "": any that a file reads.

    Raises
    ------
    MissingAttributeError
        It holds something else.
    ChangedFileError
        It is another file than the one that was indexed.
    UnreadableFile
        With the reason.
    """
    file, state = open_file(path)
    with file, read_errors(path):
        refuse_changed(path, not is_as_indexed(state, origin))
        source = open_source(path, file)
        dataset = source.dataset
        refuse_changed(path, bool(uid) and source.sop_instance_uid != uid)
        # guard(statement): the patient of an object is read again with its content
        refuse_changed(
            path,
            bool(origin.stated_identity)
            and frame_attributes.stated_identity(dataset) != origin.stated_identity,
        )
        stated = dataset.text("SOPClassUID")
        row = objects.sop_class(stated)
        reader = row.reader if row is not None and sop_class in ("", stated) else None
        if reader is None:
            raise MissingAttributeError(path=path, attribute="SOPClassUID")
        return reader.read_object(dataset)
