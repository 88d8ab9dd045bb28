"""Reader of key object selections, as a row of SOP_CLASSES names it.

One file, of a few lines.
"""

from dataclasses import dataclass

from medviewer.dicom.header import Header


@dataclass(frozen=True, slots=True)
class KeyObjectListing:
    """Return the listing of a selection."""

    title: str


@dataclass(frozen=True, slots=True)
class KeyObjects:
    """The images that a selection names."""

    sop_instance_uids: tuple[str, ...]


LISTED = KeyObjectListing
CONTENT = KeyObjects


def list_object(dataset: Header) -> KeyObjectListing:
    """Return the listing of a selection."""
    return KeyObjectListing(dataset.free_text("ContentLabel"))


def read_object(dataset: Header) -> KeyObjects:
    """Return the images that a selection names."""
    named = dataset.items("ReferencedImageSequence")
    return KeyObjects(tuple(item.text("ReferencedSOPInstanceUID") for item in named))
