"""Panes side by side: ties, offsets, reference lines, one point."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.compare.beside import next_series
    from medviewer.viewer.compare.bonds import BondKind, bond_of, offset_text
    from medviewer.viewer.compare.hanging import arrangement, hung_display, study_kind
    from medviewer.viewer.compare.link_words import LinkLine, link_lines, shows_several
    from medviewer.viewer.compare.locating import located_slices
    from medviewer.viewer.compare.offsets import linked_here
    from medviewer.viewer.compare.priors import prior_of
    from medviewer.viewer.compare.reference_lines import (
        NO_REFERENCE,
        Reference,
        ReferenceLine,
        Weight,
        reference_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "beside": "next_series",
        "bonds": "BondKind bond_of offset_text",
        "hanging": "arrangement hung_display study_kind",
        "link_words": "LinkLine link_lines shows_several",
        "locating": "located_slices",
        "offsets": "linked_here",
        "priors": "prior_of",
        "reference_lines": "NO_REFERENCE Reference ReferenceLine Weight reference_of",
    },
)
