"""The meaning of a header.

Identity, geometry, laterality, windows, rescaling, phases.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.dicom.attributes.acquisition import read_acquisition
    from medviewer.dicom.attributes.aspects import FrameAspects, read_aspect
    from medviewer.dicom.attributes.concatenation import Concatenation, missing_parts
    from medviewer.dicom.attributes.frame_attributes import FRAME_TYPE_SEQUENCES, PHANTOM_UID_ROOT
    from medviewer.dicom.attributes.frame_vectors import volume_place_mm
    from medviewer.dicom.attributes.functional_groups import (
        VECTORS,
        FileFunctionalGroups,
        FrameFunctionalGroups,
    )
    from medviewer.dicom.attributes.geometry import (
        frame_directions,
        frame_grid,
        frame_position,
        frame_spacing,
        may_be_assembled,
        only_position,
    )
    from medviewer.dicom.attributes.identifiers import SERIES_HINTS, STUDY_HINTS, identifier_hints, is_uid
    from medviewer.dicom.attributes.instance import (
        FrameHeader,
        Instance,
        Record,
        SharedHeader,
        instance_from_record,
        plain_record,
        shared_record,
        with_instances,
    )
    from medviewer.dicom.attributes.mask_operations import (
        AVERAGE,
        Operation,
        asks_for_subtraction,
        bounded,
        operation_for,
        subtraction_operations,
    )
    from medviewer.dicom.attributes.photometric import GRAY, SAMPLES, assumed_notes, stated_photometric
    from medviewer.dicom.attributes.rescaling import (
        NOT_RESCALED,
        UNKNOWN,
        StatedRescale,
        is_fluoroscopic,
        stated_rescale,
    )
    from medviewer.dicom.attributes.uptake import read_uptake
    from medviewer.dicom.attributes.views import KNOWN_VIEWS, MAMMOGRAPHIC, MODIFIERS
    from medviewer.dicom.attributes.window_values import (
        BAD_WINDOW,
        EMPTY_WINDOW,
        WINDOWS_LEFT_OUT,
        has_plain_numbers,
        is_plain,
        note_gray_numbers,
        stated_windows,
        states_windows,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "acquisition": "read_acquisition",
        "aspects": "FrameAspects read_aspect",
        "concatenation": "Concatenation missing_parts",
        "frame_attributes": "FRAME_TYPE_SEQUENCES PHANTOM_UID_ROOT",
        "functional_groups": "FrameFunctionalGroups FileFunctionalGroups VECTORS",
        "frame_vectors": "volume_place_mm",
        "geometry": "frame_directions frame_grid frame_position frame_spacing may_be_assembled only_position",
        "identifiers": "SERIES_HINTS STUDY_HINTS identifier_hints is_uid",
        "instance": (
            "FrameHeader Instance Record SharedHeader instance_from_record plain_record shared_record "
            "with_instances"
        ),
        "mask_operations": (
            "AVERAGE Operation asks_for_subtraction bounded operation_for subtraction_operations"
        ),
        "photometric": "GRAY SAMPLES assumed_notes stated_photometric",
        "rescaling": "NOT_RESCALED StatedRescale UNKNOWN is_fluoroscopic stated_rescale",
        "uptake": "read_uptake",
        "views": "KNOWN_VIEWS MAMMOGRAPHIC MODIFIERS",
        "window_values": (
            "BAD_WINDOW EMPTY_WINDOW WINDOWS_LEFT_OUT has_plain_numbers is_plain note_gray_numbers "
            "stated_windows states_windows"
        ),
    },
)
