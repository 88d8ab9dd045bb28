"""Presentation states are read whole, and what makes no sense in one is left out and said."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.library.index import scan
from medviewer.dicom.objects.presentation_state import BAD_AREA, BAD_ROTATION, BAD_VOI, MASK_NOT_APPLIED
from medviewer.dicom.reading.other_objects import read_object
from medviewer.dicom.workers.patience import DiedError, TooSlowError
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import DecoderDiedError, DecoderTimeoutError, MissingAttributeError, NotDicomError
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.shutter import BitmapShutter
from medviewer.imaging.frame.voi import VoiTable, Window
from medviewer.imaging.presentation_state.state import (
    DisplayedArea,
    ImageReference,
    PresentationState,
    SizeMode,
    view_of,
)
from tests import factories
from tests.dicom.drawn_files import (
    COLOR_STATE,
    add_overlay,
    reference_to,
    references,
    state,
    table,
    write_state,
)

UID = "2.25.7"


def made(folder: Path, **elements: Any) -> PresentationState:
    return read_object(write_state(folder, UID, **elements))


def test_a_state_says_what_it_is_called_and_what_it_is_about(tmp_path: Path) -> None:
    series = [
        {"SeriesInstanceUID": "1.1", "ReferencedImageSequence": references("1.2", "1.3")},
        {"SeriesInstanceUID": "1.5", "ReferencedImageSequence": references("1.6", frames=[2, 4])},
    ]
    found = made(tmp_path, ReferencedSeriesSequence=series)
    assert found.references == (
        ImageReference("1.2"),
        ImageReference("1.3"),
        ImageReference("1.6", (2, 4)),
    )
    assert (found.label, found.description) == ("MADE", "Made state")
    assert (found.creator, found.creation_date) == ("Maker, Mia", "20260304")
    assert not found.is_color
    assert found.warnings == ()


def test_a_state_that_says_nothing_of_values_leaves_them_as_stored(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert (found.modality, found.vois, found.inverted, found.presentation_table) == (None, (), False, None)


def test_a_rescale_and_a_modality_table_are_read(tmp_path: Path) -> None:
    rescaled = made(tmp_path, RescaleSlope=2, RescaleIntercept=-10, RescaleType="HU")
    assert rescaled.modality == Rescale(2, -10, "HU")
    item = {**table(5, 6, 7, first=3), "ModalityLUTType": "OD"}
    by_table = made(tmp_path, ModalityLUTSequence=[item]).modality
    assert isinstance(by_table, ModalityTable)
    assert (by_table.first_mapped, by_table.values.tolist(), by_table.unit) == (3, [5, 6, 7], "OD")


def test_each_window_and_table_is_for_the_images_that_it_names(tmp_path: Path) -> None:
    items = [
        {"ReferencedImageSequence": references("1.2"), "WindowCenter": 40, "WindowWidth": 80},
        {"ReferencedImageSequence": references("1.3"), "VOILUTSequence": [table(0, 9, bits=12)]},
    ]
    first, second = made(tmp_path, SoftcopyVOILUTSequence=items).vois
    assert (first.content, first.references) == ((Window(40, 80),), (ImageReference("1.2"),))
    assert isinstance(second.content[0], VoiTable)
    assert (second.content[0].bits, second.content[0].values.tolist()) == (12, [0, 9])


def test_the_shape_and_the_table_of_the_presentation_are_read(tmp_path: Path) -> None:
    assert made(tmp_path, PresentationLUTShape="INVERSE").inverted
    item = table(0, 30, 60, bits=8)
    found = made(tmp_path, PresentationLUTShape=None, PresentationLUTSequence=[item])
    assert found.presentation_table is not None
    assert (found.presentation_table.values.tolist(), found.presentation_table.bits) == ([0, 30, 60], 8)
    assert not found.inverted


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", ["N", "Y"])
def test_an_image_is_turned_first_and_flipped_then(rotation: int, flip: str, tmp_path: Path) -> None:
    found = made(tmp_path, ImageRotation=rotation, ImageHorizontalFlip=flip)
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    expected = np.rot90(image, -rotation // 90)
    if flip == "Y":
        expected = expected[:, ::-1]
    frame = Frame(image, UID)
    assert np.array_equal(view_of(frame, found).apply(image), expected)


def test_a_displayed_area_counts_from_zero_whatever_corner_comes_first(tmp_path: Path) -> None:
    item = {
        "DisplayedAreaTopLeftHandCorner": [30, 5],  # column, row: as after a flip
        "DisplayedAreaBottomRightHandCorner": [-4, 20],
        "PresentationSizeMode": "MAGNIFY",
        "PresentationPixelMagnificationRatio": 2.5,
        "PresentationPixelSpacing": [1.0, 0.5],
    }
    (area,) = made(tmp_path, DisplayedAreaSelectionSequence=[item]).areas
    assert area.content == DisplayedArea(-5, 4, 29, 19, SizeMode.MAGNIFY, (1.0, 0.5), 2.5, 2.0)


def test_layers_have_their_order_and_color(tmp_path: Path) -> None:
    items = [
        {"GraphicLayer": "A", "GraphicLayerOrder": 2, "GraphicLayerRecommendedDisplayGrayscaleValue": 0xFFFF},
        {"GraphicLayer": "B", "GraphicLayerOrder": 1},
        {
            "GraphicLayer": "C",
            "GraphicLayerOrder": 3,
            "GraphicLayerRecommendedDisplayGrayscaleValue": 0,
            "GraphicLayerRecommendedDisplayCIELabValue": [0xFFFF, 0x8080, 0x8080],
        },
        {"GraphicLayer": "D", "GraphicLayerOrder": 4},
    ]
    layers = made(tmp_path, GraphicLayerSequence=items).layers
    assert [(layer.name, layer.order) for layer in layers] == [("A", 2), ("B", 1), ("C", 3), ("D", 4)]
    assert [layer.color for layer in layers] == [(255,) * 3, None, (255,) * 3, None]


def test_overlays_are_activated_by_their_layer_and_a_bitmap_shutter_is_none_of_them(tmp_path: Path) -> None:
    mask = np.eye(16, dtype=bool)
    dataset = state(UID, ShutterShape="BITMAP", ShutterOverlayGroup=0x6002, ShutterPresentationValue=9)
    add_overlay(dataset, mask, OverlayActivationLayer="L")
    add_overlay(dataset, ~mask, group=0x6002, OverlayActivationLayer="L")
    dataset.add_new(0x60041001, "CS", "M")  # a plane of the image
    dataset.add_new(0x60061001, "CS", "")
    found = read_object(factories.write(dataset, tmp_path / "state.dcm"))
    assert found.activations == ((0x6000, "L"), (0x6004, "M"))
    assert [overlay.group for overlay in found.overlays] == [0x6000]
    assert found.shutter is not None
    assert isinstance(found.shutter.shapes[0], BitmapShutter)
    assert np.array_equal(found.shutter.shapes[0].hidden, ~mask)
    assert found.warnings == ()


def test_a_color_state_has_no_gray_scale_chain(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        sop_class=COLOR_STATE,
        RescaleSlope=2,
        RescaleIntercept=0,
        PresentationLUTShape="INVERSE",
        SoftcopyVOILUTSequence=[{"WindowCenter": 1, "WindowWidth": 2}],
    )
    assert found.is_color
    assert (found.modality, found.vois, found.inverted) == (None, (), False)


FAR_AREA = {
    "DisplayedAreaTopLeftHandCorner": [1, 1],
    "DisplayedAreaBottomRightHandCorner": [2**31 - 1, 1],
}


@pytest.mark.parametrize(
    ("ratio", "aspect"), [([99, 1], 99), ([101, 1], None), ([1, 101], None), ([0, 1], None)]
)
def test_pixels_are_not_stretched_beyond_all_reason(
    ratio: list[int], aspect: float | None, tmp_path: Path
) -> None:
    item = {
        "DisplayedAreaTopLeftHandCorner": [1, 1],
        "DisplayedAreaBottomRightHandCorner": [16, 16],
        "PresentationPixelAspectRatio": ratio,
    }
    (area,) = made(tmp_path, DisplayedAreaSelectionSequence=[item]).areas
    assert area.content.pixel_aspect == aspect


@pytest.mark.parametrize(
    ("elements", "warning"),
    [
        ({"ImageRotation": 45}, BAD_ROTATION),
        ({"SoftcopyVOILUTSequence": [{"WindowCenter": 1, "WindowWidth": 0}]}, BAD_VOI),
        ({"DisplayedAreaSelectionSequence": [{"DisplayedAreaTopLeftHandCorner": [1, 1]}]}, BAD_AREA),
        ({"DisplayedAreaSelectionSequence": [FAR_AREA]}, BAD_AREA),
        ({"MaskSubtractionSequence": [{"MaskOperation": "AVG_SUB"}]}, MASK_NOT_APPLIED),
    ],
)
def test_what_is_not_applied_is_said(elements: dict[str, Any], warning: str, tmp_path: Path) -> None:
    found = made(tmp_path, **elements)
    assert found.warnings == (warning,)
    assert (found.quarter_turns, found.vois) == (0, ())


def test_the_library_offers_states_and_lists_them_with_the_other_objects(tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 2)
    image = factories.uid("instance", 1, 0)
    path = write_state(tmp_path, image)
    write_state(tmp_path / "color", "1.9", sop_class=COLOR_STATE)
    factories.write(state("1.9", sop_class="1.2.840.10008.5.1.4.1.1.11.5"), tmp_path / "another_kind.dcm")
    with Sandbox() as sandbox:
        *_, last = scan([tmp_path], sandbox)
        library = last.library
        by_path = {offered.path: offered for offered in library.objects}
        assert set(by_path) == {path, tmp_path / "color" / "state.dcm"}
        assert len(library.other) == 3
        offered = by_path[path]
        assert offered.listed.references == (ImageReference(image),)
        assert (offered.listed.label, offered.listed.creator, offered.listed.creation_date) == (
            "MADE",
            "Maker, Mia",
            "20260304",
        )
        assert sandbox.read_object(offered).references == offered.listed.references


def test_a_file_that_is_no_state_is_refused_by_name(tmp_path: Path) -> None:
    image = factories.write(factories.dataset(), tmp_path / "image.dcm")
    letter = factories.not_dicom(tmp_path / "letter.dcm")
    with Sandbox() as sandbox:
        with pytest.raises(MissingAttributeError):
            sandbox.read_object(reference_to(image))
        with pytest.raises(NotDicomError):
            sandbox.read_object(reference_to(letter))


def test_a_state_that_ends_workers_is_refused_at_once_and_a_slow_one_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_state(tmp_path, UID)
    with Sandbox() as sandbox:
        for error, expected in (
            (TooSlowError, DecoderTimeoutError),
            (DiedError, DecoderDiedError),
        ):
            for _ in range(limits.WORKER_DEATHS_PER_FILE):
                with monkeypatch.context() as patched:
                    patched.setattr(sandbox.decoding, "ask", Mock(side_effect=error))
                    with pytest.raises(expected):
                        sandbox.read_object(reference_to(path))
        monkeypatch.setattr(sandbox.decoding, "ask", lambda *_: pytest.fail("it was tried again"))
        with pytest.raises(DecoderDiedError):
            sandbox.read_object(reference_to(path))
