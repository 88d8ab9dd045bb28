"""What holds labels is shown as it is, whatever processing is chosen, and says so."""

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.processing import PROCESSINGS, draw_mask, fidelity, process, render
from medviewer.imaging.processing.labels import why_labels_are_not_processed

COLORS = np.array([(0, 0, 0), (221, 84, 84), (84, 221, 84), (84, 84, 221), (221, 221, 84)], np.uint8)
SEGMENTATION, LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"
SETTINGS = {
    "denoised": {"method": "gaussian"},
    "thresholded": {"method": "fixed"},
    "edges": {"input": "mask"},
}


def regions(side: int = 64) -> npt.NDArray[np.uint8]:
    rows, columns = np.mgrid[:side, :side]
    return (rows // 16 * 3 + columns // 16 * 2).astype(np.uint8) % 5


def segmentation(sop_class: str, pixels: npt.NDArray[np.uint8] | None = None) -> Frame:
    attributes = FrameAttributes(modality="SEG", sop_class_uid=sop_class)
    return Frame(regions() if pixels is None else pixels, "1", bits_stored=8, attributes=attributes)


def palette_image(image: npt.NDArray[np.uint8], modality: str = "OT") -> Frame:
    attributes = FrameAttributes(modality=modality, photometric_interpretation="PALETTE COLOR")
    return Frame(image, "1", bits_stored=8, attributes=attributes)


LABELS = {
    "segmentation": segmentation(SEGMENTATION, regions() % 2),
    "fractions": segmentation(SEGMENTATION, regions() * 60),
    "label map": segmentation(LABEL_MAP),
    "label map in colour": palette_image(COLORS[regions()], "SEG"),
    "palette of labels": palette_image(COLORS[regions()]),
    "few labels on black": palette_image(COLORS[np.where(regions(256) == 4, 4, 0)]),
    "rainbow": palette_image(
        np.stack([np.arange(4096).reshape(64, 64) // 16 * factor % 256 for factor in (1, 3, 7)], -1).astype(
            np.uint8
        )
    ),
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("name", [name for name in PROCESSINGS if name != "original"])
@pytest.mark.parametrize("settings", [{}, SETTINGS], ids=["default", "chosen"])
def test_labels_are_not_processed_and_the_line_says_so(name: str, kind: str, settings: dict) -> None:
    frame = LABELS[kind]
    processed = process(frame, name, settings)
    assert processed.mask is None
    assert processed.exact
    np.testing.assert_array_equal(render(processed), render(process(frame, "original", {})))
    np.testing.assert_array_equal(
        draw_mask(render(processed), processed)[..., 0],
        render(processed)[..., 0] if frame.is_color else render(processed),
    )
    assert "not processed" in fidelity(processed)


def test_a_palette_of_many_grays_is_an_image_as_others() -> None:
    scan = np.random.default_rng(0).integers(0, 256, (64, 64, 1), np.uint8).repeat(3, axis=2)
    scan[:4, :20] = (255, 160, 0)  # a caption in color
    frame = palette_image(scan, "US")
    assert why_labels_are_not_processed(frame) is None
    assert "not processed" not in fidelity(process(frame, "denoised", {}))


def test_other_images_are_processed() -> None:
    assert (
        why_labels_are_not_processed(Frame(regions(), "1", attributes=FrameAttributes(modality="MR"))) is None
    )
    assert (
        why_labels_are_not_processed(Frame(COLORS[regions()], "1", attributes=FrameAttributes(modality="US")))
        is None
    )
