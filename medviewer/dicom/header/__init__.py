"""The header of a DICOM file.

Parsed within limits, read attribute by attribute.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.header.dictionary import OVERLAY_GROUPS
    from medviewer.dicom.header.fast_reader import NotPlainHeaderError, WalkedHeader, walk_file
    from medviewer.dicom.header.file import (
        BAD_HEADER,
        CUT_SHORT,
        HARMLESS_BYTES,
        UNDEFINED,
        Source,
        inflate_bounded,
        open_source,
    )
    from medviewer.dicom.header.fragments import RLE_HEADER_BYTES, RLE_MOST_SEGMENTS, Fragment
    from medviewer.dicom.header.header import Header
    from medviewer.dicom.header.memo import HeaderMemo
    from medviewer.dicom.header.partial import open_as_far
    from medviewer.dicom.header.pixel_layout import PixelLayout
    from medviewer.dicom.header.repeated_elements import RepeatedElements
    from medviewer.dicom.header.stated_numbers import (
        DECIMAL_COMMA_READ,
        EMPTY,
        SENSELESS,
        SEPARATORS,
        UNREADABLE,
        doubt,
        named,
        number,
        numbers_of_texts,
        shown_text,
    )
    from medviewer.dicom.header.transfer_syntaxes import (
        ARITHMETIC_LOSSLESS,
        DEFLATED,
        DEFLATED_FRAMES,
        HIERARCHICAL,
        NATIVE,
        READ,
        RLE,
        UNCOMPRESSED_FRAMES,
        VIDEO,
        refuse_unread,
    )
    from medviewer.dicom.header.unwritten import (
        Run,
        has_run,
        has_tail,
        least_run,
        runs,
        with_zeros,
        without_tail,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "dictionary": "OVERLAY_GROUPS",
        "fast_reader": "NotPlainHeaderError WalkedHeader walk_file",
        "file": "BAD_HEADER CUT_SHORT HARMLESS_BYTES Source UNDEFINED inflate_bounded open_source",
        "fragments": "Fragment RLE_HEADER_BYTES RLE_MOST_SEGMENTS",
        "header": "Header",
        "memo": "HeaderMemo",
        "partial": "open_as_far",
        "pixel_layout": "PixelLayout",
        "repeated_elements": "RepeatedElements",
        "stated_numbers": (
            "DECIMAL_COMMA_READ EMPTY SENSELESS SEPARATORS UNREADABLE doubt named number numbers_of_texts "
            "shown_text"
        ),
        "transfer_syntaxes": (
            "ARITHMETIC_LOSSLESS DEFLATED DEFLATED_FRAMES HIERARCHICAL NATIVE READ RLE "
            "UNCOMPRESSED_FRAMES VIDEO refuse_unread"
        ),
        "unwritten": "Run has_run has_tail least_run runs with_zeros without_tail",
    },
)
