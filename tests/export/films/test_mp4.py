"""A film as MP4, decoded again, has each slice in its order and for its time."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from medviewer.errors import NotOfferedError, ReadBackError
from medviewer.export import EXPORTERS
from medviewer.export.films import mp4
from medviewer.imaging.frame.attributes import FrameAttributes
from tests.export.made_films import GRAYS, film, gray_of, pane_at
from tests.made_panes import WHO, make_pane

ROW = EXPORTERS["mp4"]


def decoded(path: Path) -> tuple[list[tuple[float, float]], float, dict[str, str]]:
    """Return (gray, start in ms) of images, the length in ms and the tags."""
    with av.open(str(path)) as found:
        stream = found.streams.video[0]
        images = [
            (gray_of(mp4.rgb_of(frame)), 1000 * float(frame.pts * frame.time_base))
            for frame in found.decode(stream)
        ]
        return images, 1000 * float(stream.duration * stream.time_base), dict(found.metadata)


def test_slices_have_their_order_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    order, lengths = (4, 2, 0, 1, 3), (100.0, 33.0, 250.0, 400.0, 700.0)
    ROW.write(path, film(*zip(map(pane_at, order), lengths, strict=True)))
    images, length, tags = decoded(path)
    grays = np.array([gray for gray, _ in images])
    assert np.abs(grays - [GRAYS[index] for index in order]).max() <= 3
    assert [start for _, start in images] == pytest.approx(np.cumsum((0, *lengths))[:-1], abs=1)
    assert length == pytest.approx(sum(lengths), abs=1)  # the last one is seen as long as it should be
    warning, found = tags["comment"].split("\n")
    assert warning == "Research use only. Not for diagnosis."
    record = json.loads(found)
    assert [one["slice"] for one in record["film"]] == [index + 1 for index in order]
    assert all(len(one["pixel_sha256"]) == 64 for one in record["film"])


def test_players_find_the_video_that_they_know(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    ROW.write(path, film((pane_at(0), 100), (pane_at(1), 100)))
    with av.open(str(path)) as found:
        stream = found.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.width % 2 == stream.height % 2 == 0
        frame = next(found.decode(stream))
        assert (int(frame.colorspace), int(frame.color_range)) == (1, 1)  # BT.709, of 16 to 235


def test_without_h264_the_older_video_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4.av, "codecs_available", {"mpeg4"})
    ROW.write(tmp_path / "a.mp4", film((pane_at(1), 100), (pane_at(3), 100)))
    images, _, _ = decoded(tmp_path / "a.mp4")
    assert [gray for gray, _ in images] == pytest.approx([GRAYS[1], GRAYS[3]], abs=4)
    monkeypatch.setattr(mp4.av, "codecs_available", set())
    with pytest.raises(NotOfferedError, match="this computer has no encoder for it"):
        ROW.write(tmp_path / "b.mp4", film((pane_at(1), 100), (pane_at(3), 100)))


def test_identity_is_in_its_tags_only_if_asked_for(tmp_path: Path) -> None:
    hidden, named = tmp_path / "hidden.mp4", tmp_path / "named.mp4"
    two = (pane_at(0), 100), (pane_at(1), 100)
    ROW.write(hidden, film(*two))
    ROW.write(named, film(*two, with_identity=True, with_uids=True))
    for secret in (WHO.patient_name, WHO.patient_id, "CANARY", "2.25.1"):
        assert secret.encode() not in hidden.read_bytes()
    _, _, tags = decoded(named)
    assert json.loads(tags["comment"].split("\n")[1])["source"]["sop_instance_uid"] == "2.25.1"
    assert named.stat().st_mode & 0o777 == 0o600


def test_a_film_that_reads_back_as_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "rgb_of", lambda frame: np.full((frame.height, frame.width, 3), 255, np.uint8))
    with pytest.raises(ReadBackError):
        ROW.write(tmp_path / "a.mp4", film((pane_at(0), 100), (pane_at(1), 100)))


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    steps = ROW.steps(tmp_path / "a.mp4", film(*((pane_at(index), 100) for index in range(5))))
    assert next(steps) == 1
    steps.close()
    assert list(tmp_path.iterdir()) == []


def test_noise_of_colours_is_no_reason_to_doubt_a_film(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 402, 3)).astype(np.uint8)
    colored = make_pane(noise, attributes=FrameAttributes(modality="US"))
    ROW.write(tmp_path / "a.mp4", film((colored, 100), (colored, 100)))
    with av.open(str(tmp_path / "a.mp4")) as found:
        assert sum(1 for _ in found.decode(video=0)) == 2


@pytest.mark.parametrize("wrong", ["swapped", "shifted", "inverted"])
def test_another_image_is_told_from_the_loss_of_the_format(wrong: str) -> None:
    rows, columns = np.mgrid[:256, :256]
    pixels = np.stack([rows, columns, (rows + columns) // 2], axis=2).astype(np.uint8)
    others = {"swapped": pixels[..., ::-1], "shifted": np.roll(pixels, 9, axis=0), "inverted": 255 - pixels}
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=mp4.Colorspace.ITU709, dst_color_range=mp4.ColorRange.MPEG
    )
    assert mp4.is_like(frame, pixels)
    assert not mp4.is_like(frame, np.ascontiguousarray(others[wrong]))
