"""Every bundled model answers a hundred images as it did when it was released, a fourth each time."""

import pytest

from medviewer.imaging.frame.frame import Frame
from medviewer.inference.pack.bundled_hashes import BUNDLED
from tests.inference.golden_outputs import answers, golden, images

TOLERANCE = 1e-4  # in probability


@pytest.fixture(scope="module")
def frames() -> list[tuple[str, Frame]]:
    return list(images())


@pytest.mark.parametrize("model", sorted(BUNDLED))
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_model_answers_as_when_it_was_released(
    model: str, step: int, frames: list[tuple[str, Frame]]
) -> None:
    kept = golden(model)
    assert len(frames) >= 100
    assert [name for name, _ in frames] == list(kept)
    found = answers(model, frames[::step])
    assert len(found) >= 100 // step
    apart = {
        name: (found[name], kept[name])
        for name in found
        if (found[name] != kept[name] if isinstance(kept[name], str) else _apart(found[name], kept[name]))
    }
    assert apart == {}


def _apart(found: object, kept: object) -> bool:
    return not isinstance(found, dict) or found != pytest.approx(kept, abs=TOLERANCE)
