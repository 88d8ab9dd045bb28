"""A sentence says what a file's code means; a code that nobody knows is quoted."""

import pytest

from medviewer.imaging.code_words import CODE_WORDS, code_words
from medviewer.inference.result import Gate
from medviewer.viewer.texts.image_numbers import part_text


@pytest.mark.parametrize(
    ("statement", "facts", "said"),
    [
        ("the type {type}", (("type", "DERIVED"),), "the type derived from other pictures"),
        ("the type {type}", (("type", "METABOLITE_MAP"),), "the type metabolite map"),
        ("the type {type}", (("type", "CSA 3D EDITOR"),), "the type “CSA 3D EDITOR”"),
        ("{type}", (("type", "ND, NORM"),), "“ND”, “NORM”"),
        ("{intent}", (("intent", "FOR PROCESSING"),), "for processing"),
        ("{position}, not {expected}", (("position", "FFP"), ("expected", "HFS, X1")), None),
        ("{part}", (("part", "HEAD"),), "head"),
        ("{part}", (("part", "Is this a head?"),), "Is this a head?"),
        ("{type}", (("type", "…"),), "…"),
    ],
)
def test_a_gate_says_codes_in_words(
    statement: str, facts: tuple[tuple[str, str], ...], said: str | None
) -> None:
    expected = said or "feet first, prone, not head first, supine, X1"
    assert Gate("derived", False, statement, facts).message.for_user() == expected


def test_series_are_told_apart_by_words_of_their_type() -> None:
    assert part_text((("type", r"DERIVED\PRIMARY\DIFFUSION\ADC"),)) == (
        "derived from other pictures, diffusion, ADC map"
    )
    assert part_text((("type", r"ORIGINAL\PRIMARY"),)) == "original, primary"
    assert part_text((("type", r"ORIGINAL\PRIMARY\M\XY_7"),)) == "magnitude, “XY_7”"


def test_no_words_are_a_code() -> None:
    for code, words in CODE_WORDS.items():
        assert words != code
        assert code_words(f" {code.lower()} ").text == words
