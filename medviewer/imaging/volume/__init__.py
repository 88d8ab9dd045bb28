"""Connected regions of a range of values, with their areas and volumes."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.volume.boundary import Boundary
    from medviewer.imaging.volume.connected import Grown, Refused, ValueRange, grown
    from medviewer.imaging.volume.extent import extent_of, slice_shares
    from medviewer.imaging.volume.facts import facts_of
    from medviewer.imaging.volume.mask_edits import brushed, smoothed

__getattr__ = lazy_names(
    __name__,
    {
        "boundary": "Boundary",
        "mask_edits": "brushed smoothed",
        "connected": "Grown Refused ValueRange grown",
        "extent": "extent_of slice_shares",
        "facts": "facts_of",
    },
)
