"""Values cross the border of the worker unchanged, and nothing else is ever built from what arrives."""

import json
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.decoder.value_codec import decoded, encoded
from medviewer.imaging.frame.modality import ModalityTable
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


def through(value: Any) -> Any:
    return decoded(json.loads(json.dumps(encoded(value))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        (1, (2.5, "x"), ()),
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
    got = through(array)
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
    "record",
    [
        {"kind": "Path", "fields": {}},
        {"kind": "Sandbox", "value": "x"},
        {"array": "AAAAAAAAAAA=", "dtype": "<i8", "shape": [1]},
        {"array": "AAAA", "dtype": "<u2", "shape": [5]},
        {},
    ],
)
def test_anything_else_is_refused(record: dict) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        decoded(record)
