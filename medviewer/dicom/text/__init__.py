"""Text of DICOM files: from bytes to characters."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.text.character_sets import (
        ESCAPE,
        TEXT_ENCODINGS,
        UNDECIDED_BYTES,
        DecodedText,
        decode_text,
        decode_text_as,
        file_name_text,
        undecided_note,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "character_sets": (
            "DecodedText ESCAPE TEXT_ENCODINGS UNDECIDED_BYTES "
            "decode_text decode_text_as file_name_text undecided_note"
        ),
    },
)
