"""Undo leads back to the start, redo to the end, whatever was done between."""

import random

from medviewer.translation import NOTHING, Message, use_language
from medviewer.viewer.state.history import History

Value = tuple[int, ...]

EDIT = Message("length")


def edited_at_random(chance: random.Random, value: Value) -> Value:
    """Return a value with an item added, changed or removed."""
    at = chance.randrange(len(value)) if value else 0
    what = chance.choice(("add", "change", "remove")) if value else "add"
    kept = value[at + 1 :] if what != "add" else value[at:]
    return (*value[:at], *([] if what == "remove" else [chance.randrange(1_000_000_000)]), *kept)


def test_a_thousand_random_edits_are_taken_back_to_the_start_and_done_again() -> None:
    chance = random.Random(7)
    start: Value = (1, 2, 3)
    history = History(start)
    seen = [start]
    while len(seen) <= 1000:
        history = history.edited(Message(f"{len(seen)}"), edited_at_random(chance, history.present))
        if history.present != seen[-1]:
            seen.append(history.present)
    for expected in reversed(seen[:-1]):
        history = history.undone()
        assert history.present == expected
    assert history.present is start
    assert history.undone() is history
    for expected in seen[1:]:
        history = history.redone()
        assert history.present == expected
    assert history.redone() is history


def test_undo_redo_and_edits_in_any_order_agree_with_two_stacks() -> None:
    chance = random.Random(11)
    history: History[Value] = History(())
    before: list[Value] = []
    behind: list[Value] = []
    here: Value = ()
    for _ in range(1000):
        what = chance.choice(("edit", "edit", "undo", "redo"))
        if what == "edit":
            value = edited_at_random(chance, here)
            if value != here:
                before, behind, here = [*before, here], [], value
            history = history.edited(EDIT, value)
        elif what == "undo":
            if before:
                behind.append(here)
                here = before.pop()
            history = history.undone()
        else:
            if behind:
                before.append(here)
                here = behind.pop()
            history = history.redone()
        assert (history.present, len(history.past), len(history.future)) == (here, len(before), len(behind))


def test_an_edit_forgets_what_was_taken_back() -> None:
    history = History(1).edited(EDIT, 2).undone().edited(EDIT, 3)
    assert history.future == ()
    assert history.redone().present == 3
    assert history.undone().present == 1


def test_an_edit_that_changes_nothing_is_none() -> None:
    history = History(1).edited(EDIT, 2).undone()
    assert history.edited(EDIT, 1) is history
    assert history.redone().present == 2


def test_the_oldest_edits_are_forgotten_beyond_the_bound() -> None:
    history = History(0, most=5)
    for value in range(1, 20):
        history = history.edited(EDIT, value)
    assert len(history.past) == 5
    for _ in range(20):
        history = history.undone()
    assert history.present == 14
    for _ in range(20):
        history = history.redone()
    assert (history.present, len(history.past)) == (19, 5)


def test_a_step_is_called_by_its_name_in_the_language_of_the_moment() -> None:
    history = History(1).edited(Message("length"), 2).edited(Message("Annotations"), 3)
    assert str(history.undo_title) == "Undo Annotations"
    assert str(history.undone().undo_title) == "Undo length"
    assert str(history.undone().redo_title) == "Redo Annotations"
    assert (History(1).undo_title, History(1).redo_title, history.redo_title) == (NOTHING,) * 3
    try:
        use_language("zh_CN")
        assert history.undo_title.for_user().startswith("撤销")
        assert history.undone().redo_title.for_user().startswith("重做")
    finally:
        use_language("en")


def test_what_others_did_is_in_all_values_and_undo_does_not_take_it_back() -> None:
    history = History((1,)).edited(EDIT, (1, 2)).edited(EDIT, (1, 2, 3)).undone()
    history = history.everywhere(lambda value: (*value, 9))
    assert history.present == (1, 2, 9)
    assert history.undone().present == (1, 9)
    assert history.redone().present == (1, 2, 3, 9)
