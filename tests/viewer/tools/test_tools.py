"""The TOOLS table without a window.

Each row is complete, and drags change what they say.
"""

from dataclasses import dataclass, field

import pytest

from medviewer import paths
from medviewer.imaging.annotation.drawing import KINDS
from medviewer.imaging.annotation.primitives import Label
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import Voi, Window
from medviewer.imaging.measurement.table import is_region
from medviewer.translation import translate, use_language
from medviewer.viewer.annotations.edits import history_of
from medviewer.viewer.commands.table import TOOL_COMMANDS, command_by_id, tool_command
from medviewer.viewer.render.graphics import graphics_on
from medviewer.viewer.tools.measuring import REGION_TOOLS
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Cursor, Pointer, Tool, ToolPane
from tests.viewer.bare_viewer import COLOR, HEAD, BareViewer
from tests.viewer.tools.toy_tool import TOY_TOOL


@dataclass
class MadePane:
    """A pane of 400 x 200 that shows pixels of the frame one to one."""

    viewer: BareViewer
    number: int = 0
    size: tuple[int, int] = (400, 200)
    done: list[tuple[object, ...]] = field(default_factory=list)
    label: tuple[tuple[float, float], str] = ((-100.0, -100.0), "")  # its corner; 20 x 10 pixels

    @property
    def frame(self) -> Frame | None:
        return self.viewer.state.seen

    @property
    def voi(self) -> Voi | None:
        pane = self.viewer.state.focused
        return pane.seen_voi if pane is not None else None

    @property
    def slices(self) -> int:
        pane = self.viewer.state.focused
        return len(pane.stack) if pane is not None else 1

    def position_at(self, pointer: Pointer) -> tuple[float, float]:
        return pointer.y - 0.5, pointer.x - 0.5

    def pointer_at(self, x: float, y: float) -> Pointer:
        return Pointer(x, y)

    def label_at(self, pointer: Pointer) -> str:
        (left, top), name = self.label
        return name if left <= pointer.x <= left + 20 and top <= pointer.y <= top + 10 else ""

    def label_middle(self, name: str) -> Pointer | None:
        (left, top), known = self.label
        return Pointer(left + 10, top + 5) if name == known else None

    def pan_by(self, across: float, down: float) -> None:
        self.done.append(("pan", across, down))

    def zoom_by(self, factor: float, around: Pointer) -> None:
        self.done.append(("zoom", factor, around.x, around.y))

    def scroll_by(self, slices: int) -> None:
        self.viewer.scroll_by(slices, self.number)

    def set_window(self, window: Window) -> None:
        self.viewer.set_voi(window, self.number)


@pytest.fixture
def pane() -> MadePane:
    viewer = BareViewer()
    viewer.open(HEAD)
    return MadePane(viewer)


def drag(tool: Tool, pane: ToolPane, *points: tuple[float, float], fine: bool = False) -> None:
    """Press at the first point, move over the others, let go at the last one."""
    interaction = tool.start()
    at = [Pointer(x, y, fine) for x, y in points]
    interaction.press(pane, at[0])
    for pointer in at[1:]:
        interaction.drag(pane, pointer)
    interaction.release(pane, at[-1])


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_has_what_the_window_shows_of_it(name: str) -> None:
    tool = TOOLS[name]
    assert tool.id == name
    assert paths.resource("icons", "lucide", f"{tool.icon}.svg").is_file()
    assert tool.cursor in Cursor
    use_language("zh_CN")
    assert translate(tool.title) != tool.title
    (row,) = [row for row in TOOL_COMMANDS if row.id == f"tools.{name}"]
    assert (row.shortcut, row.icon, row.short) == (tool.key, tool.icon, tool.title)


@pytest.mark.parametrize("kind", sorted({tool.draws for tool in TOOLS.values() if tool.draws}))
def test_every_kind_that_a_tool_draws_has_its_outline_its_title_and_its_place_among_regions(
    kind: str,
) -> None:
    assert kind in KINDS
    tools = {tool.id for tool in TOOLS.values() if tool.draws == kind}
    assert (tools <= set(REGION_TOOLS)) is is_region(kind)


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("shown", ["head", "color", "nothing"])
def test_every_tool_can_be_dragged_over_everything(name: str, shown: str) -> None:
    viewer = BareViewer()
    if shown != "nothing":
        viewer.open(HEAD if shown == "head" else COLOR)
    drag(TOOLS[name], MadePane(viewer), (10, 10), (10, 10), (390, 190), (-50, 900))


def test_each_press_starts_anew(pane: MadePane) -> None:
    drag(TOOLS["scroll"], pane, (0, 0), (0, 16))
    drag(TOOLS["scroll"], pane, (0, 0), (0, 16))
    assert pane.viewer.state.focused is not None
    assert pane.viewer.state.focused.index == 5 + 2


def test_the_window_follows_the_mouse_and_shift_makes_it_finer(pane: MadePane) -> None:
    drag(TOOLS["window"], pane, (100, 100), (200, 100))  # a quarter of the pane
    assert isinstance(pane.voi, Window)
    assert (pane.voi.center, pane.voi.width) == (40, 120)
    pane.viewer.set_voi(None)
    drag(TOOLS["window"], pane, (100, 100), (200, 100), fine=True)
    assert isinstance(pane.voi, Window)
    assert pane.voi.width == 88


def test_pan_and_zoom_act_on_the_pane(pane: MadePane) -> None:
    drag(TOOLS["pan"], pane, (10, 20), (15, 18))
    drag(TOOLS["zoom"], pane, (10, 120), (10, 20))
    assert pane.done == [("pan", 5, -2), ("zoom", pytest.approx(8**0.5), 10, 120)]


def test_a_tool_that_is_added_is_a_row_and_a_file(pane: MadePane, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TOY_TOOL.id not in TOOLS
    assert TOY_TOOL.key not in {tool.key for tool in TOOLS.values()}
    monkeypatch.setitem(TOOLS, TOY_TOOL.id, TOY_TOOL)
    row = tool_command(TOY_TOOL)
    row.perform(pane.viewer)
    assert row.checked is not None
    assert row.checked(pane.viewer.state)
    drag(TOOLS[pane.viewer.state.tool], pane, (1.5, 2.5), (3.5, 4.5))
    assert points(pane) == [((3.5, 4.5),)]


def test_what_a_tool_draws_can_be_undone_and_redone(pane: MadePane) -> None:
    undo, redo = command_by_id("tools.undo"), command_by_id("tools.redo")
    assert undo.named is not None
    assert undo.named(pane.viewer.state) is None  # no row that does nothing
    drag(TOY_TOOL, pane, (1.5, 2.5))
    drag(TOY_TOOL, pane, (9.5, 8.5))
    assert str(undo.named(pane.viewer.state)) == "Undo point"
    undo.perform(pane.viewer)
    assert points(pane) == [((1.5, 2.5),)]
    assert redo.named is not None
    assert str(redo.named(pane.viewer.state)) == "Redo point"
    redo.perform(pane.viewer)
    assert points(pane) == [((1.5, 2.5),), ((9.5, 8.5),)]
    undo.perform(pane.viewer)
    undo.perform(pane.viewer)
    undo.perform(pane.viewer)
    assert points(pane) == []
    assert pane.viewer.told == ["There is nothing to undo."]


def points(pane: MadePane) -> list[tuple[tuple[float, ...], ...]]:
    shown = pane.viewer.state.focused
    assert shown is not None
    return [one.points for one in shown.annotations]


def labels(pane: MadePane) -> list[str]:
    """Return the lines of text that are drawn on the focused pane."""
    shown = pane.viewer.state.focused
    assert shown is not None
    return [line for one in graphics_on(shown) if isinstance(one, Label) for line in one.lines]


def steps(pane: MadePane) -> int:
    """Return how many edits can be taken back."""
    shown = pane.viewer.state.focused
    assert shown is not None
    return len(history_of(pane.viewer.state, shown.identity.study_instance_uid).past)


@pytest.mark.parametrize("name", ["length", "ellipse"])
def test_a_shape_is_previewed_while_it_is_dragged_and_is_one_step_to_undo(pane: MadePane, name: str) -> None:
    interaction = TOOLS[name].start()
    interaction.press(pane, Pointer(3, 4))
    for step in range(1, 12):
        interaction.drag(pane, Pointer(3 + step, 4 + step))
        assert (len(points(pane)), steps(pane)) == (int(step >= 4), 0)
    interaction.release(pane, Pointer(20, 14))
    assert (len(points(pane)), steps(pane)) == (1, 1)
    command_by_id("tools.undo").perform(pane.viewer)
    assert points(pane) == []
    command_by_id("tools.redo").perform(pane.viewer)
    assert len(points(pane)) == 1


@pytest.mark.parametrize("name", ["length", "ellipse", "rectangle", "freehand", "arrow"])
def test_a_click_draws_nothing_and_a_drag_that_never_ends_leaves_nothing(pane: MadePane, name: str) -> None:
    drag(TOOLS[name], pane, (3, 4), (4, 5))
    interaction = TOOLS[name].start()
    interaction.press(pane, Pointer(3, 4))
    interaction.drag(pane, Pointer(30, 40))
    assert len(points(pane)) == 1
    interaction.cancel(pane)
    assert (points(pane), steps(pane)) == ([], 0)


def test_a_drag_that_ends_on_another_slice_draws_nothing(pane: MadePane) -> None:
    interaction = TOOLS["length"].start()
    interaction.press(pane, Pointer(3, 4))
    interaction.drag(pane, Pointer(30, 40))
    pane.viewer.scroll_by(1, pane.number)
    interaction.release(pane, Pointer(30, 40))
    assert steps(pane) == 0
    assert pane.viewer.state.display.annotations == {}


def test_what_is_drawn_says_what_it_measures(pane: MadePane) -> None:
    drag(TOOLS["length"], pane, (0.5, 0.5), (30.5, 40.5))
    shown = pane.viewer.state.focused
    assert shown is not None
    assert shown.frame is not None
    down, across = shown.frame.geometry.spacing_mm or (1.0, 1.0)
    unit = "mm" if shown.frame.geometry.spacing_mm else "px"
    assert labels(pane) == [f"{((30 * across) ** 2 + (40 * down) ** 2) ** 0.5:.1f} {unit}"]
    drag(TOOLS["ellipse"], pane, (2, 2), (12, 10))
    assert [line.split()[0] for line in labels(pane)[1:]] == ["Area", "Mean", "Min"]


def test_a_drag_that_ends_while_another_patient_has_the_focus_draws_nothing(pane: MadePane) -> None:
    pane.viewer.show_stack(COLOR, 1)
    pane.viewer.set_focus(0)
    interaction = TOOLS["length"].start()
    interaction.press(pane, Pointer(3, 4))
    interaction.drag(pane, Pointer(30, 40))
    pane.viewer.set_focus(1)
    interaction.release(pane, Pointer(30, 40))
    assert all(one.present == () for one in pane.viewer.state.annotations.values())
    assert pane.viewer.state.display.annotations == {}
