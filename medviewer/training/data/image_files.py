"""Image files of a user: a folder per class, or a CSV with labels.

    pictures/<class>/<any>.png                       each image is a group of its own
    pictures/<class>/<patient>/<any>.png             images below one such folder belong together
    pictures/<class>/.../<DICOM files>               grouped by Patient ID, of which only a hash is kept;
                                                     without one by such a folder, or else by their study

PNG and JPEG are read as they are; DICOM files are read by the limited worker process and brought to gray as
the recipe has it, by the function that does it for the network in use.
"""

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.dicom.library import scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers import Sandbox
from medviewer.errors import DataError, MedviewerError
from medviewer.imaging.display import with_square_pixels
from medviewer.imaging.frame import Frame
from medviewer.inference.input import Preprocessing, as_trained
from medviewer.training.data.folds import group_folds

IMAGE_SUFFIXES: Final = (".png", ".jpg", ".jpeg")
PARTS: Final = 7  # of which one is test and one val
NAMED: Final = 10  # bad files in a message

GrayImage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class ImageFile:
    """One image with its file's attributes.

    Parameters
    ----------
    group : str
        Patient, or what stands for one; "" where nothing is known.
    order : int
        Place within its stack; -1 where unknown.
    """

    path: Path
    image: GrayImage
    group: str
    order: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Contents of a folder or a CSV.

    `ignored` counts files that are neither images nor DICOM.
    """

    files: tuple[ImageFile, ...]
    labels: tuple[str, ...]
    splits: tuple[str, ...]  # "" where none is given
    ignored: int = 0


def list_folder(folder: Path, preprocessing: Preprocessing) -> Listed:
    """Read a folder with one sub-folder per class.

    Raises
    ------
    DataError
        There are fewer than two classes, a class without an image, or files that cannot be read, named.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - as a search names what it finds, without following links
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    for one in classes:
        if not one.name.isprintable():
            raise DataError(path=one, detail="its name, which would be the name of a class, is no text")
    if len(classes) < 2:
        raise DataError(path=folder, detail="it needs one sub-folder for each of at least two classes")
    files: list[ImageFile] = []
    labels: list[str] = []
    ignored = 0
    with Sandbox() as sandbox:
        for class_folder in classes:
            found, others = _below(class_folder, preprocessing, sandbox)
            if not found:
                raise DataError(path=class_folder, detail="it holds no picture")
            files += found
            labels += [class_folder.name] * len(found)
            ignored += others
    return Listed(tuple(files), tuple(labels), ("",) * len(files), ignored)


def list_table(table: Path, preprocessing: Preprocessing) -> Listed:
    """Read a CSV with the columns path, label, group and optionally split.

    Paths are relative to it.

    Raises
    ------
    DataError
        A column, a value or a file is missing, or a file cannot be read; line and file are named.
    """
    files: list[ImageFile] = []
    labels, splits = [], []
    with Sandbox() as sandbox:
        for line, row in enumerate(_rows(table), start=2):
            path = table.parent / row["path"]
            if not row["path"] or not row["label"]:
                raise DataError(path=table, detail=f"line {line} lacks a path or a label")
            if not path.is_file():
                raise DataError(path=table, detail=f"line {line} names {row['path']}, which is not there")
            split = row.get("split") or ""
            if split not in ("", "train", "val", "test"):
                raise DataError(path=table, detail=f"line {line} has the split {split!r}")
            found = _read([path], preprocessing, sandbox)
            if not found:
                raise DataError(path=path, detail="it is neither a picture nor DICOM")
            group = row.get("group") or ""
            for file in found:
                files.append(ImageFile(path, file.image, group or file.group, file.order))
                labels.append(row["label"])
                splits.append(split)
    if len(set(labels)) < 2:
        raise DataError(path=table, detail="it needs at least two different labels")
    if 0 < sum(map(bool, splits)) < len(splits):
        raise DataError(path=table, detail="some lines have a split and some have none")
    _refuse_torn_groups(table, files, splits)
    return Listed(tuple(files), tuple(labels), tuple(splits))


def _refuse_torn_groups(table: Path, files: Sequence[ImageFile], splits: Sequence[str]) -> None:
    """Raise DataError where a group is in two splits.

    The figures would be of patients that were learnt.
    """
    where: dict[str, str] = {}
    for file, split in zip(files, splits, strict=True):
        if split and file.group and where.setdefault(file.group, split) != split:
            detail = f"a group is in {where[file.group]} and in {split}: {file.path.name} and others"
            raise DataError(path=table, detail=detail)


def splits_by_group(
    labels: npt.NDArray[np.int64], group: npt.NDArray[np.str_], path: Path
) -> npt.NDArray[np.str_]:
    """Return "train", "val" or "test" for each row.

    A seventh of the groups each for val and test.

    Raises
    ------
    DataError
        There are fewer groups than parts.
    """
    try:
        part = group_folds(labels, group, PARTS)
    except ValueError as error:
        raise DataError(path=path, detail=f"it cannot be split: {error}") from error
    return np.array(["test", "val", *["train"] * (PARTS - 2)])[part]


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(table.read_text("utf-8-sig"), newline=""))
        rows = [{key: value or "" for key, value in row.items() if key is not None} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(path=table, detail=f"it cannot be read ({error})") from error
    missing = {"path", "label"} - set(reader.fieldnames or ())
    if missing:
        raise DataError(path=table, detail=f"it lacks the columns {', '.join(sorted(missing))}")
    return rows


def _below(class_folder: Path, preprocessing: Preprocessing, sandbox: Sandbox) -> tuple[list[ImageFile], int]:
    images = sorted(path for path in class_folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    found = [
        ImageFile(file.path, file.image, _patient_folder(file.path, class_folder)) for file in _images(images)
    ]
    library = _library([class_folder], sandbox)
    others = sum(left.path.suffix.lower() not in IMAGE_SUFFIXES for left in library.ignored)
    return found + _slices(library, preprocessing, sandbox, class_folder), others + len(library.other)


def _patient_folder(path: Path, class_folder: Path) -> str:
    """Return the first folder below the class that a file lies in.

    "" where it lies in the class itself.
    """
    inner = path.relative_to(class_folder).parts
    return inner[0] if len(inner) > 1 else ""


def _read(paths: Sequence[Path], preprocessing: Preprocessing, sandbox: Sandbox) -> list[ImageFile]:
    images = [path for path in paths if path.suffix.lower() in IMAGE_SUFFIXES]
    rest = [path for path in paths if path not in images]
    slices = _slices(_library(rest, sandbox), preprocessing, sandbox) if rest else []
    return _images(images) + slices


def _images(paths: Iterable[Path]) -> list[ImageFile]:
    found, bad = [], []
    for path in paths:
        image = _decoded(path)
        if image is None:
            bad.append(path)
        else:
            found.append(ImageFile(path, image, ""))
    _refuse(bad)
    return found


def _decoded(path: Path) -> GrayImage | None:
    """Return a PNG or JPEG in gray, 16 bits scaled to their largest value.

    None where it is unreadable.
    """
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH) if content.size else None
    except (OSError, cv2.error):
        return None
    if image is None:
        return None
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    largest = max(float(image.max()), 1.0)
    return np.asarray(np.rint(image * (255 / largest)), np.uint8)


def _library(paths: Sequence[Path], sandbox: Sandbox) -> Library:
    *_, last = scan(paths, sandbox)
    _refuse([left.path for left in last.library.refused])
    return last.library


def _slices(
    library: Library, preprocessing: Preprocessing, sandbox: Sandbox, class_folder: Path | None = None
) -> list[ImageFile]:
    found, bad = [], []
    for stack in library.stacks:
        # without a number of the patient the study keeps slices together that must not be parted
        known = stack.identity.patient_id or stack.identity.study_instance_uid
        hashed = hashlib.sha256(known.encode()).hexdigest()[:16] if known else ""
        for index, reference in enumerate(stack.frames):
            try:
                frame = sandbox.read_frame(reference)
                image = gray_image(frame, preprocessing)
            except MedviewerError:
                bad.append(reference.path)
                continue
            if frame.damage is not None:
                bad.append(reference.path)
                continue
            folder = _patient_folder(reference.path, class_folder) if class_folder else ""
            group = folder if folder and not stack.identity.patient_id else hashed
            found.append(ImageFile(reference.path, image, group, index))
    _refuse(bad)
    return found


def gray_image(frame: Frame, preprocessing: Preprocessing) -> GrayImage:
    """Return a frame as the network's gray image in clinical orientation.

    uint8.

    Raises
    ------
    InvalidNumbersError
        A pixel is NaN or infinite.
    """
    seen = as_trained(frame, preprocessing)
    gray = np.asarray(np.rint(seen.image), np.uint8)
    if preprocessing.fit == "square":
        return gray
    return np.asarray(with_square_pixels(gray, seen.pixel_aspect), np.uint8)


def _refuse(bad: Sequence[Path]) -> None:
    if bad:
        named = ", ".join(path.name for path in bad[:NAMED])
        more = f" and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
        raise DataError(path=bad[0].parent, detail=f"it has files that cannot be read: {named}{more}")
