"""An annotation is a value that can be kept.

What can be made can be written, and says the same when read.
"""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from medviewer.imaging.annotation.annotation import Annotation, image_sha256, new_id, slice_digest_of
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.source import SliceKey

PIXELS = Annotation("a", "length", ((1.0, 2.0), (3.0, 4.5)), slice_digest_of(SliceKey("1.2.3")), "0" * 64)


def test_a_change_is_another_value() -> None:
    with pytest.raises(FrozenInstanceError):
        PIXELS.text = "changed"  # type: ignore[misc]  # that is what is refused
    moved = replace(PIXELS, points=((2.0, 2.0),))
    assert moved != PIXELS
    assert moved.id == PIXELS.id


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"kind": ""},
        {"kind": "a\nb"},
        {"kind": "k" * 129},
        {"points": ()},
        {"points": ((1.0,),)},
        {"points": ((1.0, 2.0, 3.0),)},
        {"points": ((1.0, 2.0),), "frame_of_reference": "space"},
        {"points": ((1.0, 2.0, 3.0), (1.0, 2.0)), "frame_of_reference": "space"},
        {"points": ((float("nan"), 2.0),)},
        {"points": ((float("inf"), 2.0),)},
        {"color": (0, 0, 256)},
        {"color": (-1, 0, 0)},
    ],
)
def test_what_cannot_be_kept_cannot_be_made(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="annotation"):
        replace(PIXELS, **changed)


def test_keys_tell_slices_apart_and_hold_no_uid() -> None:
    keys = {
        slice_digest_of(SliceKey(uid, number)) for uid in ("1.2.840.1", "1.2.840.11") for number in (1, 11)
    }
    assert len(keys) == 4
    assert not any("840" in key and "." in key for key in keys)
    assert slice_digest_of(SliceKey("1.2.3")) == slice_digest_of(SliceKey("1.2.3", edition="another file"))


def test_ids_are_new() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


def frame(**more: Any) -> Frame:
    geometry = FrameGeometry((0.5, 0.5), position_mm=(0.0, 1.0, 2.0), frame_of_reference_uid="1.9")
    given = {"stored": np.arange(12, dtype=np.int16).reshape(3, 4), "geometry": geometry} | more
    return Frame(sop_instance_uid="1.2.3", **given)


def test_the_hash_of_an_image_is_the_same_in_all_versions_of_the_program() -> None:
    """Whoever changes this lets every stored annotation count as one of another version of its image."""
    assert image_sha256(frame()) == "33b56b2c3c927e19619f2bac857e967a4618c8d066f619afee1816de4053fa3e"


def test_the_hash_of_an_image_is_of_what_an_annotation_rests_on_and_of_nothing_else() -> None:
    geometry = frame().geometry
    same = (
        {"attributes": FrameAttributes(modality="CT")},
        {"voi": (Window(40, 80),)},
        {"inverted": True},
        {"modality": Rescale(1, 0, "HU")},
        {"modality": Rescale(1.0, -0.0)},
        {"geometry": replace(geometry, slice_thickness_mm=5.0)},
    )
    other = (
        {"stored": np.ones((3, 4), np.int16)},
        {"stored": np.arange(12, dtype=np.int16).reshape(4, 3)},
        {"modality": Rescale(2, 0)},
        {"modality": ModalityTable(0, np.arange(4, dtype=np.float32))},
        {"modality": ModalityTable(0, np.arange(1, 5, dtype=np.float32))},
        {"geometry": replace(geometry, position_mm=(0.0, 1.0, 2.5))},
        {"geometry": replace(geometry, position_mm=None)},
        {"geometry": replace(geometry, spacing_mm=(0.5, 0.6))},
        {"geometry": replace(geometry, row_direction=(1.0, 0.0, 0.0))},
        {"geometry": replace(geometry, column_direction=(1.0, 0.0, 0.0))},
        {"geometry": replace(geometry, frame_of_reference_uid="1.8")},
    )
    assert {image_sha256(frame(**one)) for one in same} == {image_sha256(frame())}
    hashes = {image_sha256(frame(**one)) for one in other} | {image_sha256(frame())}
    assert len(hashes) == len(other) + 1
