"""Rules hang the series of a study in panes, by description, plane or view, from a readable file."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer import paths
from medviewer.dicom.model import StoredStack
from medviewer.viewer.layouts.rule_file import FILE_NAME, RuleFile, rule_text
from medviewer.viewer.layouts.rules import BUILT_IN, HangingRule, PaneRule, first_that_hangs
from tests.placed_stacks import SAGITTAL, placed_stack


def ct(name: str, **more: object) -> StoredStack:
    return placed_stack(name, modality="CT", description=name, **more)  # type: ignore[arg-type]  # a test names them


def radiograph(name: str, view: str, body_part: str = "CHEST") -> StoredStack:
    stack = placed_stack(name, slices=1, modality="DX", body_part=body_part)
    frames = tuple(
        replace(one, attributes=replace(one.attributes, view_position=view)) for one in stack.frames
    )
    return replace(stack, frames=frames, plane="")


HEAD = HangingRule(
    "head CT",
    "1x2",
    (PaneRule("*5*", "Axial", window=(40.0, 80.0)), PaneRule("*bone*", processing="edges")),
    "CT",
    "HEAD",
)


def test_a_rule_picks_series_by_description_and_plane() -> None:
    stacks = [
        ct("Bone 1.0", body_part="HEAD"),
        ct("Sag 5.0", directions=SAGITTAL, body_part="HEAD"),
        ct("Head 5.0", body_part="HEAD"),
    ]
    assert HEAD.hang(stacks) == {0: stacks[2], 1: stacks[0]}
    assert HEAD.hang(stacks[:2]) == {}  # one pane would stay empty
    assert HEAD.hang([ct("Head 5.0"), ct("Bone")]) == {}  # another body part
    assert replace(HEAD, body_part="").hang([ct("head 5 BONE")]) != {}


def test_one_series_hangs_twice_only_where_no_other_fits() -> None:
    twice = HangingRule("two windows", "1x2", (PaneRule("*head*"), PaneRule("*head*")), "CT")
    one, other = ct("head a"), ct("head b")
    assert twice.hang([one]) == {0: one, 1: one}
    assert twice.hang([one, other]) == {0: one, 1: other}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*arter*|*动脉*", "Abdomen ARTERIAL 1.5", True),
        ("*arter*|*动脉*", "腹部 动脉期", True),
        ("*arter*", "portal venous", False),
        ("T1 (post)", "T1 (post)", True),
        ("T1 (post)", "T1 post", False),
        ("", "anything", True),
        ("* FLAIR AXIAL", "* FLAIR AXIAL", True),
    ],
)
def test_patterns_are_read_as_people_write_them(pattern: str, text: str, fits: bool) -> None:
    assert PaneRule(pattern).fits(ct(text)) is fits


def test_a_chest_hangs_beside_its_lateral() -> None:
    lateral, front = radiograph("2", "LL"), radiograph("1", "PA")
    found = first_that_hangs(BUILT_IN, [lateral, front])
    assert found is not None
    rule, hung = found
    assert (rule.layout, hung) == ("1x2", {0: front, 1: lateral})
    assert first_that_hangs(BUILT_IN, [front]) is None
    assert first_that_hangs(BUILT_IN, [radiograph("1", "PA", "HAND"), radiograph("2", "LL", "HAND")]) is None


def test_phases_hang_side_by_side_in_their_order() -> None:
    venous, native, arterial, delayed = map(
        ct, ("Liver portal", "Liver native", "Liver arterial", "Liver delayed")
    )
    for stacks, layout, expected in (
        ([venous, native, arterial, delayed], "2x2", [native, arterial, venous, delayed]),
        ([venous, native, arterial], "1x3", [native, arterial, venous]),
        ([venous, arterial], "1x2", [arterial, venous]),
    ):
        found = first_that_hangs(BUILT_IN, stacks)
        assert found is not None
        assert (found[0].layout, list(found[1].values())) == (layout, expected)
    assert first_that_hangs(BUILT_IN, [native]) is None
    assert first_that_hangs(BUILT_IN, [ct("Liver arterial and venous")]) is None


def test_rules_of_the_user_come_back_from_a_readable_file() -> None:
    kept = RuleFile()
    asked = HangingRule('with "quotes" \\ and 中文', "2x2", (PaneRule("a*"),), is_automatic=False)
    kept.keep(HEAD)
    kept.keep(asked)
    again = RuleFile()
    assert again.rules == (asked, HEAD)
    assert not again.notice
    text = (paths.user_folder("config") / FILE_NAME).read_text("utf-8")
    assert 'series = "*bone*"' in text
    assert "window = [40, 80]" in text
    again.remove(HEAD)
    assert RuleFile().rules == (asked,)


def test_another_rule_for_the_same_kind_takes_the_place_of_the_first() -> None:
    kept = RuleFile()
    kept.keep(HEAD)
    kept.keep(replace(HEAD, name="other", layout="2x2"))
    assert [rule.layout for rule in kept.rules] == ["2x2"]
    kept.keep(replace(HEAD, name="mine", is_automatic=False))
    assert len(kept.rules) == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff\xfe",
        b"[[rule]",
        b"rule = 3",
        b"[[rule]]\nname = 'x'\n",
        rule_text(HEAD).replace("1x2", "9x9").encode(),
        rule_text(HEAD).replace("edges", "melted").encode(),
        rule_text(HEAD).replace("[40, 80]", "[40, -1]").encode(),
        rule_text(HEAD).replace("[40, 80]", "'wide'").encode(),
        rule_text(HEAD).replace('"*bone*"', "7").encode(),
        rule_text(HEAD).replace("[40, 80]", f"[1{'0' * 400}, 80]").encode(),  # more than a float holds
        b"x = 1",
        b"#" * ((1 << 20) + 1),
    ],
)
def test_a_broken_file_is_set_aside_with_a_message(broken: bytes) -> None:
    file = paths.user_folder("config") / FILE_NAME
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(broken)
    kept = RuleFile()
    assert kept.rules == ()
    said = kept.notice.for_user()
    assert "the old file is kept as" in said
    others: list[Path] = [one for one in file.parent.iterdir() if one.name.startswith("hanging")]
    assert [one.read_bytes() for one in others if one != file] == [broken]
    kept.keep(HEAD)
    assert RuleFile().rules == (HEAD,)


def test_the_file_is_toml_by_another_reader() -> None:
    told = tomllib.loads(rule_text(HEAD))
    assert told["rule"][0]["pane"][0] == {
        "series": "*5*",
        "plane": "Axial",
        "processing": "original",
        "window": [40, 80],
    }


@pytest.mark.parametrize(
    "rule",
    [
        replace(HEAD, panes=(PaneRule("map", window=(2e9, 4e9)),)),  # of 32-bit values
        replace(HEAD, panes=(PaneRule("map", window=(float("nan"), 4.0)),)),
        replace(HEAD, panes=(PaneRule("map", window=(1.0, 1e-30)),)),
        replace(HEAD, panes=(PaneRule("a\x7fb\x85"),)),
        replace(HEAD, name="half a sign \ud83d"),
        replace(HEAD, name="x" * 2_000_000),
        replace(HEAD, body_part='quote " and \\ and\nline'),
    ],
    ids=["wide", "no number", "narrow", "control signs", "surrogate", "long", "quotes"],
)
def test_whatever_a_rule_is_made_of_it_costs_no_other_rule(rule: HangingRule) -> None:
    first = RuleFile()
    first.keep(replace(HEAD, name="mine", modality="MR"))
    first.keep(rule)
    again = RuleFile()
    assert not again.notice
    assert again.rules == first.rules
    assert len(again.rules) == 2


def test_a_description_full_of_stars_is_compared_at_once() -> None:
    many = PaneRule("*".join("a" * 24) + "*b")  # one after another would be tried for ever
    assert not many.fits(ct("a" * 64))
    assert many.fits(ct("a" * 64 + "b"))


def test_parts_of_a_pattern_do_not_share_letters() -> None:
    assert not PaneRule("ab*ba").fits(ct("aba"))
    assert PaneRule("ab*ba").fits(ct("abba"))
    assert PaneRule("*b*b").fits(ct("abb"))
    assert not PaneRule("*b*b").fits(ct("ab"))
