"""Names and descriptions in every character set, and those whose character set is stated wrongly."""

from pathlib import Path

import pytest

from medviewer.dicom.character_sets import READ_AS_NOTES, TEXT_ENCODINGS, decode, decode_as
from medviewer.dicom.index import scan
from medviewer.dicom.indexing import Indexer
from medviewer.dicom.sandbox import Sandbox
from tests import factories
from tests.dicom.reading import instance

AS_GB18030 = READ_AS_NOTES["GB18030"]

# written down from the tables of PS3.5 annexes H to K and of the files' authors, not from a decoder
COLLECTION_NAMES = {
    "chrArab.dcm": "قباني, لنزار",
    "chrFren.dcm": "Buc, Jérôme",
    "chrFrenMulti.dcm": "Buc, Jérôme",
    "chrGerm.dcm": "Äneas, Rüdiger",
    "chrGreek.dcm": "Διονυσιος",
    "chrH31.dcm": "Yamada, Tarou (山田太郎)",
    "chrH32.dcm": "ﾔﾏﾀﾞ, ﾀﾛｳ (山田太郎)",
    "chrHbrw.dcm": "שרון, דבורה",
    "chrI2.dcm": "Hong, Gildong (洪吉洞)",
    "chrJapMulti.dcm": "やまだ, たろう",
    "chrJapMultiExplicitIR6.dcm": "やまだ, たろう",
    "chrKoreanMulti.dcm": "김희중",
    "chrRuss.dcm": "Люкceмбypг",
    "chrX1.dcm": "Wang, XiaoDong (王小東)",
    "chrX2.dcm": "Wang, XiaoDong (王小东)",
}


@pytest.mark.shared
def test_the_names_of_the_collection_are_those_of_their_authors(shared_data: Path) -> None:
    folder = shared_data / "data" / "dicom" / "15-charsets"
    shown = {}
    for name in COLLECTION_NAMES:
        record = Indexer().index_file(folder / name)
        described = record["instance"]["shared"] if "instance" in record else record["other"]
        shown[name] = described["identity"]["patient_name"]
        assert not described.get("notes"), name
    assert shown == COLLECTION_NAMES


@pytest.mark.parametrize(
    ("stated", "raw", "text"),
    [
        ((), b"Doe^Jane", "Doe^Jane"),
        (("ISO_IR 100",), b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        (("ISO_IR 101",), b"Wa\xb3\xeasa", "Wałęsa"),
        (("ISO_IR 109",), b"\xd8u\xfd", "Ĝuŭ"),
        (("ISO_IR 110",), b"\xbb", "ģ"),
        (("ISO_IR 144",), b"\xbb\xee\xda", "Люк"),
        (("ISO_IR 126",), b"\xc4\xe9", "Δι"),
        (("ISO_IR 127",), b"\xe2\xc8", "قب"),
        (("ISO_IR 138",), b"\xf9\xf8", "שר"),
        (("ISO_IR 148",), b"\xdd\xfe", "İş"),
        (("ISO_IR 166",), b"\xb9\xd2", "นา"),
        (("ISO_IR 203",), b"\xa4", "€"),
        (("ISO_IR 13",), b"\xd4\xcf", "ﾔﾏ"),
        (("ISO_IR 192",), "王^小東".encode(), "王^小東"),
        (("GB18030",), b"\xcd\xf5^\xd0\xa1\xb6\xab", "王^小东"),
        (("GBK",), b"\x86\xb4", "喆"),
        (("GB18030",), b"\x81\x5c\\x", "乗\\x"),  # its second byte is that of a backslash
        (("", "ISO 2022 IR 58"), b"Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xb4\xf3", "Zhang=张^大"),
        (("", "ISO 2022 IR 149"), b"\x1b$)C\xfb\xf3\x1b(B\xd1\xce", "洪吉"),  # G1 outlives G0's change
        (("", "ISO 2022 IR 149"), b"\xfb\xf3", "洪"),  # the escape sequence was left out
        (("", "ISO 2022 IR 87"), b"\x1b$B;3ED\x1b(B\\\x1b$B\x30\x5c\x1b(B", "山田\\移"),
        (("", "ISO 2022 IR 159"), b"\x1b$(D\x30\x21\x1b(B", "丂"),
        (("ISO 2022 IR 100", "ISO 2022 IR 144"), b"\xc4\x1b-L\xbb\xee^\xc4", "ÄЛю^Ä"),
        (("ISO IR 100",), b"\xc4", "Ä"),  # misspelt terms are common
        (("ISO-IR-144",), b"\xbb", "Л"),
        (("UTF-8",), "Ä".encode(), "Ä"),
    ],
)
def test_stated_sets_are_believed(stated: tuple[str, ...], raw: bytes, text: str) -> None:
    decoded = decode(raw, stated, is_name=True)
    assert (decoded.text, decoded.read_as) == (text, "")


def test_a_code_extension_ends_at_the_delimiters_of_its_kind_of_text() -> None:
    raw = b"\x1b-L\xbb^\xc4"
    assert decode(raw, ("ISO 2022 IR 100",), is_name=True).text == "Л^Ä"
    assert decode(raw, ("ISO 2022 IR 100",)).text == "Л^Ф"


@pytest.mark.parametrize("stated", [(), ("",), ("ISO_IR 6",), ("ISO_IR 100",)])
@pytest.mark.parametrize("text", ["张^三", "Zhang^San=张^三", "李婷", "头部CT平扫", "胸部（正位）", "王^喆"])
def test_chinese_under_a_wrong_set_is_recognised(stated: tuple[str, ...], text: str) -> None:
    decoded = decode(text.encode("gb18030"), stated)
    assert (decoded.text, decoded.read_as) == (text, "GB18030")


@pytest.mark.parametrize(
    "text",
    [
        "Buc^Jérôme",
        "Äneas^Rüdiger",
        "CONCEIÇÃO^JOÃO",
        "CONCEIÇÃO^CONCEIÇÃO",
        "Conceição^São",
        "Größe^Übermaß",
        "ÞÓRÐARSON^ÆÐUR",
        "ÅÄÖ",
        "NOËL^ZOÉ",
        "Håøy^Blåbærgrød",
        "MUÑOZ^ÑÁÑEZ",
        "ÇÃO",
        "5 µm ±2 ×3 °C",
    ],
)
def test_western_names_stay_what_they_are(text: str) -> None:
    assert decode(text.encode("latin-1"), ("ISO_IR 100",)).read_as == ""
    assert decode(text.encode("latin-1"), ("ISO_IR 100",)).text == text


def test_no_pair_of_accented_letters_inside_a_word_is_taken_for_chinese() -> None:
    accented = [bytes([number]).decode("latin-1") for number in range(0xC0, 0x100)]
    for first in accented:
        for second in accented:
            for word in (f"Ab{first}{second}er^Xy", f"{first}{second}er^O{second}x", f"A{first}^{second}B"):
                raw = word.encode("latin-1")
                assert decode(raw, ("ISO_IR 100",)).text == word, word


def test_undeclared_bytes_are_read_and_said_so() -> None:
    assert decode("Müller".encode(), ()).read_as == "UTF-8"
    assert decode("王小东".encode(), ("ISO_IR 100",)).text == "王小东"
    western = decode("Müller".encode("latin-1"), ())
    assert (western.text, western.read_as) == ("Müller", "Latin-1")
    broken = decode(b"M\xfcller", ("ISO_IR 192",))
    assert (broken.text, broken.read_as) == ("Müller", "Latin-1")


def test_every_choice_of_the_user_decodes_and_never_fails() -> None:
    for choice in TEXT_ENCODINGS:
        assert decode_as(b"abc", choice) == "abc"
        assert isinstance(decode_as(bytes(range(256)), choice), str)
    assert decode_as("山田".encode("shift_jis"), "shift-jis") == "山田"
    assert decode_as("홍길동".encode("euc_kr"), "ks-x-1001") == "홍길동"


def written(folder: Path, name: bytes, character_set: str | None) -> Path:
    made = factories.dataset(SpecificCharacterSet=character_set, PatientName="PLACEHOLDERXYZ")
    path = factories.write(made, folder / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"PLACEHOLDERXYZ", name.ljust(14)))
    return path


def test_what_was_guessed_stands_with_the_stack(tmp_path: Path) -> None:
    chinese = instance(written(tmp_path, "张^三".encode("gbk"), "ISO_IR 100"))
    assert chinese.identity.patient_name == "张, 三"
    assert chinese.notes == (AS_GB18030,)
    assert instance(written(tmp_path, "张^三".encode("gbk"), "GB18030")).notes == ()
    assert instance(written(tmp_path, b"M\xfcller", "ISO_IR 100")).notes == ()


def test_the_user_may_choose_how_text_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "山田^太郎".encode("shift_jis"), "ISO_IR 100")
    note = TEXT_ENCODINGS["shift-jis"].note
    with Sandbox() as sandbox:
        for choice in ("", "shift-jis", ""):  # and change it back
            *_, last = scan([path], sandbox, text_encoding=choice)
            stack = last.library.stacks[0]
            assert (stack.identity.patient_name == "山田, 太郎") is bool(choice)
            assert (note in stack.warnings) is bool(choice)
