"""Names and descriptions in every character set, and those whose character set is stated wrongly."""

import random
import re
from pathlib import Path

import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.text import letters
from medviewer.dicom.text.character_sets import CODECS, TEXT_ENCODINGS, decode_text, decode_text_as
from medviewer.dicom.text.shown_text import person_name, plain
from medviewer.dicom.text.undeclared_text import CANDIDATES
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories
from tests.dicom.read_files import instance

AS_GB18030 = TEXT_ENCODINGS["gb18030"].guess_note

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
        (("ISO 2022 IR 87",), b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"),
        (("ISO 2022 IR 159",), b"Yamada=\x1b$B;3ED\x1b(B", "Yamada=山田"),
        (("", "ISO 2022 IR 159"), b"\x1b$(D\x30\x21\x1b(B", "丂"),
        (("ISO 2022 IR 100", "ISO 2022 IR 144"), b"\xc4\x1b-L\xbb\xee^\xc4", "ÄЛю^Ä"),
        (("ISO IR 100",), b"\xc4", "Ä"),  # misspelt terms are common
        (("ISO-IR-144",), b"\xbb", "Л"),
        (("UTF-8",), "Ä".encode(), "Ä"),
    ],
)
def test_stated_sets_are_believed(stated: tuple[str, ...], raw: bytes, text: str) -> None:
    decoded = decode_text(raw, stated, is_name=True)
    assert (decoded.text, decoded.read_as) == (text, "")


def test_a_code_extension_ends_at_the_delimiters_of_its_kind_of_text() -> None:
    raw = b"\x1b-L\xbb^\xc4"
    assert decode_text(raw, ("ISO 2022 IR 100",), is_name=True).text == "Л^Ä"
    assert decode_text(raw, ("ISO 2022 IR 100",)).text == "Л^Ф"


@pytest.mark.parametrize("stated", [(), ("",), ("ISO_IR 6",), ("ISO_IR 100",)])
@pytest.mark.parametrize("text", ["张^三", "Zhang^San=张^三", "李婷", "头部CT平扫", "胸部（正位）", "王^喆"])
def test_chinese_under_a_wrong_set_is_recognised(stated: tuple[str, ...], text: str) -> None:
    decoded = decode_text(text.encode("gb18030"), stated, is_name="^" in text or text == "李婷")
    assert (decoded.text, decoded.read_as) == (text, "gb18030")


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
    assert decode_text(text.encode("latin-1"), ("ISO_IR 100",)).read_as == ""
    assert decode_text(text.encode("latin-1"), ("ISO_IR 100",)).text == text


def test_no_pair_of_accented_letters_inside_a_word_is_taken_for_chinese() -> None:
    accented = [bytes([number]).decode("latin-1") for number in range(0xC0, 0x100)]
    for first in accented:
        for second in accented:
            for word in (f"Ab{first}{second}er^Xy", f"{first}{second}er^O{second}x", f"A{first}^{second}B"):
                raw = word.encode("latin-1")
                assert decode_text(raw, ("ISO_IR 100",)).text == word, word


def test_undeclared_bytes_are_read_and_said_so() -> None:
    assert decode_text("Müller".encode(), ()).read_as == "utf-8"
    assert decode_text("王小东".encode(), ("ISO_IR 100",)).text == "王小东"
    western = decode_text("Müller".encode("latin-1"), ())
    assert (western.text, western.read_as) == ("Müller", "latin-1")
    broken = decode_text(b"M\xfcller", ("ISO_IR 192",))
    assert (broken.text, broken.read_as) == ("Müller", "latin-1")


def test_every_set_that_is_weighed_can_be_chosen() -> None:
    assert set(CANDIDATES) < set(TEXT_ENCODINGS)
    numbers = {"6", "13", "87", "159", "58"}  # held by others
    for number in CODECS.keys() - numbers:
        if number.isdecimal():
            sample = bytes(range(0xB1, 0xBA)).decode(CODECS[number], "ignore")
            assert any(
                sample == bytes(range(0xB1, 0xBA)).decode(one.codec, "ignore")
                for one in TEXT_ENCODINGS.values()
            ), number


def test_every_choice_of_the_user_decodes_and_never_fails() -> None:
    for choice in TEXT_ENCODINGS:
        assert decode_text_as(b"abc", choice) == "abc"
        assert isinstance(decode_text_as(bytes(range(256)), choice), str)
    assert decode_text_as("山田".encode("shift_jis"), "shift-jis") == "山田"
    assert decode_text_as("홍길동".encode("euc_kr"), "ks-x-1001") == "홍길동"


RECOGNIZED = {
    "latin-1": ("cp1252", "Müller Núñez García^María Hélène^François Sørensen João Loïc Þórðarson^Æður Weiß"),
    "latin-2": ("iso8859_2", "Dvořák Novák^Jiří Wałęsa Świątek Stańczyk Řehoř Čapek Železný DVOŘÁK"),
    "latin-5": ("iso8859_9", "Yıldız Çağlar Işık"),
    "latin-4": ("iso8859_4", "Bērziņš"),
    "cyrillic": ("iso8859_5", "Иванов^Иван КУЗНЕЦОВА^АННА Шевченко"),
    "windows-1251": ("cp1251", "Иванов^Иван КУЗНЕЦОВА^АННА Шевченко"),
    "koi8-r": ("koi8_r", "Иванов^Иван КУЗНЕЦОВА^АННА"),
    "greek": ("iso8859_7", "Παπαδόπουλος^Γιώργος ΠΑΠΑΔΟΠΟΥΛΟΣ^ΓΙΩΡΓΟΣ"),
    "hebrew": ("iso8859_8", "כהן^דוד שרון^דבורה לוי^משה"),
    "arabic": ("iso8859_6", "قباني^لنزار محمد^أحمد فاطمة"),
    "windows-1256": ("cp1256", "قباني^لنزار محمد^أحمد فاطمة"),
    "thai": ("tis_620", "สมชาย^ใจดี"),
    "gb18030": ("gb18030", "王小东 Zhang^San=张^三 陈海峰 王^喆"),
    "big5": ("big5", "王小東 林志玲 黃^大明"),
    "shift-jis": ("shift_jis", "山田^太郎 ﾔﾏﾀﾞ^ﾀﾛｳ やまだ^たろう Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "euc-jp": ("euc_jp", "山田^太郎 鈴木一郎"),
    "ks-x-1001": ("euc_kr", "김귀순 이영희 박^지성 홍길동"),
    "utf-8": ("utf_8", "Müller 王小东 김귀순 כהן^דוד สมชาย^ใจดี 郑伟"),
}
"""Names by the set that their bytes are to be recognized as, and its codec."""


@pytest.mark.parametrize(("key", "codec", "names"), [(key, *row) for key, row in RECOGNIZED.items()])
def test_a_name_that_makes_sense_in_one_set_only_is_read_in_it(key: str, codec: str, names: str) -> None:
    for name in names.split():
        decoded = decode_text(name.encode(codec), (), is_name=True)
        assert decoded.text == name
        said = key if key != "latin-2" else {"latin-2", "latin-1"}  # letters that both have are Latin-1's
        assert decoded.read_as in said
        assert decoded.is_certain


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("iso8859_9", "Erdoğan"),  # or Erdoðan, which is Icelandic
        ("iso8859_4", "Liepiņa"),  # or Liepiña
        ("latin_1", "Peña"),  # or Peņa
        ("iso8859_2", "Erdős"),  # or Erdõs
        ("gb18030", "郭梅"),  # or other characters of Big5
        ("euc_kr", "김"),
        ("iso8859_5", "Ли"),
        ("iso8859_2", "Kępa"),  # or Kêpa
    ],
)
@pytest.mark.parametrize("stated", [(), ("",), ("ISO_IR 192",)])
def test_where_two_sets_make_sense_no_character_is_guessed(
    codec: str, name: str, stated: tuple[str, ...]
) -> None:
    raw = name.encode(codec)
    decoded = decode_text(raw, stated, is_name=True)
    assert not decoded.is_certain
    assert decoded.read_as == ""
    assert len(decoded.may_be) > 1
    assert any(decode_text_as(raw, choice) == name for choice in decoded.may_be)
    shown = plain(decoded.text)
    assert re.sub(r"\\\d{3}", "?", shown).isascii() or "\\" in shown
    assert "\ufffd" not in shown


@pytest.mark.parametrize(
    ("codec", "family", "given"),
    [
        ("gb18030", letters.CHINESE_NAMES, letters.CHINESE_GIVEN),
        ("big5", letters.TAIWANESE_NAMES, letters.TAIWANESE_GIVEN),
        ("euc_kr", letters.KOREAN_NAMES, letters.KOREAN_GIVEN),
    ],
)
def test_of_many_names_none_is_taken_for_another_ones(
    codec: str, family: frozenset[str], given: frozenset[str]
) -> None:
    chosen = random.Random(codec)
    first, later = sorted(family), sorted(given)
    names = {chosen.choice(first) + "".join(chosen.choices(later, k=2)) for _ in range(300)}
    readings = {name: decode_text(name.encode(codec), (), is_name=True) for name in names}
    assert not {name: one.text for name, one in readings.items() if one.is_certain and one.text != name}
    assert sum(one.text == name for name, one in readings.items()) > 0.9 * len(names)


def test_bytes_that_nobody_knows_are_shown_as_the_standard_says_and_tell_patients_apart() -> None:
    first, second = (plain(decode_text(raw, (), is_name=True).text) for raw in (b"\xb1\xe8", b"\xb1\xe9"))
    assert (first, second) == ("\\261\\350", "\\261\\351")
    assert plain(decode_text("Erdoğan".encode("iso8859_9"), (), is_name=True).text) == "Erdo\\360an"


@pytest.mark.parametrize(
    ("stated", "raw", "text", "read_as"),
    [
        (("ISO_IR 100",), "김귀순".encode("euc_kr"), "김귀순", "ks-x-1001"),
        (("ISO_IR 100",), "王小東".encode("big5"), "王小東", "big5"),
        (("ISO_IR 100",), "山田^太郎".encode("shift_jis"), "山田^太郎", "shift-jis"),
        (("ISO_IR 100",), "Παπαδόπουλος".encode("iso8859_7"), "Παπαδόπουλος", "greek"),
        (("ISO_IR 144",), "Иванов^Иван".encode("koi8_r"), "Иванов^Иван", "koi8-r"),
        (("ISO_IR 144",), "Иванов".encode(), "Иванов", "utf-8"),
        (("GB18030",), "张三".encode(), "张三", "utf-8"),
        (("ISO_IR 192",), "Müller".encode("latin-1"), "Müller", "latin-1"),
        (("ISO_IR 192",), "王小东".encode("gb18030"), "王小东", "gb18030"),
        (("ISO_IR 192",), "王小东".encode()[:-1], "王小\ufffd", ""),  # cut amid a character
        (("GB18030",), "王小东".encode("gb18030")[:-1], "王小\ufffd", ""),
        (("ISO8859-1",), b"M\xfcller", "Müller", ""),
        (("windows-1251",), "Иванов".encode("cp1251"), "Иванов", ""),
        (("NONSENSE",), "김귀순".encode("euc_kr"), "김귀순", "ks-x-1001"),
    ],
)
def test_a_set_that_cannot_be_meant_is_not_believed(
    stated: tuple[str, ...], raw: bytes, text: str, read_as: str
) -> None:
    decoded = decode_text(raw, stated, is_name=True)
    assert (decoded.text, decoded.read_as) == (text, read_as)


def test_other_texts_are_read_like_the_patients_name(tmp_path: Path) -> None:
    assert not decode_text("복부 CT".encode("euc_kr"), ()).is_certain
    path = written(tmp_path, "김^귀순".encode("euc_kr"), None)
    path.write_bytes(path.read_bytes().replace(b"Made series", "복부 CT".encode("euc_kr").ljust(11)))
    found = instance(path)
    assert found.identity.series_description == "복부 CT"
    assert found.notes == (TEXT_ENCODINGS["ks-x-1001"].guess_note,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\ufeffMüller", "Müller"),
        ("علي\u200c^حسن", "علي, حسن"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # it shapes the letters beside it
        ("क्\u200dष", "क्\u200dष"),
        ("Do\u200de", "Doe"),
        ("Do\u200be\u2060\xad", "Doe"),
        ("Doe\u202eevil", "Doe\ufffdevil"),
        ("Doe\u2066x", "Doe\ufffdx"),
        ("a\x1b[31m", "a\ufffd[31m"),
        ("辻\U000e0100", "辻"),
    ],
)
def test_joiners_and_marks_of_byte_order_are_never_drawn_as_signs(text: str, shown: str) -> None:
    assert person_name(text) == shown


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
    path = written(tmp_path, "Erdoğan^Uğur".encode("iso8859_9"), None)
    note = TEXT_ENCODINGS["latin-5"].chosen_note
    with Sandbox() as sandbox:
        for choice in ("", "latin-5", ""):  # and change it back
            *_, last = scan([path], sandbox, text_encoding=choice)
            stack = last.library.stacks[0]
            assert (stack.identity.patient_name == "Erdoğan, Uğur") is bool(choice)
            assert (note in stack.warnings) is bool(choice)


@pytest.mark.parametrize("raw", [b"Yamada=\x1b$B;3E\x1b(B", b"Yamada=\x1b$B;3ED^B@O:"])
def test_escape_sequences_that_make_no_sense_are_shown_and_called_no_other_set(raw: bytes) -> None:
    decoded = decode_text(raw, ("", "ISO 2022 IR 87"), is_name=True)
    assert not decoded.read_as
    assert not decoded.is_certain
    assert plain(decoded.text).startswith("Yamada=\\033$B;3E")
