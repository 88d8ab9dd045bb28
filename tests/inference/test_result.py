"""A result of a model: content or reason, never both.

What was forced has no figures, whoever makes it.
"""

from dataclasses import replace

import pytest

from medviewer.inference.result import Gate, ModelResult, ResultKey
from medviewer.translation import Message, use_language
from tests.made_results import answered, failed, refused

KEY = ResultKey("1.2.3", 1, "pixels", "preprocessing", "model", "content")
PASSED = Gate("modality", True, "")
NOTED = Gate("age", True, "Age not stated.")
CONTRAST = Gate("contrast", False, "Contrast agent {agent} given.", (("agent", "axial"),))
KNEE = Gate("body part", False, "Not the head.")


def test_a_result_has_content_or_a_reason() -> None:
    content = answered(KEY).content
    for both in ((content, Message("why")), (None, None)):
        with pytest.raises(ValueError, match="a result has"):
            ModelResult(KEY, (), *both, "m", "1", "classification")


def test_refused_failed_and_answered_are_told_apart() -> None:
    kinds = [answered(KEY), refused(KEY, KNEE), failed(KEY, Message("Nothing."))]
    assert [one.content is not None for one in kinds] == [True, False, False]
    assert [one.refusal for one in kinds] == [None, KNEE, None]
    assert [one.has_failed for one in kinds] == [False, False, True]
    assert [one.is_valid for one in kinds] == [True, False, False]
    assert [str(one.reason) for one in kinds] == ["None", "Not the head.", "Nothing."]


def test_notes_are_the_gates_that_say_something_and_did_not_have_to_be_overridden() -> None:
    result = answered(KEY, notes=(PASSED, NOTED))
    assert (result.overridden, result.notes) == (None, (NOTED,))
    forced = replace(result, gates=(PASSED, KNEE, NOTED, CONTRAST))
    assert forced.overridden is KNEE
    assert forced.notes == (NOTED, CONTRAST)
    assert (refused(KEY, KNEE).overridden, refused(KEY, KNEE).notes) == (None, ())


def test_what_was_forced_is_without_figures() -> None:
    forced = answered(KEY, overridden=KNEE, label="no haemorrhage", population="a", population_title="A")
    assert not forced.is_valid
    assert (forced.population, forced.population_title) == ("", "")
    assert forced.content.operating_point is None
    assert not forced.content.calibrated
    assert forced.content.probabilities == ()
    assert forced.content.label == "haemorrhage"  # the likeliest, by no threshold


def test_facts_of_a_gate_are_translated_where_it_is_shown() -> None:
    kept = CONTRAST.message
    assert str(kept) == "Contrast agent axial given."
    use_language("zh_CN")
    assert "axial" not in kept.for_user()
    use_language("en")
