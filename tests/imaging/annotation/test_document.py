"""Annotations come back from their file as they were.

A damaged or newer file is refused whole.
"""

import json
import random
import string
from dataclasses import replace
from typing import Any

import pytest

from medviewer.imaging.annotation.annotation import Annotation
from medviewer.imaging.annotation.document import VERSION, NewerDocumentError, as_json, from_json

PIXELS = Annotation("a", "length", ((1.0, 2.0), (3.0, 4.5)), "slice", "hash", text='脑 \ud800\n"\\')
PATIENT = Annotation(
    "b", "Cobb", ((0.1 + 0.2, -1e-300, 1e6),) * 4, "slice", "hash", "space", "", (1, 2, 3), True
)


def test_annotations_come_back_as_they_were() -> None:
    assert from_json(as_json((PIXELS, PATIENT))) == (PIXELS, PATIENT)
    assert from_json(as_json(())) == ()


def test_a_kind_that_the_program_does_not_know_is_kept() -> None:
    unknown = replace(PIXELS, kind="spline of 2031")
    assert from_json(as_json((unknown,))) == (unknown,)


@pytest.mark.parametrize("seed", range(20))
def test_random_annotations_come_back(seed: int) -> None:
    chance = random.Random(seed)
    signs = string.printable + "äß骨肺🩻\u200e\x00"
    annotations = tuple(
        Annotation(
            id=f"{number}",
            kind=chance.choice(("arrow", "text", "polygon")),
            points=tuple(
                tuple(chance.uniform(-1e6, 1e6) for _ in range(3 if space else 2))
                for _ in range(chance.randint(1, 50))
            ),
            slice_digest=f"slice {chance.randint(1, 5)}",
            image_sha256="hash",
            frame_of_reference=space,
            text="".join(chance.choices(signs, k=chance.randint(0, 40))),
            color=chance.choice((None, (0, 128, 255))),
            is_locked=chance.random() < 0.5,
        )
        for number, space in enumerate(chance.choices(("", "space"), k=30))
    )
    assert from_json(as_json(annotations)) == annotations


def test_a_newer_file_is_told_from_a_damaged_one() -> None:
    newer = json.dumps({"version": VERSION + 1, "annotations": {"in": "another form"}})
    with pytest.raises(NewerDocumentError):
        from_json(newer)


def changed(**values: Any) -> str:
    content = json.loads(as_json((PIXELS, PATIENT)))
    content["annotations"][1].update(values)
    return json.dumps(content)


DAMAGED = [
    "",
    "null",
    "[]",
    "[" * 100_000,
    '{"version": 1}',
    '{"version": "1", "annotations": []}',
    '{"version": true, "annotations": []}',
    '{"version": 0, "annotations": []}',
    '{"version": 1, "annotations": {}}',
    '{"version": 1, "annotations": [null]}',
    '{"version": 1, "annotations": [{}]}',
    as_json((PIXELS, PATIENT))[:-20],
    as_json((PIXELS, PIXELS)),
    changed(id=None),
    changed(kind=7),
    changed(points=[]),
    changed(points=None),
    changed(points=[[1, 2]]),
    changed(points=[[1, 2, "3"]]),
    changed(points=[[1, 2, True]]),
    changed(points=[[1, 2, 10**400]]),
    changed(points=[[1, 2, 1e300]]),
    changed(points=[[1, 2, -1e8]]),
    changed(found={"volume_ml": 1e300}),
    changed().replace("1000000.0", "1e999"),
    changed().replace("1000000.0", "NaN"),
    changed(points=["123"]),
    changed(text=None),
    changed(color=[1, 2]),
    changed(color=[1, 2, 256]),
    changed(color=[1, 2, 3.5]),
    changed(color="red"),
    changed(locked=1),
    changed(frame_of_reference=""),
]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_refused_whole(text: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the kind of the error is all that is said
        from_json(text)
    assert not isinstance(refused.value, NewerDocumentError)


def is_refused(text: str) -> bool:
    try:
        from_json(text)
    except ValueError:
        return True
    return False


def test_a_file_that_ends_anywhere_within_is_refused_whole() -> None:
    text = as_json((PIXELS, replace(PATIENT, found=(("volume_ml", 25.0),), label_place=(1.0, 2.0, 3.0))))
    assert all(is_refused(text[:end]) for end in range(len(text.rstrip())))
