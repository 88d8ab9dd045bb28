"""The fast reader of headers says what the full parser says, or leaves the file to it."""

import struct
from collections import Counter
from pathlib import Path

import pydicom.data
import pytest
from pydicom.dataset import Dataset

from medviewer import limits
from medviewer.dicom.attributes.instance import Record
from medviewer.dicom.files.opening import file_state
from medviewer.dicom.header import fast_reader as walker
from medviewer.dicom.header.fast_reader import NotPlainHeaderError, walk_file
from medviewer.dicom.header.file import Source, open_source
from medviewer.dicom.header.repeated_elements import RepeatedElements
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.sources import walked_source
from medviewer.errors import UnreadableFile
from tests import factories


def record(indexer: Indexer, source: Source, path: Path) -> Record:
    try:
        return indexer.record(source, file_state(path))
    except UnreadableFile as error:
        return error.as_record()


def compare(path: Path, indexer: Indexer, repeats: RepeatedElements) -> str:
    """Return "same", "different", or "doubt" where the parser is needed."""
    with path.open("rb") as file:
        try:
            walked = record(indexer, walked_source(path, file, path.stat().st_size, repeats), path)
        except (NotPlainHeaderError, struct.error):
            return "doubt"
        try:
            parsed = record(Indexer(), open_source(path, file), path)
        except UnreadableFile as error:
            parsed = error.as_record()
    return "same" if walked == parsed else "different"


def compare_alone(path: Path) -> str:
    return compare(path, Indexer(), RepeatedElements())


def compare_all(folder: Path, share: int = 1) -> Counter[str]:
    """Compare files, each three times, as three of a series.

    All is learned by then. Of more than one share, one is compared.
    """
    indexer, repeats = Indexer(), RepeatedElements()
    files = sorted(path for path in folder.rglob("*") if path.is_file())[::share]
    once = Counter(compare(path, indexer, repeats) for path in files)
    thrice = Counter(compare(path, indexer, repeats) for path in files for _ in range(3))
    assert thrice == Counter({result: 3 * count for result, count in once.items()})
    return once


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_it_says_what_the_parser_says_on_the_files_of_the_wheel() -> None:
    counts = compare_all(Path(pydicom.data.__file__).parent / "test_files")
    assert counts["different"] == 0
    assert counts["same"] > 60


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_it_says_what_the_parser_says_on_the_sample_collection(shared_data: Path, share: int) -> None:
    counts = compare_all(shared_data / "data" / "dicom", share)
    assert counts["different"] == 0
    assert counts["same"] > 700 / share


def test_it_walks_plain_files_and_what_they_nest(tmp_path: Path) -> None:
    assert compare_alone(factories.write(factories.dataset(), tmp_path / "ct.dcm")) == "same"
    assert compare_alone(factories.enhanced_ct(tmp_path / "enhanced.dcm")) == "same"
    assert compare_alone(factories.palette(tmp_path / "palette.dcm")) == "same"


def test_a_header_may_be_longer_than_the_one_before_it(tmp_path: Path) -> None:
    indexer, repeats = Indexer(), RepeatedElements()
    for number, length in enumerate((8, 8, 10_000, 8, 9_000, 30_000, 8)):
        made = factories.dataset(InstanceNumber=number, ImageComments="x" * length)
        path = factories.write(made, tmp_path / f"{number}.dcm")
        assert compare(path, indexer, repeats) == "same", number


def doubts(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            walk_file(file, path.stat().st_size)
        except NotPlainHeaderError:
            return True
    return False


def test_it_leaves_what_is_not_plain_to_the_parser(tmp_path: Path) -> None:
    big_endian = factories.write_big_endian(factories.dataset(), tmp_path / "big.dcm")
    plain = factories.write(factories.dataset(), tmp_path / "plain.dcm")
    headless = tmp_path / "headless.dcm"
    headless.write_bytes(plain.read_bytes()[132:])
    assert all(map(doubts, (big_endian, headless)))
    assert not doubts(plain)


def test_it_walks_files_in_any_character_set(tmp_path: Path) -> None:
    for character_set in ("GB18030", ["", "ISO 2022 IR 87"], "ISO_IR 144"):
        made = factories.dataset(SpecificCharacterSet=character_set, PatientName="Yamada^Tarou")
        path = factories.write(made, tmp_path / "a.dcm")
        assert not doubts(path)
        assert compare_alone(path) == "same"


def test_a_file_in_which_it_finds_no_instance_is_left_to_the_parser(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    content = path.read_bytes()
    at = content.rindex(b"\x08\x00\x18\x00UI")
    path.write_bytes(content[:at] + b"\x08\x00\x19\x00UI" + content[at + 6 :])
    assert doubts(path)


def test_it_never_reads_past_a_file_that_is_cut(tmp_path: Path) -> None:
    content = factories.enhanced_ct(tmp_path / "a.dcm").read_bytes()
    for length in range(132, len(content) - 1600, 37):
        path = tmp_path / "cut.dcm"
        path.write_bytes(content[:length])
        assert compare_alone(path) in ("same", "doubt"), length


def with_private_bytes(path: Path, count: int) -> Path:
    made = factories.dataset()
    made.add_new(0x00091010, "OB", b"\0" * count)
    return factories.write(made, path)


def test_a_long_header_is_walked_and_one_without_end_is_not(tmp_path: Path) -> None:
    assert compare_alone(with_private_bytes(tmp_path / "long.dcm", 2 * limits.MIB)) == "same"
    assert doubts(with_private_bytes(tmp_path / "endless.dcm", walker.MOST_BYTES))


def test_more_items_than_allowed_are_left_to_the_parser_which_refuses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEQUENCE_ITEMS", 3)
    assert compare_alone(factories.enhanced_ct(tmp_path / "a.dcm", (0, 1, 2))) != "doubt"
    assert compare_alone(factories.enhanced_ct(tmp_path / "b.dcm", (0, 1, 2, 3))) == "doubt"


def test_an_element_longer_than_its_item_is_left_to_the_parser(tmp_path: Path) -> None:
    drug = Dataset()
    drug.RadionuclideHalfLife = "6586.2"
    made = factories.dataset(
        Modality="PT",
        Units="BQML",
        CorrectedImage=["ATTN", "DECY"],
        DecayCorrection="START",
        RadiopharmaceuticalInformationSequence=[drug],
    )
    path = factories.write(made, tmp_path / "a.dcm")
    assert compare_alone(path) == "same"
    content = path.read_bytes()
    head = struct.pack("<HH2s", 0x0018, 0x1075, b"DS")
    assert content.count(head) == 1
    at = content.index(head) + len(head)
    path.write_bytes(content[:at] + struct.pack("<H", 0x0FFE) + content[at + 2 :])
    assert compare_alone(path) == "doubt"


def test_what_cannot_be_read_of_a_dose_is_said_as_the_parser_says_it(tmp_path: Path) -> None:
    indexer, repeats = Indexer(), RepeatedElements()
    for number in range(3):
        drug = Dataset()
        drug.RadionuclideHalfLife = "6586.2"
        drug.RadionuclideTotalDose = "3e8"
        made = factories.dataset(
            Modality="PT",
            Units="BQML",
            CorrectedImage=["ATTN", "DECY"],
            DecayCorrection="START",
            PatientWeight="70",
            InstanceNumber=number,
            RadiopharmaceuticalInformationSequence=[drug],
        )
        path = factories.write(made, tmp_path / f"{number}.dcm")
        path.write_bytes(path.read_bytes().replace(b"6586.2", b"658?.2"))
        assert compare(path, indexer, repeats) == "same"
