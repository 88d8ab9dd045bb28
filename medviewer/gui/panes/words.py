"""The words of a pane.

Title strip, caption, texts over the image, and the name that a screen reader says.
"""

from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from medviewer.gui.look import Type, font
from medviewer.gui.panes.header import PaneHeader
from medviewer.gui.widgets import CutLabel
from medviewer.translation import language, translate
from medviewer.viewer.render import (
    PaneText,
    TextLevel,
    TextOptions,
    TitleStrip,
    caption_text,
    compose_pane_text,
    compose_title,
    spoken_text,
)
from medviewer.viewer.shown_image import ShownImage
from medviewer.viewer.state import PaneState, differs_in_drawings_only, differs_in_window_only

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView

CAPTION_PX: Final = 20
CAPTION_MARGIN_PX: Final = 6


class PaneWords:
    """Writes the words of the image on the screen, where they have changed.

    Parameters
    ----------
    pane : QWidget
        That is named.
    header : PaneHeader
        Its title strip.
    number : int
        Of the pane.
    """

    def __init__(self, pane: QWidget, header: PaneHeader, number: int) -> None:
        self._pane, self._header, self._number = pane, header, number
        self._written: tuple[PaneState, tuple[object, ...]] | None = None
        self.caption = CutLabel("quiet")
        self.caption.setFont(font(Type.SMALL))
        self.caption.setFixedHeight(CAPTION_PX)
        self.caption.setContentsMargins(CAPTION_MARGIN_PX, 0, CAPTION_MARGIN_PX, 0)
        self.caption.hide()

    @property
    def written_state(self) -> PaneState | None:
        """The state that was written last; None: the pane says that it is empty."""
        return None if self._written is None else self._written[0]

    def said_of(self, state: PaneState, shown: ShownImage, *, complete: bool) -> PaneState:
        """Return the state that the texts are of: that of the image on the screen.

        Where there is none, that of the image to come.
        """
        # guard(shown.of): an image stays under its own number until the next one is there
        said, _ = shown.of or (state, None)
        return said if complete or said.result is None else replace(said, result=None)

    def write(
        self, view: "PaneView", said: PaneState, shown: ShownImage, options: TextOptions, middle: str
    ) -> None:
        """Write the texts of a state, with a message in the middle of the view."""
        processed = None if shown.of is None else shown.of[1]
        has_image = shown.of is not None
        facts = (processed, options, has_image, shown.level, middle, self._number, language())
        before, self._written = self._written, (said, facts)
        is_rewindowed = False
        if before is not None and all(map(is_, facts, before[1])):
            if said is before[0] or differs_in_drawings_only(said, before[0]):
                return  # as while the next slice is on its way, or a handle is dragged
            is_rewindowed = differs_in_window_only(said, before[0])
        if not is_rewindowed:
            self._header.show_title(compose_title(said, options))
            self.caption.show_text(*caption_text(said, processed))
            self._pane.setAccessibleName(spoken_text(said, self._number))
        elif options.level is TextLevel.LETTERS:
            return  # they say no window
        text = compose_pane_text(
            said, processed, complete=has_image, options=options, level=shown.level, middle=middle
        )
        view.show_text(text)
        self._header.show_result(text.result)

    def write_empty(self, middle: str) -> PaneText:
        """Write that nothing is shown, and return the text for the view."""
        self._written = None
        self._header.show_title(TitleStrip())
        self._header.show_result(None)
        self.caption.show_text("")
        self._pane.setAccessibleName(translate("Pane {number}, empty", number=self._number + 1))
        return PaneText(middle=middle)
