"""The outlines that are kept of a region of a range."""

import random
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Annotation, mask_of_points, points_in_image, slice_digest_of
from medviewer.imaging.volume import ValueRange
from medviewer.viewer.annotations import FoundRegion, RangeClick, found_by
from tests.imaging.volume.test_regions_of_a_range import SHAPE, MadeVolume, made_volume

IN, OUT = 7, 0
VALUES = ValueRange(10, 20)


def stack_of(*masks: npt.NDArray[np.bool_]) -> MadeVolume:
    made = made_volume(random.Random(3)).frames[0]
    return MadeVolume([replace(made, stored=np.where(mask, IN, OUT).astype(np.int16)) for mask in masks])


def box(rows: tuple[int, int], columns: tuple[int, int]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(SHAPE, bool)
    mask[slice(*rows), slice(*columns)] = True
    return mask


def outlines_of(volume: MadeVolume, click: RangeClick) -> tuple[Annotation, ...]:
    (found,) = [one for one in found_by(click, volume.frame) if isinstance(one, FoundRegion)]
    return found.annotations


def outlined_on(volume: MadeVolume, index: int, drawn: tuple[Annotation, ...]) -> list[npt.NDArray[np.bool_]]:
    digest, geometry = slice_digest_of(volume.slice_key(index)), volume.frames[index].geometry
    points = [points_in_image(geometry, one) for one in drawn if one.slice_digest == digest]
    return [mask_of_points(each, *SHAPE) for each in points if each is not None]


def test_each_slice_of_a_volume_has_the_outline_of_its_own_pixels_alone() -> None:
    masks = [box((3, 5), (3, 5)), box((2, 7), (2, 7)), box((1, 8), (1, 9)), box((3, 6), (4, 6))]
    volume = stack_of(*masks)
    for start in range(len(masks)):
        drawn = outlines_of(volume, RangeClick(volume, start, (4, 4), VALUES, through=True))
        for index, mask in enumerate(masks):
            (outlined,) = outlined_on(volume, index, drawn)
            assert np.array_equal(outlined, mask)


def test_all_parts_on_the_slice_of_the_click_are_outlined() -> None:
    two = box((2, 4), (1, 4)) | box((2, 6), (6, 9))
    volume = stack_of(box((2, 4), (1, 9)), two)
    drawn = outlines_of(volume, RangeClick(volume, 1, (3, 2), VALUES, through=True))
    parts = outlined_on(volume, 1, drawn)
    assert len(parts) == 2
    assert np.array_equal(parts[0], box((2, 4), (1, 4)))
    assert np.array_equal(parts[1], box((2, 6), (6, 9)))
