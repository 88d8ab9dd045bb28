"""DICOM objects other than images.

Directories, presentation states, graphics, shutters.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.objects.dicomdir import (
        DIRECTORY_NAME,
        DirectoryFiles,
        FileId,
        file_ids,
        files_in_folders_of,
        member_names,
        named_files,
    )
    from medviewer.dicom.objects.icon import icon_from_record, icon_record
    from medviewer.dicom.objects.shutters import read_shutter
    from medviewer.dicom.objects.sop_classes import MEDIA_DIRECTORY, Listing, SopClass, sop_class
    from medviewer.dicom.objects.ultrasound_regions import read_ultrasound_regions

__getattr__ = lazy_names(
    __name__,
    {
        "dicomdir": (
            "DIRECTORY_NAME DirectoryFiles FileId file_ids files_in_folders_of member_names named_files"
        ),
        "icon": "icon_from_record icon_record",
        "shutters": "read_shutter",
        "sop_classes": "Listing MEDIA_DIRECTORY SopClass sop_class",
        "ultrasound_regions": "read_ultrasound_regions",
    },
)
