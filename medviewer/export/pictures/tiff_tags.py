"""Tags of a TIFF file: program, warning and record."""

from collections.abc import Mapping
from typing import Any, Final

from PIL.TiffImagePlugin import IMAGEDESCRIPTION, SOFTWARE as SOFTWARE_TAG, ImageFileDirectory_v2

from medviewer.export.provenance import as_json
from medviewer.export.statement import DISCLAIMER, SOFTWARE

COMPRESSION: Final = "tiff_adobe_deflate"
SAMPLE_FORMAT: Final = 339
SIGNED: Final = 2


def tags(record: Mapping[str, Any]) -> ImageFileDirectory_v2:
    """Return the tags of a file: program, warning, and a record as JSON.

    The warning is the first line of the description, the record the second one.
    """
    found = ImageFileDirectory_v2()
    found[SOFTWARE_TAG] = SOFTWARE
    found[IMAGEDESCRIPTION] = f"{DISCLAIMER}\n{as_json(record, ascii_only=True)}"
    return found
