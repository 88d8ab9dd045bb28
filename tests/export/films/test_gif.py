"""A film as GIF has each slice in its order and for its time, and names nobody unless asked to."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from medviewer import limits, storage
from medviewer.errors import ExistingFileError, NotOfferedError, WriteError
from medviewer.export import EXPORTERS
from medviewer.export.films import film as film_module
from medviewer.export.films.gif import BLOCK, COMMENT, in_few_colors
from medviewer.translation import use_language
from tests.export.made_films import GRAYS, film, gray_of, pane_at, unread
from tests.made_panes import WHO

ROW = EXPORTERS["gif"]


def played(path: Path) -> list[tuple[float, int]]:
    """Return (gray, ms) of each image of a file."""
    with Image.open(path) as found:
        return [
            (gray_of(np.asarray(frame.convert("RGB"))), frame.info["duration"])
            for frame in ImageSequence.Iterator(found)
        ]


def comment(path: Path) -> str:
    content = path.read_bytes()
    at, said = content.rindex(COMMENT) + len(COMMENT), b""
    while content[at]:
        said += content[at + 1 : at + 1 + content[at]]
        at += content[at] + 1
    assert len(said) > BLOCK
    return said.decode("ascii")


def record(path: Path) -> dict:
    warning, found = comment(path).split("\n")
    assert warning == "Research use only. Not for diagnosis."
    return json.loads(found)


def test_slices_have_their_order_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    order = (0, 1, 2, 3, 4, 3, 2, 1)
    ROW.write(path, film(*((pane_at(index), 40.0 + 100 * index) for index in order)))
    found = played(path)
    assert [duration for _, duration in found] == [40 + 100 * index for index in order]
    assert np.abs(np.array([gray for gray, _ in found]) - [GRAYS[index] for index in order]).max() <= 2
    with Image.open(path) as image:
        assert image.info["loop"] == 0
    assert [one["slice"] for one in record(path)["film"]] == [index + 1 for index in order]


def test_times_that_are_no_hundredths_do_not_drift(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    ROW.write(path, film(*((pane_at(index % 5, 64), 1000 / 30) for index in range(30))))
    durations = [duration for _, duration in played(path)]
    assert set(durations) == {30, 40}
    assert sum(durations) == 1000


def test_grays_are_exact_where_there_is_room_and_nearly_so_beside_colours() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(64, axis=0)
    np.testing.assert_array_equal(np.asarray(in_few_colors(ramp).convert("RGB")), ramp)
    drawn = ramp.copy()
    drawn[10:12] = np.linspace((127, 233, 226), (0, 0, 0), 256).astype(np.uint8)  # a line with soft edges
    found = np.asarray(in_few_colors(drawn).convert("RGB")).astype(int)
    assert np.abs(found - drawn)[20:].max() <= 1
    assert np.abs(found - drawn)[10:12].mean() < 8


def test_a_slice_that_cannot_be_read_is_black_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    compose = film_module.compose
    monkeypatch.setattr(
        film_module,
        "compose",
        lambda image, around, **size: (
            said.append(" ".join(words.text for words in around.caption)),
            compose(image, around, **size),
        )[1],
    )
    path = tmp_path / "a.gif"
    ROW.write(path, film((unread(0), 100), (pane_at(1), 100), (unread(2), 100), (pane_at(3), 100)))
    assert [round(gray, -1) for gray, _ in played(path)] == [0, 60, 0, 180]
    assert ["could not be read" in words for words in said] == [True, False, True, False]
    assert all("Not for diagnosis" in words for words in said)
    assert [one["pixel_sha256"] is None for one in record(path)["film"]] == [True, False, True, False]


def test_a_film_of_nothing_that_can_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotOfferedError, match="no image"):
        ROW.write(tmp_path / "a.gif", film((unread(0), 100), (unread(1), 100)))
    assert list(tmp_path.iterdir()) == []


def test_identity_is_in_film_and_comment_only_if_asked_for(tmp_path: Path) -> None:
    hidden, named = tmp_path / "hidden.gif", tmp_path / "named.gif"
    two = (pane_at(0), 100), (pane_at(1), 100)
    ROW.write(hidden, film(*two))
    ROW.write(named, film(*two, with_identity=True, with_uids=True))
    for secret in (WHO.patient_name, WHO.patient_id, "CANARY", "2.25.1"):
        assert secret not in comment(hidden)
    assert record(named)["source"]["sop_instance_uid"] == "2.25.1"
    assert record(named)["names_the_patient"] is True
    assert named.stat().st_mode & 0o777 == 0o600
    with Image.open(hidden) as one, Image.open(named) as other:
        assert one.size[1] < other.size[1]  # lines of the patient


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    steps = ROW.steps(tmp_path / "a.gif", film(*((pane_at(index), 100) for index in range(5))))
    assert [next(steps), next(steps)] == [1, 2]
    steps.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_and_an_existing_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.gif"
    two = film((pane_at(0, 64), 100), (pane_at(1, 64), 100))
    path.write_bytes(b"mine")
    with pytest.raises(ExistingFileError, match=r"a\.gif exists already"):
        ROW.write(path, two)
    assert path.read_bytes() == b"mine"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(WriteError, match="No space left on device"):
        ROW.write(path, two, overwrite=True)
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_too_many_images_are_reduced_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = film((pane_at(0, 600), 100), (pane_at(1, 600), 100))
    monkeypatch.setattr(limits, "GIF_PIXELS", 2 * 400**2)
    ROW.write(tmp_path / "a.gif", two)
    assert record(tmp_path / "a.gif")["picture"]["reduced"] == 2
    monkeypatch.setattr(limits, "GIF_PIXELS", 2 * 100**2)
    with pytest.raises(NotOfferedError, match="2 images are more than one film holds"):
        ROW.write(tmp_path / "b.gif", two)


def test_one_slice_is_no_film(tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(NotOfferedError, match="there is only one slice"):
        ROW.write(tmp_path / "a.gif", replace(film((pane_at(0), 100)), images=None))


def test_words_that_grow_longer_get_smaller_and_stay_in_the_picture(tmp_path: Path) -> None:
    use_language("en")
    sizes = set()
    path = tmp_path / "a.gif"
    two = (pane_at(0), 100), (pane_at(1), 100)
    ROW.write(path, film(*two))
    with Image.open(BytesIO(path.read_bytes())) as found:
        sizes = {frame.size for frame in ImageSequence.Iterator(found)}
    assert len(sizes) == 1
    assert all(side % 2 == 0 for size in sizes for side in size)


def test_a_slice_that_is_seen_for_longer_than_the_format_holds_is_seen_for_so_long(tmp_path: Path) -> None:
    ROW.write(tmp_path / "a.gif", film((pane_at(1), 1e9), (pane_at(2), 100)))
    with Image.open(tmp_path / "a.gif") as played:
        assert next(frame.info["duration"] for frame in ImageSequence.Iterator(played)) == 655_350
