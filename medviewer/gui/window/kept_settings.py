"""Settings that a window keeps by itself: place, sides, tool."""

import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter

from medviewer.errors import WriteError
from medviewer.gui.widgets import NARROW, SIDE_WIDTHS, clamped, window_geometry as geometry
from medviewer.gui.window.browser_rail import RAIL_BELOW_PX
from medviewer.settings import Settings
from medviewer.viewer.render import screen_sizes_from, text_level_named
from medviewer.viewer.state import set_reader_first
from medviewer.viewer.tools import MOUSE_SCHEMES, OUTLINE_TOOLS, TOOLS
from medviewer.viewer.windowing import own_presets_from

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession

LEAST_SIDE_PX: Final = 120
LARGEST_SIDE_PX: Final = 2_000

PARAMETERS_MS: Final = 500
"""So long after a change the parameters of processings are written."""

_log = logging.getLogger(__name__)


class KeptSettings(QObject):
    """Settings of a window that nobody has to set."""

    def __init__(self, window: QMainWindow, session: "ViewerSession", settings: Settings) -> None:
        super().__init__(window)
        self._window, self._viewer, self._settings = window, session.viewer, settings
        self._parameters_soon = session.workers.timer(PARAMETERS_MS, self._keep_parameters)
        session.settings_changed.connect(self._on_parameters)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self._come_into_sight, Qt.ConnectionType.QueuedConnection)

    def restore(self) -> None:
        """Take tool, mouse scheme, own presets, parameters, hidden identity."""
        tool, scheme = self._settings.text("tool"), self._settings.text("mouse")
        state = self._viewer.state
        self._viewer.parameters.take(self._settings.text("processing"))
        self._viewer.change(
            display=set_reader_first(state.display, self._settings.flag("reader_first")),
            tool=tool if _is_restored(tool) else state.tool,
            mouse_scheme=scheme if scheme in MOUSE_SCHEMES else state.mouse_scheme,
            text_level=text_level_named(self._settings.text("text_level"), state.text_level),
            own_presets=own_presets_from(self._settings.text("own_presets")),
            smooths=self._settings.flag("smoothing"),
            previews=self._settings.flag("film_preview"),
            screen_sizes=screen_sizes_from(self._settings.text("screen_sizes")),
            identity_hidden=state.identity_hidden or self._settings.flag("identity_hidden"),
        )

    @Slot(object)
    def _on_parameters(self, _settings: object) -> None:
        if not self._parameters_soon.isActive():  # begun anew by each change it would wait while one drags
            self._parameters_soon.start()

    def _keep_parameters(self) -> None:
        self._viewer.change_setting("processing", self._viewer.parameters.as_text())

    def restore_sides(self, splitter: QSplitter) -> int:
        """Give the sides their widths, and fold them; a narrow window has none.

        Return the width of the browser as a list.
        """
        left, right, is_left_shown, is_right_shown = _sides(self._settings.text("sides"))
        width = self._window.width()
        splitter.setSizes([left, width - left - right, right])
        is_wide = width >= NARROW
        self._viewer.change(
            browser_shown=is_wide and is_left_shown, side_panel_shown=is_wide and is_right_shown
        )
        return left

    def keep(self, splitter: QSplitter) -> None:
        """Write all that is kept; a disk that refuses is noted in the log."""
        window, state = self._window, self._viewer.state
        maximized = window.isMaximized()
        place = window.normalGeometry() if maximized or window.isFullScreen() else window.geometry()
        values: dict[str, str | bool] = {
            "window_geometry": geometry.written(place, maximized),
            "tool": state.tool,
            "text_level": state.text_level.value,
            "identity_hidden": state.identity_hidden,
            "processing": self._viewer.parameters.as_text(),
        }
        if window.width() >= NARROW and not state.full_screen:  # else room decided, not the user
            before = _sides(self._settings.text("sides"))
            left, _, right = splitter.sizes()
            shown = (state.browser_shown, state.side_panel_shown)
            is_list = shown[0] and window.width() >= RAIL_BELOW_PX
            widths = (left if is_list else before[0], right if shown[1] else before[1])
            values["sides"] = ",".join(str(int(value)) for value in (*widths, *shown))
        try:
            for key, value in values.items():
                self._settings.change(key, value)
        except WriteError as error:
            _log.warning("the window's settings cannot be kept: %s", type(error).__name__)

    def _come_into_sight(self) -> None:
        """Move the window onto a screen that is still there."""
        window = self._window
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        place = clamped(QRect(window.geometry()), screens)
        if place != window.geometry() and not window.isMaximized() and not window.isFullScreen():
            window.setGeometry(place)


def _sides(text: str) -> tuple[int, int, bool, bool]:
    """Return widths and visibility of browser and dock.

    The first ones for anything that `KeptSettings.keep` did not write.
    """
    try:
        left, right, is_left_shown, is_right_shown = (int(part) for part in text.split(","))
    except ValueError:
        return (*SIDE_WIDTHS, True, True)
    if not all(LEAST_SIDE_PX <= width <= LARGEST_SIDE_PX for width in (left, right)):
        left, right = SIDE_WIDTHS
    return left, right, bool(is_left_shown), bool(is_right_shown)


def _is_restored(tool: str) -> bool:
    """Return whether a tool is chosen again at the next start.

    One that draws is not: a press on the image of another patient draws nothing unasked.
    """
    return tool in TOOLS and not TOOLS[tool].draws and tool not in OUTLINE_TOOLS
