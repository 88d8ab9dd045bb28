"""What an export that names nobody still holds of the texts of its file.

Known words, and nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from medviewer.export import graphics
from medviewer.export.feature_table import as_csv, slice_features
from medviewer.export.pictures import png as image
from medviewer.export.pictures.png import save_png
from medviewer.imaging.annotation.annotation import Annotation as Drawn
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.identity import Identity
from medviewer.imaging.presentation_state.graphic import TextNote, Units
from medviewer.imaging.presentation_state.state import (
    Annotation,
    ForImages,
    ImageReference,
    PresentationState,
)
from medviewer.inference.result import Gate
from medviewer.translation import message
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.known_words import known_text
from medviewer.viewer.texts.without_identity import FILE_FACTS, message_without_texts, without_texts
from tests.made_panes import PaneMaker
from tests.made_results import refused
from tests.saved_pictures import annotated_png

Results = dict[str, Callable[..., PaneState]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("BRAIN", "BRAIN"),
        ("Brain W80 L40", "Brain W80 L40"),
        ("Bone (SMITH)", "Bone"),
        ("SMITH^JOHN", ""),
        ("Müller", ""),
        ("WINDOW1", "WINDOW1"),
        ("head 12345678", "head"),
        ("brain jones 1/2/1950", "brain"),
        ("19500101", ""),
        ("1234", ""),
        ("10^-3 mm2/s", "10^-3 mm2/s"),
        ("HU", "HU"),
        ("Houndsfield Unit", "Houndsfield Unit"),
        ("LUNG/MEDIASTINUM", "LUNG/MEDIASTINUM"),
        ("脑窗", "脑窗"),
        ("王小东", ""),
        ("", ""),
        ("x" * 10_000, ""),
    ],
)
def test_known_words_are_kept_and_others_go(text: str, kept: str) -> None:
    assert known_text(text) == kept


def canaries() -> Iterator[str]:
    return (f"CANARY{number}" for number in count())


def filled(kind: Any, texts: Iterator[str], **given: Any) -> Any:
    """Make a value with a canary in each of its texts."""
    made = {}
    for field in fields(kind):
        if field.name in given:
            continue
        if field.type in ("str", "str | None", str):
            made[field.name] = next(texts)
        elif field.type in ("tuple[str, ...]",):
            made[field.name] = (next(texts), next(texts))
    return kind(**made, **given)


@pytest.fixture
def told(making: PaneMaker) -> PaneState:
    """Return a pane in all of whose texts somebody wrote a name."""
    texts = canaries()
    pane = making(
        attributes=filled(FrameAttributes, texts),
        who=filled(Identity, texts),
        frame={
            "modality": Rescale(1, -1024, next(texts)),
            "voi": (Window(40, 400, explanation=next(texts)),),
            "warnings": (
                message("A window of the file cannot be read ({text}).", text=next(texts)),
                message("{first}", first=message("{inner}", inner=next(texts))),
            ),
        },
        stack={
            "part": (("segment", next(texts)), ("type", next(texts)), ("echo", "12.5")),
            "warnings": (message("Read as {set}.", set=next(texts)),),
            "plane": "",
        },
    )
    note = TextNote((next(texts), "12.5"), anchor=(1.0, 1.0), anchor_units=Units.PIXEL)
    state = PresentationState(
        "9.9",
        (ImageReference("2.25.3"),),
        label=next(texts),
        description=next(texts),
        creator=next(texts),
        vois=(ForImages((Window(1, 2, explanation=next(texts)),)),),
        annotations=(ForImages(Annotation(next(texts), (), (note,))),),
    )
    drawn = Drawn("a", "text", ((3.0, 4.0),), "slice", "hash", text=f"{next(texts)}\n13.5")
    return replace(pane, presentation=state, voi=Window(3, 4, explanation=next(texts)), annotations=(drawn,))


def everything_in(png: bytes) -> str:
    with Image.open(BytesIO(png)) as opened:
        return "\n".join(f"{name}: {text}" for name, text in opened.info.items())  # type: ignore[str-bytes-safe]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All words that go into images."""
    said: list[str] = []
    compose, write = image.compose, graphics.write
    monkeypatch.setattr(
        image,
        "compose",
        lambda picture, around: (
            said.extend([*(words.text for words in around.caption), str(around.scale)]),
            compose(picture, around),
        )[1],
    )
    monkeypatch.setattr(
        graphics,
        "write",
        lambda draw, corner, text, *more, **named: (
            said.append(text),
            write(draw, corner, text, *more, **named),
        )[1],
    )
    return said


@pytest.mark.parametrize("table", [False, True])
def test_no_text_that_somebody_typed_leaves_with_an_image_that_names_nobody(
    told: PaneState, written: list[str], table: bool
) -> None:
    assert told.frame is not None
    if table:
        values = np.arange(4096, dtype=np.float32)
        modality = ModalityTable(0, values, "CANARYUNIT", "CANARYTABLE")
        told = replace(told, frame=replace(told.frame, modality=modality), presentation=None, voi=None)
    png = annotated_png(told, settings={})
    assert written
    assert "CANARY" not in "\n".join([*written, everything_in(png)])
    assert "2.25.3" not in everything_in(png)
    assert "9.9" not in everything_in(png)
    if not table:
        assert "12.5" in written  # a number beside a line
        assert "13.5" in written


@pytest.mark.parametrize(("unit", "said"), [("HU", "HU"), ("HU of Smith", "")])
def test_a_part_of_a_unit_is_no_unit(told: PaneState, unit: str, said: str) -> None:
    frame = told.frame
    assert frame is not None
    left = without_texts(replace(told, frame=replace(frame, modality=Rescale(2, -5, unit)))).frame
    assert left is not None
    assert left.modality.unit == said


def test_with_the_identity_texts_are_as_they_are(told: PaneState, written: list[str]) -> None:
    annotated_png(told, settings={}, with_identity=True)
    assert "CANARY" in "\n".join(written)


def test_no_fact_of_a_refusal_quotes_the_file(told: PaneState, written: list[str], results: Results) -> None:
    for name in sorted(FILE_FACTS):
        pane = results["refusal"](told)
        assert pane.result is not None
        gate = Gate("gate", False, f"It says {{{name}}}.", ((name, f"CANARY {name}"),))
        png = annotated_png(replace(pane, result=refused(pane.result.key, gate)), settings={})
        assert "CANARY" not in "\n".join([*written, everything_in(png)])


def test_messages_keep_their_sentence(told: PaneState, written: list[str]) -> None:
    annotated_png(told, settings={})
    assert "A window of the file cannot be read (…)." in written


def test_a_table_names_nobody(told: PaneState) -> None:
    assert told.frame is not None
    frame = replace(told.frame, voi=(Window(40, 400, explanation="CANARY"),))
    assert b"CANARY" not in as_csv(slice_features(frame))
    assert b"2.25.3" not in as_csv(slice_features(frame))
    assert b"2.25.3" in as_csv(slice_features(frame), with_uid=True)


@pytest.mark.parametrize(
    ("options", "mode"),
    [({}, 0o644), ({"with_identity": True}, 0o600), ({"with_uids": True}, 0o600)],
)
def test_what_tells_who_it_is_can_be_read_by_its_user_only(
    pane: PaneState, tmp_path: Path, options: dict[str, bool], mode: int
) -> None:
    path = tmp_path / "a.png"
    save_png(path, pane, settings={}, originals=(), **options)
    assert path.stat().st_mode & 0o777 & ~0o022 == mode


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ("40,5", "40,5"),
        ("-1024", "-1024"),
        ("Nan", "…"),
        ("Infinity", "…"),
        ("1234567890123", "…"),
        ("19500101", "…"),  # a date of birth as an age
        ("0012345", "…"),
        ("-99999.5", "-99999.5"),
        ("1,2,3", "…"),
    ],
)
def test_numbers_that_a_sentence_quotes_stay_and_names_like_them_do_not(quoted: str, said: str) -> None:
    assert str(message_without_texts(message("{text}", text=quoted))) == said
