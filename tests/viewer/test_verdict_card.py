"""The reader's part of the card speaks of its own answer, and gives a hidden one not away."""

from dataclasses import replace

import pytest

from medviewer.inference.pack.series_rule import SeriesPoint
from medviewer.inference.result import OperatingPoint, ResultKey
from medviewer.inference.stability import Stability
from medviewer.inference.tasks.classification import Classification
from medviewer.inference.verdicts import CANNOT_TELL, Reading, Stance, Verdict
from medviewer.translation import message
from medviewer.viewer import series_answer, state as display_state
from medviewer.viewer.series_answer import answer_on_series
from medviewer.viewer.state import DisplayState
from medviewer.viewer.texts.ai_card import CardState, card_of
from medviewer.viewer.texts.series_strip import strip_of, strip_text, table_text
from medviewer.viewer.verdict_card import ReaderTexts, reader_of, series_reader_of, with_reader
from medviewer.viewer.verdicts import choices_of, give_answer, say_of_series
from tests.made_results import answered
from tests.viewer.bare_viewer import HEAD, BareViewer


def asked(*places: int) -> BareViewer:
    viewer = BareViewer()
    viewer.open(HEAD)
    for place in places:
        viewer.scroll_to(place)
        viewer.take_result("prediction")
    return viewer


def key_of(viewer: BareViewer) -> ResultKey:
    pane = viewer.state.focused
    assert pane is not None
    assert pane.token.key is not None
    return pane.token.key


def say(viewer: BareViewer, verdict: Verdict) -> DisplayState:
    state = display_state.set_verdict(viewer.state.display, key_of(viewer), message("verdict"), verdict)
    viewer.show(state)
    return state


def test_a_verdict_stands_beside_its_own_result_only() -> None:
    viewer = asked(1)
    state = say(viewer, Verdict(stance=Stance.AGREE))
    pane = state.focused
    assert pane is not None
    assert reader_of(state, pane).stance is Stance.AGREE
    other = replace(pane, result=answered(replace(key_of(viewer), pixel_sha256="of another")))
    assert reader_of(state, other).stance is None
    assert not reader_of(state, other).can_say


def test_a_hidden_answer_asks_and_tells_nothing_of_itself() -> None:
    cards = []
    for score in (0.02, 0.98):
        viewer = BareViewer()
        viewer.open(HEAD)
        viewer.scroll_to(1)
        viewer.show(display_state.set_reader_first(viewer.state.display, True))
        pane = viewer.state.focused
        assert pane is not None
        result = answered(
            key_of(viewer),
            probabilities=(("hemorrhage", score), ("no_hemorrhage", 1 - score)),
            operating_point=OperatingPoint(0.35, 0.91, 0.78),
            positive_label="hemorrhage",
        )
        viewer.show(display_state.receive(viewer.state.display, pane.token, result)[0])
        reader = reader_of(viewer.state.display, viewer.state.focused)
        cards.append(with_reader(card_of(result), reader))
    assert cards[0] == cards[1]
    card, reader = cards[0]
    assert card.state is CardState.READER_FIRST
    assert reader.question == "Is there bleeding on this slice?"
    assert reader.choices == ("Bleeding", "No bleeding", "Unsure")


def test_an_own_answer_and_the_models_stand_beside_each_other() -> None:
    viewer = asked(1)
    state = say(viewer, Verdict(Reading("no haemorrhage", 100)))
    assert state.focused is not None
    assert state.focused.result is not None
    card, reader = with_reader(card_of(state.focused.result), reader_of(state, state.focused))
    assert (card.word, card.score) == ("You and the AI differ", "")
    assert reader.you == ("Not seen", "your confidence: certain")
    assert reader.model == ("Flagged", "")
    assert reader.caveat == "Model: Haemorrhage possible on this picture."


def test_a_tick_stands_under_its_own_slice() -> None:
    viewer = asked(0, 1, 2)
    state = say(viewer, Verdict(stance=Stance.DISAGREE))
    assert dict(strip_of(state, HEAD).stances) == {2: Stance.DISAGREE}
    rows = table_text(strip_of(state, HEAD), HEAD).splitlines()
    assert [row.endswith("disagree") for row in rows[1:4]] == [False, False, True]


def test_the_strip_and_its_table_hide_what_waits_for_the_reader() -> None:
    viewer = asked(0, 1, 2)
    state = display_state.set_reader_first(viewer.state.display, True)
    strip = strip_of(state, HEAD)
    assert not strip.marks
    assert strip.hidden == {0, 1, 2}
    assert strip_text(strip) == "3 answers wait for yours"
    rows = table_text(strip, HEAD).splitlines()
    assert [row.split("\t")[1] for row in rows[1:5]] == ["hidden until your verdict"] * 3 + ["not asked"]


def test_nobody_differs_from_a_model_that_gives_no_answer() -> None:
    """Nor does a sentence of the model stand above both answers as if it were the reader's."""
    viewer = asked(1)
    key = key_of(viewer)
    said = Verdict(reading=Reading("haemorrhage"))
    for flips, word, sentence in ((0, "You and the AI agree", False), (5, "No answer to compare", True)):
        result = answered(key, stability=Stability("haemorrhage", 16, 0.2, 0.8, flips))
        state = replace(viewer.state.display, results={key: result})
        state = display_state.set_verdict(state, key, message("verdict"), said)
        pane = state.focused
        assert pane is not None
        card, reader = with_reader(card_of(result), reader_of(state, pane))
        assert card.word == word
        assert bool(card.sentence) is sentence
        assert reader.you[0] == "Haemorrhage"
        assert reader.model[0] == ("Uncertain" if sentence else "Flagged")
        strip = strip_of(state, HEAD)
        assert strip.stances == {1: Stance.UNSURE if sentence else Stance.AGREE}
        yours = table_text(strip, HEAD).splitlines()[2].split("\t")[-1]
        assert yours == ("no answer to compare" if sentence else "agree")


def test_no_series_is_answered_before_all_of_its_slices_were_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SeriesPoint(0.5, 0.8, 0.3, 16, 7, (1.0, 10.0))
    monkeypatch.setattr(series_answer, "series_rule", lambda _model: point)
    viewer = asked(0)
    assert series_reader_of(viewer.state).said == ""  # a single slice is no beginning of a series
    for place in range(1, len(HEAD)):
        viewer.scroll_to(place)
        viewer.take_result("prediction")
        said = series_reader_of(viewer.state)
        if place < len(HEAD) - 1:
            begins = f"Series: only {place + 1} of 10 slices asked, so no answer for it."
            assert said.said.startswith(begins)
            assert said.said.endswith(f" {place + 1} flagged so far.")
            assert said.choices == ()
            assert answer_on_series(viewer.state) is None
    assert said.said.startswith("Whole series: flagged")
    assert "two neighbouring slices ((1/10), (2/10)) are above the threshold for a series" in said.said
    assert said.said.endswith("10 slices are flagged, between (1/10) and (10/10).")
    assert said.choices == ("Series: yes", "Series: no", "Series: unsure")
    assert said.figures == "Score of the series 0.81, threshold for a series 0.50: not a percentage"
    assert len(said.choices) == 3


def test_beside_an_uncertain_answer_the_keys_are_the_readers_own_answer() -> None:
    viewer = asked(1)
    key = key_of(viewer)
    result = answered(key, stability=Stability("haemorrhage", 16, 0.2, 0.8, 5))
    viewer = BareViewer()
    viewer.open(HEAD)
    viewer.scroll_to(1)
    pane = viewer.state.focused
    assert pane is not None
    display, _ = display_state.receive(viewer.state.display, pane.token, result)
    viewer.show(display)
    pane = viewer.state.focused
    assert reader_of(viewer.state.display, pane).words == ("Haemorrhage", "Not seen", "Unsure")
    for place, label in ((1, result.content.probabilities[1][0]), (0, "haemorrhage"), (2, "")):
        give_answer(viewer, label)
        verdict = display_state.verdict_of(viewer.state.display, key)
        assert verdict.reading is not None
        assert (verdict.reading.label, verdict.reading.is_blind, verdict.stance) == (label, False, None)
        reader = reader_of(viewer.state.display, viewer.state.focused)
        assert (reader.held, reader.stance) == (place, None)


def test_of_several_kinds_the_key_says_which_other_one_it_is() -> None:
    kinds = Classification((("glioma", 0.7), ("meningioma", 0.2), ("pituitary", 0.1)), "glioma", None, False)
    viewer = asked(1)
    key = key_of(viewer)
    viewer = BareViewer()
    viewer.open(HEAD)
    viewer.scroll_to(1)
    pane = viewer.state.focused
    assert pane is not None
    display, _ = display_state.receive(
        viewer.state.display, pane.token, replace(answered(key), content=kinds)
    )
    viewer.show(display)

    def reader() -> ReaderTexts:
        return reader_of(viewer.state.display, viewer.state.focused)

    assert len(reader().words) == 4
    for label, held, stance in (
        ("meningioma", 1, Stance.DISAGREE),
        ("pituitary", 2, Stance.DISAGREE),
        ("glioma", 0, Stance.AGREE),
        ("", 3, Stance.UNSURE),
    ):
        give_answer(viewer, label)
        assert (reader().held, reader().stance, reader().note.startswith("You changed")) == (
            held,
            stance,
            False,
        )
    assert display_state.verdict_of(viewer.state.display, key).reading is None


def test_the_same_answer_again_leaves_a_blind_reading_blind() -> None:
    viewer = asked(1)
    key = key_of(viewer)
    result = answered(key, stability=Stability("haemorrhage", 16, 0.2, 0.8, 5))
    viewer.show(replace(viewer.state.display, results={key: result}))
    viewer.scroll_to(2)
    viewer.scroll_to(1)  # the result comes back from those that are kept
    blind = Verdict(reading=Reading("haemorrhage", is_blind=True, at="2026-01-01T00:00:00"))
    say(viewer, blind)
    give_answer(viewer, "haemorrhage")
    assert display_state.verdict_of(viewer.state.display, key) == blind
    give_answer(viewer, result.content.probabilities[1][0])
    changed = display_state.verdict_of(viewer.state.display, key).reading
    assert changed is not None
    assert (changed.label, changed.is_blind) != ("haemorrhage", True)


def test_on_an_uncertain_series_the_reader_gives_an_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SeriesPoint(0.5, 0.8, 0.3, 16, 7, (1.0, 10.0))
    monkeypatch.setattr(series_answer, "series_rule", lambda _model: point)
    viewer = asked(*range(len(HEAD)))
    shown = viewer.state.display
    turned = Stability("haemorrhage", 16, 0.2, 0.8, 5, (0.2,) * 16)
    viewer.show(replace(shown, results={key: answered(key, stability=turned) for key in shown.results}))
    answer = answer_on_series(viewer.state)
    assert answer is not None
    assert answer.question.answered == CANNOT_TELL
    say_of_series(viewer, 1)
    verdict = display_state.series_verdict_of(viewer.state.display, answer.of)
    assert verdict.stance is None
    assert verdict.reading is not None
    assert verdict.reading.label == choices_of(answer.question)[1]
