"""Codes of a file in words.

Image types, intents, positions, parts of the body.

A sentence says a known code in words; another one is quoted, as it is the file's own.

References
----------
DICOM PS3.3 C.7.6.1.1.2, C.8.16.1, C.8.13.3 and C.8.4.9 (Image Type), C.7.3.1.1.2 (Patient Position),
C.8.11.1 (Presentation Intent Type); PS3.16 Annex L (body parts).
"""

from typing import Final

from medviewer.translation import Message, mark

CODE_WORDS: Final = {
    # Image Type
    "ORIGINAL": mark("original"),
    "DERIVED": mark("derived from other pictures"),
    "PRIMARY": mark("primary"),
    "SECONDARY": mark("made after the examination"),
    "LOCALIZER": mark("localizer"),
    "AXIAL": mark("axial"),
    "MPR": mark("multiplanar reformat"),
    "MIP": mark("maximum intensity projection"),
    "MINIP": mark("minimum intensity projection"),
    "MAX_IP": mark("maximum intensity projection"),
    "MIN_IP": mark("minimum intensity projection"),
    "REFORMATTED": mark("reformatted"),
    "RESAMPLED": mark("resampled"),
    "AVERAGE": mark("average"),
    "MEAN": mark("average"),
    "VOLUME": mark("volume"),
    "PROJECTION IMAGE": mark("projection"),
    "SUBTRACTION": mark("subtraction"),
    "SUBTRACTED": mark("subtraction"),
    "MIXED": mark("mixed"),
    "OTHER": mark("other"),
    "METABOLITE_MAP": mark("metabolite map"),
    "ADC": mark("ADC map"),
    "FA": mark("map of fractional anisotropy"),
    "TRACEW": mark("trace-weighted"),
    "DIFFUSION": mark("diffusion"),
    "PERFUSION": mark("perfusion"),
    "RCBF": mark("map of cerebral blood flow"),
    "RCBV": mark("map of cerebral blood volume"),
    "CBF": mark("map of cerebral blood flow"),
    "CBV": mark("map of cerebral blood volume"),
    "MTT": mark("map of mean transit time"),
    "TTP": mark("map of time to peak"),
    "FLUID_ATTENUATED": mark("fluid-attenuated"),
    "MAGNITUDE": mark("magnitude"),
    "M": mark("magnitude"),
    "PHASE": mark("phase image"),
    "P": mark("phase image"),
    "PHASE MAP": mark("phase image"),
    "REAL": mark("real part"),
    "R": mark("real part"),
    "IMAGINARY": mark("imaginary part"),
    "I": mark("imaginary part"),
    "VELOCITY": mark("velocity"),
    "WHOLE BODY": mark("whole body"),
    "STATIC": mark("static"),
    "DYNAMIC": mark("dynamic"),
    "GATED": mark("gated"),
    "TOMO": mark("tomography"),
    "RECON TOMO": mark("reconstructed tomography"),
    "EMISSION": mark("emission"),
    "TRANSMISSION": mark("transmission"),
    "QUANTITY": mark("measured values"),
    # Presentation Intent Type
    "FOR PRESENTATION": mark("for presentation"),
    "FOR PROCESSING": mark("for processing"),
    # Patient Position
    "HFS": mark("head first, supine"),
    "HFP": mark("head first, prone"),
    "HFDR": mark("head first, on the right side"),
    "HFDL": mark("head first, on the left side"),
    "FFS": mark("feet first, supine"),
    "FFP": mark("feet first, prone"),
    "FFDR": mark("feet first, on the right side"),
    "FFDL": mark("feet first, on the left side"),
    # Body Part Examined
    "HEAD": mark("head"),
    "BRAIN": mark("brain"),
    "SKULL": mark("skull"),
    "NECK": mark("neck"),
    "HEADNECK": mark("head and neck"),
    "CHEST": mark("chest"),
    "LUNG": mark("lung"),
    "HEART": mark("heart"),
    "BREAST": mark("breast"),
    "ABDOMEN": mark("abdomen"),
    "LIVER": mark("liver"),
    "PELVIS": mark("pelvis"),
    "SPINE": mark("spine"),
    "CSPINE": mark("cervical spine"),
    "TSPINE": mark("thoracic spine"),
    "LSPINE": mark("lumbar spine"),
    "KNEE": mark("knee"),
    "HIP": mark("hip"),
    "SHOULDER": mark("shoulder"),
    "HAND": mark("hand"),
    "FOOT": mark("foot"),
    "WHOLEBODY": mark("whole body"),
}
"""Codes, in capitals -> marked words."""

SAID_ALIKE: Final = frozenset({"T1", "T2", "T2_STAR", "PROTON_DENSITY", "FLAIR", "STIR", "DWI", "TOF", "MRA"})
"""Codes that the clinic says as they are written."""


def code_words(code: str) -> Message:
    """Return a code in words; one without words is quoted."""
    words = known_code_words(code)
    if words is not None:
        return words
    is_said = not any(letter.isalnum() for letter in code)
    return Message(code) if is_said else Message("“{code}”", (("code", code),))


def known_code_words(code: str) -> Message | None:
    """Return the words of a known code, or None."""
    plain = code.strip().upper()
    if plain in SAID_ALIKE:
        return Message(plain.replace("_", " "))
    return Message(CODE_WORDS[plain]) if plain in CODE_WORDS else None
