"""The ACTIONS table, source of menus, tool bar and shortcuts."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from medviewer.dicom.text import TEXT_ENCODINGS
from medviewer.gui.commands.action_spec import (
    CLASSIFY,
    EXPORT,
    FILE,
    HELP,
    IMAGE,
    LAYOUT,
    PRESETS,
    SAMPLE,
    TEXT_ENCODING,
    TOOLS,
    VIEW,
    ActionSpec,
    no_image,
)
from medviewer.gui.commands.view_actions import CINE_ACTIONS, VIEW_ACTIONS
from medviewer.imaging.frame import Frame
from medviewer.translation import mark, translate
from medviewer.viewer.presets import PRESET_KEYS, presets_of

if TYPE_CHECKING:
    from medviewer.gui.window import MainWindow


def _no_study(window: "MainWindow") -> str:
    return "" if window.session.library.stacks else translate("Open a study first.")


def _no_window(window: "MainWindow") -> str:
    frame = _frame(window)
    if frame is not None and frame.is_color:
        return translate("A colour picture is shown as it is stored; it has no window.")
    return no_image(window)


def _frame(window: "MainWindow") -> Frame | None:
    return window.session.focused.seen if window.session.focused is not None else None


def _nothing_failed(window: "MainWindow") -> str:
    pane = window.session.focused
    has_failed = pane is not None and bool(pane.failure)
    return "" if has_failed else translate("Only a slice that could not be read can be tried again.")


def _no_refusal(window: "MainWindow") -> str:
    return "" if window.has_refusal() else translate("Only a slice that the model refused can be forced.")


def _nothing_runs(window: "MainWindow") -> str:
    runs = window.session.is_scanning or window.session.is_classifying
    return "" if runs else translate("Nothing is running.")


def _preset_title(number: int, window: "MainWindow") -> str:
    presets = presets_of(_frame(window))
    return translate(presets[number].explanation) if number < len(presets) else ""


def _choose_preset(number: int, window: "MainWindow") -> None:
    presets = presets_of(_frame(window))
    if number < len(presets):
        window.session.set_voi(presets[number])


def _tool(name: str, title: str, key: str, separated: bool = False) -> ActionSpec:
    return ActionSpec(
        f"tools.{name}",
        title,
        TOOLS,
        lambda w: w.panes.set_tool(name),
        key,
        checked=lambda w: w.panes.tool == name,
        short=title,
        separated=separated,
    )


def _scroll(
    name: str, title: str, run: Callable[["MainWindow"], Any], key: str, separated: bool = False
) -> ActionSpec:
    return ActionSpec(f"image.{name}", title, IMAGE, run, key, no_image, separated=separated, in_panes=True)


def _layout(name: str, title: str, key: str) -> ActionSpec:
    return ActionSpec(
        f"view.layout_{name}",
        title,
        f"{VIEW}/{LAYOUT}",
        lambda w: w.panes.set_layout(name),
        key,
        checked=lambda w: w.panes.layout_name == name,
    )


def _text_encoding(name: str, title: str) -> ActionSpec:
    return ActionSpec(
        f"view.text_{name or 'stored'}",
        title,
        f"{VIEW}/{TEXT_ENCODING}",
        lambda w: w.files.read_text_as(name),
        blocked=_no_study,
        checked=lambda w: w.files.text_encoding == name,
    )


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("file.open_files", mark("&Open files…"), FILE, lambda w: w.files.open_files(), "Ctrl+O"),
    ActionSpec(
        "file.open_folder",
        mark("Open &folder…"),
        FILE,
        lambda w: w.files.open_folder(),
        "Ctrl+Shift+O",
        short=mark("Open folder"),
    ),
    ActionSpec(
        "file.sample_phantom", mark("Head &phantom"), f"{FILE}/{SAMPLE}", lambda w: w.session.open_demo()
    ),
    ActionSpec(
        "file.sample_files", mark("&Test images"), f"{FILE}/{SAMPLE}", lambda w: w.session.open_samples()
    ),
    ActionSpec(
        "file.close_study",
        mark("&Close study"),
        FILE,
        lambda w: w.session.close_study(),
        "Ctrl+W",
        _no_study,
        separated=True,
    ),
    ActionSpec(
        "file.close_all", mark("Close &all"), FILE, lambda w: w.session.close_all(), "Ctrl+Shift+W", _no_study
    ),
    ActionSpec(
        "file.preferences",
        mark("&Preferences…"),
        FILE,
        lambda w: w.open_preferences(),
        "Ctrl+,",
        separated=True,
    ),
    ActionSpec("file.quit", mark("&Quit"), FILE, lambda w: w.close(), "Ctrl+Q", separated=True),
    _layout("1", mark("&One pane"), "Ctrl+1"),
    _layout("1x2", mark("&Two panes"), "Ctrl+2"),
    _layout("2x2", mark("&Four panes"), "Ctrl+4"),
    ActionSpec(
        "view.maximise",
        mark("&Maximise pane"),
        VIEW,
        lambda w: w.panes.maximise(),
        "M",
        no_image,
        short=mark("Maximise"),
        checked=lambda w: w.panes.is_maximised,
    ),
    ActionSpec(
        "view.fit",
        mark("&Fit to pane"),
        VIEW,
        lambda w: w.panes.fit(),
        "F",
        no_image,
        short=mark("Fit"),
        separated=True,
    ),
    ActionSpec(
        "view.one_to_one",
        mark("&1:1"),
        VIEW,
        lambda w: w.panes.one_to_one(),
        "Ctrl+0",
        no_image,
        short=mark("1:1"),
    ),
    ActionSpec(
        "view.link",
        mark("&Link panes"),
        VIEW,
        lambda w: w.toggle_link(),
        "L",
        checked=lambda w: w.session.linked,
        short=mark("Link"),
    ),
    *VIEW_ACTIONS,
    ActionSpec(
        "view.hide_identity",
        mark("Hide &identity"),
        VIEW,
        lambda w: w.toggle_identity(),
        "I",
        checked=lambda w: w.session.hide_identity,
        short=mark("Hide identity"),
        separated=True,
    ),
    ActionSpec(
        "view.hide_text",
        mark("Hide te&xt"),
        VIEW,
        lambda w: w.toggle_text(),
        "T",
        checked=lambda w: w.panes.text_hidden,
    ),
    _text_encoding("", mark("As &stored")),
    *(_text_encoding(name, encoding.title) for name, encoding in TEXT_ENCODINGS.items()),
    ActionSpec(
        "view.search",
        mark("Searc&h the studies"),
        VIEW,
        lambda w: w.search(),
        "Ctrl+F",
        _no_study,
        separated=True,
    ),
    ActionSpec(
        "view.browser",
        mark("Study &browser"),
        VIEW,
        lambda w: w.toggle_browser(),
        "B",
        checked=lambda w: not w.browser.isHidden(),
    ),
    ActionSpec(
        "view.dock",
        mark("&Side panel"),
        VIEW,
        lambda w: w.toggle_dock(),
        "D",
        checked=lambda w: not w.dock.isHidden(),
    ),
    *(
        ActionSpec(
            f"image.preset_{number + 1}",
            "",
            f"{IMAGE}/{PRESETS}",
            partial(_choose_preset, number),
            str(number + 1),
            _no_window,
            named=partial(_preset_title, number),
        )
        for number in range(PRESET_KEYS)
    ),
    ActionSpec(
        "image.reset_window", mark("&Reset window"), IMAGE, lambda w: w.session.reset_voi(), "0", _no_window
    ),
    ActionSpec(
        "image.automatic_window",
        mark("&Automatic window"),
        IMAGE,
        lambda w: w.session.viewing.window_anew(),
        "A",
        _no_window,
    ),
    _scroll("next", mark("&Next slice"), lambda w: w.session.scroll_by(1), "Down", separated=True),
    _scroll("previous", mark("&Previous slice"), lambda w: w.session.scroll_by(-1), "Up"),
    _scroll("ten_on", mark("&Ten slices on"), lambda w: w.session.scroll_by(10), "PgDown"),
    _scroll("ten_back", mark("Ten slices &back"), lambda w: w.session.scroll_by(-10), "PgUp"),
    _scroll("first", mark("&First slice"), lambda w: w.session.scroll_to(0), "Home"),
    _scroll("last", mark("&Last slice"), lambda w: w.session.last(), "End"),
    ActionSpec(
        "image.try_again",
        mark("Try a&gain"),
        IMAGE,
        lambda w: w.session.try_again(),
        "F5",
        _nothing_failed,
    ),
    *CINE_ACTIONS,
    ActionSpec(
        "image.features",
        mark("Te&xture and edge features…"),
        IMAGE,
        lambda w: w.open_features(),
        "Ctrl+T",
        no_image,
        separated=True,
    ),
    _tool("window", mark("&Window"), "W", separated=True),
    _tool("zoom", mark("&Zoom"), "Z"),
    _tool("pan", mark("&Pan"), "P"),
    _tool("scroll", mark("&Scroll"), "S"),
    ActionSpec(
        "classify.slice",
        mark("&Classify slice"),
        CLASSIFY,
        lambda w: w.models.classify(),
        "Ctrl+K",
        no_image,
        short=mark("Classify slice"),
        separated=True,
    ),
    ActionSpec(
        "classify.anyway", mark("Classify &anyway…"), CLASSIFY, lambda w: w.classify_anyway(), "", _no_refusal
    ),
    ActionSpec("classify.card", mark("A&bout the model…"), CLASSIFY, lambda w: w.models.open_card()),
    ActionSpec(
        "classify.cancel",
        mark("Ca&ncel"),
        CLASSIFY,
        lambda w: w.cancel(),
        "Esc",
        _nothing_runs,
        separated=True,
    ),
    ActionSpec(
        "export.picture",
        mark("Export &picture…"),
        EXPORT,
        lambda w: w.files.export_image(),
        "Ctrl+E",
        no_image,
        short=mark("Export picture"),
    ),
    ActionSpec("help.shortcuts", mark("&Keys and mouse"), HELP, lambda w: w.open_shortcuts(), "F1"),
    ActionSpec("help.pixel_truth", mark("&Pixel truth"), HELP, lambda w: w.open_pixel_truth()),
    ActionSpec("help.logs", mark("&Log folder"), HELP, lambda w: w.open_log_folder()),
    ActionSpec("help.about", mark("&About medviewer"), HELP, lambda w: w.open_about(), separated=True),
)

TOOL_BAR: Final = (
    ("file.open_folder",),
    ("tools.window", "tools.zoom", "tools.pan", "tools.scroll"),
    ("view.fit", "view.one_to_one", "view.maximise", "view.link"),
    ("view.hide_identity",),
    ("classify.slice",),
    ("export.picture",),
)
"""The ids on the tool bar, in groups; each has a `short` word."""
