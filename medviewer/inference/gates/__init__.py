"""Gates before a model.

They are asked in this order: header, polarity, router, pixels, another model's finding, a question.
The first that refuses gives the reason (`Classifier`).
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.gates.pixel_gate import (
        ATTITUDES,
        FACTS,
        FILES,
        NUMBERS,
        TRUNK,
        Attitude,
        PixelGate,
        Reference,
        gate_folder,
        gate_sha256,
    )
    from medviewer.inference.gates.polarity import polarity_gates, with_appearance
    from medviewer.inference.gates.router_gate import RouterGate
    from medviewer.inference.gates.suitability import (
        PLANE_WORDS,
        ages_text,
        first_failed,
        header_notes,
        header_refusal,
        named_sequences,
        part_question,
        suitability_gates,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "pixel_gate": (
            "ATTITUDES FACTS FILES NUMBERS TRUNK Attitude PixelGate Reference gate_folder gate_sha256"
        ),
        "polarity": "polarity_gates with_appearance",
        "router_gate": "RouterGate",
        "suitability": (
            "PLANE_WORDS ages_text first_failed header_notes header_refusal named_sequences part_question "
            "suitability_gates"
        ),
    },
)
