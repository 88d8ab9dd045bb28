"""The codes and words of sides and views.

How headers write them, and how the clinic does.
"""

from typing import Final

from medviewer.translation import mark

SIDES: Final = {
    **dict.fromkeys(("R", "RIGHT", "OD", "24028007", "G-A100"), "R"),
    **dict.fromkeys(("L", "LEFT", "OS", "7771000", "G-A101"), "L"),
    **dict.fromkeys(("B", "BOTH", "BILATERAL", "OU", "51440002", "G-A102"), "B"),
}
"""What is written, and the codes of PS3.16 CID 244 (SCT, SRT) -> side."""

NO_SIDE: Final = frozenset({"", "U", "UNPAIRED", "66459002", "G-A103", "N", "NONE", "NA", "N/A"})

MAMMOGRAPHY: Final = {
    **dict.fromkeys(("399162004", "R-10242"), "CC"),
    **dict.fromkeys(("399368009", "R-10226"), "MLO"),
    **dict.fromkeys(("399260004", "R-10224"), "ML"),
    **dict.fromkeys(("399352003", "R-10228"), "LM"),
    **dict.fromkeys(("399099002", "R-10230"), "LMO"),
    **dict.fromkeys(("399196006", "R-10244"), "FB"),
    **dict.fromkeys(("399192008", "R-1024A"), "XCCL"),
    **dict.fromkeys(("399101009", "R-1024B"), "XCCM"),
    **dict.fromkeys(("399188001", "R-102D0"), "SIO"),
    **dict.fromkeys(("441555000", "R-40AAA"), "ISO"),
}
"""PS3.16 CID 4014 (SCT, SRT) -> the view as it is written on mammograms (PS3.3 C.8.11.7)."""

OBLIQUE: Final = {
    **dict.fromkeys(("399135007", "R-10220", "399074003", "G-5207"), "LAO"),
    **dict.fromkeys(("399006002", "R-10212", "399136008", "G-5209"), "LPO"),
    **dict.fromkeys(("399356000", "R-40985", "399108003", "G-5206"), "RAO"),
    **dict.fromkeys(("399038007", "R-10210", "399075002", "G-5208"), "RPO"),
    **dict.fromkeys(("399173006", "R-10236", "399118008", "G-5223"), "LL"),
    **dict.fromkeys(("399198007", "R-10232", "399297009", "G-5222"), "RL"),
}
"""PS3.16 CID 4010 and CID 26 (SCT, SRT): views that projection radiography and nuclear medicine share."""

RADIOGRAPHY: Final = {
    **OBLIQUE,
    **dict.fromkeys(("399348003", "R-10206"), "AP"),
    **dict.fromkeys(("272479007", "R-40888", "R-10214"), "PA"),
    **dict.fromkeys(("399067008", "R-102CD"), "LAT"),
}
NUCLEAR: Final = {
    **OBLIQUE,
    **dict.fromkeys(("399321004", "G-5215", "399348003", "R-10206"), "ANT"),
    **dict.fromkeys(("399001007", "G-5216", "272479007", "R-40888", "R-10214"), "POST"),
}

WORDS: Final = {
    "cranio caudal": "CC",
    "craniocaudal": "CC",
    "medio lateral oblique": "MLO",
    "mediolateral oblique": "MLO",
    "medio lateral": "ML",
    "medial lateral": "ML",
    "mediolateral": "ML",
    "latero medial": "LM",
    "lateral medial": "LM",
    "lateromedial": "LM",
    "latero medial oblique": "LMO",
    "antero posterior": "AP",
    "anteroposterior": "AP",
    "postero anterior": "PA",
    "posteroanterior": "PA",
    "anterior": "ANT",
    "anterior projection": "ANT",
    "posterior": "POST",
    "posterior projection": "POST",
    "left lateral": "LL",
    "left lateral projection": "LL",
    "right lateral": "RL",
    "right lateral projection": "RL",
    "left anterior oblique": "LAO",
    "left posterior oblique": "LPO",
    "right anterior oblique": "RAO",
    "right posterior oblique": "RPO",
}
"""Meanings of codes that are written by those who take the codes of another scheme -> view."""

MAMMOGRAPHIC: Final = frozenset({*MAMMOGRAPHY.values(), "XCC", "CV", "AT"})
"""Views that are written together with the side, "RMLO"."""

DECUBITUS_AND_OTHERS: Final = ("RLD", "LLD", "RLO", "LLO", "LATERAL", "OBLIQUE", "AXIAL", "FRONTAL")
KNOWN_VIEWS: Final = frozenset(
    {*MAMMOGRAPHIC, *RADIOGRAPHY.values(), *NUCLEAR.values(), *DECUBITUS_AND_OTHERS}
)
"""What the program says of views in words that are no file's own."""

MODIFIERS: Final = {
    **dict.fromkeys(("399163009", "R-102D6"), mark("magnification")),
    **dict.fromkeys(("399055006", "R-102D7"), mark("spot compression")),
    **dict.fromkeys(("399197002", "R-102D3"), mark("rolled lateral")),
    **dict.fromkeys(("399226006", "R-102D4"), mark("rolled medial")),
    **dict.fromkeys(("415670009", "R-102C9"), mark("rolled superior")),
    **dict.fromkeys(("414493004", "R-102CA"), mark("rolled inferior")),
    **dict.fromkeys(("399209000", "R-102D5"), mark("implant displaced")),
    **dict.fromkeys(("442581004", "R-40AB3"), mark("nipple in profile")),
    **dict.fromkeys(("399161006", "R-102D2"), mark("cleavage")),
    **dict.fromkeys(("399011000", "R-102D1"), mark("axillary tail")),
    **dict.fromkeys(("442580003", "R-40AB2"), mark("axillary tissue")),
    **dict.fromkeys(("442593008", "R-40ABE"), mark("infra-mammary fold")),
    **dict.fromkeys(("441752004", "P2-00161"), mark("anterior compression")),
    **dict.fromkeys(("399110001", "R-102C2"), mark("tangential")),
}
"""PS3.16 CID 4015 (SCT, SRT) -> words."""
