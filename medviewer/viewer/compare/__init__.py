"""Panes side by side: ties, offsets, reference lines, one point."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.compare.beside import next_series
    from medviewer.viewer.compare.bonds import link_mark
    from medviewer.viewer.compare.hanging import arrangement, hung_display, study_kind
    from medviewer.viewer.compare.link_words import LinkLine, link_lines, shows_several
    from medviewer.viewer.compare.linked_zoom import ZoomedView, is_zoomed_alone, same_place, same_share
    from medviewer.viewer.compare.locating import located_slices
    from medviewer.viewer.compare.offsets import linked_here
    from medviewer.viewer.compare.patients import PatientsOnScreen
    from medviewer.viewer.compare.priors import prior_of, times_before
    from medviewer.viewer.compare.reference_lines import (
        NO_REFERENCE,
        Reference,
        ReferenceLine,
        Weight,
        has_reference,
        reference_inputs,
        reference_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "beside": "next_series",
        "bonds": "link_mark",
        "hanging": "arrangement hung_display study_kind",
        "link_words": "LinkLine link_lines shows_several",
        "linked_zoom": "ZoomedView is_zoomed_alone same_place same_share",
        "locating": "located_slices",
        "offsets": "linked_here",
        "patients": "PatientsOnScreen",
        "priors": "prior_of times_before",
        "reference_lines": (
            "NO_REFERENCE Reference ReferenceLine Weight has_reference reference_inputs reference_of"
        ),
    },
)
