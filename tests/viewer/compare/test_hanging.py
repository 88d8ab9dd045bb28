"""Studies hang as their user has kept it, when they are opened and when it is asked for."""

from medviewer.imaging.frame.voi import VoiOrigin, Window
from medviewer.viewer.commands.panes.hanging import hang
from medviewer.viewer.commands.table import COMMANDS, command_by_id
from medviewer.viewer.compare.hanging import arrangement, hung_display
from medviewer.viewer.layouts.rules import HangingRule, PaneRule
from tests.placed_stacks import placed_stack
from tests.viewer.bare_viewer import BareViewer
from tests.viewer.compare.compare_scene import comparing

SOFT = placed_stack("1", modality="CT", body_part="HEAD", description="Head 5 | soft")
BONE = placed_stack("2", modality="CT", body_part="HEAD", description="Head 1 bone", slices=40, step_mm=1.0)


def arranged() -> BareViewer:
    viewer = comparing("1x2", SOFT, BONE)
    viewer.set_focus(1)
    viewer.set_voi(Window(500, 2500, origin=VoiOrigin.USER))
    viewer.set_processing(1, "edges")
    viewer.set_focus(0)
    return viewer


def test_an_arrangement_is_kept_for_its_kind_of_study() -> None:
    viewer = arranged()
    use = command_by_id("view.use_arrangement")
    assert use.named is not None
    assert str(use.named(viewer.state)) == "Use this arrangement for CT HEAD"
    use.perform(viewer)
    (rule,) = viewer.rule_file.rules
    assert rule == HangingRule(
        "CT HEAD",
        "1x2",
        (
            PaneRule("Head 5 * soft", "Axial"),
            PaneRule("Head 1 bone", "Axial", processing="edges", window=(500, 2500)),
        ),
        "CT",
        "HEAD",
    )
    assert viewer.told == ["Kept as “CT HEAD”."]


def test_a_layout_of_ones_own_is_chosen_again() -> None:
    viewer = arranged()
    command_by_id("view.keep_layout").perform(viewer)
    (rule,) = viewer.rule_file.rules
    assert not rule.is_automatic
    viewer.show_stack(SOFT)
    hang(rule, viewer)
    panes = viewer.state.display.panes
    assert [pane and (pane.stack.key, pane.processing) for pane in panes[:2]] == [
        (SOFT.key, "original"),
        (BONE.key, "edges"),
    ]
    assert viewer.state.layout == "1x2"
    window = panes[1] and panes[1].voi
    assert isinstance(window, Window)
    assert (window.center, window.width) == (500, 2500)


def own_rows(viewer: BareViewer) -> dict[str, object]:
    row = next(row for row in COMMANDS if row.id == "view.own_layouts")
    return {str(one.named(viewer.state)): one for one in row.commands(viewer)}  # type: ignore[union-attr]  # a list


def test_layouts_of_ones_own_are_listed_and_forgotten() -> None:
    viewer = arranged()
    assert own_rows(viewer) == {}
    command_by_id("view.keep_layout").perform(viewer)
    command_by_id("view.keep_layout").perform(viewer)
    names = list(own_rows(viewer))
    assert names[:2] == ["CT HEAD 1 × 2 (2)", "CT HEAD 1 × 2 (1)"]
    own_rows(viewer)["Forget “CT HEAD 1 × 2 (1)”"].perform(viewer)  # type: ignore[attr-defined]  # a command
    assert [rule.name for rule in viewer.rule_file.rules] == ["CT HEAD 1 × 2 (2)"]


def test_a_study_without_the_series_says_so() -> None:
    viewer = arranged()
    command_by_id("view.keep_layout").perform(viewer)
    other = comparing("1", placed_stack("9", modality="CT", body_part="NECK"))
    row = own_rows(other)["CT HEAD 1 × 2 (1)"]
    assert str(row.unavailable(other.state)) == "This study has not all series that the layout wants."  # type: ignore[attr-defined]  # a command


def test_a_study_is_hung_at_one_place() -> None:
    low = placed_stack("low", slices=21, middle_mm=(0, 0, -8))
    viewer = comparing("1x2", SOFT, low)
    rule = HangingRule("two", "1x2", (PaneRule("*"), PaneRule("*")))
    panes = hung_display(viewer.state.display, rule, {0: SOFT, 1: low}).panes
    first, second = (pane.header.position_mm for pane in panes[:2] if pane is not None)
    assert first is not None
    assert second is not None
    assert abs(first - second) <= 1.5, "half a slice"


def test_panes_that_a_rule_leaves_out_are_empty() -> None:
    viewer = comparing("2x2", SOFT, BONE, SOFT, BONE)
    rule = HangingRule("one", "2x2", (PaneRule("*bone*"),))
    display = hung_display(viewer.state.display, rule, {0: BONE})
    assert [pane is None for pane in display.panes[:4]] == [False, True, True, True]
    assert display.focus == 0


def test_an_empty_pane_makes_no_rule() -> None:
    viewer = BareViewer()
    assert arrangement(viewer.state, "x", is_automatic=True) is None
