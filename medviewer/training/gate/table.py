"""Table of refusals by the bundled router and pixel gate."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from medviewer.inference.gates import PixelGate, RouterGate
from medviewer.inference.input import UprightImage, input_of
from medviewer.training.gate.gather import Pictures, foreign_images, own_images
from medviewer.training.gate.release import RECIPE


def refusals(folder: Path) -> Iterator[str]:
    """Yield a line for each model's kind and each kind of image.

    Shares refused by the router alone, by the pixel gate alone, and by either. Images of kinds that the gate
    learnt to refuse may be those that it learnt from; `gate.toml` has the figures with a kind left out.
    """
    recipe = tomllib.loads(RECIPE.read_text("utf-8"))
    pictures, gate, router = Pictures(folder), PixelGate(), RouterGate()
    for kind in gate.kinds:
        rng = np.random.default_rng(recipe["seed"] + 1)
        own, source, _, _ = own_images(pictures, kind, recipe["kind"][kind], rng)
        foreign, names, _, _ = foreign_images(pictures, recipe, kind, rng)
        images = [*own, *foreign]
        titles = np.concatenate([np.char.add("own: ", source), names])
        by_router, by_gate = [], []
        for image in images:
            shown = UprightImage(np.ascontiguousarray(image), 1.0)
            [look] = router.gates(input_of(shown, router.preprocessing), (kind,))
            by_router.append(look is not None and not look.passed)
            by_gate.append(gate.unlikeness(input_of(shown, gate.preprocessing(kind)), kind)[0] > 1)
        for title in np.unique(titles):
            rows = titles == title
            one, other = np.array(by_router)[rows], np.array(by_gate)[rows]
            yield f"{kind} | {title} | {one.mean():.2f} | {other.mean():.2f} | {(one | other).mean():.2f}"
