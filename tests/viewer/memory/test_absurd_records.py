"""Whatever number stands in a remembered record, it is refused or can be used; nothing fails far from it."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from medviewer.imaging.annotation import from_json
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.identity import Identity
from medviewer.plain_json import read_json
from medviewer.viewer.memory.kept_views import read_views
from medviewer.viewer.memory.session_record import FLAGS, PaneRecord, SessionRecord, session_from_text
from medviewer.viewer.memory.stack_view import StackView
from medviewer.viewer.memory.study_record import StudyRecord, from_row
from medviewer.viewer.opening import Opening
from medviewer.viewer.render.pyramid import Zoom
from medviewer.viewer.start import earlier_study_texts
from tests.gui.pane_scene import make_stack

ABSURD: tuple[str, ...] = (
    *("null", "true", "0", "-1", "1e999", "-1e999", "NaN", "Infinity", "1e308", "5e-324"),
    *("9" * 30, "-" + "9" * 400, "9" * 5000, '"x"', '"1e999"', "[]", "{}", "[[1e999]]", '{"a": 1}'),
)
TOO_MUCH = ("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 19, "-" + "9" * 400, "9" * 5000)


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*before, key)
        yield from places(one, (*before, key))


def mutants(text: str) -> Iterator[str]:
    told = json.loads(text)
    for place in places(told):
        changed = deepcopy(told)
        table = changed
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = "@"
        for absurd in ABSURD:
            yield json.dumps(changed).replace('"@"', absurd)


@pytest.fixture
def view() -> StackView:
    return StackView(
        make_stack().slice_key(1),
        1,
        window=Window(40, 80),
        window_subtracted=Window(1, 2),
        orientation=Orientation(1, True),
        subtracts=True,
        inverts=False,
        zooms={"active": Zoom(2.0, (0.1, 0.2))},
    )


def session(view: StackView) -> SessionRecord:
    return SessionRecord(
        opened=(Opening((Path("study"),)),),
        closed=("1.2",),
        encodings={"1.2": "latin1"},
        flags=dict.fromkeys(FLAGS, True),
        layout="one",
        maximized=None,
        tool="window",
        focus=0,
        panes=(PaneRecord("stack", "original", view), None),
    )


@pytest.mark.parametrize("number", TOO_MUCH)
@pytest.mark.parametrize("wrapped", ["{}", "[{}]", '{{"a": [{}]}}'])
def test_a_number_that_nothing_can_take_is_refused(number: str, wrapped: str) -> None:
    with pytest.raises(ValueError, match="kept"):
        read_json(wrapped.format(number))


def test_other_json_is_read_as_it_is() -> None:
    text = '{"a": [1, -2.5, 1e308, true, null, "9e999", 9223372036854775807]}'
    assert read_json(text) == json.loads(text)
    with pytest.raises(ValueError, match="deep"):
        read_json("[" * 100_000)


def test_a_session_is_restored_or_refused(view: StackView) -> None:
    stack = make_stack()
    for text in mutants(session(view).as_text()):
        found = session_from_text(text)
        for pane in found.panes if found is not None else ():
            if pane is not None:
                pane.view.look(stack, is_whole=True)
        if found is not None:
            assert found.as_text()


def test_a_view_that_makes_no_sense_is_as_if_it_were_not_there(view: StackView) -> None:
    class Rows:
        def read(self, ask: Callable[..., Any], nothing: Any) -> list[tuple[str, str, str]]:
            texts = mutants(json.dumps(view.as_record()))
            return [("series", str(number), text) for number, text in enumerate(texts)]

    kept = read_views(Rows())  # type: ignore[arg-type]
    assert kept.series
    stack = make_stack()
    for one in kept.series.values():
        one.look(stack, is_whole=True)
        json.dumps(one.as_record(), allow_nan=False)


def test_a_row_of_the_study_index_can_be_shown_or_is_left_out() -> None:
    record = StudyRecord(
        Identity("Doe^Jane", patient_id="1", study_date="20260101"),
        modalities=("CT",),
        descriptions=("Head",),
        paths=(Path("study"),),
        series_count=1,
        image_count=2,
        opened_at=1.0,
    )
    shown = 0
    for text in mutants(record.as_text()):
        for opened_at in (1.0, 1e308, -1.0):
            found = from_row(text, opened_at, "", b"")
            if found is not None:
                shown += 1
                assert all(isinstance(one, str) for one in earlier_study_texts(found, hidden=False))
    assert shown


def test_drawings_are_refused_whole() -> None:
    with pytest.raises(ValueError, match="kept"):
        from_json('{"version": 1, "annotations": [{"points": [[1e999, 2]]}]}')
