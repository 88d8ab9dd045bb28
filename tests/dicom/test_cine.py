"""What a file states of the time between its frames."""

from pathlib import Path

import pytest

from medviewer.imaging.frame.cine import CineTiming
from tests import factories
from tests.dicom.read_files import instance


def timing(path: Path, **attributes: object) -> CineTiming | None:
    """Return the timing of a cine of four frames, 40 ms each by default."""
    return instance(factories.multiframe(path, frames=4, **attributes)).cine


def test_a_cine_has_the_rate_that_its_frame_increment_pointer_names(tmp_path: Path) -> None:
    assert timing(tmp_path / "a.dcm") == CineTiming((40.0,))
    assert timing(tmp_path / "b.dcm", CineRate=10) == CineTiming((40.0,))  # Frame Time wins over the rate
    vector = {"FrameTimeVector": ["0", "10", "30", "20"], "FrameIncrementPointer": 0x00181065}
    assert timing(tmp_path / "c.dcm", **vector) == CineTiming((0.0, 10.0, 30.0, 20.0))
    vector["FrameIncrementPointer"] = 0x00181063
    assert timing(tmp_path / "d.dcm", **vector) == CineTiming((40.0,))


def test_without_times_the_recommended_rate_comes_before_the_cine_rate(tmp_path: Path) -> None:
    rates = {"FrameTime": None, "CineRate": 10, "RecommendedDisplayFrameRate": 25}
    assert timing(tmp_path / "a.dcm", **rates) == CineTiming((40.0,))
    assert timing(tmp_path / "b.dcm", **rates | {"RecommendedDisplayFrameRate": None}) == CineTiming((100.0,))
    assert timing(tmp_path / "c.dcm", FrameTime=None) is None


@pytest.mark.parametrize(
    "bad",
    [{"FrameTime": "-5"}, {"FrameTime": "0"}, {"FrameTimeVector": ["0", "-1"], "FrameTime": None}],
    ids=str,
)
def test_times_that_make_no_sense_are_none(tmp_path: Path, bad: dict[str, object]) -> None:
    assert timing(tmp_path / "a.dcm", **bad) is None


def test_a_trim_is_read(tmp_path: Path) -> None:
    assert timing(tmp_path / "a.dcm", StartTrim=2, StopTrim=3) == CineTiming((40.0,), 2, 3)
