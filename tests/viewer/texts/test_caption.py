"""The words on an image are those of the clinic, and say what must be said."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from medviewer import translation
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.inference.result import Gate, ModelResult, OperatingPoint
from medviewer.inference.tasks.scores import probability_text
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.caption import (
    cautions,
    date_text,
    processing_tag,
    result_text,
    scale_bar,
    slice_text,
    stack_title,
)
from medviewer.viewer.texts.corner_words import PixelWords, pixel_words, plane_text
from medviewer.viewer.texts.image_numbers import position_text

Results = dict[str, Callable[..., PaneState]]
PaneMaker = Callable[..., PaneState]


def test_a_processed_image_is_no_measure(pane: PaneState) -> None:
    assert pane.frame is not None
    assert cautions(replace(pane, processing="edges")) == ["processed, not for measurement"]
    assert processing_tag(replace(pane, processing="edges")) == (
        "processed",
        "processed, not for measurement",
    )
    labels = replace(pane.frame, attributes=replace(pane.frame.attributes, modality="SEG"))
    refused = replace(pane, processing="edges", frame=labels)
    assert cautions(refused) == ["a segmentation is not processed"]
    assert processing_tag(refused) == ("not processed", "a segmentation is not processed")
    assert cautions(pane) == []


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"lossy": True, "lossy_ratio": 20.0}, ["lossy 20:1"]),
        ({"lossy": True, "lossy_ratio": 2104.6}, ["lossy 2105:1"]),
        ({"lossy": True, "lossy_ratio": 2.5}, ["lossy 2.5:1"]),
        ({"lossy": True}, ["lossy"]),
        ({"is_phantom": True}, ["PHANTOM, not a patient"]),
    ],
)
def test_what_must_be_said_of_an_image_is_said_before_it_is_decoded(
    attributes: dict, expected: list[str], making: PaneMaker
) -> None:
    pane = making(attributes=FrameAttributes(**attributes))
    assert cautions(pane) == expected
    assert cautions(replace(pane, frame=None)) == expected


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        (173.0, (100, "10 cm")),
        (100.0, (100, "10 cm")),
        (99.0, (50, "5 cm")),
        (10.0, (10, "1 cm")),
        (9.9, (5, "5 mm")),
        (0.3, (0.2, "0.2 mm")),
    ],
)
def test_the_scale_bar_is_a_round_length(available: float, expected: tuple, pane: PaneState) -> None:
    assert scale_bar(pane, available) == pytest.approx(expected)


def test_at_the_detector_the_scale_says_so_and_without_spacing_there_is_none(making: PaneMaker) -> None:
    detector = FrameGeometry(spacing_mm=(0.1, 0.1), spacing_kind=SpacingKind.DETECTOR)
    assert scale_bar(making(geometry=detector), 60) == (50, "5 cm at the detector")
    calibrated = replace(detector, spacing_kind=SpacingKind.CALIBRATED)
    assert scale_bar(making(geometry=calibrated), 60) == (50, "5 cm (calibrated)")
    assert scale_bar(making(geometry=FrameGeometry()), 60) is None
    for nothing in (0.0, -1.0, float("nan"), float("inf")):
        assert scale_bar(making(), nothing) is None


def test_a_stack_without_plane_has_its_description(making: PaneMaker) -> None:
    assert stack_title(making(stack={"plane": ""}).stack) == "Series for CANARY"
    thick = FrameGeometry(slice_thickness_mm=None)
    assert stack_title(making(geometry=thick).stack) == "Axial"  # their distance is no thickness
    assert slice_text(making(stack={"frames": making().stack.frames[:3]})) == "(3/3) · H 0.0 mm"


def test_a_pane_says_the_thickness_of_its_slice_and_a_stack_those_of_all(making: PaneMaker) -> None:
    pane = making()
    frames = tuple(
        replace(frame, geometry=replace(frame.geometry, slice_thickness_mm=4.0 if number < 2 else 7.0))
        for number, frame in enumerate(pane.stack.frames)
    )
    stack = replace(pane.stack, key="of two", frames=frames)
    assert stack_title(stack).endswith(" 4–7 mm")
    for index, said in ((0, " 4 mm"), (len(stack) - 1, " 7 mm")):
        assert plane_text(replace(pane, stack=stack, index=index)).split(" · ")[0].endswith(said)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("20261120", "2026-11-20"), ("2026.11.20", "2026-11-20"), ("20261399", "20261399"), ("", "")],
)
def test_dates_are_written_as_both_languages_do(stored: str, shown: str) -> None:
    assert date_text(stored) == shown


def said(result: ModelResult) -> list[str]:
    text = result_text(result)
    return [text.headline, *text.details, *text.cautions, text.source]


def test_a_prediction_says_how_far_to_trust_it(pane: PaneState, results: Results) -> None:
    result = results["prediction"](pane).result
    assert result is not None
    assert said(result) == [
        "Haemorrhage flagged (score 0.81)",
        "Above the operating point (0.35): flagged",
        "Sensitivity 0.91 (0.78–0.97) · specificity 0.78 (0.70–0.85)",
        "Age not stated",
        "head-ct-haemorrhage 1.0 · research use only, not for diagnosis",
    ]


def test_below_the_operating_point_is_said_of_the_class_it_decides_about(
    pane: PaneState, results: Results
) -> None:
    result = results["prediction"](
        pane, probabilities=(("no haemorrhage", 0.8), ("haemorrhage", 0.2)), label="no haemorrhage"
    ).result
    assert result is not None
    lines = said(result)
    assert lines[:2] == [
        "Haemorrhage not flagged (score 0.20)",
        "Below the operating point (0.35): not flagged",
    ]
    assert result_text(result).brief == "not flagged"


@pytest.mark.parametrize(
    ("score", "is_uncertain"), [(0.28, False), (0.30, True), (0.36, True), (0.42, False)]
)
def test_near_the_threshold_nothing_is_called_and_nothing_excluded(
    pane: PaneState, results: Results, score: float, is_uncertain: bool
) -> None:
    result = results["prediction"](
        pane,
        probabilities=(("no haemorrhage", 1 - score), ("haemorrhage", score)),
        operating_point=OperatingPoint(0.35, 0.91, 0.78, uncertain=(0.3, 0.4)),
    ).result
    assert result is not None
    text = result_text(result)
    assert text.headline.startswith("Haemorrhage uncertain") is is_uncertain
    assert text.brief.startswith("uncertain") is is_uncertain
    line = "0.300 to 0.400: too near to the threshold for a call"
    assert (line in text.details) is is_uncertain
    assert any("flagged" in line for line in said(result)) is not is_uncertain


def test_without_an_operating_point_the_called_class_is_said(pane: PaneState, results: Results) -> None:
    result = results["prediction"](
        pane,
        probabilities=(("no haemorrhage", 0.8), ("haemorrhage", 0.2)),
        label="no haemorrhage",
        operating_point=None,
    ).result
    assert result is not None
    assert said(result)[0] == "Most like no haemorrhage (score 0.80)"


def test_of_more_than_two_classes_the_called_one_is_said_too(pane: PaneState, results: Results) -> None:
    classes = (("haemorrhage", 0.2), ("stroke", 0.7), ("tumour", 0.1))
    result = results["prediction"](pane, probabilities=classes, label="stroke").result
    assert result is not None
    assert said(result)[:3] == [
        "Haemorrhage not flagged (score 0.20)",
        "Below the operating point (0.35): not flagged",
        "Stroke 0.70",
    ]


def test_what_was_overridden_is_a_caution(pane: PaneState, results: Results) -> None:
    gate = Gate("body part", False, "body part not stated")
    result = results["prediction"](pane, overridden=gate, calibrated=False, is_phantom=True).result
    assert result is not None
    assert result_text(result).cautions == (
        "PHANTOM, not a patient",
        "You asked in spite of the refusal: body part not stated",
    )


def test_a_refusal_and_a_failure_give_their_reason_and_no_number(pane: PaneState, results: Results) -> None:
    refusal, failure = (results[kind](pane).result for kind in ("refusal", "no result"))
    assert refusal is not None
    assert failure is not None
    assert said(refusal)[:2] == ["Not judged", "The modality is MR, the model needs CT"]
    assert said(failure)[:2] == ["No result", "Invalid numbers"]
    for lines in (said(refusal), said(failure)):
        assert lines[-1].endswith("research use only, not for diagnosis")


@pytest.mark.parametrize("kind", ["prediction", "refusal", "no result"])
def test_an_unsigned_model_says_so_whatever_it_answers(kind: str, pane: PaneState, results: Results) -> None:
    signed = results[kind](pane).result
    assert signed is not None
    text = result_text(replace(signed, is_unsigned=True))
    assert "Model not verified: nobody vouches for it or its figures" in text.cautions
    assert text.brief.endswith(" · model not verified")
    assert "nsigned" not in " ".join(said(signed)) + result_text(signed).brief


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "< 0.01"), (0.004, "< 0.01"), (0.5, "0.50"), (0.994, "0.99"), (1.0, "> 0.99")]
)
def test_no_probability_is_shown_as_certain(value: float, shown: str) -> None:
    assert probability_text(value) == shown


def test_chinese_words_are_chinese(pane: PaneState) -> None:
    translation.use_language("zh_CN")
    title = stack_title(pane.stack)
    assert title.endswith("5 mm")
    assert "Axial" not in title


def test_color_has_no_window(making: PaneMaker) -> None:
    pane = making(np.zeros((4, 4, 3), np.uint8), frame={"voi": ()})
    words = pixel_words(pane)
    assert words == PixelWords("", "", "stored colour 12-bit → reduced to 8 bits")


def test_an_export_states_the_position_that_the_pane_states(making: PaneMaker) -> None:
    pane = making()
    on_pane = position_text(pane.stack, pane.index)
    assert on_pane.startswith("H ")
    assert slice_text(pane).endswith(f" · {on_pane}")
