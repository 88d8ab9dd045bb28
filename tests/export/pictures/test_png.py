"""A saved image shows what the pane shows, says what must be said, and harms no file."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medviewer import limits, translation
from medviewer.errors import (
    ExistingFileError,
    ImageSizeError,
    NotFoundError,
    OriginalFileError,
    ReadBackError,
    WriteError,
)
from medviewer.export.pictures import png as image
from medviewer.export.pictures.png import CHUNK, save_png
from medviewer.export.sheet import Words, image_corner
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.attributes import Aspect, FrameAttributes
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.subtraction import Subtraction
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import PROCESSINGS, draw_mask, process, render
from medviewer.inference.result import QUESTION, Gate
from medviewer.translation import message
from medviewer.viewer.state.pane_state import PaneState, Token
from medviewer.viewer.tools.table import TOOLS
from tests import machine
from tests.outlined import answer, corrections
from tests.saved_pictures import annotated_png
from tests.viewer.bare_viewer import HEAD, BareViewer
from tests.viewer.tools.test_tools import MadePane, drag

Results = dict[str, Callable[..., PaneState]]
PaneMaker = Callable[..., PaneState]


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def provenance(png: bytes) -> dict:
    return json.loads(Image.open(BytesIO(png)).text[CHUNK])


def words(pane: PaneState, monkeypatch: pytest.MonkeyPatch, **more: object) -> list[str]:
    """Return the caption as it goes to be drawn."""
    said: list[Words] = []
    compose = image.compose
    monkeypatch.setattr(
        image, "compose", lambda picture, around: (said.extend(around.caption), compose(picture, around))[1]
    )
    annotated_png(pane, **{"settings": {}, **more})
    return [line.text for line in said]


def inside(png: bytes, rows: int, columns: int) -> np.ndarray:
    x, y = image_corner(np.zeros((rows, columns, 3), np.uint8))
    return decoded(png)[y : y + rows, x : x + columns]


@pytest.mark.parametrize("name", PROCESSINGS)
@pytest.mark.parametrize("voi", [None, Window(40, 80)])
def test_the_pixels_are_those_of_the_pane(name: str, voi: Window | None, pane: PaneState) -> None:
    pane = replace(pane, processing=name, voi=voi)
    assert pane.frame is not None
    processed = process(pane.frame, name, {}, voi=voi)
    expected = draw_mask(render(processed, voi), processed)
    np.testing.assert_array_equal(inside(annotated_png(pane, settings={}), 600, 640), expected)


@pytest.mark.parametrize("name", ["original", "denoised"])
def test_black_and_white_exchanged_by_hand_are_so_on_the_image_and_said(
    name: str, pane: PaneState, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(pane, voi=Window(40, 80), processing=name)
    inverted = replace(asked, inverts=True)
    before, after = (inside(annotated_png(one, settings={}), 600, 640) for one in (asked, inverted))
    np.testing.assert_array_equal(after, 255 - before)
    assert provenance(annotated_png(inverted, settings={}))["picture"]["inverted"] == "by hand"
    assert "black and white exchanged by hand" in words(inverted, monkeypatch)


def test_a_frame_seen_without_its_mask_is_so_on_the_image(
    pane: PaneState, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pane.frame is not None
    left = (pane.frame.stored.astype(np.int32) % 97).astype(np.int16)
    done = message("minus the mask")
    frame = replace(pane.frame, subtraction=Subtraction(left, Window(0, 100), done))
    subtracted = replace(pane, frame=frame, subtracts=True)
    assert subtracted.seen is not None
    expected = to_display_image(subtracted.seen)
    shown = inside(annotated_png(subtracted, settings={}), 600, 640)
    np.testing.assert_array_equal(shown[..., 0], expected)
    assert "minus the mask" in words(subtracted, monkeypatch)


def test_a_small_image_is_enlarged_by_a_whole_number_and_says_so(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = making(np.arange(64 * 100, dtype=np.int16).reshape(64, 100))
    assert pane.frame is not None
    grown = inside(annotated_png(pane, settings={}), 6 * 64, 6 * 100)
    np.testing.assert_array_equal(grown[::6, ::6, 0], to_display_image(pane.frame))
    np.testing.assert_array_equal(grown[5::6, 5::6, 0], to_display_image(pane.frame))
    assert any(line.endswith("→ enlarged 6×") for line in words(pane, monkeypatch))


def test_flat_pixels_become_square_and_it_is_said(making: PaneMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    geometry = FrameGeometry(spacing_mm=(1.0, 0.5), spacing_kind=SpacingKind.PATIENT, pixel_aspect=2.0)
    pane = making(np.zeros((300, 600), np.int16), geometry=geometry)
    assert provenance(annotated_png(pane, settings={}))["picture"]["rows"] == 600
    assert any("resampled to square pixels, 600 × 600" in line for line in words(pane, monkeypatch))


@pytest.mark.parametrize("kind", ["prediction", "refusal", "no result"])
@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=machine.for_chinese())])
def test_every_image_carries_the_warning(
    kind: str, language: str, pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    translation.use_language(language)
    warning = translation.translate("Research use only. Not for diagnosis.")
    with_result = words(results[kind](pane), monkeypatch)
    assert with_result.count(warning) == 1
    assert "head-ct-haemorrhage 1.0" in with_result
    assert words(pane, monkeypatch)[-5:].count(warning) == 1


def test_a_result_stands_with_its_number_reason_and_what_was_overridden(
    pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate("body part", False, "body part not stated")
    said = words(results["prediction"](pane, overridden=gate), monkeypatch)
    assert said[0] == "Haemorrhage"
    assert not any("0.81" in line for line in said)
    assert "You asked in spite of the refusal: body part not stated" in said
    assert any(line.startswith("Not valid: no figure of the model holds") for line in said)
    assert not any("operating point" in line or "sensitivity" in line for line in said)
    assert words(results["refusal"](pane), monkeypatch)[:2] == [
        "Not judged",
        "The modality is MR, the model needs CT",
    ]


def test_no_figure_of_the_model_goes_out_with_what_was_forced(
    pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate("body part", False, "body part not stated")
    forced = results["prediction"](
        pane, overridden=gate, population="adults", population_title="adults", notes=()
    )
    told = provenance(annotated_png(forced, settings={}))["result"]
    figures = ("label", "operating_point", "population")
    assert {name: told[name] for name in figures} == dict.fromkeys(figures)
    assert (told["valid"], told["calibrated"], told["overridden"]) == (False, False, "body part")
    assert "adults" not in " ".join(words(forced, monkeypatch))
    valid = provenance(annotated_png(results["prediction"](pane), settings={}))["result"]
    assert (valid["valid"], valid["label"], valid["operating_point"]["threshold"]) == (
        True,
        "haemorrhage",
        0.35,
    )


def test_the_class_that_is_not_valid_is_struck_out_on_the_image(
    pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate("body part", False, "body part not stated")
    roles: list[str] = []
    compose = image.compose
    monkeypatch.setattr(
        image,
        "compose",
        lambda picture, around: (
            roles.append(around.caption[0].role),
            compose(picture, around),
        )[1],
    )
    for result in (results["prediction"](pane), results["prediction"](pane, overridden=gate)):
        annotated_png(result, settings={})
    assert roles == ["headline", "struck"]


def test_phantom_and_lossy_are_on_the_image(making: PaneMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = making(attributes=FrameAttributes(is_phantom=True, lossy=True, lossy_ratio=20.0))
    said = words(pane, monkeypatch)
    assert "PHANTOM, not a patient" in said
    assert "lossy 20:1" in said


@pytest.mark.parametrize(
    "other",
    [
        {"sop_instance_uid": "2.25.4"},
        {"pixel_sha256": "0" * 64},
        {"content_sha256": "0" * 64},
        {"frame_number": 2},
    ],
)
def test_a_result_about_other_pixels_is_not_on_the_image(
    other: dict, pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = results["prediction"](pane)
    assert right.result is not None
    wrong = replace(right, result=replace(right.result, key=replace(right.result.key, **other)))
    wrong = replace(wrong, token=Token(1, wrong.result.key))
    assert not any("aemorrhage" in line for line in words(wrong, monkeypatch))
    assert provenance(annotated_png(wrong, settings={}))["result"] is None


def test_the_readers_yes_is_on_the_image_and_in_its_provenance(
    pane: PaneState, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Is there a tumour on this slice?"
    yes = Gate(QUESTION, True, "The reader answered yes to: {question}", (("question", question),))
    answered = results["prediction"](pane, notes=(yes,))
    assert any(f"answered yes to: {question}" in line for line in words(answered, monkeypatch))
    assert provenance(annotated_png(answered, settings={}))["result"]["answered_yes"] == [question]
    unasked = results["prediction"](pane)
    assert provenance(annotated_png(unasked, settings={}))["result"]["answered_yes"] == []


def test_a_result_of_another_model_than_the_panes_is_not_on_the_image(
    pane: PaneState, results: Results
) -> None:
    right = results["prediction"](pane)
    assert right.token.key is not None
    stale = replace(right, token=Token(2, replace(right.token.key, model_sha256="other")))
    assert provenance(annotated_png(right, settings={}))["result"] is not None
    assert provenance(annotated_png(stale, settings={}))["result"] is None


def test_a_pane_without_its_own_image_is_not_exported(pane: PaneState) -> None:
    for wrong in (replace(pane, frame=None), replace(pane, index=0)):
        with pytest.raises(NotFoundError):
            annotated_png(wrong, settings={})


def test_without_being_asked_nobody_is_named(pane: PaneState, monkeypatch: pytest.MonkeyPatch) -> None:
    said = str(words(pane, monkeypatch)) + str(provenance(annotated_png(pane, settings={})))
    for secret in ("CANARY", "ID-417", "1961", "20261120", "2026-11-20"):
        assert secret not in said
    asked = str(words(pane, monkeypatch, with_identity=True))
    for part in ("CANARY^PATIENT", "ID-417", "1961-04-02", "2026-11-20"):
        assert part in asked


def test_text_in_the_pixels_is_warned_of(making: PaneMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = "The pixels themselves may name the patient."
    burned = making(attributes=FrameAttributes(burned_in_annotation="YES"))
    assert warning in words(burned, monkeypatch)
    assert warning not in words(making(), monkeypatch)


@pytest.mark.parametrize("with_identity", [False, True])
@pytest.mark.parametrize(
    ("aspect", "said"),
    [
        (Aspect("L", "MLO"), "LMLO"),
        (Aspect("R", "CC", ("magnification",)), "RCC · magnification"),
        (Aspect("R", "PA"), "Right · PA"),
        (Aspect("", "POST"), "POST"),
        (Aspect("R", "CC", (), True), "R?CC"),
    ],
)
def test_side_and_view_are_written_on_every_export(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch, aspect: Aspect, said: str, with_identity: bool
) -> None:
    attributes = FrameAttributes(modality="MG", aspect=aspect)
    for plane in ("", "Axial"):
        pane = making(attributes=attributes, stack={"plane": plane})
        lines = words(pane, monkeypatch, with_identity=with_identity)
        assert any(f"· {said} ·" in f"· {line} ·" for line in lines), lines


def test_views_in_words_of_the_file_are_written_with_the_identity_only(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes = FrameAttributes(modality="US", aspect=Aspect("", "for Dr CANARY", ("of CANARY",)))
    pane = making(attributes=attributes, stack={"plane": ""})
    assert "CANARY" not in str(words(pane, monkeypatch))
    assert "CANARY" not in str(provenance(annotated_png(pane, settings={})))
    assert "for Dr CANARY · of CANARY" in str(words(pane, monkeypatch, with_identity=True))


def test_series_and_image_number_are_written_and_told(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = making()
    who = replace(pane.identity, series_number="3")
    frames = tuple(
        replace(frame, instance_number=25 + n, image_number=25 + n)
        for n, frame in enumerate(pane.stack.frames)
    )
    pane = replace(pane, stack=replace(pane.stack, identity=who, frames=frames))
    for with_identity in (False, True):
        assert any(
            "Se 3  Im 27  (3/5)" in line for line in words(pane, monkeypatch, with_identity=with_identity)
        )
    source = provenance(annotated_png(pane, settings={}))["source"]
    names = ("series_number", "instance_number", "image_number", "slice", "slices", "side", "view")
    assert [source[name] for name in names] == ["3", 27, 27, 3, 5, None, None]


def test_hostile_text_is_drawn_as_one_line_of_text(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = making()
    who = replace(pane.identity, patient_name="A\nB\x00\u202e" + "x" * 5000)
    pane = replace(pane, stack=replace(pane.stack, identity=who))
    said = words(pane, monkeypatch, with_identity=True)
    assert all(line.isprintable() for line in said)
    assert max(len(line) for line in said) <= 1024


def test_the_file_tells_how_it_was_made(pane: PaneState, results: Results) -> None:
    pane = replace(results["prediction"](pane), processing="thresholded", voi=Window(40, 80))
    assert pane.frame is not None
    settings = {"thresholded": {"method": "range", "lower": 60.0}}
    assert provenance(annotated_png(pane, settings=settings))["source"]["sop_instance_uid"] is None
    told = provenance(annotated_png(pane, settings=settings, with_uids=True))
    assert told["source"]["sop_instance_uid"] == "2.25.3"
    assert told["source"]["pixel_sha256"] == pane.frame.pixel_sha256
    assert told["picture"]["parameters"]["thresholded"]["lower"] == 60
    assert told["picture"]["window"]["width"] == 80
    assert told["result"]["probabilities"]["haemorrhage"] == 0.8123
    assert told["result"]["model_sha256"] == "model" * 12
    assert told["names_the_patient"] is False


def test_a_saved_file_is_the_image(pane: PaneState, tmp_path: Path) -> None:
    path = tmp_path / "片子 1.png"
    save_png(path, pane, settings={}, originals=())
    assert provenance(path.read_bytes())["schema"] == 1
    assert pane.frame is not None
    np.testing.assert_array_equal(inside(path.read_bytes(), 600, 640)[..., 0], to_display_image(pane.frame))
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_an_existing_file_is_replaced_only_when_allowed(pane: PaneState, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(ExistingFileError):
        save_png(path, pane, settings={}, originals=())
    assert path.read_bytes() == b"old"
    save_png(path, pane, settings={}, originals=(), overwrite=True)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_source_is_never_written_over_by_any_of_its_names(making: PaneMaker, tmp_path: Path) -> None:
    source = tmp_path / "slice.png"
    source.write_bytes(b"no preamble, but the stack was read from it")
    (tmp_path / "symbolic.png").symlink_to(source)
    os.link(source, tmp_path / "hard.png")
    pane = making(path=source)
    for name in ("slice.png", "symbolic.png", "hard.png", "../" + tmp_path.name + "/slice.png"):
        with pytest.raises(OriginalFileError):
            save_png(tmp_path / name, pane, settings={}, originals={source}, overwrite=True)
    assert source.read_bytes().startswith(b"no preamble")


def test_no_dicom_file_is_written_over(pane: PaneState, tmp_path: Path) -> None:
    path = tmp_path / "other.dcm"
    path.write_bytes(bytes(128) + b"DICM and more")
    with pytest.raises(OriginalFileError):
        save_png(path, pane, settings={}, originals=(), overwrite=True)
    assert path.read_bytes().endswith(b"DICM and more")


def test_a_folder_that_is_gone_is_reported(pane: PaneState, tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        save_png(tmp_path / "gone" / "a.png", pane, settings={}, originals=())


@pytest.mark.parametrize("harm", ["truncated", "another picture", "removed"])
def test_what_does_not_read_back_is_reported(
    harm: str, pane: PaneState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = annotated_png(replace(pane, voi=Window(0, 10)), settings={})

    def write(path: Path, content: bytes, *, overwrite: bool, private: bool) -> None:
        if harm == "truncated":
            path.write_bytes(content[: len(content) // 2])
        elif harm == "another picture":
            path.write_bytes(other)

    monkeypatch.setattr(image, "atomic_write", write)
    with pytest.raises(ReadBackError):
        save_png(tmp_path / "a.png", pane, settings={}, originals=())


def test_a_very_large_image_is_saved_reduced_and_says_so(
    making: PaneMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = (np.arange(1200 * 1001) % 7 * 100 + 1000).astype(np.int16).reshape(1200, 1001)
    pane = replace(making(stored), voi=Window(300, 900))
    for name in ("EXPORTED_PIXELS", "WHOLE_SAMPLES", "PROCESSED_SAMPLES"):
        monkeypatch.setattr(limits, name, 400_000)
    png = annotated_png(pane, settings={})
    assert provenance(png)["picture"]["reduced"] == 2
    assert provenance(png)["picture"]["rows"] == 600
    assert any("reduced 2×, to 501 × 600" in text for text in words(pane, monkeypatch))
    assert pane.frame is not None
    means = stored[:, :1000].reshape(600, 2, 500, 2).mean(axis=(1, 3)).astype(np.float32)
    expected = to_display_image(replace(pane.frame, stored=means), pane.voi)
    assert np.abs(inside(png, 600, 501)[:, :500, 0].astype(int) - expected).max() <= 1
    with pytest.raises(ImageSizeError):
        annotated_png(replace(pane, processing="denoised"), settings={})


def test_an_outline_that_the_reader_corrected_is_marked_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = BareViewer()
    viewer.open(HEAD)
    answer(viewer)
    drag(TOOLS["outline_add"], MadePane(viewer), (40.5, 25.5))
    pane = viewer.state.focused
    assert pane is not None
    said = "The dashed outline was corrected by the reader."
    assert said in words(pane, monkeypatch)
    (record,) = provenance(annotated_png(pane, settings={}))["corrected_outlines"]
    assert (record["drawn_by"], record["corrects"]) == ("reader", "toy 1")
    assert record["pixels"]["value"] == corrections(viewer)[0].sum()
    assert record["area"] == {"value": pytest.approx(corrections(viewer)[0].sum() * 0.25), "unit": "mm²"}
    for other in (replace(pane, graphics_shown=False), replace(pane, annotations=())):
        assert said not in words(other, monkeypatch)
        assert provenance(annotated_png(other, settings={}))["corrected_outlines"] == []
