"""Meaning of words in headers.

Contrast agent, sequences, views, kinds of image. A card says which of these its model knows. What stands
here is the language of the field, so that a word that means something else is told from a word that means
nothing.
"""

import re
from functools import lru_cache
from typing import Final

TEXTS_KEPT: Final = 64
"""Descriptions whose sequences are kept."""

NO_CONTRAST: Final = frozenset(
    {"NONE", "NO", "N", "NO CONTRAST", "WITHOUT", "WITHOUT CONTRAST", "NATIVE", "0"}
)
"""Values of Contrast/Bolus Agent that say that there was none."""

BOTH: Final = re.compile(
    r"\bW(?:ITH|/)?\s?(?:/|&|\+|AND)?\s?W(?:ITH\s?OUT|\s?/?\s?O)\b"
    r"|\bW(?:ITH\s?OUT|\s?/?\s?O)\s?(?:/|&|\+|AND)\s?W(?:ITH\b|/|\b)"
)
"""With and without, in one series or study."""

NEGATED_CONTRAST: Final = re.compile(
    r"(?:\bW\s?/?\s?O\b|\bWITHOUT|\bNON|\bNOT?\b|\bUN|\bOHNE|\bSANS|\bSENZA|\bSIN|\bSEM|\bZONDER|\bBEZ)"
    r"[\s./-]*(?:(?:ANY|INTRAVENOUS)\s+)?(?:I\.?V\.?[\s-]*)?"
    r"(?:[CK]ONTR\w*|ENHANC\w*|KM\b|MDC\b|CE?\b|IV\b|INJE[CK]\w*|INYEC\w*|INJEÇ\w*|GAD\w*|GD\b)"
    r"|未增强|无增强|非增强|增强前|平扫|\bC-(?!\w)|-C\b|\bIV-(?!\w)"
    r"|\bPRE[\s-]?(?:[CK]ONTR\w*|GAD\w*|GD\b|C\b|IV\b)"
)

BEFORE_CONTRAST: Final = re.compile(r"\bPRE\b(?![\s-]?OP)|\bNATIV\w*")
"""A series that was made before the agent, in a study that may have both."""

CONTRAST_WORDS: Final = (
    r"\b[CK]ONTR(?!OL|ALAT|AIND)\w*",  # contrast, Kontrast, contraste; not control, contralateral
    r"\bKM\b",
    r"\bMDC\b",
    r"ENHANC",
    r"\bINJE[CK]|\bINYEC|\bINJEÇ",
    r"\bC\s?\+|\+\s?C\b|\bI\.?V\.?\s?\+|\+\s?I\.?V\b",
    r"\bW/\s?(?:C|IV)\b|\bWITH\s(?:C|IV)\b",
    r"\bCE\b|\bCECT\b",
    r"\bCT-?[APV]\b|ANGIO|VENOGR",
    r"PERFU[SZ]",
    r"\bARTERI|\bVENOUS\b|\bVENÖS|\bVEINEU|\bVENOS[AO]\b",
    r"\bDELAY(?:ED)?\sPHASE|\bBOLUS\b",
    r"\bPOST[\s-]?(?:GAD|GD\b|C\b|IV\b)",
    r"(?<![A-Z])(?:\+\s?)?G(?:D|AD)(?:O\w*)?\b|\bT1\s?C\b|\bT1CE\b|\bDOTAREM|\bGADOVIST",
    r"增强|造影|灌注|动脉期|静脉期|延迟期|碘",
)
CONTRAST: Final = re.compile("|".join(CONTRAST_WORDS))
"""What remains of a description after the negated mentions are taken out, and still speaks of contrast."""

WHOLE: Final = r"(?<![A-Z0-9À-ÖØ-Þ]){}(?![A-Z0-9À-ÖØ-Þ])"
"""A word that no Latin letter or digit goes on: "T2" in "t2_tse" and "T2加权", not in "T2W"."""

SEQUENCES: Final = {
    "T1": r"[ES]?T1(?:WI?|CE?|GD)?|MP2?-?RAGE|F?SPGR|BRAVO|VIBE|LAVA",
    "T2": r"[ES]?T2(?:WI?)?(?!\s?\*)|HASTE|SSFSE|CISS|FIESTA|DRIVE",
    "T2*": r"T2(?:\*|STAR|[\s_-]STAR)|HEMO|MEDIC",
    "FLAIR": r"[ES]?(?:T2)?(?:WI?)?FLAIR|TIRM|DARK[\s_-]?FLUID",
    "STIR": r"STIR",
    "DWI": r"DWI|DIFF(?:USION)?|DTI|E?ADC|TRACEW?|RESOLVE",
    "SWI": r"SWI|SWAN|SWIP|VEN[\s_-]?BOLD|QSM",
    "PD": r"[ES]?PD(?:WI?)?|PROTON[\s_-]DENSITY|PROTONENDICHTE",
    "angiography": r"TOF|MRA|MRV|ANGIO\w*",
    "perfusion": r"PERF(?:USION)?|PWI|DSC|DCE|ASL|R?CB[FV]|MTT|TTP",
    "function": r"BOLD|F-?MRI",
    "spectroscopy": r"SPEC(?:TRO\w*)?|MRS|CSI|SVS",
    "map": r"(?:(?:T[12]\*?|B[01]|PD|R2\*?)[\s_-]?)?MAP(?:S|PE?D|PING)?|T1[\s_-]?RHO|SY(?:NTHETIC|MRI)",
    "difference": r"SUB(?:TR\w*)?|DIFFERENCE|MINUS",
    "projection": r"M(?:AX|IN)?IP|VRT?",
    "localizer": r"LOC|LOCALI[SZ]ER|SCOUT|SURVEY|TOPOGRAM",
}
"""MR sequences by the name that cards list, and how descriptions write them."""

VIEWS: Final = {
    "PA": r"P\.?\s?A\.?|P[-/]A|POSTERO[\s-]*ANTERIOR|后前位",
    "AP": r"A\.?\s?P\.?|A[-/]P|ANTERO[\s-]*POSTERIOR|前后位",
    "FRONTAL": r"FRONTAL|正位",
    "LATERAL": r"LL|RL|LAT|LATERAL\w*|LEFT LATERAL|RIGHT LATERAL|SEITL\w*|PROFIL\w*|PERFIL\w*|LATERO\w*"
    r"|侧位|側位|侧面|側面",
    "DECUBITUS": r"LLD|RLD|D[EÉ]CUB\w*|CROSS[\s-]?TABLE|SEITENLAGE|侧卧位?|側臥位?",
    "OBLIQUE": r"LAO|RAO|LPO|RPO|LLO|RLO|OBL|OBL[IÍ](?:QU|C)\w*|SCHR(?:Ä|AE)G\w*|斜位",
    "LORDOTIC": r"LORD[OÓ]TI\w*|APICAL\w*|LINDBLOM|前弓位|肺尖(?:位|撮影)",
}
"""Views of a projection by the name that cards list, and how headers write them."""

QUALIFYING_VIEWS: Final = frozenset({"DECUBITUS", "OBLIQUE", "LORDOTIC"})
"""Views that make another one of an accepted view beside which they are named: "AP LORDOTIC".

A lateral beside it is another picture of the examination.
"""

VIEW_DETAILS: Final = frozenset(
    {
        *("ERECT", "UPRIGHT", "STANDING", "SITTING", "SUPINE", "PORTABLE", "BEDSIDE", "MOBILE", "BED"),
        *("CHEST", "THORAX", "LUNG", "LUNGS", "VIEW", "PROJECTION", "POSITION", "XR", "CR", "DX"),
        *("胸部", "胸", "立位", "卧位", "臥位", "仰卧位"),
    }
)
"""What may stand beside an accepted view."""

OTHER_IMAGES: Final = re.compile(
    r"M(?:AX|IN)?IP|MPR|CPR|VRT?|SSD|3D|CURVED|REFORMAT\w*|RESAMPLED?|PROJECTION.*|AVERAGE|MOSAIC|COLLAGE"
    r"|LOCALI[SZ]ER|SCOUT|SCREEN.*|DOSE.*|REPORT|PERFUSION|SUB(?:TRACTION)?|DIFFERENCE|RATIO|CSA.*"
    r"|R?CB[FV]|MTT|TTP|TMAX|TRACEW?|E?ADC|FA|DIFFUSION|VMI|VNC(?:A|_.*)?|IODINE.*|CALCIUM.*"
    r"|MATERIAL.*|MONO_?(?:E|\d+|CHROM).*|KEV.*|Z_?EFF.*|EFF\w*_?Z|ELECTRON.*|URIC.*"
    r"|BONE_?(?:MASK|SUPPRESS\w*)|SOFT_?TISSUE|TISSUE|DUAL_?ENERGY|PHASE(?:_MAP)?|REAL|IMAGINARY|T[12]_?MAP"
)
"""Values behind the standard ones of Image Type that name another kind of picture."""

NOT_STATED: Final = frozenset(
    {"", "UNKNOWN", "UNSPECIFIED", "NONE", "NOT SPECIFIED", "N/A", "NA", "OTHER"}
).union(
    {
        "UNBEKANNT",
        "INCONNU",
        "DESCONOCIDO",
        "DESCONHECIDO",
        "SCONOSCIUTO",
        "未知",
        "不明",
        "不详",
        "未指定",
        "其他",
        "其它",
    }
)
"""What is written where nothing is said."""


def sequences_in(text: str) -> dict[str, str]:
    """Return the MR sequences that a description names.

    Name in SEQUENCES -> the words for it.
    """
    return dict(_sequences_in(text))


@lru_cache(TEXTS_KEPT)
def _sequences_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return the same as pairs, kept: the slices of a series share a text."""
    written = text.upper()
    found = ((name, re.search(WHOLE.format(f"(?:{words})"), written)) for name, words in SEQUENCES.items())
    return tuple((name, match.group()) for name, match in found if match)


def views_in(text: str) -> tuple[set[str], list[str]]:
    """Return the views named in a text, and the words of other meaning.

    Both are told by VIEWS, the views by their names there.
    """
    written, found = text.upper(), set()
    for name, words in VIEWS.items():
        pattern = re.compile(WHOLE.format(f"(?:{words})"))
        if pattern.search(written):
            found.add(name)
            written = pattern.sub(" ", written)
    return found, [word for word in re.findall(r"[^\W_]+", written) if word not in VIEW_DETAILS]


def contrast_in(text: str, *, with_and_without: bool = True) -> str:
    """Return the words of a description that speak of contrast agent, or "".

    Parameters
    ----------
    with_and_without : bool
        Whether a description of both counts.
    """
    words = text.upper().replace("_", " ")
    both = BOTH.search(words)
    if both is not None and not with_and_without:
        return ""
    found = both or CONTRAST.search(NEGATED_CONTRAST.sub(" ", words))
    return found.group().strip() if found else ""


def denies_contrast(text: str) -> bool:
    """Return whether a series description denies a contrast agent."""
    words = text.upper().replace("_", " ")
    rest = NEGATED_CONTRAST.sub(" ", words)
    if BOTH.search(words) or CONTRAST.search(rest):
        return False
    return rest != words or BEFORE_CONTRAST.search(words) is not None
