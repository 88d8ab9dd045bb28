"""Body parts in other languages, as the English words of the standard.

A word stands here where it means one part of the body only: German "Brust" and Spanish "pecho" may be chest
or breast, Italian "seno" a breast or a sinus. What is not here stays as it is written, also as a piece of a
longer word: "胸椎" (thoracic spine) is not all chest.

References
----------
DICOM PS3.16 CID 4031; PS3.3 C.7.3.1 (Body Part Examined, whose terms are English).
"""

import re
import unicodedata
from typing import Final


def _rows(rows: dict[str, str]) -> dict[str, str]:
    return {word: part for part, words in rows.items() for word in words.split()}


SIGNS: Final = _rows(
    {
        "HEAD": "头颅 头部 头 颅脑 頭顱 頭部 頭 顱腦",
        "SKULL": "颅骨 颅 頭蓋骨 頭蓋 顱骨 顱",
        "BRAIN": "大脑 脑部 脑 大腦 腦部 腦 大脳 脳 뇌",
        "CHEST": "胸部 胸廓 胸腔 胸 흉부",
        "LUNG": "双肺 两肺 肺部 肺野 肺 雙肺 兩肺",
        "BREAST": "乳腺 乳房 乳 유방",
        "FRONTAL": "正位",
        "CT": "平扫 平掃",
    }
)
"""In scripts without spaces between words."""

LETTERS: Final = _rows(
    {
        "HEAD": "KOPF TETE CABEZA CABECA TESTA CAPO",
        "SKULL": "SCHADEL SCHAEDEL CRANE CRANEO CRANIO CRANIUM NEUROCRANIUM HIRNSCHADEL",
        "BRAIN": "GEHIRN HIRN CERVEAU ENCEPHALE CEREBRO ENCEFALO CERVELLO CEREBRUM ENCEPHALON",
        "CHEST": "BRUSTKORB BRUSTRAUM POITRINE TORACE",
        "THORAX": "TORAX",
        "LUNG": "LUNGE LUNGEN POUMON POUMONS PULMON PULMONES PULMAO PULMOES POLMONE POLMONI PULMO",
        "BREAST": "MAMMA MAMMAE BRUSTDRUSE BRUSTDRUESE SEIN SEINS MAMA MAMAS MAMMELLA MAMMELLE",
        "AND": "UND ET Y E",
        "THE": "DER DES LE LA LES EL LOS LAS IL",
    }
)
"""In Latin letters, without their marks."""

_LONGEST_FIRST: Final = re.compile("|".join(sorted(SIGNS, key=len, reverse=True)))


def body_part_words(text: str) -> list[str]:
    """Return the words of a body part, in English where they are known."""
    written = unicodedata.normalize("NFKC", text).upper()
    parted = _LONGEST_FIRST.sub(lambda found: f" {SIGNS[found.group()]} ", written)
    return [LETTERS.get(_bare(word), word) for word in re.findall(r"[^\W_]+", parted)]


def _bare(word: str) -> str:
    """Return a word in Latin letters without their marks."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
