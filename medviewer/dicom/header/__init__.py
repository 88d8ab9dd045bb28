"""The header of a DICOM file: parsed within limits, read attribute by attribute."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.header.dictionary import OVERLAY_GROUPS
    from medviewer.dicom.header.fast_reader import DoubtError, WalkedHeader, walk_file
    from medviewer.dicom.header.file import (
        BAD_HEADER,
        CUT_SHORT,
        DEFLATED,
        DEFLATED_FRAMES,
        HARMLESS_BYTES,
        NATIVE,
        UNCOMPRESSED_FRAMES,
        UNDEFINED,
        VIDEO,
        Described,
        Source,
        inflate_bounded,
        open_source,
    )
    from medviewer.dicom.header.fragments import RLE_HEADER_BYTES, RLE_MOST_SEGMENTS, Fragment
    from medviewer.dicom.header.header import Header, without_carets
    from medviewer.dicom.header.memo import Remembered
    from medviewer.dicom.header.repeated_elements import Repeats
    from medviewer.dicom.header.stated_numbers import (
        SENSELESS,
        SEPARATORS,
        doubt,
        named,
        number,
        numbers_of_texts,
        shown_text,
    )
    from medviewer.dicom.header.transfer_syntaxes import (
        ARITHMETIC_LOSSLESS,
        HIERARCHICAL,
        READ,
        RLE,
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
        "fast_reader": "DoubtError WalkedHeader walk_file",
        "file": (
            "BAD_HEADER CUT_SHORT DEFLATED DEFLATED_FRAMES Described HARMLESS_BYTES NATIVE Source "
            "UNCOMPRESSED_FRAMES UNDEFINED VIDEO inflate_bounded open_source"
        ),
        "fragments": "Fragment RLE_HEADER_BYTES RLE_MOST_SEGMENTS",
        "header": "Header without_carets",
        "memo": "Remembered",
        "repeated_elements": "Repeats",
        "stated_numbers": "SENSELESS SEPARATORS doubt named number numbers_of_texts shown_text",
        "transfer_syntaxes": "ARITHMETIC_LOSSLESS HIERARCHICAL READ RLE refuse_unread",
        "unwritten": "Run has_run has_tail least_run runs with_zeros without_tail",
    },
)
