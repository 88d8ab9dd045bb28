"""Two windows on one study: nothing that either did is dropped."""

import random
from dataclasses import replace

import pytest

from medviewer.imaging.annotation.annotation import Annotation, Annotations
from medviewer.imaging.annotation.merge import known_base, merged


def note(name: str, text: str = "") -> Annotation:
    return Annotation(name, "text", ((1.0, 2.0),), "slice", "hash", text=text)


A, B, C = note("a"), note("b"), note("c")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ((), (A,), (B,), (A, B)),
        ((A, B), (A, B), (A, B, C), (A, B, C)),
        ((A, B), (A, B, C), (A, B), (A, B, C)),
        ((A, B), (B,), (A, B), (B,)),
        ((A, B), (A, B), (B,), (B,)),
        ((A, B), (A,), (B,), ()),
        ((A,), (note("a", "ours"),), (A, B), (note("a", "ours"), B)),
        ((A,), (A, C), (note("a", "theirs"), B), (note("a", "theirs"), C, B)),
        ((A,), (), (note("a", "theirs"),), (note("a", "theirs"),)),
        ((A,), (note("a", "ours"),), (), (note("a", "ours"),)),
        ((A,), (note("a", "both"),), (note("a", "both"), B), (note("a", "both"), B)),
        ((A, B, C), (C, B, A), (A, B, C), (C, B, A)),
    ],
)
def test_what_either_did_is_there(
    base: Annotations, ours: Annotations, theirs: Annotations, expected: Annotations
) -> None:
    found = merged(base, ours, theirs)
    assert (found.annotations, found.twice) == (expected, 0)


def test_what_both_changed_is_there_twice_however_often_it_is_merged() -> None:
    ours, theirs = (note("a", "ours"),), (note("a", "theirs"),)
    found = merged((A,), ours, theirs)
    assert found.twice == 1
    assert [one.text for one in found.annotations] == ["ours", "theirs"]
    assert found.annotations[0].id == "a"
    again = merged((A,), found.annotations, theirs)
    assert again.annotations == found.annotations


@pytest.mark.parametrize("seed", range(50))
def test_no_version_of_an_annotation_that_somebody_made_is_dropped(seed: int) -> None:
    chance = random.Random(seed)
    base = tuple(note(f"{number}", "base") for number in range(8))

    def edited(who: str) -> Annotations:
        kept = [one for one in base if chance.random() > 0.3]
        kept = [replace(one, text=f"{who} {one.id}") if chance.random() > 0.5 else one for one in kept]
        return (*kept, *(note(f"{who} {number}", who) for number in range(chance.randint(0, 3))))

    ours, theirs = edited("ours"), edited("theirs")
    found = merged(base, ours, theirs).annotations
    assert len({one.id for one in found}) == len(found)
    said = [one.text for one in found]
    assert sorted(text for text in said if text != "base") == sorted(
        one.text for one in (*ours, *theirs) if one.text != "base"
    )
    untouched = {one.id for one in base if one in ours and one in theirs}
    assert {one.id for one in found if one.text == "base"} == untouched


@pytest.mark.parametrize(
    ("base", "written", "theirs", "expected"),
    [
        ((A,), (note("a", "own"),), (A,), (A,)),  # not written yet
        ((A,), (note("a", "own"),), (note("a", "own"),), (note("a", "own"),)),  # written, and nobody else
        ((A,), (note("a", "own"),), (note("a", "theirs"),), (A,)),
        ((A, B), (B,), (B,), (B,)),
        ((A, B), (B,), (A, B), (A, B)),
        ((), (A,), (A, B), (A,)),
        ((), (A,), (B,), ()),
    ],
)
def test_what_was_written_here_is_not_taken_for_what_others_did(
    base: Annotations, written: Annotations, theirs: Annotations, expected: Annotations
) -> None:
    assert known_base(base, written, theirs) == expected
