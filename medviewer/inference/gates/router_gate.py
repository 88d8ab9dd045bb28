"""Appearance gate: the router's opinion held against the header.

The bundled router as the gate before a classifier. A header can lie, or have been typed for the examination
before. Where an image clearly looks like something that the model was not made for, it is refused, whatever
the header says.
"""

from typing import Final

import numpy as np

from medviewer.errors import InvalidNumbersError
from medviewer.imaging.frame import Frame
from medviewer.inference.engines import OnnxEngine
from medviewer.inference.input import Batch, GrayImages, Preprocessing, input_of
from medviewer.inference.labels import KINDS
from medviewer.inference.pack import GRAPH, ROUTER, find_pack, verify_pack
from medviewer.inference.probabilities import calibrated
from medviewer.inference.result import Gate
from medviewer.translation import mark

CLEARLY: Final = 0.95  # probability of all that the model was not made for, at which an image is refused


NONE_OF_THESE: Final = "other"
"""The kind of what is like no known one."""


class RouterGate:
    """The bundled router, ready to classify the kind of an image.

    Raises
    ------
    UnknownModelError, DamagedModelError
        It is not installed, or not the released one.
    """

    def __init__(self) -> None:
        pack = verify_pack(find_pack(ROUTER))
        self._card = pack.card
        self._engine = OnnxEngine(pack.read(GRAPH))

    @property
    def preprocessing(self) -> Preprocessing:
        """Settings that the router sees images by."""
        return self._card.preprocessing

    def prepare(self, frame: Frame) -> Batch:
        """Return the router's input for a frame: (1, C, size, size) float32.

        Raises
        ------
        InvalidNumbersError
            A pixel is no number.
        """
        return self.input_of(GrayImages(frame))

    def input_of(self, seen: GrayImages, *, inverse_too: bool = False) -> Batch:
        """Return the router's input for the images already made of a frame.

        With `inverse_too`, that of its inverse follows.
        """
        spec = self._card.preprocessing
        image = seen.as_trained(spec)
        if not inverse_too:
            return input_of(image, spec)
        return np.concatenate([input_of(image, spec), input_of(image.inverse(), spec)])

    def probabilities(self, batch: Batch) -> list[dict[str, float] | None]:
        """Return for each row of a batch the probability of each kind of image.

        None: no numbers came.
        """
        found: list[dict[str, float] | None] = []
        for logits in self._engine.run(batch).logits:
            try:
                [row] = calibrated(logits[None], self._card.temperature).tolist()
            except InvalidNumbersError:  # the model's own network meets the same number and says so
                found.append(None)
                continue
            found.append(dict(zip(self._card.labels, row, strict=True)))
        return found

    def gates(self, batch: Batch, expected: tuple[str, ...]) -> list[Gate | None]:
        """Return each row's gate: whether its kind is one of the expected.

        None where the network gave no numbers.
        """
        return [None if found is None else _gate(found, expected) for found in self.probabilities(batch)]


def _gate(found: dict[str, float], expected: tuple[str, ...]) -> Gate:
    # guard(-> True): an image that looks like another kind than the model was made for
    if 1 - sum(found.get(kind, 0.0) for kind in expected) < CLEARLY:
        return Gate("appearance", passed=True, statement="")
    likeliest = max(found, key=lambda kind: found[kind])
    known = ("expected", ", ".join(KINDS[kind] for kind in expected))
    if likeliest == NONE_OF_THESE:
        statement = mark(
            "This slice looks neither like the {expected} that the model knows nor like another known kind."
        )
        return Gate("appearance", passed=False, statement=statement, facts=(known,))
    statement = mark("This slice does not look like the {expected} that the model knows (nearest: {kind}).")
    facts = (("kind", KINDS[likeliest]), known)
    return Gate("appearance", passed=False, statement=statement, facts=facts)
