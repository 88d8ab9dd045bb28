"""Pixel gate: an image held against the images that a model was made for.

The router names the kind that an image resembles most, among those that it knows; of an image of no kind it
has an opinion too. This gate asks the other question: is the image as near to those of its kind as images of
hospitals that were left out were? It sees what the model sees (window, crop, stretch), pools the features of
a network that learnt from photographs, and adds up two measures: the distance to the nearest reference image
of the kind, and the side of a plane that parts the kind from everything else that was at hand. What an image
may reach was chosen so that 97 % of the images of left-out sources are accepted (medviewer/training/gate).
"""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load

from medviewer import paths
from medviewer.errors import DamagedModelError
from medviewer.imaging.frame import Frame
from medviewer.inference.engines import OnnxEngine, Outputs
from medviewer.inference.gates.pixel_gate_hashes import PIXEL_GATE
from medviewer.inference.gates.polarity import INVERTED_IMAGE
from medviewer.inference.input import Batch, GrayImages, Preprocessing, input_of
from medviewer.inference.labels import KINDS
from medviewer.inference.result import Gate
from medviewer.translation import mark, message

NAME: Final = "likeness"
FOLDER: Final = "gate"
TRUNK, NUMBERS, FACTS = "trunk.onnx", "references.safetensors", "gate.toml"
FILES: Final = (TRUNK, NUMBERS, FACTS)
ATTITUDES: Final = ("upright", "90", "180", "270", "inverted")
TURNED_IMAGE: Final = mark("By its pixels the picture lies turned by {degrees}°.")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The images of one kind, as the gate knows them.

    Parameters
    ----------
    spec : Preprocessing
        How an image is prepared that may be of the kind.
    mean, scale : (F,) float32
        Of the kind's features.
    images : (R, F) float32
        Features of the reference images, standardized.
    plane : (F,) float32
        Normal of the plane that parts the kind from all others, for features as they are.
    offset : float
        Of the plane.
    centers, spreads : (2,) float32
        Of distance and plane, over left-out sources.
    weight : float
        Of the distance in the sum, from 0 to 1; the rest is the plane's.
    most : float
        The largest sum that is accepted.
    """

    spec: Preprocessing
    mean: Floats
    scale: Floats
    images: Floats
    plane: Floats
    offset: float
    centers: Floats
    spreads: Floats
    weight: float
    most: float
    _squares: Floats = field(init=False, repr=False)  # (R,), of the lengths of the images

    def __post_init__(self) -> None:
        object.__setattr__(self, "_squares", (self.images**2).sum(axis=1))

    def measures(self, features: Floats) -> Floats:
        """Return distance to the nearest reference and to the plane: (B, 2)."""
        standard = (features - self.mean) / self.scale
        squares = (standard**2).sum(axis=1)[:, None] + self._squares[None]
        nearest = np.sqrt(np.maximum(squares - 2 * standard @ self.images.T, 0).min(axis=1) / len(self.mean))
        return np.stack([nearest, -(features @ self.plane + self.offset)], axis=1).astype(np.float32)

    def unlikeness(self, features: Floats) -> Floats:
        """Return the unlikeness to the kind: (B,).

        1 is the most that is accepted, 0 the average of left-out sources.
        """
        return self.unlikeness_of(self.measures(features))

    def unlikeness_of(self, measures: Floats) -> Floats:
        """Return the unlikeness of images of these measures: (B,)."""
        standard = (measures - self.centers) / self.spreads
        total = self.weight * standard[:, 0] + (1 - self.weight) * standard[:, 1]
        return np.asarray(total / self.most, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Attitude:
    """Attitude of the images of a kind, by a plane for each of ATTITUDES.

    Parameters
    ----------
    mean, scale : (P,) float32
        Of pooled features and last feature map.
    planes, offsets : (5, P), (5,) float32
    most : float
        The largest probability of not lying upright that is accepted.
    """

    mean: Floats
    scale: Floats
    planes: Floats
    offsets: Floats
    most: float

    def probabilities(self, features: Floats) -> Floats:
        """Return the probability of each of ATTITUDES: (B, 5)."""
        logits = (features - self.mean) / self.scale @ self.planes.T + self.offsets
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    def fault(self, probabilities: Floats) -> str:
        """Return the likeliest fault of an image, "" where it seems upright."""
        likeliest = ATTITUDES[1 + int(np.argmax(probabilities[1:]))]
        # guard(-> ""): an image that is turned or inverted
        return likeliest if 1 - float(probabilities[0]) > self.most else ""


def with_map(outputs: Outputs) -> Floats:
    """Return pooled features and the last feature map, a row an image."""
    flat = outputs.feature_map.reshape(len(outputs.feature_map), -1)
    return np.concatenate([outputs.embedding, flat], axis=1)


class PixelGate:
    """The bundled gate, ready to be asked.

    Raises
    ------
    DamagedModelError
        A file of it is missing or not the released one.
    """

    def __init__(self) -> None:
        contents = {name: _verified(name) for name in FILES}
        self._engine = OnnxEngine(contents[TRUNK])
        facts = tomllib.loads(contents[FACTS].decode())
        self._references = references_of(contents[NUMBERS], facts)
        self._attitudes = attitudes_of(contents[NUMBERS], facts)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of image that it knows."""
        return tuple(self._references)

    def kind_of(self, expected: tuple[str, ...]) -> str:
        """Return the kind that a model expects, "" where it is unknown here."""
        return expected[0] if len(expected) == 1 and expected[0] in self._references else ""

    def preprocessing(self, kind: str) -> Preprocessing:
        """Return how an image is prepared that may be of the kind."""
        return self._references[kind].spec

    def input_of(self, seen: GrayImages, kind: str) -> Batch:
        """Return the gate's input for the images already made of a frame.

        (1, 1, size, size) float32.
        """
        spec = self.preprocessing(kind)
        return input_of(seen.as_trained(spec), spec)

    def prepare(self, frame: Frame, kind: str) -> Batch:
        """Return the gate's input for a frame."""
        return self.input_of(GrayImages(frame), kind)

    def unlikeness(self, batch: Batch, kind: str) -> Floats:
        """Return how unlike its kind each image is: (B,), more than 1 is refused."""
        return self._references[kind].unlikeness(self._engine.run(batch).embedding)

    def gates(self, batch: Batch, kind: str) -> list[Gate]:
        """Return the gate of each row of a batch."""
        outputs = self._engine.run(batch)
        unlike = self._references[kind].unlikeness(outputs.embedding)
        attitude = self._attitudes.get(kind)
        if attitude is None:
            return [gate_of(float(value), kind) for value in unlike]
        found = [attitude.fault(row) for row in attitude.probabilities(with_map(outputs))]
        return [gate_of(float(value), kind, fault) for value, fault in zip(unlike, found, strict=True)]


def references_of(numbers: bytes, facts: dict[str, Any]) -> dict[str, Reference]:
    """Return the references of each kind from the gate's numbers and facts."""
    arrays = {name: np.asarray(value, np.float32) for name, value in load(numbers).items()}
    return {
        kind: Reference(
            spec=Preprocessing(**table["preprocessing"]),
            mean=arrays[f"{kind}/mean"],
            scale=arrays[f"{kind}/scale"],
            images=arrays[f"{kind}/images"],
            plane=arrays[f"{kind}/plane"],
            offset=float(table["offset"]),
            centers=np.array(table["centers"], np.float32),
            spreads=np.array(table["spreads"], np.float32),
            weight=float(table["weight"]),
            most=float(table["most"]),
        )
        for kind, table in facts["kind"].items()
    }


def attitudes_of(numbers: bytes, facts: dict[str, Any]) -> dict[str, Attitude]:
    """Return the attitude planes of the kinds that have them."""
    arrays = {name: np.asarray(value, np.float32) for name, value in load(numbers).items()}
    return {
        kind: Attitude(
            mean=arrays[f"{kind}/attitude_mean"],
            scale=arrays[f"{kind}/attitude_scale"],
            planes=arrays[f"{kind}/attitude_planes"],
            offsets=arrays[f"{kind}/attitude_offsets"],
            most=float(table["attitude"]["most"]),
        )
        for kind, table in facts["kind"].items()
        if "attitude" in table
    }


def gate_folder() -> Path:
    """Return the folder of the bundled gate."""
    return paths.resource(FOLDER)


def gate_sha256() -> str:
    """Return the hash of the gate: a part of every answer that it lets pass."""
    return hashlib.sha256("".join(PIXEL_GATE[name] for name in FILES).encode()).hexdigest()


def gate_of(unlikeness: float, kind: str, fault: str = "") -> Gate:
    """Return the gate for an unlikeness, or for a fault of the pixels."""
    if fault == "inverted":
        return Gate(NAME, passed=False, statement=INVERTED_IMAGE)
    if fault:
        degrees = min(int(fault), 360 - int(fault))
        return Gate(NAME, passed=False, statement=TURNED_IMAGE, facts=(("degrees", str(degrees)),))
    # guard(-> True): an image unlike all that the model was made for
    if unlikeness <= 1:
        return Gate(NAME, passed=True, statement="")
    statement = mark("By its pixels the picture is unlike those that the model was made for: {expected}.")
    return Gate(NAME, passed=False, statement=statement, facts=(("expected", KINDS[kind]),))


def _verified(name: str) -> bytes:
    try:
        content = (gate_folder() / name).read_bytes()
    except OSError as error:
        detail = message("{file} cannot be read", file=name)
        raise DamagedModelError(model=FOLDER, detail=detail) from error
    if hashlib.sha256(content).hexdigest() != PIXEL_GATE.get(name):
        detail = message("{file} is not the file that was released", file=name)
        raise DamagedModelError(model=FOLDER, detail=detail)
    return content
