"""Labeled images for training and evaluation.

They are read from an .npz of JPEG bytes, a CSV, or a folder per class.
"""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.errors import DataError
from medviewer.imaging.frame import DisplayImage
from medviewer.inference.input import Preprocessing
from medviewer.storage import is_folder, is_there
from medviewer.training.data.image_files import NO_MASK, Listed, list_folder, list_table, splits_by_group
from medviewer.training.together import ALONE, Team

FACTS = ("plane", "sequence")
REQUIRED_ARRAYS = ("jpeg", "offset", "labels", "split", "class_names", "group")


@dataclass(frozen=True, slots=True, eq=False)
class LabeledImages:
    """Images with their labels and attributes; all sequences have length N.

    Parameters
    ----------
    images : tuple of (rows, columns) uint8
        Gray images as they were published.
    labels : (N,) int64
        Index into `class_names`; -1 where the class is not wanted.
    split : (N,) str
        "train", "val" or "test".
    group : (N,) str
        The patient, or what stands for one; no group crosses splits.
    subtypes : (N, S) int64
        Further findings of each image, 0 or 1; S may be 0.
    order : (N,) int64
        Place of a slice within its group's series; -1 where unknown.
    domain : (N,) str
        Where the image comes from (the array `domain` or `source_name` of an .npz); "" where unknown. Of
        several files the name of the file stands for an unknown one.
    sha256 : str
        Hash of the file or files.
    grouped : bool
        False: no patients are known, each image is a group of its own, and no figure is patient-wise.
    ignored : int
        Files of the source that are neither images nor DICOM.
    masks : tuple of (rows, columns) uint8
        What is marked on each image, 255 or 0, of its size, or NO_MASK where nobody marked it; empty where
        the data marks nothing.
    facts : mapping
        Name -> (N,) str: what else an .npz says of each image, such as its "plane" and "sequence".
    """

    name: str
    images: tuple[DisplayImage, ...]
    labels: npt.NDArray[np.int64]
    class_names: tuple[str, ...]
    split: npt.NDArray[np.str_]
    group: npt.NDArray[np.str_]
    subtypes: npt.NDArray[np.int64]
    subtype_names: tuple[str, ...]
    order: npt.NDArray[np.int64]
    domain: npt.NDArray[np.str_]
    sha256: str
    grouped: bool = True
    ignored: int = 0
    masks: tuple[DisplayImage, ...] = ()
    facts: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)

    def chosen(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "LabeledImages":
        """Return the rows of a mask or of an index array, in their order."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(
            self,
            images=tuple(self.images[i] for i in index),
            labels=self.labels[index],
            split=self.split[index],
            group=self.group[index],
            subtypes=self.subtypes[index],
            order=self.order[index],
            domain=self.domain[index],
            masks=tuple(self.masks[i] for i in index) if self.masks else (),
            facts={name: values[index] for name, values in self.facts.items()},
        )

    def joined(self, other: "LabeledImages") -> "LabeledImages":
        """Return these images and then others of the same set."""
        return replace(
            self,
            images=(*self.images, *other.images),
            labels=np.concatenate([self.labels, other.labels]),
            split=np.concatenate([self.split, other.split]),
            group=np.concatenate([self.group, other.group]),
            subtypes=np.concatenate([self.subtypes, other.subtypes]),
            order=np.concatenate([self.order, other.order]),
            domain=np.concatenate([self.domain, other.domain]),
            masks=(*self.masks, *other.masks),
            facts={name: np.concatenate([self.facts[name], other.facts[name]]) for name in self.facts},
        )

    def of_planes(self, planes: Sequence[str]) -> "LabeledImages":
        """Return the images of these planes, and those of no stated one.

        No planes stand for all.
        """
        stated = self.facts.get("plane")
        if stated is None or not planes:
            return self
        return self.chosen(np.isin(stated, ("", *planes)))

    def of_sources(self, sources: Sequence[str]) -> "LabeledImages":
        """Return the images of these sources (domains).

        No sources stand for all.

        Raises
        ------
        DataError
            There is no image of one of them.
        """
        for source in sources:
            if source not in self.domain:
                raise DataError(path=self.name, detail=f'it has no pictures of the source "{source}"')
        return self.chosen(np.isin(self.domain, sources)) if sources else self

    def of_known_classes(self) -> "LabeledImages":
        """Return the images whose class is wanted."""
        return self.chosen(self.labels >= 0)

    def fact(self, name: str) -> npt.NDArray[np.str_]:
        """Return a fact of each image, "" where the data does not say it."""
        return self.facts.get(name, np.full(len(self), ""))

    def of_split(self, split: str) -> "LabeledImages":
        """Return the images of one split.

        Raises
        ------
        DataError
            There are none.
        """
        rows = self.split == split
        if not rows.any():
            raise DataError(path=self.name, detail=f'it has no pictures of the split "{split}"')
        return self.chosen(rows)

    def with_classes(
        self, class_names: Sequence[str], aliases: Mapping[str, Sequence[str]] | None = None
    ) -> "LabeledImages":
        """Renumber the labels for a model's classes, matched by name or alias.

        Unknown classes become -1.
        """
        known = {name.casefold(): index for index, name in enumerate(class_names)}
        for name, others in (aliases or {}).items():
            if name in class_names:
                known |= {other.casefold(): known[name.casefold()] for other in others}
        table = np.array([known.get(name.casefold(), -1) for name in self.class_names] + [-1])
        return replace(self, labels=table[self.labels].astype(np.int64), class_names=tuple(class_names))


def load(
    paths: Sequence[Path],
    relabel: Mapping[str, str] | None = None,
    preprocessing: Preprocessing | None = None,
    team: Team = ALONE,
) -> LabeledImages:
    """Read one or several sources of labeled images as one.

    Classes are joined by name.

    Parameters
    ----------
    paths : sequence of Path
        An .npz, a .csv, or a folder with one sub-folder per class (see `image_files`).
    relabel : mapping
        Name of a source without its ending -> the one class of all its images.
    preprocessing : Preprocessing, optional
        How DICOM files become gray images.
    team : Team
        Each of its processes reads a share of the images, and gets the others from those that read them.

    Raises
    ------
    DataError
        A source is missing, damaged, or of a kind that cannot be read.
    """
    if not paths:
        raise DataError(path="data", detail="no source was given")
    gray = preprocessing or Preprocessing(scale="picture")
    parts = [_relabeled(_read(path, gray, team), (relabel or {}).get(path.stem)) for path in paths]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _read(path: Path, preprocessing: Preprocessing, team: Team) -> LabeledImages:
    if not is_there(path):
        raise DataError(path=path, detail="it does not exist")
    if is_folder(path):
        return _as_set(path, list_folder(path, preprocessing, team))
    kind = path.suffix.lower()
    if kind == ".csv":
        return _as_set(path, list_table(path, preprocessing, team))
    if kind == ".npz":
        return _read_npz(path, team)
    raise DataError(path=path, detail="its kind is none of folder, .csv, .npz")


def _as_set(path: Path, listed: Listed) -> LabeledImages:
    """Return a folder's or CSV's images as a set, split by group if unstated."""
    count = len(listed.files)
    class_names = tuple(sorted(set(listed.labels)))
    labels = np.array([class_names.index(label) for label in listed.labels], np.int64)
    group = np.array([file.group or f"picture {row}" for row, file in enumerate(listed.files)])
    digest = hashlib.sha256()
    for file, label in zip(listed.files, listed.labels, strict=True):
        digest.update(f"{label}{file.image.shape}".encode())
        digest.update(np.ascontiguousarray(file.image).data)
        digest.update(np.ascontiguousarray(file.mask).data)
    given = bool(listed.splits[0])
    masks = tuple(file.mask for file in listed.files)
    return LabeledImages(
        name=path.name,
        images=tuple(file.image for file in listed.files),
        labels=labels,
        class_names=class_names,
        split=np.array(listed.splits) if given else splits_by_group(labels, group, path),
        group=group,
        subtypes=np.zeros((count, 0), np.int64),
        subtype_names=(),
        order=np.array([file.order for file in listed.files], np.int64),
        domain=np.full(count, ""),
        sha256=digest.hexdigest(),
        grouped=all(file.group for file in listed.files),
        ignored=listed.ignored,
        masks=masks if any(mask.size for mask in masks) else (),
    )


def _relabeled(part: LabeledImages, class_name: str | None) -> LabeledImages:
    if class_name is None:
        return part
    return replace(part, labels=np.zeros_like(part.labels), class_names=(class_name,))


def _read_npz(path: Path, team: Team) -> LabeledImages:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(path=path, detail=f"it cannot be read ({error})") from error
    missing = [name for name in REQUIRED_ARRAYS if name not in arrays]
    if missing:
        raise DataError(path=path, detail=f"it lacks the arrays {', '.join(missing)}")
    count = len(arrays["labels"])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    team.agree(sha256)
    for name in ("split", "group"):
        if len(arrays[name]) != count:
            raise DataError(path=path, detail=f"{name} has {len(arrays[name])} entries for {count} labels")
    names = arrays.get("subtype_names")
    subtypes = arrays.get("subtypes", np.zeros((count, 0), np.int64)).astype(np.int64)
    return LabeledImages(
        name=path.name,
        images=(images := _decoded(path, arrays["jpeg"], arrays["offset"], count, team)),
        labels=arrays["labels"].astype(np.int64),
        class_names=tuple(str(name) for name in arrays["class_names"]),
        split=arrays["split"].astype(np.str_),
        group=arrays["group"].astype(np.str_),
        subtypes=subtypes,
        # some files repeat one comma-separated row of names for each image
        subtype_names=tuple(str(names.flat[0]).split(",")) if names is not None and names.size else (),
        order=arrays.get("slice_number", np.full(count, -1)).astype(np.int64),
        domain=arrays.get("domain", arrays.get("source_name", np.full(count, ""))).astype(np.str_),
        sha256=sha256,
        masks=_masks(path, arrays, images, team) if "mask_png" in arrays else (),
        facts={name: arrays[name].astype(np.str_) for name in FACTS if name in arrays},
    )


def _masks(
    path: Path, arrays: Mapping[str, npt.NDArray[np.uint8]], images: Sequence[DisplayImage], team: Team
) -> tuple[DisplayImage, ...]:
    masks = _decoded(path, arrays["mask_png"], arrays["mask_offset"].astype(np.int64), len(images), team)
    for place, (mask, image) in enumerate(zip(masks, images, strict=True)):
        if mask.shape != image.shape:
            raise DataError(path=path, detail=f"the mask of picture {place} has another size")
    return tuple(np.asarray(np.where(mask > 127, 255, 0), np.uint8) for mask in masks)


def _decoded(
    path: Path, jpeg: npt.NDArray[np.uint8], offset: npt.NDArray[np.int64], count: int, team: Team
) -> tuple[DisplayImage, ...]:
    if len(offset) != count + 1 or offset[-1] > len(jpeg):
        raise DataError(path=path, detail="its offsets do not fit its pictures")

    def decoded(index: int) -> list[DisplayImage]:
        image = cv2.imdecode(jpeg[offset[index] : offset[index + 1]], cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise DataError(path=path, detail=f"picture {index} is not a readable JPEG")
        return [np.asarray(image, np.uint8)]

    return tuple(image for (image,) in team.gathered(count, decoded))


def _joined(parts: Sequence[LabeledImages]) -> LabeledImages:
    class_names = tuple(dict.fromkeys(name for part in parts for name in part.class_names))
    subtype_names = tuple(dict.fromkeys(name for part in parts for name in part.subtype_names))
    renamed = [part.with_classes(class_names) for part in parts]
    return LabeledImages(
        name=" + ".join(part.name for part in parts),
        images=tuple(image for part in parts for image in part.images),
        labels=np.concatenate([part.labels for part in renamed]),
        class_names=class_names,
        split=np.concatenate([part.split for part in parts]),
        # the same number in two files is not the same patient
        group=np.concatenate([np.char.add(f"{part.name}:", part.group) for part in parts]),
        subtypes=np.concatenate([_subtype_columns(part, subtype_names) for part in parts]),
        subtype_names=subtype_names,
        order=np.concatenate([part.order for part in parts]),
        domain=np.concatenate(
            [np.where(part.domain == "", Path(part.name).stem, part.domain) for part in parts]
        ),
        sha256=hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest(),
        grouped=all(part.grouped for part in parts),
        ignored=sum(part.ignored for part in parts),
        masks=tuple(mask for part in parts for mask in part.masks or [NO_MASK] * len(part))
        if any(part.masks for part in parts)
        else (),
        facts={name: np.concatenate([part.fact(name) for part in parts]) for name in FACTS},
    )


def _subtype_columns(part: LabeledImages, names: Sequence[str]) -> npt.NDArray[np.int64]:
    columns = np.zeros((len(part), len(names)), np.int64)
    for index, name in enumerate(part.subtype_names):
        columns[:, names.index(name)] = part.subtypes[:, index]
    return columns


def halves_by_group(
    labels: npt.NDArray[np.int64], group: npt.NDArray[np.str_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return two halves of the rows that share no group.

    Groups with images of the rarest class go to the half that has fewer of those, the richest first; the
    other groups to the half that has fewer images. The same data always gives the same halves.

    Returns
    -------
    first, second : (N,) bool
        Masks that cover all rows.
    """
    values, counts = np.unique(labels, return_counts=True)
    rare = labels == values[np.argmin(counts)]
    names = [str(name) for name in np.unique(group)]
    sizes = {name: (int(rare[group == name].sum()), int((group == name).sum())) for name in names}
    members: tuple[list[str], list[str]] = ([], [])
    for name in sorted(sizes, key=lambda name: (-sizes[name][0], -sizes[name][1], name)):
        kind = 0 if sizes[name][0] else 1  # groups without the rare class even out the number of images
        totals = [sum(sizes[member][kind] for member in half) for half in members]
        members[0 if totals[0] <= totals[1] else 1].append(name)
    first = np.isin(group, members[0])
    return first, ~first
