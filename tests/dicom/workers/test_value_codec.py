"""Values cross the border of the worker unchanged, and nothing else is ever built from what arrives."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.workers import value_codec
from medviewer.dicom.workers.exchange import Failure, unpacked_reply
from medviewer.dicom.workers.frame_codec import decoded_frames
from medviewer.dicom.workers.value_codec import RefusedValueError, decoded, encoded
from medviewer.errors import DecoderDiedError
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.overlay import Overlay
from medviewer.imaging.frame.shutter import BitmapShutter, CircularShutter, PolygonalShutter, Shutter
from medviewer.imaging.frame.voi import PresentationTable, VoiFunction, VoiTable, Window
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, Justification, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    Annotation,
    DisplayedArea,
    ForImages,
    GraphicLayer,
    ImageReference,
    PresentationState,
    SizeMode,
)
from medviewer.translation import NOTHING, Message, message


def through(value: Any, kind: Any = None) -> Any:
    kind = kind or type(value)
    return decoded(json.loads(json.dumps(encoded(value, kind))), kind)


@dataclass(frozen=True, slots=True)
class Toy:
    """A value that the codec has never seen."""

    name: str
    place: tuple[float, float] | None = None
    shapes: tuple[Rescale | Graphic, ...] = ()
    said: Message = NOTHING
    path: Path = Path("a")
    icon: bytes = b""


@dataclass(frozen=True, eq=False)
class NextFrame(Frame):
    """A frame as it may be next year."""

    laterality: str = ""
    dose: Rescale | None = None


@pytest.mark.parametrize(
    "value",
    [
        Toy("a"),
        Toy(
            "b",
            (1, 2.5),
            (Rescale(2), Graphic(GraphicKind.POINT, ((1.0, 2.0),))),
            path=Path("ü/b"),
            icon=b"123",
        ),
        Toy("c", said=message("{a} {b} {c}", a=1, b="x", c=message("inside {d}", d=None))),
        Graphic(GraphicKind.ELLIPSE, ((1.0, 2.0),) * 4, Units.DISPLAY, is_filled=True),
        TextNote(("a", "b"), ((0.0, 0.0), (1.0, 1.0)), Units.DISPLAY, justification=Justification.RIGHT),
        Window(40, 80, VoiFunction.SIGMOID, "mine"),
        DisplayedArea(-1, 2, 3, 4, SizeMode.TRUE_SIZE, (0.5, 0.5)),
        GraphicLayer("L", -2, (1, 2, 3), "words"),
        ImageReference("1.2", (1, 2)),
        PolygonalShutter(((0, 1), (2, 3), (4, 5))),
    ],
)
def test_a_value_arrives_as_it_was(value: object) -> None:
    assert through(value) == value


def test_a_frame_with_new_fields_crosses_without_another_line() -> None:
    stored = np.zeros((2, 3), np.int16)
    made = NextFrame(stored, "1.2", laterality="R", dose=Rescale(3.0))
    arrays: list[Any] = []
    record = json.loads(json.dumps(encoded(made, arrays=arrays)))
    got = decoded(record, NextFrame, arrays)
    assert (got.laterality, got.dose, got.sop_instance_uid) == ("R", Rescale(3.0), "1.2")
    assert got.stored is stored


def test_values_in_a_row_say_once_what_they_share_and_share_it_again() -> None:
    said = message("a long sentence")
    toys = tuple(Toy(str(number), (0.0, number), said=said) for number in range(3))
    record = encoded(toys, tuple[Toy, ...])
    assert [sorted(one) for one in record] == [
        ["name", "place", "said"],
        ["name", "place"],
        ["name", "place"],
    ]
    got = through(toys, tuple[Toy, ...])
    assert got == toys
    assert got[0].said is got[2].said


def test_a_value_that_goes_back_to_its_default_does_not_take_the_one_before_it() -> None:
    toys = (Toy("a", (1.0, 2.0), icon=b"x"), Toy("a"), Toy("a", (1.0, 2.0)))
    assert through(toys, tuple[Toy, ...]) == toys


@pytest.mark.parametrize(
    "array",
    [
        np.random.default_rng(1).random((3, 5)) > 0.5,
        np.arange(6, dtype=np.uint16),
        np.arange(6, dtype=">u2"),
        np.linspace(-1, 1, 5, dtype=np.float32),
    ],
)
def test_an_array_arrives_with_its_shape(array: np.ndarray) -> None:
    got = through(array, np.ndarray)
    assert np.array_equal(got, array)
    assert got.shape == array.shape


def test_a_whole_presentation_state_arrives() -> None:
    mask = np.eye(4, dtype=bool)
    state = PresentationState(
        "9.9",
        (ImageReference("1.2"),),
        label="L",
        modality=ModalityTable(3, np.arange(4, dtype=np.float32), "HU"),
        vois=(ForImages((VoiTable(1, np.arange(4, dtype=np.uint16), 12),), (ImageReference("1.2", (3,)),)),),
        presentation_table=PresentationTable(np.arange(4, dtype=np.uint16), 16),
        annotations=(ForImages(Annotation("L", (Graphic(GraphicKind.POINT, ((1.0, 2.0),)),))),),
        overlays=(Overlay(mask),),
        activations=((0x6000, "L"),),
        shutter=Shutter((BitmapShutter(mask), CircularShutter(1, 2, 3)), 7),
    )
    got = through(state)
    assert isinstance(got, PresentationState)
    assert encoded(got) == encoded(state)
    assert np.array_equal(got.overlays[0].mask, mask)


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({}, "Toy: a field is missing: name"),
        ([], "Toy: no Toy"),
        ({"name": 3}, "Toy.name: not a text"),
        ({"name": "a", "more": 1}, "Toy: no such field: more"),
        ({"name": "a", "place": [1]}, "Toy.place: not 2 values"),
        ({"name": "a", "place": [1, True]}, "Toy.place: not a number"),
        ({"name": "a", "place": [1, 10**309]}, "Toy.place: too large a number"),
        ({"name": "a", "shapes": [{"": "Path"}]}, "Toy.shapes: no class that belongs there: Path"),
        ({"name": "a", "shapes": [{"": "Window"}]}, "Toy.shapes: no class that belongs there: Window"),
        ({"name": "a", "shapes": [{}]}, "Toy.shapes: no class that belongs there: None"),
        ({"name": "a", "shapes": [[]]}, "Toy.shapes: no class that belongs there: None"),
        (
            {"name": "a", "shapes": [{"": "Graphic", "kind": "HEART", "points": []}]},
            "Graphic.kind: no GraphicKind",
        ),
        ({"name": "a", "shapes": [None] * (value_codec.MOST_ITEMS + 1)}, "Toy.shapes: too long a list"),
        ({"name": "a", "icon": "?"}, "Toy.icon: no bytes"),
        ({"name": "a", "said": {"facts": []}}, "Message: a field is missing: text"),
    ],
)
def test_a_forged_value_is_refused_by_name(record: Any, named: str) -> None:
    with pytest.raises(RefusedValueError, match=re.escape(named)):
        decoded(record, Toy)


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"{}", "no class that belongs there"),
        (b'{"": "Toy"}', "no class that belongs there: Toy"),
        (b'{"": "Expected"}', "Expected: a field is missing: frame_bytes"),
        (b'{"": "Expected", "frame_bytes": "1"}', "Expected.frame_bytes: not a whole number"),
        (b'{"": "FramesRead", "number": 1}', "FramesRead: a field is missing: frames"),
        (
            b'{"": "FramesRead", "number": 1, "frames": [], "arrays": [{"shape": [2, 2], "dtype": "|O"}]}',
            "PixelArray: cannot be made",
        ),
        (
            b'{"": "FramesRead", "number": 1, "frames": [], "arrays": [{"shape": [2, -2], "dtype": "<u2"}]}',
            "PixelArray: cannot be made",
        ),
    ],
)
def test_a_forged_reply_is_refused_by_name(reply: bytes, named: str) -> None:
    with pytest.raises(RefusedValueError, match=re.escape(named)):
        unpacked_reply(reply)


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"": "Frame", "sop_instance_uid": "1"}, "Frame: a field is missing: stored"),
        ({"": "Frame", "stored": {"pixels": 1}, "sop_instance_uid": "1"}, "Frame.stored: no pixels"),
        ({"": "Frame", "stored": {"pixels": True}, "sop_instance_uid": "1"}, "Frame.stored: no pixels"),
        ({"": "PresentationState"}, "no class that belongs there"),
    ],
)
def test_a_forged_frame_is_refused_by_name(record: Any, named: str) -> None:
    with pytest.raises(RefusedValueError, match=re.escape(named)):
        decoded_frames([record], [np.zeros((2, 2), np.uint8)])


def test_a_failure_that_is_none_of_a_file_is_refused() -> None:
    assert isinstance(Failure("DecoderDiedError", (("path", "a"),)).as_error(), DecoderDiedError)
    for forged in (
        Failure("MedviewerError", ()),
        Failure("NoSuchError", ()),
        Failure("DecoderDiedError", ()),
    ):
        with pytest.raises(RefusedValueError):
            forged.as_error()


@pytest.mark.parametrize(
    "record",
    [
        {"array": "AAAAAAAAAAA=", "dtype": "<i8", "shape": [1]},
        {"array": "AAAA", "dtype": "<u2", "shape": [5]},
        {"array": "AAAA", "dtype": "<u2", "shape": [-1]},
        {"array": "AAAA", "dtype": ["<u2"], "shape": [1]},
        {},
    ],
)
def test_a_forged_array_is_refused(record: Any) -> None:
    with pytest.raises(RefusedValueError):
        decoded(record, np.ndarray)
