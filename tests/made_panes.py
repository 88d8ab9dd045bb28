"""A pane with a computed CT slice, to be changed by each test.

The fixtures that give it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.model import FrameReference, OrderedBy, StoredStack
from medviewer.export import fonts
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.identity import Identity
from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.translation import Message
from medviewer.viewer.state.pane_state import PaneState, Token
from tests import machine, made_results

WHO = Identity(
    patient_name="CANARY^PATIENT",
    patient_id="ID-417",
    birth_date="19610402",
    study_date="20261120",
    study_description="Head of CANARY",
    series_description="Series for CANARY",
    modality="CT",
)
AXIAL = FrameGeometry(
    spacing_mm=(0.5, 0.5),
    spacing_kind=SpacingKind.PATIENT,
    position_mm=(0, 0, 0),
    row_direction=(1, 0, 0),
    column_direction=(0, 1, 0),
    slice_thickness_mm=5.0,
)

PaneMaker = Callable[..., PaneState]


def make_pane(
    stored: np.ndarray | None = None,
    *,
    geometry: FrameGeometry = AXIAL,
    attributes: FrameAttributes | None = None,
    path: Path = Path("/nowhere/slice.dcm"),
    who: Identity = WHO,
    stack: dict[str, Any] | None = None,
    frame: dict[str, Any] | None = None,
    **more: Any,
) -> PaneState:
    """Return a pane that shows the third of five slices."""
    if stored is None:
        rows, columns = np.mgrid[:600, :640]
        stored = (rows + columns).astype(np.int16)
    attributes = attributes or FrameAttributes(modality="CT")
    shown = Frame(
        stored,
        "2.25.3",
        bits_stored=12,
        modality=Rescale(1, -1024, "HU"),
        voi=(Window(40, 400),),
        geometry=geometry,
        attributes=attributes,
    )
    references = tuple(
        FrameReference(path, f"2.25.{n}", geometry=geometry, attributes=attributes, position_mm=5.0 * n)
        for n in range(1, 6)
    )
    whole = StoredStack(
        "key", who, references, *stored.shape[:2], (0.5, 0.5, 5.0), OrderedBy.POSITION, "Axial"
    )
    pane = PaneState(replace(whole, **(stack or {})), 2, "original", replace(shown, **(frame or {})))
    return replace(pane, **more)


def key_of(pane: PaneState, **other: str) -> ResultKey:
    """Return the key of a result about the pane's frame."""
    assert pane.frame is not None
    frame = pane.frame
    key = ResultKey(
        frame.sop_instance_uid, 1, frame.pixel_sha256, "pre" * 20, "model" * 12, frame.content_sha256
    )
    return replace(key, **other)


def predicted(pane: PaneState, **more: Any) -> PaneState:
    """Return the pane with a prediction about its frame."""
    said: dict[str, Any] = {
        "probabilities": (("haemorrhage", 0.8123), ("no haemorrhage", 0.1877)),
        "operating_point": OperatingPoint(0.35, 0.91, 0.78, (0.78, 0.97), (0.7, 0.85)),
        "notes": (Gate("age", True, "age not stated"),),
    }
    return with_result(pane, made_results.answered(key_of(pane), **(said | more)))


def refused(pane: PaneState, **more: Any) -> PaneState:
    """Return the pane with a refusal about its frame."""
    gate = Gate("modality", False, "the modality is {found}, the model needs CT", (("found", "MR"),))
    return with_result(pane, made_results.refused(key_of(pane), gate, **more))


def without_result(pane: PaneState) -> PaneState:
    """Return the pane with a computation that failed."""
    return with_result(pane, made_results.failed(key_of(pane), Message("invalid numbers")))


def with_result(pane: PaneState, result: ModelResult) -> PaneState:
    """Return the pane with a result and its token."""
    return replace(pane, result=result, token=Token(1, result.key))


@pytest.fixture(autouse=True)
def latin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test find the font first that all machines of the tests have."""
    monkeypatch.setattr(fonts, "KNOWN", (*((str(font), 0) for font in machine.DEJAVU), *fonts.KNOWN))
    fonts.font_with.cache_clear()


@pytest.fixture
def pane() -> PaneState:
    """Return a pane with a CT slice."""
    return make_pane()


@pytest.fixture
def making() -> PaneMaker:
    """Return the function that makes panes."""
    return make_pane


@pytest.fixture
def results() -> dict[str, Callable[..., PaneState]]:
    """Return the functions that put a result on a pane, by its kind."""
    return {"prediction": predicted, "refusal": refused, "no result": without_result}
