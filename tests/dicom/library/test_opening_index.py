"""Which slice a stack is opened on: the middle of a volume, the beginning of a loop, a front view."""

from dataclasses import replace

import pytest

from medviewer.dicom.model import OrderedBy, StoredStack
from medviewer.imaging.frame import Aspect, CineTiming, FrameAttributes
from tests.made_stacks import stack


def of_modality(modality: str, slices: int = 9, views: tuple[str, ...] = ()) -> StoredStack:
    made = stack(slices=slices, frames=True)
    frames = tuple(
        replace(
            frame, attributes=FrameAttributes(aspect=Aspect(view=views[number % len(views)] if views else ""))
        )
        for number, frame in enumerate(made.frames)
    )
    return replace(
        made,
        identity=replace(made.identity, modality=modality),
        frames=frames,
        ordered_by=OrderedBy.INSTANCE_NUMBER,
    )


def placed(modality: str, places: tuple[float, ...], cine: CineTiming | None = None) -> StoredStack:
    made = of_modality(modality, len(places))
    frames = tuple(replace(one, position_mm=at) for one, at in zip(made.frames, places, strict=True))
    return replace(made, frames=frames, ordered_by=OrderedBy.POSITION, cine=cine)


LOOPS = {
    **{name: of_modality(name) for name in ("US", "XA", "RF", "NM", "ES")},
    "with a frame time": replace(of_modality("OT"), cine=CineTiming((40.0,))),
    "MR at one place": placed("MR", (5.0,) * 9, CineTiming((40.0,))),
    "CT at one place": placed("CT", (5.0,) * 9),
}
VOLUMES = {
    "CT": placed("CT", tuple(map(float, range(9)))),
    "MR that states a frame time": placed("MR", tuple(map(float, range(9))), CineTiming((40.0,))),
    "US in a volume": replace(of_modality("US"), ordered_by=OrderedBy.VOLUME_POSITION),
    "SPECT": placed("NM", tuple(map(float, range(9)))),
    "CT without places": of_modality("CT"),
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_is_opened_on_its_first_frame(loop: StoredStack) -> None:
    assert loop.opening_index == 0


@pytest.mark.parametrize("volume", VOLUMES.values(), ids=VOLUMES)
def test_a_volume_is_opened_on_its_middle_slice(volume: StoredStack) -> None:
    assert volume.opening_index == 4


@pytest.mark.parametrize(
    ("views", "opened"), [(("ANT", "POST"), 0), (("POST", "ANT"), 1), (("POST", "LL"), 0), (("",), 0)]
)
def test_nuclear_medicine_is_opened_on_the_view_from_the_front(views: tuple[str, ...], opened: int) -> None:
    assert of_modality("NM", len(views), views).opening_index == opened
