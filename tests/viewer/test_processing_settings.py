"""Parameters of processings chosen by hand are there at the next start, for images of their kind."""

import json

import numpy as np
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.viewer.processing_settings import MOST_KEPT, ProcessingSettings


def frame(modality: str, unit: str = "") -> Frame:
    stored = np.arange(16, dtype=np.int16).reshape(4, 4)
    return Frame(
        stored, "1.2", modality=Rescale(1, 0, unit), attributes=FrameAttributes(modality=modality), voi=()
    )


CT, MR = frame("CT", "HU"), frame("MR")


def chosen() -> ProcessingSettings:
    settings = ProcessingSettings()
    settings.change(CT, "thresholded", "method", "range")
    settings.change(CT, "thresholded", "lower", -150.0)
    settings.change(CT, "denoised", "strength", 2.0)
    return settings


def restarted(settings: ProcessingSettings) -> ProcessingSettings:
    again = ProcessingSettings()
    again.take(settings.as_text())
    return again


def test_they_are_there_again() -> None:
    again = restarted(chosen())
    assert again.of(CT)["denoised"] == {"strength": 2.0}
    assert again.of(CT)["thresholded"]["method"] == "range"
    assert again.of(CT)["thresholded"]["lower"] == -150
    assert again.of(MR)["thresholded"]["lower"] != -150
    assert again.as_text() == chosen().as_text()


def test_they_stay_where_nothing_is_opened_in_between() -> None:
    assert restarted(restarted(chosen())).of(CT) == chosen().of(CT)


def test_what_images_suggest_is_not_kept() -> None:
    settings = ProcessingSettings()
    settings.change(MR, "thresholded", "method", "range")
    assert settings.of(MR)["thresholded"].keys() > {"method"}
    assert json.loads(settings.as_text()) == [["thresholded", "method", "range", None]]


def test_a_reset_is_kept_too() -> None:
    settings = restarted(chosen())
    settings.reset("thresholded")
    again = restarted(settings)
    assert "thresholded" not in again.of(CT)
    assert again.of(CT)["denoised"] == {"strength": 2.0}
    settings.reset("denoised")
    assert settings.as_text() == ""


@pytest.mark.parametrize(("modality", "unit"), [("CANARY", ""), ("CT", "CANARY"), ("DOE JANE", "HU")])
def test_of_images_whose_words_may_name_somebody_nothing_is_kept(modality: str, unit: str) -> None:
    settings = chosen()
    settings.change(frame(modality, unit), "thresholded", "lower", 3.0)
    text = settings.as_text()
    assert "CANARY" not in text
    assert "DOE" not in text
    assert "-150" in text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "7",
        "[7]",
        '[["thresholded"]]',
        '[["thresholded", "lower", 5, 7]]',
        '[["nothing", "lower", 5, null]]',
        '[["denoised", "nothing", 5, null]]',
        '[["denoised", "strength", "much", null]]',
        '[["denoised", "strength", [1], null]]',
        '[["denoised", "strength", -7, null]]',
        '[["denoised", "strength", NaN, null]]',
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_changes_nothing(text: str) -> None:
    settings = ProcessingSettings()
    settings.take(text)
    assert not any(settings.of(CT).values())
    settings.change(CT, "denoised", "strength", 1.5)
    assert settings.of(CT)["denoised"] == {"strength": 1.5}


def test_they_cannot_grow_without_end() -> None:
    settings = ProcessingSettings()
    units = [" ".join(["hu"] * (1 + number % 7)) + f" {number % 90}" for number in range(MOST_KEPT + 90)]
    for number, unit in enumerate(units):
        settings.change(frame("CT", unit), "thresholded", "lower", float(number))
    assert len(json.loads(settings.as_text())) <= MOST_KEPT
