"""Robustness of a model to degraded images and adversarial attacks.

Images are changed before anything else is done to them and go the way that the product takes. Attacks
change what the network sees, after preprocessing (`adversarial`).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.classification import Engine
from medviewer.inference.input import preprocess_image
from medviewer.inference.pack import Pack
from medviewer.training.data import LabeledImages
from medviewer.training.evaluation.predictions import BATCH, judged, logits_of, positive_index
from medviewer.training.metrics import BOOTSTRAP_DRAWS, Flat, area_under_curve, bootstrap_by_group

MOST_IMAGES: Final = 200
EPSILONS: Final = (1, 2, 4, 8)  # of 255

NOISE_SD: Final = 10.0
BLUR_SHARE: Final = 0.01
CONTRAST: Final = 0.7
ROTATION_DEGREES: Final = 10.0
SHIFT_SHARE: Final = 0.05
CROP_SHARE: Final = 0.9
JPEG_RATIO: Final = 20

Gray = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Judged = tuple[Array, Labels]


def noisy(image: Gray) -> Gray:
    """Add Gaussian noise, the same for an image of the same size."""
    noise = np.random.default_rng(0).normal(0, NOISE_SD, image.shape)
    return np.asarray(np.clip(np.rint(image + noise), 0, 255), np.uint8)


def blurred(image: Gray) -> Gray:
    """Blur by a Gaussian scaled to the longer side."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), BLUR_SHARE * max(image.shape)), np.uint8)


def flattened(image: Gray) -> Gray:
    """Bring all gray levels nearer to the image's mean."""
    mean = image.mean()
    return np.asarray(np.clip(np.rint(mean + CONTRAST * (image - mean)), 0, 255), np.uint8)


def rotated(image: Gray) -> Gray:
    """Rotate about the center, counter-clockwise, filling with black."""
    rows, columns = image.shape
    turn = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), ROTATION_DEGREES, 1)
    return np.asarray(cv2.warpAffine(image, turn, (columns, rows)), np.uint8)


def shifted(image: Gray) -> Gray:
    """Shift right and down by a share of each side, filling with black."""
    down, right = (round(SHIFT_SHARE * side) for side in image.shape)
    moved = np.zeros_like(image)
    moved[down:, right:] = image[: image.shape[0] - down, : image.shape[1] - right]
    return moved


def cropped(image: Gray) -> Gray:
    """Keep the middle part of each side."""
    down, right = (round((1 - CROP_SHARE) / 2 * side) for side in image.shape)
    return image[down : image.shape[0] - down, right : image.shape[1] - right].copy()


def down_sampled(image: Gray) -> Gray:
    """Halve the resolution by areas and bring it back to the old matrix."""
    rows, columns = image.shape
    half = (max(1, columns // 2), max(1, rows // 2))
    small = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)


def compressed(image: Gray) -> Gray:
    """Compress as JPEG with the best quality that reaches the ratio.

    A tiny image as far as it goes.
    """
    best = encoded(image, 1)
    low, high = 2, 100
    while low <= high:
        middle = (low + high) // 2
        tried = encoded(image, middle)
        if len(tried) * JPEG_RATIO <= image.size:
            best, low = tried, middle + 1
        else:
            high = middle - 1
    return np.asarray(cv2.imdecode(best, cv2.IMREAD_GRAYSCALE), np.uint8)


def encoded(image: Gray, quality: int) -> Gray:
    """Return an image as the bytes of a JPEG file."""
    return np.asarray(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].ravel(), np.uint8)


CHANGES: Final[dict[str, tuple[Callable[[Gray], Gray], str]]] = {
    "noise": (noisy, f"Gaussian, standard deviation {NOISE_SD:g} of 255"),
    "blur": (blurred, f"Gaussian, standard deviation {BLUR_SHARE:.0%} of the longer side"),
    "contrast": (flattened, f"times {CONTRAST:g} about the picture's mean"),
    "rotation": (rotated, f"{ROTATION_DEGREES:g} degrees counter-clockwise"),
    "shift": (shifted, f"{SHIFT_SHARE:.0%} of each side, right and down"),
    "crop": (cropped, f"the middle {CROP_SHARE:.0%} of each side"),
    "down-sampling": (down_sampled, "half the matrix by areas, and back"),
    "jpeg": (
        compressed,
        f"{JPEG_RATIO}:1 by bytes of an 8-bit picture, or lowest quality where that is more",
    ),
}
"""Name -> what is done to a picture, and its strength in words."""


def robustness(
    pack: Pack,
    engine: Engine,
    images: LabeledImages,
    most: int = MOST_IMAGES,
    draws: int = BOOTSTRAP_DRAWS,
) -> dict[str, Any]:
    """Return AUC and balanced accuracy under each change, and their drops.

    Parameters
    ----------
    images : LabeledImages
        Of the model's classes only.
    most : int
        So many at most are used, as many of each class as can be.

    Returns
    -------
    dict
        "clean", and under "changes" and "attacks" the figures with 95 % intervals of the drops by group,
        of the same images clean and changed.
    """
    from medviewer.training.evaluation import adversarial  # imports torch, which nothing else here needs

    card, spec = pack.card, pack.card.preprocessing
    some = images.chosen(evenly(images.labels, most))
    positive = positive_index(card)

    def judge(changed: list[Gray]) -> Judged:
        return judged(card, logits_of(engine, changed, spec), some.domain)

    clean = judge(list(some.images))

    def fall(worse: Judged) -> dict[str, Any]:
        return _fall(some, clean, worse, positive, draws)

    inputs = np.concatenate([preprocess_image(image, spec) for image in some.images])
    network, valid = adversarial.network_of(pack), adversarial.input_range(spec)
    attacked: dict[str, dict[str, Any]] = {"fgsm": {}, "pgd": {}}
    for epsilon in EPSILONS:
        reach = epsilon / 255 / spec.std
        for name, attack in (("fgsm", adversarial.fgsm), ("pgd", adversarial.pgd)):
            changed = attack(network, inputs, some.labels, reach, valid)
            attacked[name][f"{epsilon}/255"] = fall(judged(card, _run(engine, changed), some.domain))
    return {
        "n": len(some),
        "groups": len(np.unique(some.group)),
        "clean": _figures(clean, some.labels, positive),
        "changes": {
            name: {"strength": strength, **fall(judge([change(image) for image in some.images]))}
            for name, (change, strength) in CHANGES.items()
        },
        "attacks": {
            "pgd_steps": adversarial.PGD_STEPS,
            "pgd_restarts": adversarial.PGD_RESTARTS,
            **attacked,
        },
    }


def evenly(labels: Labels, most: int, seed: int = 0) -> Labels:
    """Return the sorted rows of a random sample, balanced by class."""
    order = np.random.default_rng(seed).permutation(len(labels))
    turn = np.zeros(len(labels), np.int64)  # rank of an image within its class
    for label in np.unique(labels):
        rows = order[labels[order] == label]
        turn[rows] = np.arange(len(rows))
    return np.sort(order[np.argsort(turn[order], kind="stable")][:most])


def _run(engine: Engine, inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    parts = [engine.run(inputs[start : start + BATCH]).logits for start in range(0, len(inputs), BATCH)]
    return np.concatenate(parts)


def _figures(answer: Judged, labels: Labels, positive: int | None) -> dict[str, float | None]:
    return _plain(_flat(answer, labels, np.arange(len(labels)), positive))


def _fall(
    images: LabeledImages, clean: Judged, worse: Judged, positive: int | None, draws: int
) -> dict[str, Any]:
    def drop(rows: Labels) -> Flat:
        before = _flat(clean, images.labels, rows, positive)
        after = _flat(worse, images.labels, rows, positive)
        return {f"{name}_drop": before[name] - after[name] for name in before}

    intervals = bootstrap_by_group(drop, images.group, draws)
    return {
        **_figures(worse, images.labels, positive),
        **_plain(drop(np.arange(len(images)))),
        "intervals": {name: list(ends) if ends else None for name, ends in intervals.items()},
    }


def _flat(answer: Judged, labels: Labels, rows: Labels, positive: int | None) -> Flat:
    """Return `auc_macro` and `balanced_accuracy` of some rows.

    As defined by `metrics.flat_figures`.
    """
    probabilities, called, truth = answer[0][rows], answer[1][rows], labels[rows]
    classes = probabilities.shape[1]
    wanted = (positive,) if positive is not None and classes == 2 else tuple(range(classes))
    areas = [area_under_curve(probabilities[:, index], truth == index) for index in wanted]
    recalls = [float((called[truth == index] == index).mean()) for index in np.unique(truth)]
    return {"auc_macro": float(np.mean(areas)), "balanced_accuracy": float(np.mean(recalls))}


def _plain(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: None if np.isnan(value) else value for name, value in values.items()}
