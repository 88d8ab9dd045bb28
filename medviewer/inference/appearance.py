"""What a picture looks like, held against its header: the bundled router as the gate before a classifier.

A header can lie, or have been typed for the examination before. Where a picture clearly looks like something
that the model was not made for, it is refused, whatever the header says.
"""

from typing import Final

from medviewer.imaging.frame import Frame
from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.input_contract import KINDS
from medviewer.inference.model_card import GRAPH, find_pack, verify_pack
from medviewer.inference.prediction import Gate
from medviewer.inference.preprocess import preprocess
from medviewer.inference.probabilities import calibrated
from medviewer.translation import mark

ROUTER: Final = "router"
CLEARLY: Final = 0.95  # probability of all that the model was not made for, at which a picture is refused


class Appearance:
    """The bundled router, ready to say what a picture shows.

    Raises
    ------
    UnknownModelError, DamagedModelError
        It is not installed, or not the released one.
    """

    def __init__(self) -> None:
        pack = verify_pack(find_pack(ROUTER))
        self._card = pack.card
        self._engine = OnnxEngine(pack.read(GRAPH))

    def probabilities(self, frame: Frame) -> dict[str, float]:
        """Return the probability of each kind of picture.

        Raises
        ------
        InvalidNumbersError
            A pixel or the network's output is no number.
        """
        logits = self._engine.run(preprocess(frame, self._card.preprocessing)).logits
        return dict(
            zip(self._card.labels, calibrated(logits, self._card.temperature)[0].tolist(), strict=True)
        )

    def gate(self, frame: Frame, expected: tuple[str, ...]) -> Gate:
        """Return whether the picture may be what the model was made for, one of the expected kinds."""
        found = self.probabilities(frame)
        if 1 - sum(found.get(kind, 0.0) for kind in expected) < CLEARLY:
            return Gate("appearance", passed=True, statement="")
        likeliest = max(found, key=lambda kind: found[kind])
        statement = mark("By its pixels the picture looks like: {kind}. The model knows {expected} only.")
        facts = (("kind", KINDS[likeliest]), ("expected", ", ".join(KINDS[kind] for kind in expected)))
        return Gate("appearance", passed=False, statement=statement, facts=facts)
