"""Texts find a font for each character, or the export says that it cannot be written."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from medviewer.errors import MissingFontError, MissingLayoutError
from medviewer.export import fonts
from medviewer.export.sheet import write
from medviewer.plain_text import side_by_side
from tests import machine


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Forget the characters of the fonts."""
    fonts.font_with.cache_clear()
    fonts.fontconfig_answer.cache_clear()


@machine.for_chinese()
def test_latin_and_chinese_are_written_by_fonts_that_have_them() -> None:
    text = "σ 12 HU → 体模, 张"
    pieces = fonts.runs(text, 20)
    assert "".join(piece for piece, _ in pieces) == text
    for piece, font in pieces:
        missing = bytes(font.getmask(fonts.NO_CHARACTER))
        assert all(bytes(font.getmask(character)) != missing for character in piece if character != " ")


def test_a_character_that_no_font_has_is_named_instead_of_a_box() -> None:
    with pytest.raises(MissingFontError, match=r"\\U0010fffd \\U0010fffe"):
        fonts.runs("CT \U0010fffe \U0010fffd", 20)


def test_a_joiner_is_never_drawn_as_a_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    word = "\u0645\u06cc\u200c\u062e\u0648"
    assert "".join(piece for piece, _ in fonts.runs(word, 20)).replace("\u200c", "") == word.replace(
        "\u200c", ""
    )
    monkeypatch.setattr(fonts, "has_character", lambda *place: place[-1] not in fonts.JOINERS)
    assert "".join(piece for piece, _ in fonts.runs("a\u200db", 20)) == "ab"


def test_letters_from_the_right_are_refused_where_nothing_lays_them_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts.features, "check_feature", lambda _name: False)
    for name in ("דוד", "علي 1960-03-12"):
        with pytest.raises(MissingLayoutError):
            fonts.runs(name, 20)
    assert fonts.runs("Doe 1960-03-12", 20)


@pytest.mark.skipif(not fonts.features.check_feature("raqm"), reason="nothing lays out Arabic here")
@pytest.mark.skipif(fonts.font_with("ع") is None, reason="no Arabic font")
def test_a_date_beside_an_arabic_name_is_drawn_as_it_is_alone() -> None:
    def drawn(text: str) -> npt.NDArray[np.uint8]:
        canvas = Image.new("RGB", (400, 40))
        write(ImageDraw.Draw(canvas), (4, 4), text, 20, (255, 255, 255))
        return np.asarray(canvas)[:, :, 0]

    date = drawn("1960-03-12")
    columns = np.flatnonzero(date.any(axis=0))
    date = date[:, columns[0] : columns[-1] + 1]
    beside = drawn(side_by_side(("علي", "1960-03-12"), "  "))
    places = range(beside.shape[1] - date.shape[1])
    assert any((beside[:, place : place + date.shape[1]] == date).all() for place in places)


def test_without_a_chinese_font_the_export_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "KNOWN", tuple((str(font), 0) for font in machine.DEJAVU))
    monkeypatch.setattr(fonts.shutil, "which", lambda _name: None)
    assert fonts.width("Axial", 20) > 0
    with pytest.raises(MissingFontError, match="体"):
        fonts.runs("体", 20)
    fonts.font_with.cache_clear()
