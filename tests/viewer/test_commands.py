"""The COMMANDS table without a window.

Every row is named, reachable and answers in every state.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.errors import WriteError
from medviewer.imaging.display.transform import MIRRORED
from medviewer.imaging.frame.voi import Window
from medviewer.inference.pack.packs import InstalledModel
from medviewer.inference.result import ModelResult
from medviewer.settings import Settings
from medviewer.translation import Message, message, translate, use_language
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import MENUS, Command, CommandList
from medviewer.viewer.commands.images import classification, window
from medviewer.viewer.commands.table import COMMANDS, command_by_id, commands
from medviewer.viewer.commands.tool_bar import FIND, SIDES, TOOL_BAR, ToolMenu
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.texts.menus import without_access_key
from medviewer.viewer.ui import Dialog
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ModelQuestion
from medviewer.viewer.windowing.presets import FROM_VALUES, Preset, presets_of
from tests.viewer.bare_viewer import COLOR, HEAD, PHASES, BareViewer
from tests.viewer.tools.toy_tool import add_drawing, add_point


def nothing(viewer: BareViewer) -> None:
    pass


def head(viewer: BareViewer) -> None:
    viewer.open(HEAD)


def color(viewer: BareViewer) -> None:
    viewer.open(COLOR)


def phases(viewer: BareViewer) -> None:
    viewer.open(*PHASES)


def waiting(viewer: BareViewer) -> None:
    viewer.are_there = False
    viewer.open(HEAD)


def failed(viewer: BareViewer) -> None:
    waiting(viewer)
    key = viewer.focused_key()
    viewer.show(display_state.frame_failed(viewer.state.display, key, Message("It is damaged.")))


def refused(viewer: BareViewer) -> None:
    head(viewer)
    viewer.take_result("refusal")


def turned(viewer: BareViewer) -> None:
    head(viewer)
    viewer.show(display_state.turn(viewer.state.display, range(4), MIRRORED))


def maximized(viewer: BareViewer) -> None:
    head(viewer)
    viewer.change(maximized=2, text_level=TextLevel.LETTERS, identity_hidden=True)


def busy(viewer: BareViewer) -> None:
    head(viewer)
    viewer.change(is_scanning=True, is_classifying=True, is_playing=True)


def annotated(viewer: BareViewer) -> None:
    head(viewer)
    assert viewer.state.focused is not None
    for place in (1.5, 2.5):
        add_point(viewer, viewer.state.focused, (place, place))
    command_by_id("tools.undo").perform(viewer)


STATES: dict[str, Callable[[BareViewer], None]] = {
    state.__name__: state
    for state in (nothing, head, color, phases, waiting, failed, refused, turned, maximized, busy, annotated)
}
LISTS = [row for row in COMMANDS if isinstance(row, CommandList)]


@pytest.fixture
def viewer() -> BareViewer:
    return BareViewer()


def rows(viewer: Viewer) -> Iterator[Command]:
    """Yield all rows, those made from the state too."""
    yield from commands()
    for made in LISTS:
        yield from made.commands(viewer)


def title(row: Command, viewer: Viewer) -> str:
    if row.named is None:
        return without_access_key(translate(row.title))
    named = row.named(viewer.state)
    return "" if named is None else named.for_user()


def test_ids_and_keys_are_unique(viewer: BareViewer) -> None:
    head(viewer)
    for values in ([row.id for row in rows(viewer)], [row.shortcut for row in commands() if row.shortcut]):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_row_is_in_a_menu(viewer: BareViewer) -> None:
    head(viewer)
    for row in (*rows(viewer), *LISTS):
        assert row.menu.split("/")[0] in MENUS, row.id


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_row_has_a_title_in_both_languages(viewer: BareViewer, language: str) -> None:
    head(viewer)
    use_language("en")
    english = {row.id: title(row, viewer) for row in rows(viewer)}
    use_language(language)
    for row in rows(viewer):
        said = title(row, viewer)
        if not said:
            assert row.named is not None, row.id
            assert row.named(viewer.state) is None, row.id
        elif language == "zh_CN" and row.title not in ("", "&1:1"):
            assert said != english[row.id], row.id


def test_each_button_of_the_tool_bar_has_a_word_and_an_icon() -> None:
    known = {row.id for row in commands()}
    menus = {row.menu for row in COMMANDS}
    for item in (item for group in TOOL_BAR for item in group):
        if isinstance(item, ToolMenu):
            assert item.title
            assert item.icon
            assert set(item.entries) <= known | menus
        else:
            assert command_by_id(item).short, item
            assert command_by_id(item).icon, item
    assert all(command_by_id(name).icon for name in SIDES)
    assert command_by_id(FIND).short


@pytest.mark.parametrize("state", STATES)
def test_what_cannot_be_run_says_why_and_tells_it(viewer: BareViewer, state: str) -> None:
    STATES[state](viewer)
    for row in rows(viewer):
        reason = row.unavailable(viewer.state)
        if reason is None:
            continue
        before = len(viewer.told)
        row.perform(viewer)
        assert viewer.told[before:] == [reason.for_user()], row.id
        for language in ("en", "zh_CN"):
            use_language(language)
            assert reason.for_user(), row.id
        use_language("en")


@pytest.mark.parametrize("state", STATES)
def test_every_command_runs_in_every_state(state: str) -> None:
    """Run each row by itself, and answer the question that it asks with yes and no."""
    for number in range(len(list(rows(_viewer_in(state))))):
        viewer = _viewer_in(state)
        row = list(rows(viewer))[number]
        is_on = row.checked(viewer.state) if row.checked is not None else False
        assert isinstance(is_on, bool), row.id
        row.perform(viewer)
        for question in viewer.questions:
            question.on_yes()
            question.on_no()


def _viewer_in(state: str) -> BareViewer:
    viewer = BareViewer()
    STATES[state](viewer)
    return viewer


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("view.link", lambda state: not state.linked),
        ("view.hide_identity", lambda state: state.identity_hidden),
        ("view.texts", lambda state: state.text_level is TextLevel.FEW),
        ("view.browser", lambda state: not state.browser_shown),
        ("view.dock", lambda state: not state.side_panel_shown),
        ("view.layout_1", lambda state: state.visible == (0,)),
        ("view.maximise", lambda state: state.maximized == 0),
        ("tools.pan", lambda state: state.tool == "pan"),
        ("image.next", lambda state: state.focused.index == 6),
        ("image.last", lambda state: state.focused.index == 9),
        ("view.mirror", lambda state: {pane.orientation for pane in state.display.panes} == {MIRRORED}),
        ("image.preset_2", lambda state: state.focused.voi == presets_of(state.focused.frame)[1]),
    ],
)
def test_a_command_changes_the_state_and_shows_it(
    viewer: BareViewer, name: str, changed: Callable[[object], bool]
) -> None:
    head(viewer)
    row = command_by_id(name)
    assert not changed(viewer.state)
    before = row.checked(viewer.state) if row.checked is not None else None
    row.perform(viewer)
    assert changed(viewer.state)
    if row.checked is not None:
        assert row.checked(viewer.state) is not before


def test_recent_files_are_commands(viewer: BareViewer, tmp_path: Path) -> None:
    (recent,) = [row for row in LISTS if row.id == "file.recent"]
    (alone,) = recent.commands(viewer)
    assert alone.unavailable(viewer.state) is not None
    viewer.open_paths([tmp_path / "CT & MR", tmp_path / "second"])
    first, _second, forget = recent.commands(viewer)
    assert title(first, viewer) == "CT & MR"
    first.perform(viewer)
    assert viewer.opened[-1] == [tmp_path / "CT & MR"]
    forget.perform(viewer)
    assert len(recent.commands(viewer)) == 1


def test_models_are_commands_and_one_that_cannot_be_used_says_why(viewer: BareViewer) -> None:
    broken = InstalledModel("broken", "Broken", trouble=Message("Its card makes no sense."))
    viewer.change(models=(*viewer.state.models, broken))
    (models,) = [row for row in LISTS if row.id == "classify.models"]
    good, bad = models.commands(viewer)
    good.perform(viewer)
    bad.perform(viewer)
    assert viewer.used_models == [viewer.state.models[0].name]
    assert viewer.told == ["Its card makes no sense."]


def test_a_question_stands_between_a_command_and_the_model(viewer: BareViewer) -> None:
    head(viewer)
    asking = replace(viewer.state.models[0], question="Is there a tumour on this slice?")
    viewer.change(models=(asking,), model=asking.name)
    command_by_id("classify.slice").perform(viewer)
    assert viewer.classified == []
    assert viewer.state.question is not None
    assert viewer.state.question.text.for_user() == asking.question
    command_by_id("classify.answer_yes").perform(viewer)
    assert viewer.classified == [viewer.state.focused]
    assert viewer.state.question is None
    viewer.scroll_by(1)
    command_by_id("classify.slice").perform(viewer)
    assert len(viewer.classified) == 1, "the yes was about the slice before"
    assert viewer.state.question is not None


def test_a_yes_for_the_series_asks_no_slice_its_own_question(
    viewer: BareViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    head(viewer)
    pane = viewer.state.focused
    assert pane is not None
    asking = replace(viewer.state.models[0], question="Is there a tumour on this slice?")
    viewer.change(models=(asking,), model=asking.name)
    viewer.change(confirmed_questions=frozenset({(pane.stack.key, asking.name)}))
    classification.classify_series(viewer)
    assert viewer.series_asked == 0
    assert viewer.told[-1].startswith("The chosen model asks a question about each slice")


def test_a_yes_about_another_series_or_model_is_no_yes_here(viewer: BareViewer) -> None:
    head(viewer)
    pane, model = viewer.state.focused, viewer.state.model
    assert pane is not None
    here = (pane.stack.key, model)
    for about in (("another series", model), (pane.stack.key, "another model"), here):
        viewer.change(question=ModelQuestion(*about, message("Is this a head?")))
        classification.answer_question(viewer, yes=True)
        assert viewer.state.confirmed_questions == (frozenset({here}) if about == here else frozenset())


def test_a_setting_that_cannot_be_kept_holds_and_is_told(
    viewer: BareViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_settings: Settings, key: str, value: object) -> None:
        raise WriteError(path="settings.json", reason="the disk is full", bytes=1)

    monkeypatch.setattr(Settings, "change", full)
    viewer.change_setting("theme", "light")
    assert viewer.applied == [("theme", "light")]
    assert "settings.json" in viewer.told[-1]


def test_commands_that_need_a_window_name_a_dialog(viewer: BareViewer) -> None:
    for row in commands():
        head(viewer)
        row.perform(viewer)
    head(viewer)
    assert viewer.state.focused is not None
    add_drawing(viewer, viewer.state.focused, "length", (1.5, 1.5), (3.5, 3.5))
    command_by_id("annotation.next").perform(viewer)  # selects it
    command_by_id("annotation.values").perform(viewer)
    assert set(viewer.dialogs) == set(Dialog)


def test_a_result_can_be_forced_only_where_the_model_refused(viewer: BareViewer) -> None:
    head(viewer)
    row = command_by_id("classify.anyway")
    assert row.unavailable(viewer.state) is not None
    viewer.take_result("refusal")
    assert row.unavailable(viewer.state) is None
    row.perform(viewer)
    (question,) = viewer.questions
    result = viewer.state.focused and viewer.state.focused.result
    assert isinstance(result, ModelResult)
    assert result.refusal is not None
    assert question.text == result.refusal.message


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_key_is_the_access_key_of_a_menu(viewer: BareViewer, language: str) -> None:
    """Qt runs neither where both have one."""
    use_language(language)
    titles = [translate(menu) for menu in MENUS]
    use_language("en")
    keys = {f"alt+{title[title.index('&') + 1]}".lower() for title in titles}
    assert len(keys) == len(MENUS)
    assert {row.shortcut.lower() for row in rows(viewer)} & keys == set()


def test_the_keys_of_pet_choose_the_windows_that_they_name(
    viewer: BareViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    head(viewer)
    seen = viewer.state.seen
    assert seen is not None
    windows = [Preset(name, Window(width / 2, width)) for name, width in (("0–5", 5.0), ("0–10", 10.0))]
    monkeypatch.setattr(window, "offered_presets", lambda _frame: (*FROM_VALUES, *windows))
    for number, width in ((4, 5.0), (5, 10.0)):  # behind automatic, wide and narrow
        command_by_id(f"image.preset_{number}").run(viewer)
        assert viewer.state.focused is not None
        chosen = viewer.state.focused.voi
        assert isinstance(chosen, Window)
        assert chosen.width == width
