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
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.dicom.library import scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers import Sandbox
from medviewer.errors import DataError, MedviewerError
from medviewer.imaging.display import with_square_pixels
from medviewer.imaging.frame import Frame
from medviewer.inference.input import Preprocessing, as_trained, turned_to_training
from medviewer.paths import is_system_file
from medviewer.training.data.folds import group_folds
from medviewer.training.together import ALONE, Team

IMAGE_SUFFIXES: Final = (".png", ".jpg", ".jpeg")
PARTS: Final = 7  # of which one is test and one val
NAMED: Final = 10  # bad files in a message
MARKED: Final = 127  # what is brighter after a resampling counts as marked
PATIENT_WORDS: Final = frozenset(
    {"p", "pat", "patient", "case", "subject", "subj", "sub", "person", "anon", "anonymous", "id", "pid"}
    | {"study", "患者", "病人", "病例"}
)
"""What patients' folders are called, beside a number."""

MOST_CLASSES: Final = 20  # of names that differ in their number only
LONG_NUMBER: Final = 3  # digits of a name without a word; fewer may be a grade or a label
MASK_SUFFIX: Final = ".mask.png"
"""Ends the name of the mask of an image, after the name of the image without its own ending."""

GrayImage = npt.NDArray[np.uint8]
NO_MASK: Final[GrayImage] = np.zeros((0, 0), np.uint8)
"""Of an image in which nobody marked what is there."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageFile:
    """One image with its file's attributes.

    Parameters
    ----------
    group : str
        Patient, or what stands for one; "" where nothing is known.
    order : int
        Place within its stack; -1 where unknown.
    mask : (rows, columns) uint8
        255 where the image is marked, else 0, or NO_MASK.
    """

    path: Path
    image: GrayImage
    group: str
    order: int = -1
    mask: GrayImage = field(default_factory=lambda: NO_MASK)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Contents of a folder or a CSV.

    `ignored` counts files that are neither images nor DICOM.
    """

    files: tuple[ImageFile, ...]
    labels: tuple[str, ...]
    splits: tuple[str, ...]  # "" where none is given
    ignored: int = 0


def list_folder(folder: Path, preprocessing: Preprocessing, team: Team = ALONE) -> Listed:
    """Read a folder with one sub-folder per class.

    Raises
    ------
    DataError
        There are fewer than two classes, a class without an image, or files that cannot be read, named.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - as a search names what it finds, without following links
    classes = sorted(path for path in folder.iterdir() if _is_class(path))
    for one in classes:
        if not one.name.isprintable():
            raise DataError(path=one, detail="its name, which would be the name of a class, is no text")
    if len(classes) < 2:
        raise DataError(path=folder, detail="it needs one sub-folder for each of at least two classes")
    # guard(test): patients are not learnt as classes
    if look_like_patients([one.name for one in classes]):
        raise _patients_error(folder, [one.name for one in classes])
    files: list[ImageFile] = []
    labels: list[str] = []
    ignored = 0
    with Sandbox() as sandbox:
        for class_folder in classes:
            found, others = _below(class_folder, preprocessing, sandbox, team)
            if not found:
                raise DataError(path=class_folder, detail="it holds no picture")
            files += found
            labels += [class_folder.name] * len(found)
            ignored += others
    if _are_patients(files, labels):
        raise _patients_error(folder, [one.name for one in classes])
    return Listed(tuple(files), tuple(labels), ("",) * len(files), ignored)


def look_like_patients(names: Sequence[str]) -> bool:
    """Return whether folders are named as patients are, not as classes.

    "patient-01", "case 7" or long numbers, or very many that differ in their number only.
    """
    stems = {re.sub(r"[\d_.\s-]+", "", name).casefold() for name in names}
    if len(stems) > 1 or not all(re.search(r"\d", name) for name in names):
        return False
    [stem] = stems
    if stem in PATIENT_WORDS or len(names) > MOST_CLASSES:
        return True
    return not stem and any(len(re.sub(r"\D", "", name)) >= LONG_NUMBER for name in names)


def _are_patients(files: Sequence[ImageFile], labels: Sequence[str]) -> bool:
    """Return whether each of several classes is one patient of its own."""
    groups: dict[str, set[str]] = {}
    for file, label in zip(files, labels, strict=True):
        groups.setdefault(label, set()).add(file.group)
    alone = [next(iter(of)) for of in groups.values() if len(of) == 1]
    return len(groups) > 2 and len(alone) == len(groups) == len(set(alone)) and all(alone)


def _patients_error(folder: Path, names: Sequence[str]) -> DataError:
    few = ", ".join(names[:3])
    detail = (
        f"its folders look like patients ({few} …), not like classes; name the folder above, with one "
        "sub-folder for each class: class/patient/picture"
    )
    return DataError(path=folder, detail=detail)


def list_table(table: Path, preprocessing: Preprocessing, team: Team = ALONE) -> Listed:
    """Read a CSV with the columns path, label and group.

    And optionally split and mask. Paths are relative to it.

    Raises
    ------
    DataError
        A column, a value or a file is missing, or a file cannot be read; line and file are named.
    """
    rows = _rows(table)
    team.agree("\n".join(map(str, rows)))
    for line, row in enumerate(rows, start=2):
        if not row["path"] or not row["label"]:
            raise DataError(path=table, detail=f"line {line} lacks a path or a label")
        if not (table.parent / row["path"]).is_file():
            raise DataError(path=table, detail=f"line {line} names {row['path']}, which is not there")
        if row.get("split") not in (None, "", "train", "val", "test"):
            raise DataError(path=table, detail=f"line {line} has the split {row['split']!r}")
        if row.get("mask") and not (table.parent / row["mask"]).is_file():
            raise DataError(path=table, detail=f"line {line} names {row['mask']}, which is not there")
    files: list[ImageFile] = []
    labels, splits = [], []
    with Sandbox() as sandbox:

        def read(place: int) -> list[npt.NDArray[Any]]:
            path = table.parent / rows[place]["path"]
            mask = rows[place].get("mask")
            found = _read(path, table.parent / mask if mask else None, preprocessing, sandbox)
            if not found:
                raise DataError(path=path, detail="it is neither a picture nor DICOM")
            facts = [np.array([file.group for file in found]), np.array([file.order for file in found])]
            return [*facts, *(part for file in found for part in (file.image, file.mask))]

        for row, (groups, orders, *images) in zip(rows, team.gathered(len(rows), read), strict=True):
            path = table.parent / row["path"]
            for group, order, image, mask in zip(groups, orders, images[::2], images[1::2], strict=True):
                files.append(ImageFile(path, image, row.get("group") or str(group), int(order), mask))
                labels.append(row["label"])
                splits.append(row.get("split") or "")
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
    if "switched" in (reader.fieldnames or ()):  # as `medviewer verdicts export` writes it without --labels
        detail = "it names no files; `medviewer verdicts export --labels FOLDER` names those of your verdicts"
        raise DataError(path=table, detail=detail)
    if missing:
        raise DataError(path=table, detail=f"it lacks the columns {', '.join(sorted(missing))}")
    return rows


def _below(
    class_folder: Path, preprocessing: Preprocessing, sandbox: Sandbox, team: Team
) -> tuple[list[ImageFile], int]:
    masks = _masks_below(class_folder)
    images = sorted(path for path in class_folder.rglob("*") if _is_image_name(path.name))
    team.agree("\n".join(path.relative_to(class_folder).as_posix() for path in (*images, *masks.values())))
    found = [
        replace(file, group=_patient_folder(file.path, class_folder)) for file in _images(images, masks, team)
    ]
    library = _library([class_folder], sandbox)
    others = sum(left.path.suffix.lower() not in IMAGE_SUFFIXES for left in library.ignored)
    found += _slices(library, masks, preprocessing, sandbox, team, class_folder)
    of_nobody = masks.keys() - {name for file in found for name in (file.path, file.path.with_suffix(""))}
    if of_nobody:
        raise DataError(path=masks[min(of_nobody)], detail="it is the mask of no picture beside it")
    return found, others + len(library.other)


def _masks_below(folder: Path) -> dict[Path, Path]:
    """Return the masks of a folder by their image's path, less its ending."""
    found = sorted(path for path in folder.rglob("*") if path.name.lower().endswith(MASK_SUFFIX))
    return {
        path.with_name(path.name[: -len(MASK_SUFFIX)]): path
        for path in found
        if not is_system_file(path.name)
    }


def _mask_of(image: Path, masks: Mapping[Path, Path]) -> Path | None:
    """Return the mask of an image.

    Names of DICOM files often have dots and no ending.
    """
    return masks.get(image) or masks.get(image.with_suffix(""))


def _is_class(path: Path) -> bool:
    """Return whether a folder stands for a class, as no hidden one does."""
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _is_image_name(name: str) -> bool:
    is_mask = name.lower().endswith(MASK_SUFFIX)
    return Path(name).suffix.lower() in IMAGE_SUFFIXES and not is_mask and not is_system_file(name)


def _patient_folder(path: Path, class_folder: Path) -> str:
    """Return the first folder below the class that a file lies in.

    "" where it lies in the class itself.
    """
    inner = path.relative_to(class_folder).parts
    return inner[0] if len(inner) > 1 else ""


def _read(path: Path, mask: Path | None, preprocessing: Preprocessing, sandbox: Sandbox) -> list[ImageFile]:
    masks = {} if mask is None else {path: mask}
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return _images([path], masks, ALONE)
    return _slices(_library([path], sandbox), masks, preprocessing, sandbox, ALONE)


def _images(paths: Sequence[Path], masks: Mapping[Path, Path], team: Team) -> list[ImageFile]:
    def decoded(place: int) -> list[GrayImage]:
        path = paths[place]
        image = _decoded(path)
        if image is None:
            return []
        return [image, _mask(_mask_of(path, masks), path, image.shape)]

    read = team.gathered(len(paths), decoded)
    _refuse([path for path, images in zip(paths, read, strict=True) if not images])
    return [ImageFile(path, image, "", mask=mask) for path, (image, mask) in zip(paths, read, strict=True)]


def _mask(path: Path | None, image: Path, size: tuple[int, ...]) -> GrayImage:
    """Return a mask as 255 and 0, whatever marks in its file.

    Raises
    ------
    DataError
        It cannot be read, or is of another size than the image.
    """
    if path is None:
        return NO_MASK
    mask = _decoded(path)
    if mask is None:
        raise DataError(path=path, detail="it cannot be read")
    # guard(test): a mask lies on the pixels that were marked
    if mask.shape != size:
        raise DataError(path=path, detail=f"it has another size than {image.name}")
    return np.asarray(np.where(mask > 0, 255, 0), np.uint8)


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
    library: Library,
    masks: Mapping[Path, Path],
    preprocessing: Preprocessing,
    sandbox: Sandbox,
    team: Team,
    class_folder: Path | None = None,
) -> list[ImageFile]:
    frames = [reference for stack in library.stacks for reference in stack.frames]
    team.agree("\n".join(f"{one.sop_instance_uid} {one.frame_number}" for one in frames))

    def read(place: int) -> list[GrayImage]:
        try:
            frame = sandbox.read_frame(frames[place])
            if frame.damage is not None:
                return []
            image = gray_image(frame, preprocessing)
        except MedviewerError:
            return []
        path = frames[place].path
        mask = _mask(_mask_of(path, masks), path, frame.stored.shape[:2])
        if mask.size and in_file[path] > 1:
            raise DataError(path=path, detail="it has several frames, of which one mask cannot say which")
        return [image, _upright_mask(mask, frame, preprocessing)]

    in_file = Counter(reference.path for reference in frames)
    images = iter(team.gathered(len(frames), read))
    found, bad = [], []
    for stack in library.stacks:
        # without a number of the patient the study keeps slices together that must not be parted
        known = stack.identity.patient_id or stack.identity.study_instance_uid
        hashed = hashlib.sha256(known.encode()).hexdigest()[:16] if known else ""
        for index, reference in enumerate(stack.frames):
            image = next(images)
            if not image:
                bad.append(reference.path)
                continue
            folder = _patient_folder(reference.path, class_folder) if class_folder else ""
            group = folder if folder and not stack.identity.patient_id else hashed
            found.append(ImageFile(reference.path, image[0], group, index, image[1]))
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


def _upright_mask(mask: GrayImage, frame: Frame, preprocessing: Preprocessing) -> GrayImage:
    """Return the mask of a frame's stored pixels as it lies on `gray_image`."""
    if not mask.size:
        return mask
    seen = turned_to_training(mask, frame)
    gray = np.asarray(seen.image, np.uint8)
    if preprocessing.fit != "square":
        gray = np.asarray(with_square_pixels(gray, seen.pixel_aspect), np.uint8)
    return np.asarray(np.where(gray > MARKED, 255, 0), np.uint8)


def _refuse(bad: Sequence[Path]) -> None:
    if bad:
        named = ", ".join(path.name for path in bad[:NAMED])
        more = f" and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
        raise DataError(path=bad[0].parent, detail=f"it has files that cannot be read: {named}{more}")
