"""A small pack with random weights, and frames that a head CT model accepts."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import Rescale
from medviewer.inference.engines.limited import LimitedEngine
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.inference.pack.input_contract import InputContract
from medviewer.inference.pack.packs import CARD, GRAPH, WEIGHTS

AXIAL = FrameGeometry(spacing_mm=(0.5, 0.5), row_direction=(1.0, 0.0, 0.0), column_direction=(0.0, 1.0, 0.0))
HEAD = FrameAttributes(
    modality="CT",
    body_part="HEAD",
    image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
    contrast_agent="NONE",
    patient_age_years=50,
)
SPEC = Preprocessing(size=32, mean=0.3, std=0.3)
CONTRACT = InputContract(("CT",), "HU", ("HEAD", "BRAIN", "SKULL"), "axial", age_years=(18, 120))

CARD_TEXT = """
name = "toy"
title = "Toy"
version = "1.2.3"
date = "2026-01-01"
labels = ["clean", "bleed"]
positive = "bleed"
temperature = 1.5
calibrated = true
limits = ["It knows nothing."]

[input]
modality = "CT"
unit = "HU"
body_parts = ["head", "brain"]
plane = "axial"
min_age_years = 18

[preprocessing]
size = 32
mean = 0.3
std = 0.3

[architecture]
{architecture}

[operating_point]
threshold = 0.4
sensitivity = 0.9
specificity = 0.8
sensitivity_interval = [0.8, 0.95]

[aliases]
bleed = ["haemorrhage"]

[[readings]]
date = "2026-01-02"
split = "test"

[files]
{files}
"""


def slice_of(values: npt.ArrayLike, **changes: object) -> Frame:
    """Return an axial head CT frame with these HU."""
    stored = np.ascontiguousarray(np.asarray(values)).copy()
    frame = Frame(
        stored=stored,
        sop_instance_uid="2.25.1",
        modality=Rescale(unit="HU"),
        geometry=AXIAL,
        attributes=HEAD,
    )
    return replace(frame, **changes)


def noisy_head(seed: int = 0, side: int = 160) -> npt.NDArray[np.int16]:
    """Return HU with some contrast in the brain window."""
    return np.random.default_rng(seed).integers(-20, 100, (side, side)).astype(np.int16)


@pytest.fixture(autouse=True)
def _networks_of_own_packs_end_with_the_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the processes of a test's classifiers."""
    made: list[LimitedEngine] = []
    make = LimitedEngine.__init__

    def noted(engine: LimitedEngine, *given: Any, **named: Any) -> None:
        made.append(engine)
        make(engine, *given, **named)

    monkeypatch.setattr(LimitedEngine, "__init__", noted)
    yield
    for engine in made:
        engine.close()


@pytest.fixture(scope="session")
def toy_weights() -> dict[str, bytes]:
    """Return both weight files of a random network, and its card's table."""
    import torch

    from medviewer.inference.engines.networks import Architecture, build, fold
    from medviewer.training.release.toml_writer import toml_text
    from medviewer.training.release.weights import onnx_bytes, round_to_half, safetensors_bytes

    torch.manual_seed(4)
    model = fold(build(Architecture(width=8, blocks=(1, 1), mirror=True)).eval())
    with torch.no_grad():
        model.head.weight *= 20  # answers that differ from image to image
    round_to_half(model)
    return {
        WEIGHTS: safetensors_bytes(model),
        GRAPH: onnx_bytes(model, (1, SPEC.size, SPEC.size)),
        "architecture": toml_text(model.architecture.as_facts()).encode(),
    }


@pytest.fixture
def make_pack(tmp_path: Path, toy_weights: dict[str, bytes]) -> Callable[..., Path]:
    """Return a function that writes the toy's pack into a folder.

    Its card's text may be changed.
    """

    def make(name: str = "toy", change: Callable[[str], str] = str, **contents: bytes) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        weights = {WEIGHTS: toy_weights[WEIGHTS], GRAPH: toy_weights[GRAPH]}
        weights |= {"model." + kind: content for kind, content in contents.items()}
        hashes = [f'"{file}" = "{hashlib.sha256(content).hexdigest()}"' for file, content in weights.items()]
        for file, content in weights.items():
            (folder / file).write_bytes(content)
        card = CARD_TEXT.format(architecture=toy_weights["architecture"].decode(), files="\n".join(hashes))
        (folder / CARD).write_text(change(card), "utf-8")
        return folder

    return make


def attributes(**changes: object) -> FrameAttributes:
    """Return the header facts of a head CT with some of them changed."""
    return FrameAttributes(**{**asdict(HEAD), **changes})
