"""The age in the header decides whose figures a result has.

Where it does not, that is said.
"""

import numpy as np
import pytest

from medviewer.errors import DamagedModelError
from medviewer.export.result_table import result_row, results_csv
from medviewer.inference.classification.classifier import load_classifier
from medviewer.inference.classification.engine_choice import cpu_engine
from medviewer.inference.pack.packs import load_card
from medviewer.inference.pack.population import Population, population_at
from medviewer.inference.probabilities import calibrated
from medviewer.viewer.texts.caption import result_text
from tests.inference.conftest import attributes, noisy_head, slice_of
from tests.network_inputs import preprocess

TABLES = """
[[population]]
name = "children"
title = "Children"
max_age_years = 17
temperature = 3.0

[population.operating_point]
threshold = 0.05
sensitivity = 0.99
specificity = 0.3

[[population]]
name = "adults"
title = "Adults"
min_age_years = 18
default = true

[[readings]]"""


def with_groups(text):
    return text.replace("\n[[readings]]", TABLES).replace("min_age_years = 18\n\n[pre", "\n[pre")


@pytest.fixture
def classifier(make_pack):
    return load_classifier(make_pack(change=with_groups), "cpu")


def answer(classifier, age):
    return classifier.classify(slice_of(noisy_head(), attributes=attributes(patient_age_years=age)))


def test_a_childs_result_has_the_temperature_and_the_operating_point_of_children(classifier):
    child = answer(classifier, 7.0)
    assert (child.population, child.content.operating_point.threshold) == ("children", 0.05)
    batch = preprocess(slice_of(noisy_head()), classifier.card.preprocessing)
    expected = calibrated(cpu_engine(classifier.pack).run(batch).logits, 3.0)[0]
    assert [value for _, value in child.content.probabilities] == pytest.approx(expected.tolist())
    assert child.content.label == ("bleed" if expected[1] >= 0.05 else "clean")
    assert child.notes == ()


def test_what_a_group_does_not_state_is_the_cards(classifier):
    adult = answer(classifier, 50)
    assert (adult.population, adult.content.operating_point.threshold) == ("adults", 0.4)
    batch = preprocess(slice_of(noisy_head()), classifier.card.preprocessing)
    expected = calibrated(cpu_engine(classifier.pack).run(batch).logits, 1.5)[0]
    assert [value for _, value in adult.content.probabilities] == pytest.approx(expected.tolist())


def test_without_an_age_the_default_is_used_and_said_once(classifier):
    unknown = answer(classifier, None)
    assert unknown.population == "adults"
    assert [note.name for note in unknown.notes] == ["age"]
    details = result_text(unknown).details
    assert "Age not stated; the figures of Adults are used." in details
    assert "Age not stated." not in details


def test_the_group_stands_beside_the_result_in_rows_and_in_tables(classifier):
    child = answer(classifier, 7)
    assert "Figures for the group: Children" in result_text(child).details
    row = result_row(child, classifier.device)
    assert row["population"] == "children"
    assert ",children," in results_csv([row]).decode("utf-8-sig") + ","


def test_what_was_forced_has_figures_of_no_group(classifier):
    frame = slice_of(noisy_head(), attributes=attributes(body_part="CHEST", patient_age_years=None))
    forced = classifier.classify(frame, override=True)
    assert (forced.is_valid, forced.overridden.name) == (False, "body part")
    assert (forced.content.operating_point, forced.population, forced.population_title) == (None, "", "")
    assert not forced.content.calibrated
    assert forced.content.probabilities == ()
    assert forced.content.label in classifier.card.labels  # the likeliest, by no threshold
    said = result_text(forced)
    assert said.is_struck
    text = " ".join((said.headline, *said.details, *said.cautions))
    assert "figures of" not in text
    assert "operating point" not in text
    assert "Not valid" in text
    valid = classifier.classify(slice_of(noisy_head()))
    assert valid.is_valid
    assert not result_text(valid).is_struck


def test_a_model_without_groups_says_nothing_of_them(make_pack):
    result = load_classifier(make_pack(), "cpu").classify(slice_of(noisy_head()))
    assert (result.population, result.notes) == ("", ())
    assert not any("group" in line for line in result_text(result).details)


@pytest.mark.parametrize(
    ("age", "name"),
    [(0, "young"), (17.9, "young"), (18, "old"), (18.5, "old"), (90, "old"), (np.nextafter(18, 0), "young")],
)
@pytest.mark.parametrize("last", [17, 18])
def test_groups_that_meet_leave_no_age_between_them(age, name, last):
    groups = (
        Population("young", "Young", max_age_years=last),
        Population("old", "Old", min_age_years=18, default=True),
    )
    found, remark = population_at(groups, age)
    assert (found.name, remark) == (name, None)


def test_an_age_of_no_group_is_said():
    groups = (Population("old", "Old", min_age_years=65, default=True),)
    found, remark = population_at(groups, 40.0)
    assert found.name == "old"
    assert remark.statement == "The model has no figures for this age; those of {title} are used."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("default = true", ""),
        ("max_age_years = 17", "default = true"),
        ('name = "children"', 'name = "adults"'),
        ('title = "Children"', 'title = ""'),
        ("temperature = 3.0", "temperature = 0"),
        ("threshold = 0.05", "threshold = 5"),
        ("max_age_years = 17", "max_age_years = 17\nmin_age_years = 30"),
        ("max_age_years = 17", "most = 17"),
    ],
)
def test_groups_that_make_no_sense_switch_the_model_off(make_pack, old, new):
    folder = make_pack(change=lambda text: with_groups(text).replace(old, new))
    with pytest.raises(DamagedModelError):
        load_card(folder)


def test_a_groups_shift_is_added_to_the_logits_before_its_temperature(make_pack):
    def shifted(text: str) -> str:
        return text + (
            '\n[[population]]\nname = "all"\ntitle = "All"\ndefault = true\ntemperature = 2.0\n'
            "shift = [0.0, 1.5]\n"
        )

    plain = load_classifier(make_pack("plain"), "cpu")
    classifier = load_classifier(make_pack("shifted", change=shifted), "cpu")
    frame = slice_of(noisy_head())
    logits = cpu_engine(plain.pack).run(preprocess(frame, plain.card.preprocessing)).logits
    expected = calibrated(logits + np.float32([0.0, 1.5]), 2.0)[0]
    assert [value for _, value in classifier.classify(frame).content.probabilities] == pytest.approx(expected)


def test_a_shift_that_does_not_fit_the_classes_is_refused(make_pack):
    def wrong(text: str) -> str:
        return text + '\n[[population]]\nname = "all"\ntitle = "All"\ndefault = true\nshift = [1.0]\n'

    with pytest.raises(DamagedModelError, match="one number for each class"):
        load_card(make_pack(change=wrong))
