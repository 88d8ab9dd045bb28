"""Every way out of the program says the same of a damaged image."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydicom.uid import generate_uid

from medviewer import limits
from medviewer.cli import main
from medviewer.cli.studies.opening import opened
from medviewer.cli.terminal.console import Console
from medviewer.errors import MedviewerError, UnreadableFile
from medviewer.imaging.processing import ORIGINAL
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.state import PaneState
from medviewer.viewer.texts import messages_of_frame
from tests import factories
from tests.dicom.coded import ENCODINGS
from tests.dicom.codestreams.test_damage import WAYS
from tests.dicom.codestreams.test_other_data import exchanged, repeated, with_a_tail_by_chance

SIDE = 128
POINT = 0.6
CHANGES: dict[str, Callable[[bytes, int], bytes]] = {
    **WAYS,
    "repeated": repeated,
    "exchanged": exchanged,
    "by chance at its end": with_a_tail_by_chance,
}


def damaged_file(folder: Path, name: str, change: str, frames: int = 1, number: int = 1) -> Path:
    """Write an image one frame of which is damaged, as a series of its own."""
    coded = ENCODINGS[name]
    pixels = coded.image(SIDE)
    content = coded.encode(pixels)
    parts = [content] * frames
    parts[number - 1] = CHANGES[change](content, int(POINT * len(content)))
    made = coded.dataset(pixels, parts)
    factories.change(made, SeriesInstanceUID=generate_uid(), SOPInstanceUID=generate_uid())
    return factories.write(made, folder / f"{len(list(folder.iterdir()))}.dcm")


def stacks_of(capsys: pytest.CaptureFixture[str], *given: str | Path) -> list[dict[str, Any]]:
    """Return the stacks that `info` lists."""
    main(["info", *map(str, given), "--json"])
    found = json.loads(capsys.readouterr().out)
    return [stack for study in found["studies"] for series in study["series"] for stack in series["stacks"]]


def test_info_says_of_each_damaged_image_what_is_said_where_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ENCODINGS:
        for change in CHANGES:
            damaged_file(tmp_path, name, change)
    listed = {stack["sop_instance_uids"][0]: set(stack["warnings"]) for stack in stacks_of(capsys, tmp_path)}
    with opened([tmp_path], Console()) as (sandbox, library):
        assert len(library.stacks) == len(listed) > 300
        frames = sandbox.read_frames(stack.frames[0] for stack in library.stacks)
        for stack, frame in zip(library.stacks, frames, strict=True):
            told = listed[stack.frames[0].sop_instance_uid]
            if isinstance(frame, UnreadableFile):
                assert any(frame.reason_message().for_user() in text for text in told)
                continue
            assert not isinstance(frame, MedviewerError)
            said = {note.for_user() for note in messages_of_frame(stack, stack.frames[0], frame)}
            assert told == said
            pane = PaneState(stack, 0, ORIGINAL, frame)
            text = compose_pane_text(pane, None, complete=True, options=TextOptions())
            assert told <= {line.text for line in text.top_left} | set(map(str, stack.warnings))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("JPEG", "repeated"),
        ("JPEG lossless", "by chance at its end"),
        ("JPEG-LS", "repeated"),
        ("JPEG 2000", "exchanged"),
        ("RLE 16 bits", "cut"),
    ],
)
def test_all_commands_say_the_same_of_a_damaged_image(
    name: str, change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(damaged_file(tmp_path, name, change))
    [stack] = stacks_of(capsys, path)
    assert any("The picture is damaged" in text for text in stack["warnings"])
    assert main(["render", path, "-o", str(tmp_path / "r.png")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert {line[2:] for line in lines if line.startswith("! ")} == set(stack["warnings"])
    assert main(["export", path, "--format", "png", "-o", str(tmp_path)]) == 0
    with Image.open(capsys.readouterr().out.strip()) as exported:
        assert set(json.loads(exported.info["medviewer"])["source"]["warnings"]) == set(stack["warnings"])
    assert main(["classify", path, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert set(row["warnings"]) == set(stack["warnings"])


def test_the_damage_of_one_frame_is_said_of_that_frame_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(damaged_file(tmp_path, "JPEG", "repeated", frames=4, number=2))
    [stack] = stacks_of(capsys, path)
    [own] = stack["frame_warnings"]
    assert own["frame"] == 2
    assert any("The picture is damaged" in text for text in own["warnings"])
    assert sum("Frame 2: The picture is damaged" in text for text in stack["warnings"]) == 1
    for number in range(1, 5):
        assert main(["render", path, "--frame", str(number), "-o", str(tmp_path / f"{number}.png")]) == 0
        assert ("The picture is damaged" in capsys.readouterr().err) is (number == 2)


def test_damaged_slices_of_a_series_are_named_by_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coded = ENCODINGS["JPEG lossless"]
    pixels = coded.image(SIDE)
    content = coded.encode(pixels)
    series = generate_uid()
    for number in range(1, 9):
        changed = with_a_tail_by_chance(content, len(content) // 2) if number in (2, 3, 6) else content
        made = coded.dataset(pixels, [changed])
        factories.change(made, SeriesInstanceUID=series, SOPInstanceUID=generate_uid(), InstanceNumber=number)
        factories.write(made, tmp_path / f"{number}.dcm")
    [stack] = stacks_of(capsys, tmp_path)
    assert [own["frame"] for own in stack["frame_warnings"]] == [2, 3, 6]
    assert any(text.startswith("Slices 2–3, 6: The picture is damaged") for text in stack["warnings"])


def test_where_much_would_be_decoded_info_says_that_it_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("DECODED_FRAMES", "DECODED_PIXELS"):
        (tmp_path / limit).mkdir()
        path = str(damaged_file(tmp_path / limit, "JPEG", "repeated", frames=3))
        with monkeypatch.context() as patch:
            patch.setattr(limits, limit, 2)
            assert main(["info", path]) == 0
            said = capsys.readouterr()
            assert "3 images were not decoded" in said.err
            assert "The picture is damaged" not in said.out
            assert main(["info", path, "--check-pixels"]) == 0
            said = capsys.readouterr()
            assert "not decoded" not in said.err
            assert "Frame 1: The picture is damaged" in said.out
