"""Check of the model's fit to the slice on the screen, and its choice.

The model follows the series.

It runs when the slice has rested, in a thread of its own.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from medviewer.viewer.models import NOT_CHECKED, ModelFit, fit_of, followed_fit

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.imaging.frame import Frame
    from medviewer.imaging.source import SliceKey
    from medviewer.viewer.viewer_state import ViewerState

REST_MS: Final = 250


class FitCheck(QObject):
    """Keeps `ViewerState.model_fit` that of the focused pane's slice.

    While slices of one stack pass it stays; with another stack or model nothing is said until it is known.
    What is known of the two images that alternate is said at once, so that the card does not flicker.
    """

    def __init__(self, session: "ViewerSession", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[tuple[SliceKey | None, str], ModelFit] = {}
        self._asked: list[SliceKey | None] = []  # while two images alternate
        self._rest = session.workers.timer(REST_MS, self._check)
        session.viewer_changed.connect(self._on_viewer)

    @Slot(object, object)
    def _on_viewer(self, before: "ViewerState", after: "ViewerState") -> None:
        pane, shown = after.focused, before.focused
        frame = pane.frame if pane is not None else None
        frame_before = shown.frame if shown is not None else None
        is_same = frame is frame_before and after.model == before.model and _runs(after) == _runs(before)
        if is_same and after.models is before.models:
            return
        self._keep_known(before, after)
        known = None if pane is None else self._known.get((pane.slice_key, after.model))
        if known is not None:
            self._rest.stop()
            self._session.viewer.change(model_fit=known)
            return
        is_of_stack = pane is not None and shown is not None and pane.stack.key == shown.stack.key
        if (not is_of_stack or after.model != before.model) and after.model_fit is not NOT_CHECKED:
            self._session.viewer.change(model_fit=NOT_CHECKED)
        self._rest.stop()
        if frame is not None and after.model:
            self._rest.start()

    def _check(self) -> None:
        state = self._session.viewer.state
        if state.seen is None or state.focused is None or state.focused.frame is None:
            return
        frame, key = state.focused.frame, state.focused.slice_key
        if state.is_blinking and key in self._asked:
            return  # which is not begun anew with each turn
        chosen = state.chosen_models.get(state.focused.stack.key, "")
        if chosen and chosen != state.model and not _runs(state):
            self._session.follow_model(chosen)
            return  # the change of the model begins another check
        check = fit_of if chosen or _runs(state) else followed_fit
        task = self._session.task(partial(check, frame, state.model, state.models), self._lane(key))
        task.yielded.connect(partial(self._take, frame, key, state.model))  # held no longer than the task
        task.submit()

    def _keep_known(self, before: "ViewerState", after: "ViewerState") -> None:
        if not after.is_blinking or after.models is not before.models:
            self._known, self._asked = {}, []
        elif not before.is_blinking and before.focused is not None and before.model_fit is not NOT_CHECKED:
            self._known[before.focused.slice_key, before.model] = before.model_fit

    def _lane(self, key: "SliceKey | None") -> str:
        if not self._session.viewer.state.is_blinking:
            return "fit"
        self._asked.append(key)
        return f"fit {len(self._asked)}"  # so that the other image does not end it

    def _take(
        self, frame: "Frame", key: "SliceKey | None", model: str, found: "ModelFit | tuple[str, ModelFit]"
    ) -> None:
        state = self._session.viewer.state
        name, fit = found if isinstance(found, tuple) else (model, found)
        if state.is_blinking and key is not None:
            self._known[key, name] = fit
        pane = state.focused
        if pane is None or pane.frame is not frame or state.model != model:
            return  # it is about another slice than the one on the screen
        if name != model:
            self._asked = []
            if not _runs(state) and pane.stack.key not in state.chosen_models:
                self._session.follow_model(name)
            return
        if fit != state.model_fit:
            self._session.viewer.change(model_fit=fit)


def _runs(state: "ViewerState") -> bool:
    """Return whether a model is being asked, which is not changed meanwhile."""
    return state.is_classifying or state.series_run is not None
