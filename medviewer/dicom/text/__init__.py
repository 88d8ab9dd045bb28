"""Text of DICOM files: from bytes to characters, as they are shown."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.text.character_sets import (
        ESCAPE,
        TEXT_ENCODINGS,
        DecodedText,
        decode_text,
        decode_text_as,
        doubts_text,
        file_name_text,
        undecided_note,
    )
    from medviewer.dicom.text.shown_text import ideographic_name, person_name, plain, without_carets

__getattr__ = lazy_names(
    __name__,
    {
        "character_sets": (
            "DecodedText ESCAPE TEXT_ENCODINGS decode_text decode_text_as doubts_text "
            "file_name_text undecided_note"
        ),
        "shown_text": "ideographic_name person_name plain without_carets",
    },
)
