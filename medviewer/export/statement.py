"""Statements of files about their slices, for all exporters.

Texts, place, warnings, UID and whether the file is private follow from the choice of identity here, so that
no format can forget one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import medviewer
from medviewer.export.provenance import result_of
from medviewer.imaging.frame import Frame
from medviewer.translation import Message, mark
from medviewer.viewer.texts import messages_of_frame, place_record, result_without_texts, without_texts

if TYPE_CHECKING:
    from medviewer.export.table import SliceExport
    from medviewer.inference.result import ModelResult
    from medviewer.viewer.state import PaneState

SOFTWARE: Final = f"medviewer {medviewer.__version__}"
DISCLAIMER: Final = mark("Research use only. Not for diagnosis.")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A slice as its file may tell of it.

    Parameters
    ----------
    pane, frame, result
        With the identity as they are, else with known words only.
    place : mapping
        Number, place and view, see `place_record`.
    warnings : tuple of Message
        About the frame, its file and its place in the stack, each once.
    sop_instance_uid : str or None
        None where no UID was asked for.
    is_private : bool
        Only the user may read the file (0600): it tells whose picture it is.
    """

    pane: PaneState
    frame: Frame
    result: ModelResult | None
    place: Mapping[str, Any]
    warnings: tuple[Message, ...]
    sop_instance_uid: str | None
    is_private: bool

    @property
    def model_folder(self) -> str | None:
        """The name of the folder of an own model; None for others."""
        own = "" if self.result is None else self.result.own_folder
        return Path(own).name if own else None


def statement_of(export: SliceExport) -> Statement:
    """Return the permitted statement of a slice that has its frame."""
    pane, frame = export.pane, export.pane.frame
    assert frame is not None  # a row refuses a pane without an image
    # guard(frame=frame): pixels that were written over have no result in a file
    pane = replace(pane, frame=replace(frame))  # its pixels are hashed anew
    result = result_of(pane)
    # guard(test): what names nobody holds known words only
    if not export.with_identity:
        pane = without_texts(pane)
        result = None if result is None else result_without_texts(result)
    frame = pane.frame
    assert frame is not None
    return Statement(
        pane=pane,
        frame=frame,
        result=result,
        place=place_record(pane.stack, pane.index, known_only=not export.with_identity),
        warnings=messages_of_frame(pane.stack, pane.header, frame),
        sop_instance_uid=frame.sop_instance_uid if export.with_uids else None,
        is_private=export.is_private,
    )
