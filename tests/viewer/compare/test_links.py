"""Panes beside each other go together by position, by an offset that is said, or not at all."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.model import StoredStack
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.imaging.frame.geometry import to_patient
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import ORIGINAL
from medviewer.translation import use_language
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.compare.bonds import BondKind, bond_of, offset_text
from medviewer.viewer.state.following import way_between
from medviewer.viewer.state.links import WindowLink
from tests.placed_stacks import AXIAL, CORONAL, SAGITTAL, placed_stack, turned
from tests.viewer.bare_viewer import BareViewer
from tests.viewer.compare.compare_scene import comparing, indices

THIN = placed_stack("thin", slices=61, step_mm=1.0, modality="CT")
THICK = placed_stack("thick", slices=13, step_mm=5.0, modality="CT")
PRIOR = placed_stack("prior", slices=41, step_mm=2.0, space="9.9", study="0", middle_mm=(0, 0, 300))
SIDE = placed_stack("side", SAGITTAL)


def run(viewer: BareViewer, name: str) -> None:
    command_by_id(name).perform(viewer)


def bonds(viewer: BareViewer) -> list[str]:
    state = viewer.state
    return [bond_of(state.display, state.links, number).kind.value for number in state.visible]


def test_stacks_of_one_frame_of_reference_go_by_position() -> None:
    viewer = comparing("2x2", THIN, THICK, SIDE, PRIOR)
    assert bonds(viewer) == ["follows", "follows", "apart", "apart"]
    viewer.scroll_to(50)
    assert indices(viewer) == [50, 10, 10, 20]
    viewer.scroll_to(0, 1)
    assert indices(viewer) == [0, 0, 10, 20]


def test_a_series_that_comes_back_beside_linked_ones_is_at_their_place() -> None:
    viewer = comparing("1x2", THIN, THICK)
    viewer.scroll_to(50)
    viewer.set_linked(False)
    viewer.scroll_to(2, 1)  # where THICK is left
    viewer.show_stack(PRIOR, 1, ORIGINAL)
    viewer.show_stack(THICK, 1, ORIGINAL)
    assert indices(viewer) == [50, 2], "unlinked it comes back as it was left"
    viewer.show_stack(PRIOR, 1, ORIGINAL)
    viewer.set_linked(True)
    viewer.show_stack(THICK, 1, ORIGINAL)
    assert indices(viewer) == [50, 10]
    viewer.set_focus(0)
    viewer.show_stack(PRIOR, 0, ORIGINAL)
    viewer.show_stack(THIN, 0, ORIGINAL)
    assert indices(viewer) == [50, 10], "also in the active pane"
    viewer.change_links(viewer.state.links.with_parted(1, is_parted=True))
    viewer.scroll_to(0)
    viewer.show_stack(PRIOR, 1, ORIGINAL)
    viewer.show_stack(THICK, 1, ORIGINAL)
    assert indices(viewer) == [0, 10], "a pane that goes by itself keeps its own"


def test_different_frames_of_reference_are_never_linked_silently() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    viewer.scroll_to(40)
    assert indices(viewer) == [40, 20]
    said = bond_of(viewer.state.display, viewer.state.links, 1)
    assert said.reason.for_user() == "no frame of reference is stated that both have"
    run(viewer, "view.link_here")
    linked = bond_of(viewer.state.display, viewer.state.links, 1)
    assert linked.kind is BondKind.OFFSET
    assert linked.offset is not None
    assert offset_text(linked.offset).for_user() == "offset +290.0 mm"  # 300 mm apart, shown 10 mm lower


def test_an_offset_is_kept_while_scrolling_from_either_pane() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    viewer.scroll_to(40)
    run(viewer, "view.link_here")
    viewer.scroll_to(46)
    assert indices(viewer) == [46, 23]
    viewer.scroll_to(20, 1)
    assert indices(viewer) == [40, 20]
    viewer.set_focus(1)
    offset = bond_of(viewer.state.display, viewer.state.links, 0).offset
    assert offset is not None
    assert offset_text(offset).for_user() == "offset −290.0 mm"
    viewer.scroll_to(40)
    assert indices(viewer) == [40, 40]  # beyond the last slice it stays, and says so
    assert bonds(viewer)[0] == "apart"
    run(viewer, "view.remove_offsets")
    assert bonds(viewer) == ["apart", "follows"]


def test_three_stacks_tied_to_one_go_together() -> None:
    other = placed_stack("other", slices=41, step_mm=2.0, space="8.8", middle_mm=(0, 0, -50))
    viewer = comparing("1x3", THIN, PRIOR, other)
    run(viewer, "view.link_here")
    viewer.scroll_to(24, 1)
    assert indices(viewer) == [38, 24, 24]
    viewer.scroll_to(10, 2)
    assert indices(viewer) == [10, 10, 10]


def test_alt_and_the_wheel_move_one_pane_until_the_others_are_scrolled() -> None:
    viewer = comparing("1x2", THIN, THICK)
    viewer.scroll_alone(2, 1)
    assert indices(viewer) == [30, 8]
    run(viewer, "view.link_here")  # 10 mm apart within one frame of reference: an offset, too
    assert bonds(viewer) == ["follows", "offset"]
    viewer.scroll_by(5)
    assert indices(viewer) == [35, 9]
    run(viewer, "view.remove_offsets")
    viewer.scroll_by(0)
    assert indices(viewer) == [35, 7]


def test_linking_where_both_show_one_place_sets_no_offset() -> None:
    viewer = comparing("1x2", THIN, THICK)
    viewer.scroll_to(31)
    run(viewer, "view.link_here")
    assert not viewer.state.links.has_offsets


def test_another_patient_with_the_same_frame_of_reference_is_linked_by_an_offset_only() -> None:
    stranger = placed_stack("stranger", slices=13, step_mm=5.0, patient="B", study="2", modality="CT")
    viewer = comparing("1x2", THIN, stranger)
    assert bonds(viewer) == ["follows", "apart"]
    run(viewer, "view.link_here")  # both show one place already
    linked = bond_of(viewer.state.display, viewer.state.links, 1)
    assert linked.kind is BondKind.OFFSET
    viewer.scroll_to(50)
    assert indices(viewer) == [50, 10]


def test_stacks_across_each_other_get_no_offset_and_it_is_said() -> None:
    viewer = comparing("1x2", THIN, placed_stack("far side", SAGITTAL, space="9.9"))
    run(viewer, "view.link_here")
    assert not viewer.state.links.has_offsets
    assert viewer.told == ["Pane 2 cannot be linked: it lies in another direction."]


def test_stacks_without_places_are_linked_by_slices() -> None:
    bare = [
        replace(
            stack,
            frames=tuple(
                replace(one, geometry=replace(one.geometry, position_mm=None), position_mm=None)
                for one in stack.frames
            ),
        )
        for stack in (placed_stack("1", slices=10, space=""), placed_stack("2", slices=20, space=""))
    ]
    viewer = comparing("1x2", *bare)
    viewer.scroll_to(3)
    assert indices(viewer) == [3, 10]
    run(viewer, "view.link_here")
    viewer.scroll_by(2)
    assert indices(viewer) == [5, 12]
    offset = bond_of(viewer.state.display, viewer.state.links, 1).offset
    assert offset is not None
    assert offset_text(offset).for_user() == "offset +7 slices"
    use_language("zh_CN")
    assert "+7" in offset_text(offset).for_user()


def test_a_parted_pane_neither_leads_nor_follows() -> None:
    viewer = comparing("1x3", THIN, THICK, THICK)
    viewer.set_focus(1)
    run(viewer, "view.part_pane")
    viewer.scroll_to(0)
    assert indices(viewer) == [30, 0, 6]
    viewer.scroll_to(60, 0)
    assert indices(viewer) == [60, 0, 12]
    assert bonds(viewer) == ["follows", "parted", "follows"]
    run(viewer, "view.part_pane")
    assert indices(viewer) == [0, 0, 0]  # they come to the active pane
    viewer.set_linked(False)
    viewer.set_linked(True)
    assert not viewer.state.links.parted


def windows(viewer: BareViewer) -> list[object]:
    return [
        None if pane is None or pane.voi is None else pane.voi.center
        for pane in viewer.state.display.panes[:3]
    ]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (WindowLink.NONE, [77, None, None]),
        (WindowLink.SERIES, [77, 77, None]),
        (WindowLink.ALIKE, [77, 77, 77]),
    ],
)
def test_windows_go_together_by_choice(which: WindowLink, expected: list[object]) -> None:
    viewer = comparing("1x3", THIN, THIN, THICK)
    run(viewer, f"view.window_{which}")
    viewer.set_voi(Window(77, 100))
    assert windows(viewer) == expected


def test_a_window_goes_only_where_values_mean_the_same() -> None:
    viewer = comparing("1x2", THIN, placed_stack("mr", modality="MR"))
    run(viewer, "view.window_alike")
    viewer.set_voi(Window(77, 100))
    assert windows(viewer)[:2] == [77, None]


def test_places_of_two_panes_compare_by_their_offset() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    here, there = viewer.state.display.panes[:2]
    assert here is not None
    assert there is not None
    assert way_between(here, there, viewer.state.links) is None
    run(viewer, "view.link_here")
    assert way_between(here, there, viewer.state.links) == pytest.approx((0, 0, 300))


# --- a thousand random steps ---------------------------------------------------------------------------


def off_the_place(viewer: BareViewer, leader: int) -> list[str]:
    """Return the panes more than half a slice off the pane they follow."""
    panes, links = viewer.state.display.panes, viewer.state.links
    here = panes[leader]
    assert here is not None
    wrong = []
    for number in viewer.state.visible:
        pane = panes[number]
        if pane is None or number == leader or links.parted & {number, leader}:
            continue
        stack = pane.stack
        viewer.change(display=replace(viewer.state.display, focus=leader))
        bond = bond_of(viewer.state.display, links, number)
        if bond.kind is not BondKind.FOLLOWS:
            continue
        normal = np.cross(stack.geometry(0).row_direction, stack.geometry(0).column_direction)
        middle = to_patient(here.header.geometry, (here.stack.rows - 1) / 2, (here.stack.columns - 1) / 2)
        heights = sorted(float(normal @ np.asarray(one.geometry.position_mm)) for one in stack.headers)
        steps = np.diff(heights)
        own = float(normal @ np.asarray(pane.header.geometry.position_mm))
        away = abs(own - float(normal @ np.asarray(middle)))
        if away > max(steps, default=0.0) / 2 + 0.011:
            wrong.append(f"pane {number + 1} is {away:.2f} mm off")
    return wrong


def walk(viewer: BareViewer, steps: int, seed: int) -> int:
    random, followed = Random(seed), 0
    numbers = [number for number in viewer.state.visible if viewer.state.display.panes[number] is not None]
    for _ in range(steps):
        number = random.choice(numbers)
        before = indices(viewer)
        if random.random() < 0.9:
            viewer.scroll_by(random.choice((-3, -1, 1, 1, 2)), number)
        else:
            pane = viewer.state.display.panes[number]
            assert pane is not None
            viewer.scroll_to(random.randrange(len(pane.stack)), number)
        followed += sum(a != b for a, b in zip(before, indices(viewer), strict=True)) > 1
        assert off_the_place(viewer, number) == []
    return followed


def test_a_thousand_steps_over_stacks_that_lie_anyhow_keep_one_place() -> None:
    tilted = turned(AXIAL, 12, (1, 0, 0))
    viewer = comparing(
        "3x3",
        THIN,
        THICK,
        placed_stack("tilted", tilted, slices=30, step_mm=2.2, step_direction=(0, 0, 1)),
        placed_stack("uneven", steps_mm=[1.08, 7, 7, 3, 3, 3, 1.08, 7, 2]),
        placed_stack("oblong", spacing_mm=(2.5, 0.7), step_mm=4.0, middle_mm=(3, 5, 8)),
        placed_stack("backwards", turned(AXIAL, 180, (1, 0, 0)), step_mm=2.0),
        SIDE,
        placed_stack("coronal", CORONAL),
        PRIOR,
    )
    assert walk(viewer, 1000, 5) > 300


@pytest.mark.parametrize(
    "folder", ["04-mr-brain-tumour-enhanced", "05-mr-brain-dwi-maps-enhanced", "06-mr-brain-t1-classic-24sl"]
)
@pytest.mark.parametrize("steps", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_many_steps_over_real_series_keep_one_place(shared_data: Path, folder: str, steps: int) -> None:
    with Sandbox() as sandbox:
        found = list(scan([shared_data / "data" / "dicom" / folder], sandbox))[-1].library
    viewer = comparing("3x3", *found.stacks[:6], *found.stacks[:1])
    walk(viewer, steps, 6)


# --- exchanged, and beside an earlier study ------------------------------------------------------------


def keys(viewer: BareViewer) -> list[str]:
    panes = viewer.state.display.panes
    return ["" if (pane := panes[number]) is None else pane.stack.key for number in viewer.state.visible]


def test_two_panes_are_exchanged_with_all_that_they_show() -> None:
    viewer = comparing("1x2", THIN, THICK)
    viewer.set_voi(Window(77, 100))
    viewer.change_links(viewer.state.links.with_parted(1, is_parted=True))
    run(viewer, "view.swap")
    assert keys(viewer) == [THICK.key, THIN.key]
    assert windows(viewer)[:2] == [None, 77]
    assert viewer.state.links.parted == {0}
    run(viewer, "view.maximise")
    for key in (THIN.key, THICK.key, THIN.key):  # they blink in one place
        run(viewer, "view.swap")
        assert keys(viewer) == [key]


def test_a_pane_that_is_alone_is_exchanged_with_none() -> None:
    viewer = comparing("1", THIN)
    run(viewer, "view.swap")
    assert viewer.told == ["Only one pane is shown."]


def test_the_like_series_of_the_latest_earlier_study_stands_beside() -> None:
    def made(study: str, date: str, series: str, description: str = "", **more: Any) -> StoredStack:
        return placed_stack(series, study=study, date=date, description=description, modality="CT", **more)

    now = made("3", "20261119", "2", "Head axial 5", thickness_mm=5.0)
    before = made("2", "20250301", "4", "Axial head", thickness_mm=5.0, space="2.2")
    side = made("2", "20250301", "5", "Head axial 5", directions=SAGITTAL, space="2.2")
    older = made("1", "20200101", "2", "Head axial 5", thickness_mm=5.0, space="1.1")
    stranger = made("2", "20251231", "2", "Head axial 5", patient="B")
    viewer = comparing("1", now, side, older, before, stranger)
    run(viewer, "view.prior")
    assert viewer.state.layout == "1x2"
    assert keys(viewer) == [now.key, before.key]
    assert viewer.state.display.focus == 0
    assert bonds(viewer) == ["follows", "apart"]  # until an offset is set
    viewer.set_focus(1)
    run(viewer, "view.prior")
    assert keys(viewer) == [before.key, older.key]
    viewer.set_focus(1)
    run(viewer, "view.prior")
    assert viewer.told == ["No earlier study of this patient with this modality is open."]
