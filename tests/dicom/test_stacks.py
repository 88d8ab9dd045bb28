"""A stored stack gives the frames of the files that were indexed, and no others."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.model import FrameReference, OrderedBy, Origin, StoredStack
from medviewer.errors import ChangedFileError
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.identity import Identity

INDEXED = Origin((512, 1_000, 1, 7), "a digest")
REFERENCE = FrameReference(Path("/x/1.dcm"), "1.2.3", origin=INDEXED)


def stack_of(*frames: FrameReference) -> StoredStack:
    return StoredStack("series", Identity(), frames, 2, 2, spacing_mm=None, ordered_by=OrderedBy.POSITION)


@pytest.mark.parametrize(
    "other",
    [
        replace(REFERENCE, origin=Origin((512, 2_000, 1, 7), "a digest")),
        replace(REFERENCE, origin=Origin((512, 1_000, 1, 7), "another")),
        replace(REFERENCE, path=Path("/x/copy.dcm")),
    ],
    ids=["written later", "stating another", "a copy"],
)
def test_a_slice_of_another_file_is_another_slice(other: FrameReference) -> None:
    assert stack_of(REFERENCE).index_of(replace(REFERENCE).key) == 0
    assert other.key != REFERENCE.key
    assert stack_of(other).index_of(REFERENCE.key) is None


def ended(reading: Generator[None, None, Frame]) -> Any:
    try:
        while True:
            next(reading)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize(("uid", "number"), [("1.2.4", 1), ("1.2.3", 2)])
def test_a_file_that_holds_another_frame_is_refused_by_name(uid: str, number: int) -> None:
    stack, pixels = stack_of(REFERENCE), np.zeros((2, 2), np.int16)
    right = Frame(pixels, "1.2.3")
    assert ended(stack.read(0, lambda _: right)) is right
    with pytest.raises(ChangedFileError, match=r"1\.dcm"):
        ended(stack.read(0, lambda _: Frame(pixels, uid, frame_number=number)))
