"""The bundled fonts.

Loaded, with the signs that are needed, and no fault where they are missing.
"""

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFontDatabase, QFontInfo, QRawFont, QTextLayout
from PySide6.QtWidgets import QApplication

from medviewer import paths
from medviewer.gui.look import fonts
from medviewer.gui.look.type_scale import Type, Weight, font

THAI = "สมชาย ใจดี"
RARE_NAMES = "喆堃赟曌镕珺翀玥昇彧"


@pytest.fixture(autouse=True)
def loaded(qapp: QApplication) -> None:
    fonts.load_fonts()


def raw(name: str) -> QRawFont:
    return QRawFont(str(paths.resource("fonts", name)), 13)


def test_both_families_are_bundled_with_their_licence() -> None:
    assert {"Inter", "Noto Sans SC"} <= set(fonts.load_fonts())
    licence = paths.resource("fonts", "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for file in paths.resource("fonts").glob("*.otf"):
        assert file.name in licence


@pytest.mark.parametrize("weight", Weight)
def test_latin_is_written_in_inter_in_the_weight_that_is_asked_for(weight: Weight) -> None:
    info = QFontInfo(font(Type.BODY, weight))
    assert (info.family(), info.weight()) == ("Inter", int(weight))


@pytest.mark.parametrize("name", ["NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"])
def test_every_text_of_the_program_and_common_names_can_be_written(name: str) -> None:
    catalogue = paths.resource("i18n", "zh_CN", "LC_MESSAGES", "medviewer.po").read_text("utf-8")
    latin, chinese = raw("Inter-Regular.otf"), raw(name)
    needed = {sign for sign in catalogue + RARE_NAMES if ord(sign) > 0x7F}
    assert len(needed) > 800
    missing = {
        sign
        for sign in needed
        if not (latin.supportsCharacter(ord(sign)) or chinese.supportsCharacter(ord(sign)))
    }
    assert missing == set()


def test_all_of_gb_2312_can_be_written() -> None:
    chinese = raw("NotoSansSC-Regular.otf")
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    signs = [sign for code in codes for sign in code.decode("gb2312", "ignore")]
    assert len(signs) == 6763
    assert [sign for sign in signs if not chinese.supportsCharacter(ord(sign))] == []


def test_without_the_files_the_systems_fonts_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.otf").write_bytes(b"no font")
    monkeypatch.setattr(paths, "resource", lambda *_parts: tmp_path)
    assert fonts.load_fonts.__wrapped__() == ()
    assert "broken.otf cannot be read" in caplog.text
    assert QFontDatabase.families()


def test_thai_is_written_in_the_systems_font_where_there_is_one() -> None:
    number = QFontDatabase.addApplicationFontFromData(QByteArray(thai_font("Loma")))
    try:
        layout = QTextLayout(THAI, font(Type.BODY))
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        runs = layout.glyphRuns()
        assert "Loma" in {run.rawFont().familyName() for run in runs}
        assert all(0 not in run.glyphIndexes() for run in runs)  # 0 is the box
    finally:
        QFontDatabase.removeApplicationFont(number)


def thai_font(family: str) -> bytes:
    """Return a font of squares for the letters of THAI."""
    names = {ord(letter): f"uni{ord(letter):04X}" for letter in THAI}
    pen = TTGlyphPen(None)
    for step, place in enumerate([(50, 0), (50, 500), (450, 500), (450, 0)]):
        (pen.lineTo if step else pen.moveTo)(place)
    pen.closePath()
    square, order = pen.glyph(), [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys(order, square))
    made.setupHorizontalMetrics(dict.fromkeys(order, (500, 50)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": "Regular"})
    made.setupOS2(ulUnicodeRange1=1 << 24)
    made.setupPost()
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()
