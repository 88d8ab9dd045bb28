"""The order of every stack of the sample collection, computed again from the files by pydicom and numpy."""

import json
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from medviewer.cli.studies.info import as_json
from medviewer.dicom.library.index import scan
from medviewer.dicom.model import Library, StoredStack
from medviewer.dicom.workers.sandbox import Sandbox

SAME_PLACE_MM = 0.01  # less apart are two images at one place


@dataclass(frozen=True)
class Placed:
    """The facts of a frame by this test's own reading of its file."""

    size: tuple[int, int]
    directions: tuple[float, ...]  # () where the file states none
    position: tuple[float, ...]

    @property
    def height_mm(self) -> float:
        """The place along the normal of the frame's own plane (PS3.3 C.7.6.2.1.1)."""
        return float(np.dot(np.cross(self.directions[:3], self.directions[3:]), self.position))


@pytest.fixture(scope="module")
def library(request: pytest.FixtureRequest) -> Iterator[Library]:
    from tests import sample_data

    with Sandbox() as sandbox:
        yield list(scan([sample_data.shared_data() / "data" / "dicom"], sandbox))[-1].library


def _nested(frames: list[Dataset], keyword: str, attribute: str) -> Any:
    """Return an attribute of the first functional group with it, or None."""
    for groups in frames:
        items = groups.get(keyword)
        if items and items[0].get(attribute) is not None:
            return items[0].get(attribute)
    return None


def _placed(header: Dataset) -> list[Placed]:
    if "TotalPixelMatrixRows" in header:  # tiles that are put together
        return [Placed((int(header.TotalPixelMatrixRows), int(header.TotalPixelMatrixColumns)), (), ())]
    size = (int(header.Rows), int(header.Columns))
    per_frame = list(header.get("PerFrameFunctionalGroupsSequence") or ())
    shared = list(header.get("SharedFunctionalGroupsSequence") or ())[:1]
    if not per_frame:
        stated = str(header.get("NumberOfFrames") or 1)
        directions, position = (
            _numbers(header.get("ImageOrientationPatient")),
            header.get("ImagePositionPatient"),
        )
        offsets = _numbers(header.get("GridFrameOffsetVector"))
        count = int(stated) if stated.isdecimal() else len(offsets)  # one file of the collection has "1A"
        if len(offsets) == count > 1:  # of a dose: places along the normal, from the first (PS3.3 C.8.8.3.2)
            normal = np.cross(directions[:3], directions[3:])
            places = [np.array(position, float) + offset * normal for offset in offsets]
            return [Placed(size, directions, tuple(place)) for place in places]
        if count > 1:
            position = None  # one place for many frames says nothing of their order
        return [Placed(size, directions, _numbers(position))] * count
    found = []
    for groups in per_frame:
        scopes = [groups, *shared]
        directions = _nested(scopes, "PlaneOrientationSequence", "ImageOrientationPatient")
        position = _nested(scopes, "PlanePositionSequence", "ImagePositionPatient")
        found.append(Placed(size, _numbers(directions), _numbers(position)))
    return found


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values) if values else ()


class Files:
    """The frames of files as pydicom reads them, each file once."""

    def __init__(self) -> None:
        self._known: dict[Path, list[Placed]] = {}

    def of(self, stack: StoredStack) -> list[Placed]:
        return [self._frames(frame.path)[frame.frame_number - 1] for frame in stack.frames]

    def _frames(self, path: Path) -> list[Placed]:
        if path not in self._known:
            with warnings.catch_warnings(action="ignore"):
                self._known[path] = _placed(pydicom.dcmread(path, stop_before_pixels=True, force=True))
        return self._known[path]


@pytest.mark.shared
def test_each_file_stands_in_exactly_one_list_of_info(shared_data: Path, library: Library) -> None:
    folder = shared_data / "data" / "dicom"
    told = json.loads(json.dumps(as_json(library)))
    stacks = [stack for study in told["studies"] for series in study["series"] for stack in series["stacks"]]
    assert [stack["sop_instance_uids"] for stack in stacks] == [
        [frame.sop_instance_uid for frame in stack.frames] for stack in library.stacks
    ]
    listed = Counter({str(frame.path): 1 for stack in library.stacks for frame in stack.frames})
    listed += Counter(item["path"] for kind in ("other", "refused", "ignored") for item in told[kind])
    missing = {path for path in listed if not Path(path).exists()}  # that a DICOMDIR names
    assert missing <= {item["path"] for item in told["refused"]}
    files = Counter(str(path) for path in folder.rglob("*") if path.is_file())
    assert listed - Counter(missing) == files
    frames = Counter((frame.path, frame.frame_number) for stack in library.stacks for frame in stack.frames)
    assert set(frames.values()) == {1}


@pytest.mark.shared
def test_each_stack_stands_in_the_order_of_its_positions(shared_data: Path, library: Library) -> None:
    files, counts, planes = Files(), defaultdict[str, int](int), defaultdict[int, int](int)
    for stack in library.stacks:
        placed = files.of(stack)
        name = f"{stack.frames[0].path.relative_to(shared_data)}: {len(placed)}"
        assert len({one.size for one in placed}) == 1, name
        assert (stack.rows, stack.columns) == placed[0].size, name
        if not all(one.directions and one.position for one in placed):
            assert stack.ordered_by != "position", name
            counts[stack.ordered_by] += 1
            continue
        assert stack.ordered_by == "position", name
        counts["position"] += len(placed) > 1
        spread = np.ptp([one.directions for one in placed], axis=0).max()
        assert spread < 0.01, name
        axis = np.cross(placed[0].directions[:3], placed[0].directions[3:])
        main = int(np.abs(axis).round(3).argmax())  # the plane is sagittal, coronal or axial
        axis *= np.sign(axis[main])  # to the left, to the back, to the head
        heights = [float(np.dot(axis, one.position)) for one in placed]
        onwards = -1 if main == 2 else 1  # from the right, from the front, from the head
        assert (onwards * np.diff(heights)).min(initial=0) > -SAME_PLACE_MM, name
        planes[main] += len(placed) > 1
        assert np.allclose([frame.position_mm for frame in stack.frames], heights, atol=1e-3), name
    assert counts["position"] >= 20
    assert len(planes) > 1
    assert planes[2] > 0
    assert sum(counts.values()) > 60


@pytest.mark.shared
def test_no_stack_holds_one_place_twice_without_saying_so(library: Library) -> None:
    files = Files()
    for stack in library.stacks:
        placed = files.of(stack)
        if len(placed) > 1 and all(one.directions and one.position for one in placed):
            heights = sorted(one.height_mm for one in placed)
            repeats = bool((np.diff(heights) < SAME_PLACE_MM).any())
            said = any(
                "at the position of another" in text or "at one place" in text
                for text in map(str, stack.warnings)
            )
            assert repeats == said, stack.frames[0].path
