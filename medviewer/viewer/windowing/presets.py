"""The preset windows of an image: which have a key, which stand first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from medviewer.imaging.display import NARROW, WIDE, fitted_window, value_unit
from medviewer.imaging.frame import (
    SOFT_TISSUE,
    UPTAKE_UNITS,
    VOI_PRESETS,
    Frame,
    FrameAttributes,
    VoiFunction,
    VoiOrigin,
    Window,
)
from medviewer.translation import mark

PRESET_KEYS: Final = 9
AUTO: Final = mark("Auto")


@dataclass(frozen=True, slots=True)
class Preset:
    """A window that has a key.

    Parameters
    ----------
    name : str
        Marked for translation.
    window : Window or None
        None: it is found from the values of the stack, when it is chosen.
    """

    name: str
    window: Window | None = None


FROM_VALUES: Final = (Preset(AUTO), Preset(WIDE), Preset(NARROW))
"""For images whose values have no scale of their own: MR, PET, ultrasound, radiographs."""

OF_UPTAKE: Final = {
    mark("0–5"): 5.0,
    mark("0–10"): 10.0,
    mark("0–15"): 15.0,
    mark("0–20"): 20.0,
}
"""Windows of standardized uptake values, by their highest one; behind those of FROM_VALUES."""

CHEST: Final = "chest"

_KEYS: Final = {
    "vessels": (9,),
    "head": (1, 2, 4, 3),
    "face": (4, 6),
    "neck": (6, 4, 9),
    CHEST: (6, 5, 4, 9),
    "abdomen": (7, 8, 4, 9),
    "spine": (4, 6),
    "limbs": (4, 6, 9),
}
"""The keys of the presets of CT that a body part is read with, the first one first."""

_WORDS: Final = {
    "vessels": ("CTA ANGIO* CORONAR*", "血管 冠脉 冠状动脉"),
    "head": (
        "HEAD BRAIN CRANI* SKULL NEURO* CEREBR* SCHADEL SCHAEDEL SCHÄDEL KOPF TETE TÊTE",
        "头 颅 脑",
    ),
    "face": ("ORBIT* SINUS* FACE FACIAL MAXILL* MANDIB* TEMPORAL JAW EAR EARS", "鼻窦 眼眶 颌"),
    "neck": ("NECK HALS LARYN* PHARYN* THYR* CAROTI*", "颈部 喉 甲状腺"),
    CHEST: (
        "CHEST THORA* LUNG LUNGS HEART CARDIAC BRONCH* MEDIASTIN* RIB RIBS STERNUM",
        "胸部 肺 心脏",
    ),
    "abdomen": (
        "ABD ABDOM* PELV PELVI* BECKEN LIVER HEPAT* KIDNEY KIDNEYS RENAL URO* KUB PANCREAS COLON* BLADDER",
        "腹 盆腔 肝 肾 胰",
    ),
    "spine": (
        "SPINE CSPINE TSPINE LSPINE SSPINE SPINAL LUMB* CERVICAL SACR* VERTEBRA* HWS BWS LWS",
        "脊柱 颈椎 胸椎 腰椎 骶",
    ),
    "limbs": (
        "KNEE HIP ANKLE FOOT FEET HAND WRIST ELBOW SHOULDER EXTREM* LEG FOREARM ARM FEMUR TIBIA HUMERUS",
        "膝 踝 腕关节 肘 肩 髋",
    ),
}
"""Words of a body part in headers, as they are written in many countries; capitals, * for any ending."""

_LATIN: Final = re.compile("[A-ZÄÊ]+")
_JOINED: Final = re.compile(r"(HEAD|NECK|CHEST|ABDOMEN|ABD|PELVIS)(?=[A-Z])")
"""Parts of a code such as CHESTABDPELVIS (PS3.16 CID 4)."""


def presets_of(frame: Frame | None) -> tuple[Window, ...]:
    """Return the preset windows with numbers of their own, by their keys.

    They are in a frame's values.
    """
    if frame is None:
        return ()
    offered = (preset.window for preset in offered_presets(frame))
    return tuple(fitted_window(window, frame) for window in offered if window is not None)


def offered_presets(frame: Frame | None) -> tuple[Preset, ...]:
    """Return the presets of keys 1 to 9; none for color.

    CT in HU and PET in SUV have windows with numbers; all other images have those of their values.
    """
    if frame is None or frame.is_color:
        return ()
    if frame.attributes.modality not in VOI_PRESETS or value_unit(frame) != "HU":
        return (
            _with_uptake() if frame.modality.unit in UPTAKE_UNITS else FROM_VALUES
        )  # presets of CT are in HU
    return _with_numbers(frame.attributes.modality, CHEST in _parts_of(frame.attributes))


@lru_cache
def _with_uptake() -> tuple[Preset, ...]:
    named = (
        Preset(name, Window(top / 2, top, VoiFunction.LINEAR_EXACT, name, VoiOrigin.PRESET))
        for name, top in OF_UPTAKE.items()
    )
    return (*FROM_VALUES, *named)


@lru_cache
def _with_numbers(modality: str, is_chest: bool) -> tuple[Preset, ...]:
    """Return presets; only in the chest one is called mediastinum."""
    row = VOI_PRESETS[modality][:PRESET_KEYS]
    named = (window if is_chest else _elsewhere(window) for window in row)
    return tuple(Preset(window.explanation, window) for window in named)


def _elsewhere(window: Window) -> Window:
    if window.explanation != "Mediastinum":
        return window
    return Window(window.center, window.width, window.function, SOFT_TISSUE, window.origin)


def keys_in_order(frame: Frame | None) -> tuple[int, ...]:
    """Return the keys of the presets, those for the body part first.

    Those of SUV stand before those of the values.
    """
    offered = offered_presets(frame)
    count, found = len(offered), len(FROM_VALUES)
    if frame is None or count <= found:
        return tuple(range(1, count + 1))
    if offered[:found] == FROM_VALUES:
        return (*range(found + 1, count + 1), *range(1, found + 1))
    return _order(_parts_of(frame.attributes), count)


@lru_cache
def _order(parts: tuple[str, ...], count: int) -> tuple[int, ...]:
    """Return keys, of each part in turn, then the others."""
    rows = [_KEYS[part] for part in parts]
    first = [key for turn in zip_longest(*rows) for key in turn if key is not None and key <= count]
    return tuple(dict.fromkeys((*first, *range(1, count + 1))))


def _parts_of(attributes: FrameAttributes) -> tuple[str, ...]:
    codes = (attributes.body_part, attributes.anatomic_region)
    series = (attributes.series_description, attributes.protocol_name)
    return _parts_in(codes, series, attributes.study_description)


@lru_cache(maxsize=256)
def _parts_in(codes: Sequence[str], series: Sequence[str], study: str) -> tuple[str, ...]:
    """Return the body parts that a header names, where it says so first.

    A code may join several ("CHESTABDOMEN").
    """
    stated = (_JOINED.sub(r"\1 ", " ".join(codes).upper()), " ".join(series).upper(), study.upper())
    for text in stated:
        found = [part for part, words in _WORDS.items() if _has_word(words, text)]
        if found:
            return tuple(found)
    return ()


def _has_word(words: tuple[str, str], text: str) -> bool:
    latin, chinese = words
    if any(word in text for word in chinese.split()):  # which stands between other signs without a blank
        return True
    told = latin.split()
    begins = tuple(word[:-1] for word in told if word.endswith("*"))
    return any(word in told or word.startswith(begins) for word in _LATIN.findall(text))
