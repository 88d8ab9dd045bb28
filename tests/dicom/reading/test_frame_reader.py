"""What a header becomes.

The gray-scale chain, geometry and identity, however it is written.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from medviewer import limits
from medviewer.dicom.header import header as header_module
from medviewer.errors import DamagedFileError
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import SpacingKind
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import IdentityVoi, VoiFunction, VoiTable, Window
from tests import factories
from tests.dicom.read_files import crossed, frame, frame_record, indexed, instance, read

ENTRIES = struct.pack("<4H", 0, 100, 200, 4095)
LUT = {"LUTDescriptor": [4, 10, 12], "LUTExplanation": "mine", "LUTData": ENTRIES}


def test_a_ct_is_in_hounsfield_units(tmp_path: Path) -> None:
    assert frame(tmp_path).modality == Rescale(1.0, -1024.0, "HU")
    assert frame(tmp_path, RescaleType=None).modality == Rescale(1.0, -1024.0, "HU")


def test_a_stated_rescale_type_is_the_unit(tmp_path: Path) -> None:
    assert frame(tmp_path, RescaleType="US").modality.unit == ""
    assert frame(tmp_path, RescaleType="mgml").modality.unit == "MGML"
    assert frame(tmp_path, RescaleType="HU_MOD").modality.unit == "HU_MOD"


@pytest.mark.parametrize("words", ["Houndsfield Unit", "Hounsfield", "hu", "HU ", "H.U."])
def test_hounsfield_units_in_other_words_are_hounsfield_units(tmp_path: Path, words: str) -> None:
    assert frame(tmp_path, RescaleType=words).modality == Rescale(1.0, -1024.0, "HU")
    assert frame(tmp_path, RescaleType=words).voi == frame(tmp_path).voi


def test_only_a_ct_has_hounsfield_units(tmp_path: Path) -> None:
    made = frame(
        tmp_path, Modality="PT", RescaleType=None, RescaleSlope=2.5, RescaleIntercept=0, Units="BQML"
    )
    assert made.modality == Rescale(2.5, 0.0, "BQML")


def test_a_modality_table_wins_over_the_slope(tmp_path: Path) -> None:
    made = frame(tmp_path, ModalityLUTSequence=[{**LUT, "ModalityLUTType": "OD"}])
    assert isinstance(made.modality, ModalityTable)
    assert (made.modality.first_mapped, made.modality.unit) == (10, "OD")
    np.testing.assert_array_equal(made.modality.values, [0, 100, 200, 4095])


@pytest.mark.parametrize(
    ("stated", "highest", "held"),
    [(12, 65535, 16), (8, 1023, 10), (16, 255, 8), (12, 255, 12), (16, 256, 16)],
)
def test_a_voi_table_of_other_bits_than_stated_is_neither_white_nor_black(
    tmp_path: Path, stated: int, highest: int, held: int
) -> None:
    table = {"LUTDescriptor": [4, 0, stated], "LUTData": struct.pack("<4H", 0, 1, 2, highest)}
    made = frame(tmp_path, VOILUTSequence=[table], WindowCenter=None, WindowWidth=None)
    (voi,) = made.voi
    assert isinstance(voi, VoiTable)
    assert voi.bits == held
    assert any(f"says {stated} bits, its values have {held}" in str(note) for note in made.warnings) == (
        held != stated
    )


def test_a_slope_of_zero_is_not_believed(tmp_path: Path) -> None:
    made = frame(tmp_path, RescaleSlope=0)
    assert made.modality == Rescale(is_known=False)
    assert "Slope" in str(made.warnings[0])


def test_all_windows_are_offered_with_their_names(tmp_path: Path) -> None:
    made = frame(
        tmp_path,
        WindowCenter=[40, 300],
        WindowWidth=[80, 1500],
        WindowCenterWidthExplanation=["Brain", "Bone"],
        VOILUTFunction="SIGMOID",
    )
    assert made.voi == (
        Window(40, 80, VoiFunction.SIGMOID, "Brain"),
        Window(300, 1500, VoiFunction.SIGMOID, "Bone"),
    )


def test_a_window_without_width_is_left_out_with_a_warning(tmp_path: Path) -> None:
    made = frame(tmp_path, WindowCenter=[40, 50], WindowWidth=[0, 100])
    assert made.voi == (Window(50, 100),)
    assert "window" in str(made.warnings[0])


def test_a_voi_table_is_offered_beside_the_window(tmp_path: Path) -> None:
    window, table = frame(tmp_path, VOILUTSequence=[LUT]).voi
    assert isinstance(window, Window)
    assert isinstance(table, VoiTable)
    assert (table.first_mapped, table.bits, table.explanation) == (10, 12, "mine")


def test_a_voi_table_may_begin_below_zero(tmp_path: Path) -> None:
    _, table = frame(tmp_path, VOILUTSequence=[{**LUT, "LUTDescriptor": [4, -1024, 12]}]).voi
    assert isinstance(table, VoiTable)
    assert table.first_mapped == -1024


def test_zero_entries_mean_65536(tmp_path: Path) -> None:
    entries = np.arange(65536, dtype="<u2").tobytes()
    _, table = frame(tmp_path, VOILUTSequence=[{**LUT, "LUTDescriptor": [0, 0, 16], "LUTData": entries}]).voi
    assert isinstance(table, VoiTable)
    assert len(table.values) == 65536


def test_a_table_that_is_too_short_is_left_out_with_a_warning(tmp_path: Path) -> None:
    made = frame(tmp_path, VOILUTSequence=[{**LUT, "LUTDescriptor": [9, 0, 12]}])
    assert len(made.voi) == 1
    assert "table" in str(made.warnings[0])


def secondary_capture(folder: Path, **elements: Any) -> Frame:
    removed = dict.fromkeys(
        ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept", "RescaleType")
    )
    return frame(
        folder,
        factories.gradient(dtype="uint8"),
        **{"SOPClassUID": factories.SECONDARY_CAPTURE, "Modality": "OT", **removed, **elements},
    )


def test_a_secondary_capture_without_a_window_is_not_stretched(tmp_path: Path) -> None:
    assert secondary_capture(tmp_path).voi == (IdentityVoi(8),)
    assert secondary_capture(tmp_path, WindowCenter=9, WindowWidth=5).voi == (Window(9, 5),)


def test_other_images_without_a_window_leave_it_to_the_display(tmp_path: Path) -> None:
    assert frame(tmp_path, WindowCenter=None, WindowWidth=None).voi == ()


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [(-2000, None, (-2000, -2000)), (-2000, -1500, (-2000, -1500)), (-1500, -2000, (-2000, -1500))],
)
def test_padding_is_a_range_of_stored_values(
    tmp_path: Path, value: int, limit: int | None, expected: tuple[int, int]
) -> None:
    assert frame(tmp_path, PixelPaddingValue=value, PixelPaddingRangeLimit=limit).padding == expected


@pytest.mark.parametrize("stored", [0, 1], ids=["unsigned", "signed"])
def test_padding_is_known_where_the_file_does_not_say_how_it_is_written(tmp_path: Path, stored: int) -> None:
    made = factories.dataset(factories.gradient(dtype="int16" if stored else "uint16"))
    made.add_new(0x00280120, "SS" if stored else "US", -2000 if stored else 63536)
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    found = read(factories.write(made, tmp_path / "a.dcm"))
    assert found.padding == ((-2000, -2000) if stored else (63536, 63536))
    assert not found.warnings


def test_padding_that_is_written_as_a_text_is_that_number(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(PixelPaddingValue=-2000), tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.index(struct.pack("<HH", 0x0028, 0x0120))
    path.write_bytes(content[: at + 4] + b"IS\x02\x00-1" + content[at + 10 :])
    assert read(path).padding == (-1, -1)


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
    ],
)
def test_polarity_is_decided_once(
    tmp_path: Path, photometric: str, shape: str | None, inverted: bool
) -> None:
    made = frame(tmp_path, PhotometricInterpretation=photometric, PresentationLUTShape=shape)
    assert made.inverted is inverted


def test_color_has_no_gray_scale_chain(tmp_path: Path) -> None:
    made = read(factories.rgb(tmp_path / "a.dcm"))
    assert (made.voi, made.padding, made.inverted, made.warnings) == ((), None, False, ())


def test_each_frame_of_an_enhanced_image_has_its_own_values(tmp_path: Path) -> None:
    path = factories.enhanced_ct(tmp_path / "a.dcm", (0, 2, 4))
    second = read(path, 2)
    assert second.modality == Rescale(1.0, -1001.0, "HU")
    assert second.voi == (Window(41, 80),)
    assert second.geometry.position_mm == (-8.0, -8.0, 2.0)
    assert second.geometry.spacing_mm == (1.0, 1.0)
    heights = [one.geometry.position_mm[2] for one in instance(path).frames if one.geometry.position_mm]
    assert heights == [0, 2, 4]


def test_a_frame_crosses_the_border_unchanged(tmp_path: Path) -> None:
    made = frame(
        tmp_path,
        ModalityLUTSequence=[{**LUT, "ModalityLUTType": "OD"}],
        VOILUTSequence=[LUT],
        PixelPaddingValue=-5,
        ContrastBolusAgent="",
    )
    back = crossed(made)
    for name in ("geometry", "attributes", "padding", "inverted", "bits_stored", "sop_instance_uid"):
        assert getattr(back, name) == getattr(made, name)
    assert frame_record(back) == frame_record(made)


def test_spacing_of_a_cross_section_is_in_the_patient(tmp_path: Path) -> None:
    geometry = indexed(tmp_path, PixelSpacing=[0.7, 0.5]).frames[0].geometry
    assert geometry.spacing_mm == (0.7, 0.5)
    assert geometry.spacing_kind is SpacingKind.PATIENT
    assert geometry.pixel_aspect == pytest.approx(1.4)


@pytest.mark.parametrize(("stated", "read"), [(1.1, 1.1), (0.5, None), (None, None)])
def test_an_estimated_magnification_is_read_and_changes_no_spacing(
    tmp_path: Path, stated: float | None, read: float | None
) -> None:
    elements = {"PixelSpacing": None, "ImagerPixelSpacing": [0.2, 0.2]}
    factor = {"EstimatedRadiographicMagnificationFactor": stated}
    geometry = indexed(tmp_path, Modality="DX", **elements, **factor).frames[0].geometry
    assert geometry.spacing_mm == (0.2, 0.2)
    assert geometry.magnification == (None if read is None else pytest.approx(read))


@pytest.mark.parametrize(
    ("elements", "spacing", "kind"),
    [
        ({"PixelSpacing": None, "ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), SpacingKind.DETECTOR),
        ({"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), SpacingKind.DETECTOR),
        ({"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.2, 0.2]}, (0.1, 0.1), SpacingKind.CALIBRATED),
        (
            {"PixelSpacing": [0.2, 0.2], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.2, 0.2),
            SpacingKind.CALIBRATED,
        ),
        ({"PixelSpacing": None}, None, SpacingKind.UNKNOWN),
        ({"PixelSpacing": [0, 0]}, None, SpacingKind.UNKNOWN),
    ],
)
def test_spacing_of_a_radiograph_says_what_it_means(
    tmp_path: Path, elements: dict[str, Any], spacing: object, kind: SpacingKind
) -> None:
    geometry = indexed(tmp_path, Modality="DX", **elements).frames[0].geometry
    assert (geometry.spacing_mm, geometry.spacing_kind) == (spacing, kind)


def region(delta_x: float, delta_y: float) -> dict[str, Any]:
    return {
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": delta_x,
        "PhysicalDeltaY": delta_y,
    }


def test_an_ultrasound_is_calibrated_by_its_regions(tmp_path: Path) -> None:
    one = indexed(tmp_path, PixelSpacing=None, SequenceOfUltrasoundRegions=[region(0.05, 0.04)])
    assert one.frames[0].geometry.spacing_mm == pytest.approx((0.4, 0.5))
    two = indexed(
        tmp_path, PixelSpacing=None, SequenceOfUltrasoundRegions=[region(0.05, 0.05), region(0.1, 0.1)]
    )
    assert two.frames[0].geometry.spacing_mm is None


def test_pixel_aspect_ratio_is_vertical_then_horizontal(tmp_path: Path) -> None:
    geometry = indexed(tmp_path, PixelSpacing=None, PixelAspectRatio=[2, 1]).frames[0].geometry
    assert geometry.pixel_aspect == 2.0


@pytest.mark.parametrize("orientation", [[1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0]])
def test_an_orientation_that_is_none_is_not_used(tmp_path: Path, orientation: list[float]) -> None:
    assert indexed(tmp_path, ImageOrientationPatient=orientation).frames[0].geometry.row_direction is None


def test_letters_of_a_projection_come_from_its_own_attribute(tmp_path: Path) -> None:
    made = indexed(tmp_path, ImageOrientationPatient=None, PatientOrientation=["L", "F"])
    assert made.frames[0].geometry.patient_orientation == ("L", "F")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Doe^Jane^Ann^Dr^MD", "Doe, Dr Jane Ann MD"),
        ("Doe", "Doe"),
        ("^Jane", "Jane"),
        ("Wang^XiaoDong=王^小东", "Wang, XiaoDong (王小东)"),
        ("=王^小东", "王小东"),
        ("", ""),
        ("Evil\u202ename", "Evil�name"),
        ("Line\nbreak", "Line�break"),
    ],
)
def test_names_are_shown_as_a_list_writes_them(stored: str, shown: str) -> None:
    assert header_module.person_name(stored) == shown


def test_a_text_without_end_is_cut() -> None:
    assert header_module.plain("x" * limits.TEXT_SHOWN) == "x" * limits.TEXT_SHOWN
    assert header_module.plain("x" * (limits.TEXT_SHOWN + 1)) == "x" * limits.TEXT_SHOWN


@pytest.mark.parametrize(
    ("character_set", "encoding", "name"),
    [
        ("ISO_IR 100", "latin-1", "Müller^Jörg"),
        ("ISO_IR 192", "utf-8", "王^小东"),
        ("GB18030", "gb18030", "王^小东"),
        (None, "utf-8", "Müller^Jörg"),  # undeclared, but hardly anything else is valid UTF-8
        ("ISO_IR 100", "latin-1", "Ãrger^x"),
    ],
)
def test_character_sets(tmp_path: Path, character_set: str | None, encoding: str, name: str) -> None:
    made = factories.dataset(SpecificCharacterSet=character_set, PatientName="PLACEHOLDERXYZ")
    path = factories.write(made, tmp_path / "a.dcm")
    content = name.encode(encoding)
    assert len(content) <= 14
    path.write_bytes(path.read_bytes().replace(b"PLACEHOLDERXYZ", content.ljust(14)))
    assert instance(path).identity.patient_name == header_module.person_name(name)


@pytest.mark.parametrize("written", [b"0,5\\0,5 ", b"0.5\\.5 ", b" 5e-1\\0.5"])
def test_decimal_strings_are_read_tolerantly(tmp_path: Path, written: bytes) -> None:
    path = factories.write(factories.dataset(PixelSpacing=[0.25, 0.25]), tmp_path / "a.dcm")
    content = path.read_bytes()
    assert content.count(b"0.25\\0.25 ") == 1
    path.write_bytes(content.replace(b"0.25\\0.25 ", written.ljust(10)))
    assert instance(path).frames[0].geometry.spacing_mm == (0.5, 0.5)


def test_a_file_without_preamble_or_head_is_read(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    content = path.read_bytes()
    start = (
        content.index(b"\x08\x00\x05\x00")
        if b"\x08\x00\x05\x00" in content
        else content.index(b"\x08\x00\x08\x00")
    )
    path.write_bytes(content[start:])
    np.testing.assert_array_equal(read(path).stored, factories.gradient())


def test_fewer_frames_than_stated_are_noted(tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=4)
    path.write_bytes(path.read_bytes()[:-600])
    assert "says 4 frames, it holds 3" in str(instance(path).notes[0])
    assert read(path, 3).damage is not None
    with pytest.raises(DamagedFileError):
        read(path, 4)


def test_frames_that_are_not_counted_in_the_header_are_counted_by_their_size(tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=3, NumberOfFrames=None)
    made = instance(path)
    assert len(made.frames) == 3
    assert "does not say how many" in str(made.notes[0])
    assert read(path, 3).stored[0, 0] == 2000


def test_an_image_with_something_behind_it_is_one_image(tmp_path: Path) -> None:
    made = factories.dataset()
    made.PixelData += b"\0" * 700
    path = factories.write(made, tmp_path / "a.dcm")
    assert len(instance(path).frames) == 1
    assert instance(path).notes == ()


@pytest.mark.parametrize("behind", [2, 100])
def test_more_frames_than_stated_are_shown_whatever_is_behind_them(tmp_path: Path, behind: int) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=5)
    made = dcmread(path)
    made.NumberOfFrames, made.PixelData = 2, made.PixelData + b"\1" * behind
    made.save_as(path)
    assert len(instance(path).frames) == 5
    assert "says 2 frames, it holds 5" in str(instance(path).notes[0])
    assert read(path, 5).stored[0, 0] == 4000


def test_a_byte_of_padding_is_no_image(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(factories.gradient(1, 1, "uint8")), tmp_path / "a.dcm")
    assert len(instance(path).frames) == 1


def test_a_file_without_an_instance_uid_is_shown_with_a_note(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.rindex(b"\x08\x00\x18\x00UI")
    path.write_bytes(content[:at] + b"\x08\x00\x19\x00UI" + content[at + 6 :])
    made = instance(path)
    assert made.sop_instance_uid == read(path).sop_instance_uid
    assert made.sop_instance_uid.startswith("file:")
    assert "SOP Instance UID" in str(made.notes[0])


@pytest.mark.parametrize("kind", ["LABELMAP", "BINARY", ""])
def test_the_labels_of_a_segmentation_are_seen(tmp_path: Path, kind: str) -> None:
    labels = np.zeros((16, 16), np.uint8)
    labels[4:8], labels[10:12] = 1, 2
    plain = {"RescaleSlope": None, "RescaleIntercept": None, "RescaleType": None}
    made = factories.dataset(
        labels,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.66.7",
        Modality="SEG",
        SegmentationType=kind,
        WindowCenter=None,
        WindowWidth=None,
        **plain,
    )
    shown = to_display_image(read(factories.write(made, tmp_path / "a.dcm")))
    assert [int(shown[row, 0]) for row in (0, 4, 10)] == [0, 128, 255]


@pytest.mark.parametrize("planar", [0, 2])
def test_a_senseless_order_of_colors_is_said(tmp_path: Path, planar: int) -> None:
    path = factories.rgb(tmp_path / "a.dcm", PlanarConfiguration=planar)
    assert read(path).stored[0, 0].tolist() == [255, 0, 0]
    for notes in (read(path).warnings, instance(path).notes):
        assert any("Planar Configuration makes no sense (2)" in str(one) for one in notes) == (planar == 2)
