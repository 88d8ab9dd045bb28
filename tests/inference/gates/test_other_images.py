"""Maps, differences and images of materials are no slices, by whichever word a header names them."""

from dataclasses import replace

import pytest

from medviewer.imaging.frame.frame import Frame
from medviewer.inference.gates.suitability import header_refusal
from medviewer.inference.pack.packs import bundled_folder, load_card
from tests.inference.conftest import HEAD, noisy_head, slice_of

CONTRACTS = {
    name: load_card(bundled_folder() / name).input for name in ("brain-mr-tumour-type", "head-ct-haemorrhage")
}


def refused(frame: Frame, model: str) -> str:
    gate = header_refusal(frame, CONTRACTS[model])
    return "" if gate is None else gate.name


def brain(description: str) -> Frame:
    stated = replace(
        HEAD,
        modality="MR",
        image_type=("ORIGINAL", "PRIMARY", "M"),
        contrast_agent="Gadobutrol",
        series_description=description,
    )
    return slice_of(noisy_head(), attributes=stated)


@pytest.mark.parametrize(
    "description",
    [
        *("T1 map", "T1_MAP ax", "MOLLI T1 mapping", "T1rho", "T1 maps post", "t1 mapped", "SyMRI T1"),
        *("T1 SUB", "T1 post Gd subtraction", "Subtraktion T1", "T1 post minus pre", "T1 MaxIP"),
        *("B0 map", "B1_map", "R2* map"),
    ],
)
def test_a_description_that_names_a_map_or_a_difference_is_refused(description: str) -> None:
    assert refused(brain(description), "brain-mr-tumour-type") == "sequence"


@pytest.mark.parametrize("description", ["AX T1 SE", "t1_mprage_tra +C", "T1 subcortical", "T1 TSE FS"])
def test_a_description_that_only_sounds_like_one_is_not(description: str) -> None:
    assert refused(brain(description), "brain-mr-tumour-type") == ""


@pytest.mark.parametrize(
    "word",
    [
        *("MAXIP", "CALCIUM", "CALCIUM_MAP", "VNCA", "IODINE_MAP", "MONO_E", "MONO_70", "MONOCHROMATIC"),
        *("KEV65", "ZEFF", "Z_EFF", "EFFECTIVE_Z", "ELECTRON_DENSITY", "URIC_ACID"),
    ],
)
def test_an_image_type_that_names_a_material_or_an_energy_is_refused(word: str) -> None:
    stated = replace(HEAD, image_type=("ORIGINAL", "PRIMARY", "AXIAL", word))
    assert refused(slice_of(noisy_head(), attributes=stated), "head-ct-haemorrhage") == "derived"
    plain = replace(HEAD, image_type=("ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI"))
    assert refused(slice_of(noisy_head(), attributes=plain), "head-ct-haemorrhage") == ""
