"""Reading the regions of an ultrasound image."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from medviewer import limits
from medviewer.dicom.header.header import Header
from medviewer.dicom.model import FrameReference
from medviewer.dicom.objects.ultrasound_regions import read_ultrasound_regions
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.regions import AxisScale, Region
from tests import factories


def region(units: tuple[int, int], corner: tuple[int, int], **fields: object) -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 0, corner[0]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 15, corner[1]
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.05, -1.5
    for name, value in fields.items():
        setattr(item, name, value)
    return item


@pytest.fixture
def image(tmp_path: Path) -> FrameReference:
    dataset = factories.dataset(np.zeros((16, 16), np.uint8), Modality="US")
    dataset.SequenceOfUltrasoundRegions = Sequence(
        [
            region((3, 3), (0, 7), PhysicalDeltaY=0.04),
            region((4, 7), (8, 15), ReferencePixelY0=4, ReferencePixelPhysicalValueY=2.0),
            region((0, 0), (14, 15)),
            region((3, 3), (9, 4)),
        ]
    )
    path = tmp_path / "us.dcm"
    factories.write(dataset, path)
    return FrameReference(path, str(dataset.SOPInstanceUID))


def test_regions_reach_the_frame_in_units_of_the_clinic(image: FrameReference) -> None:
    with Sandbox() as sandbox:
        frame = sandbox.read_frame(image)
    assert frame.regions == (
        Region(0, 0, 7, 15, AxisScale("mm", 0.5), AxisScale("mm", 0.4)),
        Region(8, 0, 15, 15, AxisScale("ms", 50.0, 0.0), AxisScale("cm/s", -1.5, 12.0, 2.0)),
        Region(14, 0, 15, 15),
    )


@pytest.mark.parametrize(("count", "kept"), [(3, 3), (4, 3)])
def test_more_regions_than_the_limit_are_left_out(
    monkeypatch: pytest.MonkeyPatch, count: int, kept: int
) -> None:
    monkeypatch.setattr(limits, "ULTRASOUND_REGIONS", 3)
    dataset = Dataset()
    dataset.SequenceOfUltrasoundRegions = Sequence([region((3, 3), (0, 7)) for _ in range(count)])
    assert len(read_ultrasound_regions(Header(dataset))) == kept
