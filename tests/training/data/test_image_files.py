"""Images of one's own: folders by class and CSV, PNG and DICOM.

Patients kept apart; bad files named.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import DataError
from medviewer.export import csv_table
from medviewer.inference.input.preprocess import Preprocessing, preprocess_image
from medviewer.inference.verdicts import as_table
from medviewer.training.data.datasets import load
from medviewer.training.data.image_files import look_like_patients
from tests import factories
from tests.network_inputs import preprocess


def _png(path: Path, gray: int, *, color: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((20, 30), gray, np.uint8)
    image[5:10, 5:10] = 255 - gray
    shown = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if color else image
    path.write_bytes(cv2.imencode(".png", shown)[1].tobytes())
    return path


def _tree(folder: Path, patients: int = 12) -> Path:
    for patient in range(patients):
        for number in range(2):
            _png(
                folder / "clean" / f"p{patient}" / f"{number}.png", 10 * patient + number, color=bool(number)
            )
            _png(folder / "bleed" / f"p{patient}" / f"{number}.png", 120 + 10 * patient + number)
    (folder / "clean" / "notes.txt").write_text("not a picture")
    return folder


def test_a_folder_per_class_becomes_a_set_whose_patients_are_kept_apart(tmp_path: Path) -> None:
    data = load([_tree(tmp_path / "own")])
    assert data.class_names == ("bleed", "clean")
    assert len(data) == 48
    assert data.grouped
    assert data.ignored == 1
    assert set(data.split.tolist()) == {"train", "val", "test"}
    for name in np.unique(data.group):
        assert len(set(data.split[data.group == name])) == 1
    for split in ("train", "val", "test"):
        assert set(data.of_split(split).labels.tolist()) == {0, 1}
    assert data.split.tolist() == load([tmp_path / "own"]).split.tolist()


def test_what_a_system_leaves_in_folders_is_no_picture_and_no_class(tmp_path: Path) -> None:
    before = load([_tree(tmp_path / "own")])
    (tmp_path / "own" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "own" / "clean" / "p0" / "._0.png").write_bytes(b"\0\5\x16\7")
    (tmp_path / "own" / "clean" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    after = load([tmp_path / "own"])
    assert after.class_names == before.class_names
    assert after.sha256 == before.sha256


def test_images_without_patients_are_said_to_be_so(tmp_path: Path) -> None:
    for number in range(8):
        _png(tmp_path / "own" / "a" / f"{number}.png", number)
        _png(tmp_path / "own" / "b" / f"{number}.png", 200 + number)
    data = load([tmp_path / "own"])
    assert not data.grouped
    assert len(np.unique(data.group)) == 16


def test_dicom_files_give_the_image_that_the_network_sees_in_use(tmp_path: Path) -> None:
    spec = Preprocessing(size=16, center=40, width=120)
    for patient in range(8):
        for name, base in (("a", -100), ("b", 0)):
            folder = tmp_path / "own" / name
            folder.mkdir(parents=True, exist_ok=True)
            made = factories.dataset(
                factories.gradient(32, 32, start=base + patient),
                PatientID=f"secret-{patient}",
                SOPInstanceUID=factories.uid(name, patient),
                SeriesInstanceUID=factories.uid("series", name, patient),
                StudyInstanceUID=factories.uid("study", name, patient),
            )
            factories.write(made, folder / f"{patient}.dcm")
    data = load([tmp_path / "own"], preprocessing=spec)
    assert len(data) == 16
    assert len(np.unique(data.group)) == 8
    assert not any("secret" in group for group in data.group)
    with Sandbox() as sandbox:
        *_, last = scan([tmp_path / "own" / "b" / "3.dcm"], sandbox)
        frame = sandbox.read_frame(last.library.stacks[0].frames[0])
    expected = preprocess(frame, spec)
    of_b = [data.images[row] for row in np.flatnonzero(data.labels == 1)]
    nearest = min(float(np.abs(preprocess_image(image, spec) - expected).max()) for image in of_b)
    assert nearest < 0.02


@pytest.mark.parametrize("stated", ["own", "./own", "own/../own", "own/"])
def test_a_path_may_be_relative_to_where_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    for label in ("a", "b"):
        for number in range(8):
            made = factories.dataset(
                np.full((20, 30), number, np.uint16), InstanceNumber=number, PatientID=f"{label}{number}"
            )
            factories.write(made, tmp_path / "own" / label / f"p{number}" / f"IM{number}\udcff.dcm")
    whole = load([tmp_path / "own"])
    monkeypatch.chdir(tmp_path)
    data = load([Path(stated)])
    assert len(data) == 16
    assert data.group.tolist() == whole.group.tolist()
    assert data.split.tolist() == whole.split.tolist()
    assert data.sha256 == whole.sha256


def test_a_table_may_be_relative_to_where_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["path,label,group,split"]
    for number, split in enumerate(("train", "val", "test") * 4):
        made = factories.dataset(np.full((20, 30), number, np.uint16), InstanceNumber=number)
        factories.write(made, tmp_path / "own" / "files" / f"{number}.dcm")
        lines.append(f"files/{number}.dcm,{'ab'[number % 2]},g{number},{split}")
    (tmp_path / "own" / "list.csv").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    assert len(load([Path("own") / "list.csv"])) == 12


def test_a_table_names_files_labels_groups_and_splits(tmp_path: Path) -> None:
    lines = ["path,label,group,split"]
    for row, split in enumerate(("train", "train", "val", "val", "test", "test")):
        _png(tmp_path / "files" / f"{row}.png", 30 * row)
        lines.append(f"files/{row}.png,{'ab'[row % 2]},g{row // 2},{split}")
    (tmp_path / "own.csv").write_text("\ufeff" + "\n".join(lines), "utf-8")
    data = load([tmp_path / "own.csv"])
    assert data.split.tolist() == ["train", "train", "val", "val", "test", "test"]
    assert data.group.tolist() == ["g0", "g0", "g1", "g1", "g2", "g2"]
    assert data.labels.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("files/9.png,a,g,train", "line 3 names files/9.png, which is not there"),
        ("files/0.png,,g,train", "line 3 lacks a path or a label"),
        ("files/0.png,a,g,training", "line 3 has the split 'training'"),
        ("files/0.png,b,g,", "some lines have a split and some have none"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    _png(tmp_path / "files" / "0.png", 7)
    (tmp_path / "own.csv").write_text(f"path,label,group,split\nfiles/0.png,a,g,train\n{line}\n")
    with pytest.raises(DataError, match=reason):
        load([tmp_path / "own.csv"])


def test_files_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "own")
    for name in ("x.png", "y.png"):
        (folder / "bleed" / name).write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"cannot be read: x\.png, y\.png"):
        load([folder])


def test_a_class_whose_name_is_no_text_is_named(tmp_path: Path) -> None:
    _png(tmp_path / "own" / "a" / "1.png", 1)
    _png(tmp_path / "own" / "b\udcff" / "1.png", 1)
    with pytest.raises(DataError, match=r"b\\xff.*is no text"):
        load([tmp_path / "own"])


@pytest.mark.parametrize(
    ("names", "are_patients"),
    [
        (("p1", "p2", "p3"), True),
        (("patient-01", "patient-02"), True),
        (("case 7", "Case 12"), True),
        (("00123", "00124"), True),
        (("患者1", "患者2"), True),
        (tuple(f"x{number}" for number in range(30)), True),
        (("plain", "spot"), False),
        (("grade1", "grade2", "grade3"), False),
        (("birads-4", "birads-5"), False),
        (("0", "1"), False),
        (("pT1", "pT2"), False),
        (("p1", "plain"), False),
    ],
)
def test_folders_named_as_patients_are_told_from_classes(names: tuple[str, ...], are_patients: bool) -> None:
    assert look_like_patients(names) is are_patients


def test_patients_are_not_learnt_as_classes(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "pictures")
    with pytest.raises(DataError, match=r"look like patients .*name the folder above"):
        load([folder / "clean"], {}, Preprocessing())
    one = load([folder], {}, Preprocessing())
    assert one.class_names == ("bleed", "clean")


def test_a_single_class_is_refused(tmp_path: Path) -> None:
    _png(tmp_path / "own" / "only" / "0.png", 7)
    with pytest.raises(DataError, match="at least two classes"):
        load([tmp_path / "own"])


def test_a_class_without_an_image_is_named(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "own")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match="it holds no picture"):
        load([folder])


def test_a_group_in_two_splits_of_a_table_is_refused(tmp_path: Path) -> None:
    lines = ["path,label,group,split"]
    for row, split in enumerate(("train", "train", "val", "test")):
        _png(tmp_path / "files" / f"{row}.png", 30 * row)
        lines.append(f"files/{row}.png,{'ab'[row % 2]},g{row // 2 if row < 3 else 0},{split}")
    (tmp_path / "own.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"a group is in train and in test: 3\.png"):
        load([tmp_path / "own.csv"])


@pytest.mark.parametrize("foldered", [True, False])
def test_slices_without_a_patients_number_are_never_parted(tmp_path: Path, foldered: bool) -> None:
    for patient in range(8):
        for name, base in (("a", 0), ("b", 300)):
            folder = tmp_path / "own" / name / (f"p{patient}" if foldered else "")
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(3):
                made = factories.dataset(
                    factories.gradient(32, 32, start=base + 10 * patient + number),
                    PatientID="",
                    SOPInstanceUID=factories.uid(name, patient, number),
                    SeriesInstanceUID=factories.uid("series", name, patient),
                    StudyInstanceUID=factories.uid("study", name, patient),
                    ImagePositionPatient=[0, 0, 2.0 * number],
                )
                factories.write(made, folder / f"{patient}-{number}.dcm")
    data = load([tmp_path / "own"])
    assert data.grouped
    assert len(np.unique(data.group)) == (8 if foldered else 16)
    for name in np.unique(data.group):
        assert len(set(data.split[data.group == name].tolist())) == 1


def test_sixteen_bits_fill_the_grays(tmp_path: Path) -> None:
    ramp = np.linspace(0, 4032, 20 * 30).reshape(20, 30).astype(np.uint16)
    for name in ("a", "b"):
        for number in range(4):
            path = _png(tmp_path / "own" / name / f"{number}.png", 10)
            path.write_bytes(cv2.imencode(".png", ramp)[1].tobytes())
    image = load([tmp_path / "own"]).images[0]
    assert (image.min(), image.max()) == (0, 255)
    assert len(np.unique(image)) > 200


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "own")
    (folder / "bleed" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(DataError, match=r"cannot be read: gone\.png"):
        load([folder])


def _mask(path: Path, image: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return path


def test_a_mask_beside_an_image_marks_it_whatever_number_it_marks_with(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "own")
    marked = np.zeros((20, 30), np.uint8)
    marked[5:10, 5:10] = 1
    _mask(folder / "bleed" / "p0" / "1.mask.png", marked)
    data = load([folder])
    [row] = [row for row, mask in enumerate(data.masks) if mask.size]
    assert len(data) == 48
    assert np.array_equal(data.masks[row], marked * 255)
    assert np.array_equal(data.images[row], load([_tree(tmp_path / "bare")]).images[row])


def test_a_mask_in_a_table_is_read_and_one_of_another_size_is_named(tmp_path: Path) -> None:
    lines = ["path,label,group,mask"]
    for number in range(14):
        _png(tmp_path / f"{number}.png", 10 * number)
        lines.append(f"{number}.png,{'ab'[number % 2]},p{number},{'m.png' if number == 3 else ''}")
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(lines))
    _mask(tmp_path / "m.png", np.full((20, 30), 255, np.uint8))
    assert [bool(mask.size) for mask in load([table]).masks] == [number == 3 for number in range(14)]
    _mask(tmp_path / "m.png", np.full((30, 20), 255, np.uint8))
    with pytest.raises(DataError, match=r"another size than 3\.png"):
        load([table])


def test_a_mask_without_an_image_is_named(tmp_path: Path) -> None:
    folder = _tree(tmp_path / "own")
    _mask(folder / "bleed" / "p0" / "7.mask.png", np.zeros((20, 30), np.uint8))
    with pytest.raises(DataError, match=r"7\.mask\.png .* the mask of no picture"):
        load([folder])


def test_a_mask_of_a_dicom_file_lies_as_its_image_does(tmp_path: Path) -> None:
    """The bright place of a slice that is stored feet first and mirrored is where its mask says."""
    for number in range(8):
        values = np.zeros((24, 24), np.uint16)
        values[3:8, 14:21] = 1000
        path = tmp_path / "own" / "ab"[number % 2] / f"1.2.{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        made = factories.dataset(
            values,
            PatientID=f"p{number}",
            SOPInstanceUID=factories.uid("masked", number),
            SeriesInstanceUID=factories.uid("masked series", number),
            ImageOrientationPatient=[-1, 0, 0, 0, 1, 0],
        )
        factories.write(made, path)
        _mask(path.with_name(path.name + ".mask.png"), (values > 0).astype(np.uint8))
    data = load([tmp_path / "own"], preprocessing=Preprocessing(scale="window", center=-524, width=1000))
    assert len(data.masks) == 8
    for image, mask in zip(data.images, data.masks, strict=True):
        assert np.array_equal(image > 127, mask > 0)
        assert not np.array_equal(mask > 0, values > 0), "the stored image is turned"


def test_a_table_of_verdicts_without_files_says_how_to_get_one_with_them(tmp_path: Path) -> None:
    table = tmp_path / "verdicts.csv"
    table.write_bytes(csv_table(as_table([])))
    with pytest.raises(DataError, match=r"names no files; .*--labels"):
        load([table])
