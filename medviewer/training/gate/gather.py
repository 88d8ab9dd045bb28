"""Features of the pixel gate's images: own, foreign, and made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.input import Preprocessing, preprocess_image
from medviewer.training.gate.synthetic_images import NEGATIVES, harmless
from medviewer.training.gate.trunk import Floats, GateTrunk, features_of, features_with_map_of

Names = npt.NDArray[np.str_]
Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Features of N images.

    Parameters
    ----------
    values : (N, F) float32
    kind, source, group : (N,) str
    teaches : (N,) bool
        Whether what is shipped may learn from it.
    """

    values: Floats
    kind: Names
    source: Names
    group: Names
    teaches: npt.NDArray[np.bool_]

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Features":
        """Return the rows of a mask."""
        return Features(
            self.values[rows], self.kind[rows], self.source[rows], self.group[rows], self.teaches[rows]
        )


def joined(parts: Sequence[Features]) -> Features:
    """Return several parts as one."""
    return Features(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.group for part in parts]),
        np.concatenate([part.teaches for part in parts]),
    )


class Pictures:
    """Files of labeled images, each read once, without test splits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, dict[str, Any]] = {}

    def file(self, name: str) -> dict[str, Any]:
        """Return the arrays of a file, with `images` and without its test split."""
        if name not in self._files:
            with np.load(self._folder / name, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            jpeg, offset = arrays["jpeg"], arrays["offset"]
            count = len(offset) - 1
            rows = (
                np.flatnonzero(arrays["split"] != "test")
                if len(arrays["split"]) == count
                else np.arange(count)
            )
            kept = {key: value[rows] for key, value in arrays.items() if len(value) == count}
            kept["images"] = [_decoded(jpeg[offset[row] : offset[row + 1]]) for row in rows]
            kept["class_names"] = arrays["class_names"]
            self._files[name] = kept
        return self._files[name]


def _decoded(jpeg: npt.NDArray[np.uint8]) -> Gray:
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)


def own_images(
    pictures: Pictures, kind: str, table: Mapping[str, Any], rng: np.random.Generator
) -> tuple[list[Gray], Names, Names, npt.NDArray[np.bool_]]:
    """Return the images of a kind with source, group and whether they teach."""
    images: list[Gray] = []
    sources, groups, teaching = [], [], []
    for part in table["own"]:
        file = pictures.file(part["file"])
        count = len(file["images"])
        source = file.get("source_name", file.get("domain", np.full(count, part.get("source", "")))).astype(
            str
        )
        rows = np.ones(count, bool)
        if "kind" in file:
            rows &= file["class_names"][file["labels"]] == kind
        if "sources" in part:
            rows &= np.isin(source, part["sources"])
        if "windows" in part:
            rows &= np.isin(file["window"], part["windows"])
        chosen = rng.permutation(np.flatnonzero(rows))[: part.get("most", count)]
        images += [file["images"][row] for row in chosen]
        sources.append(np.array([part["source"]] * len(chosen)) if "source" in part else source[chosen])
        groups.append(file["group"][chosen].astype(str))
        teaching.append(np.full(len(chosen), part.get("teaches", True)))
    return images, np.concatenate(sources), np.concatenate(groups), np.concatenate(teaching)


def foreign_images(
    pictures: Pictures, recipe: Mapping[str, Any], kind: str, rng: np.random.Generator
) -> tuple[list[Gray], Names, Names, npt.NDArray[np.bool_]]:
    """Return images of other kinds with kind, group, and right to teach."""
    table = recipe["foreign"]
    file = pictures.file(table["file"])
    kinds = np.where(file["kind"] == "", file["class_names"][file["labels"]], file["kind"]).astype(str)
    order = rng.permutation(len(kinds))
    rows = np.concatenate(
        [order[kinds[order] == one][: recipe["foreign_images"]] for one in np.unique(kinds) if one != kind]
    )
    may = np.isin(kinds, table["teaching"])
    is_own = np.isin(kinds, list(recipe["kind"]))
    may &= ~is_own | np.isin(file["source_name"], table["own_sources"])
    images = [file["images"][row] for row in rows]
    found_kinds, groups, teaching = [kinds[rows]], [file["group"][rows].astype(str)], [may[rows]]
    for name, teaches, prefix in ((table["router"], True, "router: "), (table["photographs"], False, "")):
        other = pictures.file(name)
        labels = other["class_names"][other["labels"]].astype(str)
        for label in np.unique(labels):
            if label == kind:
                continue
            chosen = rng.permutation(np.flatnonzero(labels == label))[: recipe["router_images"]]
            images += [other["images"][row] for row in chosen]
            found_kinds.append(np.full(len(chosen), prefix + label))
            groups.append(other["group"][chosen].astype(str))
            teaching.append(np.full(len(chosen), teaches))
    return images, np.concatenate(found_kinds), np.concatenate(groups), np.concatenate(teaching)


def features(trunk: GateTrunk, spec: Preprocessing, images: Sequence[Gray]) -> Floats:
    """Return the features of images, prepared as the product prepares them."""
    return features_of(trunk, [preprocess_image(np.ascontiguousarray(image), spec) for image in images])


def attitude_features(
    pictures: Pictures,
    recipe: Mapping[str, Any],
    kind: str,
    trunk: GateTrunk,
    make: Mapping[str, Callable[[Gray], Gray]],
) -> tuple[dict[str, Floats], Names, npt.NDArray[np.bool_]]:
    """Return features of a kind's images in each attitude.

    Besides, their sources and whether they teach.
    """
    rng = np.random.default_rng(recipe["seed"] + 2)
    table = recipe["kind"][kind]
    spec = Preprocessing(**table["preprocessing"])
    images, source, _, teaches = own_images(pictures, kind, table, rng)
    most = {True: int(recipe["attitude_images"]), False: int(recipe["attitude_images"]) // 2}
    rows = np.concatenate(
        [
            rng.permutation(np.flatnonzero(source == name))[: most[bool(teaches[source == name].any())]]
            for name in np.unique(source)
        ]
    )
    features = {
        name: features_with_map_of(trunk, [preprocess_image(turn(images[row]), spec) for row in rows])
        for name, turn in make.items()
    }
    return features, source[rows], teaches[rows]


def gathered(
    pictures: Pictures,
    recipe: Mapping[str, Any],
    kind: str,
    trunk: GateTrunk,
    phantoms: Sequence[Gray],
    progress: Callable[[str], None],
) -> tuple[Features, Features, Features]:
    """Return the features of a kind's own, foreign and made images."""
    rng = np.random.default_rng(recipe["seed"])
    table = recipe["kind"][kind]
    spec = Preprocessing(**table["preprocessing"])
    images, source, group, teaches = own_images(pictures, kind, table, rng)
    changed = rng.permutation(len(images))[: recipe["made"]]
    shown = [*images, *(harmless(images[row], rng) for row in changed)]
    rows = np.concatenate([np.arange(len(images)), changed])
    own = Features(
        features(trunk, spec, shown), np.full(len(rows), kind), source[rows], group[rows], teaches[rows]
    )
    if kind == "head_ct" and phantoms:
        count = len(phantoms)
        names = np.full(count, "phantom")
        own = joined(
            [
                own,
                Features(
                    features(trunk, spec, phantoms), np.full(count, kind), names, names, np.ones(count, bool)
                ),
            ]
        )
    progress(f"{kind}: {len(rows)} own images of {', '.join(np.unique(source))}")
    others, kinds, foreign_group, may = foreign_images(pictures, recipe, kind, rng)
    foreign = Features(features(trunk, spec, others), kinds, kinds, foreign_group, may)
    turned = rng.permutation(len(images))[: recipe["made"]]
    negatives = [
        Features(
            features(trunk, spec, [make(images[row], rng) for row in turned]),
            np.full(len(turned), name),
            source[turned],
            group[turned],
            teaches[turned],
        )
        for name, make in NEGATIVES.items()
    ]
    progress(f"{kind}: {len(others)} foreign images, {len(turned) * len(negatives)} made")
    return own, foreign, joined(negatives)
