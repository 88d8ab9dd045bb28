"""Texts that are kept for the panes are never those of something else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.attributes import Aspect
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.identity import Identity
from medviewer.translation import use_language
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.image_numbers import number_text, short_number_text
from medviewer.viewer.texts.studies import series_title

WHO = Identity(
    patient_name="WANG^XIAODONG(王^小东)",
    ideographic_name="王^小东",
    patient_id="4711",
    birth_date="19600312",
    study_instance_uid="1.2",
    study_date="20261128",
    study_description="Head",
    series_instance_uid="1.2.3",
    series_number="3",
    series_description="Routine",
    modality="CT",
)
OTHERS = {"birth_date": "19610413", "study_date": "20251128", "series_number": "4", "modality": "MR"}
"""Other values of what is not free text."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    use_language("en")


@pytest.fixture
def stacks(making: Callable[..., PaneState]) -> list[StoredStack]:
    """Return stacks of one key, each with one difference from the first."""
    first = making().stack
    frames = tuple(replace(frame, image_number=20 + at) for at, frame in enumerate(first.frames))
    first = replace(first, identity=WHO, frames=frames, plane="Axial")
    identities = [
        replace(WHO, **{name: OTHERS.get(name, f"other {name}")}) for name in WHO.__dataclass_fields__
    ]
    thick = replace(frames[0], geometry=replace(FrameGeometry(), slice_thickness_mm=2.5))
    return [
        first,
        *(replace(first, identity=who) for who in identities),
        replace(first, frames=frames[:-1]),
        replace(first, frames=(*frames, replace(frames[-1], sop_instance_uid="1.9", image_number=90))),
        replace(first, frames=(replace(frames[0], image_number=7), *frames[1:])),
        replace(first, frames=(thick, *frames[1:])),
        replace(first, plane="Coronal"),
        replace(first, plane=""),
        replace(first, part=(("echo", "2"),)),
        replace(first, aspects=(Aspect("L", "PA"),)),
    ]


def asked(stacks: list[StoredStack]) -> Iterator[tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    """Yield the functions with kept texts, and their arguments."""
    for stack in stacks:
        for index in (0, 1):
            yield number_text, (stack, index), {}
            yield short_number_text, (stack, index), {}
        for hidden in (False, True):
            yield series_title, (stack,), {"hidden": hidden}


def test_what_is_kept_is_what_would_be_written_now(stacks: list[StoredStack]) -> None:
    whole = list(asked(stacks))
    first = [one for one in whole if one[1][0] is stacks[0]]
    for language, (write, arguments, named) in product(("en", "zh_CN", "en"), whole):
        use_language(language)
        for known, about, options in first:
            if known is write:  # it is among the kept ones
                assert known(*about, **options) == known.__wrapped__(*about, **options)
        assert write(*arguments, **named) == write.__wrapped__(*arguments, **named)
        assert write(*arguments, **named) == write.__wrapped__(*arguments, **named)


def test_each_of_these_facts_is_said_by_a_pane(making: Callable[..., PaneState]) -> None:
    pane = making()
    assert pane.stack.headers[0].image_number is None

    def written(stack: StoredStack, *, identity: bool = True) -> str:
        text = compose_pane_text(
            replace(pane, stack=stack, index=0), None, complete=True, options=TextOptions(identity=identity)
        )
        return "\n".join(line.text for line in (*text.top_left, *text.top_right, *text.bottom_left))

    stack = replace(pane.stack, identity=WHO)
    numbered = replace(stack, frames=(replace(stack.frames[0], image_number=77), *stack.frames[1:]))
    before = written(stack)
    assert "WANG" in before
    assert "WANG" not in written(stack, identity=False)
    assert "ROE" in written(replace(stack, identity=replace(WHO, patient_name="ROE", ideographic_name="")))
    assert "Im 77" in written(numbered)
    assert "Im 77" not in written(stack)
    assert f"/{len(stack) - 1})" in written(replace(stack, frames=stack.frames[:-1]))
    use_language("zh_CN")
    assert "王^小东" in written(stack).split("\n")[0]
    assert written(stack) != before
    use_language("en")
    assert written(stack) == before
