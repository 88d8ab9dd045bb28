"""A model card in words says what the card says, and nothing that it does not."""

import pytest

from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import bundled_folder, load_card
from medviewer.translation import use_language
from medviewer.viewer.texts.model_card import card_sections
from tests.inference.classification.test_series import with_series
from tests.inference.conftest import make_pack, toy_weights

__all__ = ["make_pack", "toy_weights"]  # fixtures


def words(card) -> dict[str, str]:
    return {section.title: "\n".join(section.lines) for section in card_sections(card)}


def test_a_card_without_a_test_says_so(make_pack):
    said = words(load_card(make_pack()))
    assert said["Test on data that it had never seen"].startswith("None.")
    assert said["Known limits"] == "It knows nothing."
    assert "Cross-validation, by which it was chosen" not in said
    assert "2026-01-02" in said["Readings of the test split"]


def test_the_contract_the_question_and_the_rule_for_series_are_in_words(make_pack):
    def change(text: str) -> str:
        text = text.replace("[input]", '[input]\nquestion = "Is there a tumour on this slice?"')
        return with_series(text).replace(
            "[files]", "[figures.test]\nn = 9\ngroups = 3\nece = 0.1\nece_95 = 0.2\n\n[files]"
        )

    said = words(load_card(make_pack(change=change)))
    assert "Asked first: Is there a tumour on this slice?" in said["What it answers"]
    assert "Modality: CT" in said["What it was made for"]
    assert "Body part: head, brain" in said["What it was made for"]
    test = said["Test on data that it had never seen"]
    assert "9 pictures, 3 groups" in test
    assert "Calibration error 0.100; chance alone makes 0.200" in test
    assert "false-positive rate 0.25, on 40 series" in test


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_every_bundled_card_can_be_read_in_full(name):
    card = load_card(bundled_folder() / name)
    said = words(card)
    assert {"Intended use", "Known limits", "Data", "Licence", "Readings of the test split"} <= set(said)
    assert f"{card.figures['test']['n']} pictures" in said["Test on data that it had never seen"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_no_card_calls_calibrated_what_it_does_not(name, language):
    card = load_card(bundled_folder() / name)
    assert not card.calibrated
    use_language(language)
    try:
        lines = [line for section in card_sections(card) for line in section.lines]
    finally:
        use_language("en")
    for claim in ("is calibrated", "was calibrated", "层面有出血的情况校准", "来源校准", "已校准："):
        assert not [line for line in lines if claim in line]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("", "The score is not calibrated: it is no probability."),
        ("[figures.validation]\nece = 0.01\nece_95 = 0.02\n", "whether it holds elsewhere was not tested"),
        (
            "[figures.validation]\nece = 0.01\nece_95 = 0.02\n[figures.left_out.clinic]\nn = 9\ngroups = 3\n"
            "auc = 0.7\nauc_interval = [0.6, 0.8]\nsensitivity = 0.5\nspecificity = 0.9\nece = 0.3\n"
            "ece_95 = 0.1\n",
            "not calibrated elsewhere and no probability: on a source that was left out its error was 0.300",
        ),
    ],
)
def test_a_card_says_why_a_probability_is_a_score(make_pack, tables, said):
    def change(text: str) -> str:
        return text.replace("calibrated = true", "calibrated = false").replace(
            "[files]", f"{tables}\n[files]"
        )

    found = words(load_card(make_pack(change=change)))
    assert said in found["What it answers"]
    if "clinic" in tables:
        assert found["Sources that were left out"] == (
            "Clinic: 9 pictures · 3 groups · area under the ROC curve of bleed 0.70 (0.60–0.80) · "
            "sensitivity 0.50 · specificity 0.90"
        )


@pytest.mark.parametrize(("error", "said"), [(0.1, "is calibrated"), (0.3, "larger than chance explains")])
def test_a_calibration_that_the_test_did_not_bear_out_is_not_called_one(make_pack, error, said):
    figures = f"[figures.test]\nn = 9\ngroups = 3\nece = {error}\nece_95 = 0.2\n\n[files]"
    card = load_card(make_pack(change=lambda text: text.replace("[files]", figures)))
    assert said in words(card)["What it answers"]


def test_a_group_of_patients_whose_test_did_not_bear_it_out_counts_too(make_pack):
    group = (
        '\n[[population]]\nname = "all"\ntitle = "All"\ndefault = true\n'
        "[population.figures.test]\nn = 9\ngroups = 3\nece = 0.3\nece_95 = 0.2\n"
    )
    card = load_card(make_pack(change=lambda text: text + group))
    assert "larger than chance explains" in words(card)["What it answers"]


def test_a_card_says_that_an_unknown_age_is_refused(make_pack):
    card = load_card(make_pack(change=lambda text: text.replace("[input]", '[input]\nage = "required"')))
    assert "Age: 18–120 years; unknown age refused" in words(card)["What it was made for"]


def test_lists_are_parted_as_chinese_parts_them(make_pack):
    use_language("zh_CN")
    try:
        said = "\n".join(words(load_card(make_pack())).values())
    finally:
        use_language("en")
    assert "头部、脑部" in said
    assert "头部, 脑部" not in said
