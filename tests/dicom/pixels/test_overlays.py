"""Overlays are found in every group, sign of origin and way of storing, and damaged ones do no harm."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydicom.dataset import FileDataset

from medviewer import limits
from medviewer.dicom.model import FrameReference
from medviewer.dicom.pixels.overlays import BAD_OVERLAY, MANY_OVERLAYS, OUTSIDE, PARTLY_OUTSIDE
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.display.overlays import draw_overlays, on_frame
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.overlay import OverlayKind
from tests import factories
from tests.dicom.drawn_files import add_overlay
from tests.dicom.read_files import JPEG_LOSSLESS, read, read_dataset

RANDOM = np.random.default_rng(7)


def mask(rows: int, columns: int, frames: int | None = None) -> np.ndarray:
    shape = (rows, columns) if frames is None else (frames, rows, columns)
    return RANDOM.random(shape) > 0.5


def with_overlay(plane: np.ndarray, folder: Path, number: int = 1, **more: Any) -> Frame:
    made = factories.dataset()
    add_overlay(made, plane, **more)
    return read_dataset(made, folder, number)


@pytest.mark.parametrize("group", [0x6000, 0x6002, 0x601E])
def test_a_plane_of_its_own_size_is_read_from_any_group(group: int, tmp_path: Path) -> None:
    plane = mask(5, 7)
    (overlay,) = with_overlay(
        plane, tmp_path, group=group, OverlayLabel="mine", OverlayDescription="Hip"
    ).overlays
    assert np.array_equal(overlay.mask, plane)
    assert (overlay.group, overlay.label, overlay.description) == (group, "mine", "Hip")
    assert overlay.kind is OverlayKind.GRAPHICS


def test_all_sixteen_groups_are_read_in_their_order(tmp_path: Path) -> None:
    made = factories.dataset()
    planes = [mask(3, 3) for _ in range(16)]
    for number, plane in enumerate(planes):
        add_overlay(made, plane, group=0x6000 + 2 * number)
    overlays = read_dataset(made, tmp_path).overlays
    assert [overlay.group for overlay in overlays] == list(range(0x6000, 0x6020, 2))
    assert all(np.array_equal(one.mask, plane) for one, plane in zip(overlays, planes, strict=True))


@pytest.mark.parametrize(
    ("origin", "place"), [((1, 1), (0, 0)), ((3, 5), (2, 4)), ((0, -2), (-1, -3)), ((99, 1), (98, 0))]
)
def test_an_origin_counts_from_one_and_may_be_negative(
    origin: tuple[int, int], place: tuple[int, int], tmp_path: Path
) -> None:
    assert with_overlay(mask(4, 4), tmp_path, origin=origin).overlays[0].origin == place


def test_a_region_of_interest_is_told_from_graphics(tmp_path: Path) -> None:
    assert with_overlay(mask(4, 4), tmp_path, kind="R").overlays[0].kind is OverlayKind.REGION


def test_big_endian_words_hold_the_same_plane(tmp_path: Path) -> None:
    plane = mask(5, 7)
    made = add_overlay(factories.dataset(), plane)
    bits = made[0x60003000].value
    made[0x60003000].value = np.frombuffer(bits, "<u2").astype(">u2").tobytes()
    path = factories.write_big_endian(made, tmp_path / "big.dcm")
    assert np.array_equal(read(path).overlays[0].mask, plane)


def stack(folder: Path, planes: np.ndarray, **more: Any) -> Path:
    pixels = np.zeros((4, 16, 16), np.uint16)
    made = factories.dataset(pixels, SOPClassUID=factories.MULTIFRAME_GRAY_WORD, Modality="OT")
    add_overlay(made, planes, **more)
    return factories.write(made, folder / "stack.dcm")


def test_frames_of_an_overlay_belong_to_the_frames_of_the_image(tmp_path: Path) -> None:
    planes = mask(3, 7, 4)  # 21 bits each: they do not begin at bytes
    path = stack(tmp_path, planes)
    for number in range(1, 5):
        assert np.array_equal(read(path, number).overlays[0].mask, planes[number - 1])


def test_frames_of_an_overlay_begin_at_the_image_frame_origin(tmp_path: Path) -> None:
    planes = mask(3, 7, 2)
    path = stack(tmp_path, planes, ImageFrameOrigin=2)
    assert [len(read(path, number).overlays) for number in range(1, 5)] == [0, 1, 1, 0]
    assert np.array_equal(read(path, 3).overlays[0].mask, planes[1])


def test_a_plane_without_frames_belongs_to_all_frames(tmp_path: Path) -> None:
    plane = mask(3, 7)
    path = stack(tmp_path, plane)
    assert all(np.array_equal(read(path, number).overlays[0].mask, plane) for number in (1, 4))


def embedded(bit: int = 12, *, signed: bool = False, high_bit: int = 11) -> tuple[FileDataset, np.ndarray]:
    """Return an image of 12 bits, and a plane in another bit of its words."""
    plane = mask(16, 16)
    values = factories.gradient(dtype="uint16") << (high_bit - 11)
    words = values | plane.astype("uint16") << bit
    made = factories.dataset(words.astype("uint16"), BitsStored=12, HighBit=high_bit)
    made.PixelRepresentation = int(signed)
    for element, representation, value in (
        (0x0010, "US", 16),
        (0x0011, "US", 16),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 16),
        (0x0102, "US", bit),
    ):
        made.add_new(0x60000000 | element, representation, value)
    return made, plane


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bit", [12, 15])
def test_a_plane_in_unused_high_bits_is_read_and_kept_out_of_the_pixels(
    bit: int, signed: bool, tmp_path: Path
) -> None:
    made, plane = embedded(bit, signed=signed)
    frame = read_dataset(made, tmp_path)
    assert np.array_equal(frame.overlays[0].mask, plane)
    assert np.array_equal(frame.stored, factories.gradient())


def test_a_plane_in_a_bit_below_the_pixels_is_read(tmp_path: Path) -> None:
    made, plane = embedded(2, high_bit=15)
    frame = read_dataset(made, tmp_path)
    assert np.array_equal(frame.overlays[0].mask, plane)
    assert np.array_equal(frame.stored, factories.gradient())


def test_a_plane_in_the_bits_of_lossless_compressed_words_is_read(tmp_path: Path) -> None:
    import imagecodecs

    made, plane = embedded(12)
    words = np.frombuffer(made.PixelData, "<u2").reshape(16, 16)  # with the plane, unlike pixel_array
    coded = imagecodecs.ljpeg_encode(words, bitspersample=16)
    frame = read_dataset(factories.compressed(made, [coded], JPEG_LOSSLESS), tmp_path)
    assert np.array_equal(frame.overlays[0].mask, plane)
    assert np.array_equal(frame.stored, factories.gradient())


@pytest.mark.parametrize("bit", [0, 11, 16, 99])
def test_a_plane_in_bits_of_the_pixels_or_in_none_is_left_out(bit: int, tmp_path: Path) -> None:
    made, _ = embedded(12)
    made[0x60000102].value = bit
    frame = read_dataset(made, tmp_path)
    assert frame.overlays == ()
    assert frame.warnings == (BAD_OVERLAY,)


def test_a_plane_that_is_cut_short_or_has_no_size_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    made = add_overlay(factories.dataset(), mask(9, 9), OverlayData=b"\1\2")
    add_overlay(made, mask(9, 9), group=0x6002, OverlayRows=0)
    good = mask(9, 9)
    add_overlay(made, good, group=0x6004)
    frame = read_dataset(made, tmp_path)
    assert [overlay.group for overlay in frame.overlays] == [0x6004]
    assert frame.warnings == (BAD_OVERLAY,)
    assert np.array_equal(on_frame(frame.overlays[0], 16, 16)[:9, :9], good)


def test_overlays_of_a_frame_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OVERLAY_PIXELS", 32)
    made = add_overlay(factories.dataset(), mask(4, 4))
    add_overlay(made, mask(4, 4), group=0x6002)
    frame = read_dataset(made, tmp_path)
    assert (len(frame.overlays), frame.warnings) == (2, ())

    add_overlay(made, mask(1, 1), group=0x6004)
    frame = read_dataset(made, tmp_path)
    assert (len(frame.overlays), frame.warnings) == (2, (MANY_OVERLAYS,))


def test_overlays_come_out_of_the_worker_as_they_are(tmp_path: Path) -> None:
    plane = mask(5, 7)
    made = add_overlay(factories.dataset(), plane, origin=(-3, 4), kind="R", OverlayLabel="mine")
    path = factories.write(made, tmp_path / "a.dcm")
    with Sandbox() as sandbox:
        (overlay,) = sandbox.read_frame(FrameReference(path, made.SOPInstanceUID)).overlays
    assert np.array_equal(overlay.mask, plane)
    assert (overlay.origin, overlay.kind, overlay.label) == ((-4, 3), OverlayKind.REGION, "mine")


@pytest.mark.parametrize("kind", ["separate", "embedded", "above and left", "below and right"])
def test_dcmtk_draws_the_same_pixels(kind: str, tmp_path: Path) -> None:
    program = shutil.which("dcm2pnm")
    if program is None:
        pytest.skip("dcmtk is not installed")
    made, _ = embedded(13)
    made.WindowCenter, made.WindowWidth = 0, 4096
    if kind != "embedded":
        made = factories.dataset(WindowCenter=0, WindowWidth=4096)
        origin = {"separate": (1, 1), "above and left": (-2, -4), "below and right": (9, 12)}[kind]
        add_overlay(made, mask(8, 11), origin=origin)
    path = factories.write(made, tmp_path / "a.dcm")
    subprocess.run([program, "+Wi", "1", path, tmp_path / "a.pgm"], check=True, capture_output=True)
    theirs = cv2.imread(str(tmp_path / "a.pgm"), cv2.IMREAD_UNCHANGED)

    frame = read(path)
    white = [replace(overlay, color=(255, 255, 255)) for overlay in frame.overlays]
    ours = draw_overlays(to_display_image(frame), white)[..., 0]

    assert (ours == 255).any()
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_real_overlays_are_read(shared_data: Path) -> None:
    """How many pixels each plane marks was counted with pydicom (overlay_array; bit 12 of the words)."""
    folder = shared_data / "data" / "dicom" / "12-presentation-states-shutters-overlays-sr"
    for name, marked in (("Overlay_in_group", 323), ("Overlay_in_pixel_data_type_G_", 510)):
        (path,) = (folder / name).iterdir()
        frame = read(path)
        assert [int(overlay.mask.sum()) for overlay in frame.overlays] == [marked]
        about_pixels = [note for note in frame.warnings if "Patient's Age" not in str(note)]
        assert about_pixels == []


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ((17, 1), (OUTSIDE,)),
        ((1, 17), (OUTSIDE,)),
        ((-4, 1), (OUTSIDE,)),
        ((1, -30_000), (OUTSIDE,)),
        ((15, 1), (PARTLY_OUTSIDE,)),
        ((-1, -1), (PARTLY_OUTSIDE,)),
        ((1, 1), ()),
        ((12, 12), ()),
    ],
)
def test_what_an_overlay_has_outside_the_image_is_said(
    origin: tuple[int, int], said: tuple[Any, ...], tmp_path: Path
) -> None:
    assert with_overlay(np.ones((5, 5), np.bool_), tmp_path, origin=origin).warnings == said


def test_an_overlay_of_which_nothing_but_empty_borders_lies_outside_is_whole(tmp_path: Path) -> None:
    plane = np.zeros((30, 30), np.bool_)
    plane[3:8, 3:8] = True
    assert with_overlay(plane, tmp_path).warnings == ()
    plane[3:8, 20:22] = True
    assert with_overlay(plane, tmp_path).warnings == (PARTLY_OUTSIDE,)
    assert with_overlay(np.roll(plane, 8, 1) & ~plane, tmp_path, origin=(1, 12)).warnings == (OUTSIDE,)
