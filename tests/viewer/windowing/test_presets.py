"""Presets: which an image has, by which keys, and which come first."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.viewer.windowing.presets import keys_in_order, offered_presets

CT = Frame(
    np.zeros((4, 4), np.int16),
    "1",
    modality=Rescale(1, -1024, "HU"),
    attributes=FrameAttributes(modality="CT"),
)


def ct(**attributes: str) -> Frame:
    return replace(CT, attributes=replace(CT.attributes, **attributes))


@pytest.mark.parametrize("modality", ["MR", "PT", "US", "CR", "DX", "NM", "XA", ""])
def test_every_gray_image_has_presets(modality: str) -> None:
    frame = replace(CT, modality=Rescale(), attributes=FrameAttributes(modality=modality))
    assert [preset.name for preset in offered_presets(frame)] == ["Auto", "Wide", "Narrow"]
    assert keys_in_order(frame) == (1, 2, 3)


@pytest.mark.parametrize("unit", ["", "HU_MOD", "US"])
def test_ct_without_hu_has_no_windows_in_hu(unit: str) -> None:
    frame = replace(CT, modality=Rescale(1, -1024, unit))
    assert all(preset.window is None for preset in offered_presets(frame))


def test_color_has_none() -> None:
    assert offered_presets(replace(CT, stored=np.zeros((4, 4, 3), np.uint8))) == ()
    assert keys_in_order(None) == ()


@pytest.mark.parametrize(
    ("attributes", "first"),
    [
        ({"body_part": "HEAD"}, (1, 2, 4, 3)),
        ({"body_part": "CHEST"}, (6, 5, 4, 9)),
        ({"body_part": "HEADNECK"}, (1, 6)),
        ({"body_part": "CHESTABDPELVIS"}, (6, 7, 5, 8)),
        ({"body_part": "LSPINE"}, (4, 6)),
        ({"body_part": "FOREARM"}, (4, 6, 9)),
        ({"series_description": "Thorax_nativ 5mm"}, (6, 5)),
        ({"series_description": "CTA Kopf"}, (9, 1)),
        ({"study_description": "头颅平扫"}, (1, 2)),
        ({"study_description": "胸部CT增强"}, (6, 5)),
        ({"body_part": "CHEST", "study_description": "CT HEAD AND CHEST"}, (6, 5)),  # what is more exact
        ({"series_description": "Ahead of the armada"}, (1, 2, 3)),  # no word of a body part
        ({}, (1, 2, 3, 4, 5, 6, 7, 8, 9)),
    ],
)
def test_keys_stay_and_those_for_the_body_part_come_first(
    attributes: dict[str, str], first: tuple[int, ...]
) -> None:
    frame = ct(**attributes)
    keys = keys_in_order(frame)
    assert keys[: len(first)] == first
    assert sorted(keys) == list(range(1, 10))
    names = [preset.name for preset in offered_presets(frame)]
    assert (names[0], names[3], names[4]) == ("Brain", "Bone", "Lung")


@pytest.mark.parametrize(
    ("part", "name"), [("CHEST", "Mediastinum"), ("ABDOMEN", "Soft tissue"), ("", "Soft tissue")]
)
def test_the_mediastinum_is_in_the_chest(part: str, name: str) -> None:
    preset = offered_presets(ct(body_part=part))[5]
    assert preset.name == name
    assert preset.window is not None
    assert (preset.window.center, preset.window.width, preset.window.explanation) == (40, 400, name)
