"""The panel of the model, kept with session, commands and tool bar."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from medviewer.gui.commands import CommandBar, ToolBar
from medviewer.gui.panels import PredictionPanel
from medviewer.inference import verdicts as kept_verdicts
from medviewer.inference.verdicts import question_of
from medviewer.translation import translate
from medviewer.viewer import verdicts
from medviewer.viewer.commands import (
    chosen_model,
    keep_one_in,
    model_title,
    no_model,
    one_in_of,
    question_here,
)
from medviewer.viewer.outline_card import NO_OUTLINE, outline_texts
from medviewer.viewer.state import is_current
from medviewer.viewer.texts import ShownFit, here_text, without_access_key
from medviewer.viewer.verdict_card import NO_READER, reader_of, series_reader_of
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.inference.verdicts import LocalCalibration
    from medviewer.settings import Settings
    from medviewer.viewer.state import DisplayState


class PredictionSection(QObject):
    """Shows model, result and fit of the focused pane's image in the panel.

    It leaves with its panel.
    """

    def __init__(
        self,
        session: "ViewerSession",
        settings: "Settings",
        panel: PredictionPanel,
        bar: CommandBar,
        tool_bar: ToolBar,
    ) -> None:
        super().__init__(panel)
        self._session, self._panel, self._bar, self._tool_bar = session, panel, bar, tool_bar
        self._calibrations: tuple[LocalCalibration, ...] | None = None
        panel.one_in = one_in_of(settings)
        panel.one_in_chosen.connect(partial(keep_one_in, session.viewer))
        self._connect_buttons()
        session.viewer_changed.connect(self._on_viewer)
        session.state_changed.connect(self._follow)
        session.pane_changed.connect(self._show_result)
        session.classifying_changed.connect(self._follow_classifying)
        session.model_changed.connect(self._show_model)
        self._show_model(session.model, session.device)
        self._show_fit()

    def _connect_buttons(self) -> None:
        panel = self._panel
        for button, name in (
            (panel.classify_button, "classify.slice"),
            (panel.series_button, "classify.series"),
            (panel.fitting_button, "classify.fitting"),
            (panel.override_button, "classify.anyway"),
            (panel.card_button, "classify.card"),
            (panel.models_button, "classify.packs"),
            (panel.reader.form.skip_button, "classify.show_without"),
            (panel.reader.kept.undo_button, "classify.take_back"),
            (panel.reader.kept.list_button, "classify.verdicts"),
            *((button, f"classify.{name}") for name, button in panel.reader.answers.buttons.items()),
            (panel.question.yes_button, "classify.answer_yes"),
            (panel.question.no_button, "classify.answer_no"),
            (panel.question.unsure_button, "classify.answer_no"),
            *(
                (panel.reader.series.row.buttons[name], f"classify.series_{name}")
                for name in ("finding", "no_finding", "unsure")
            ),
        ):
            button.clicked.connect(partial(self._run, name))
        for name, button in panel.outline.buttons.items():
            button.clicked.connect(partial(self._press, name))
        panel.reader.form.answered.connect(self._give_reading)
        panel.reader.form.sureness_chosen.connect(partial(verdicts.set_sureness, self._session.viewer))
        self._bar.refreshed.connect(self._follow_actions)

    def _press(self, name: str) -> None:
        """Run the command of a button, which shows how that turned out."""
        self._run(name)
        self._follow_outline()

    def _run(self, name: str) -> None:
        """Run the command of a button.

        An answer is on the card before its actions follow.
        """
        self._bar.action(name).trigger()

    @Slot(object, object)
    def _on_viewer(self, before: ViewerState, after: ViewerState) -> None:
        if after.model_fit != before.model_fit or after.chosen_models is not before.chosen_models:
            self._show_fit()
        if after.series_run is not before.series_run:
            self._panel.reader.show_series(series_reader_of(after))
        if after.lost_verdicts is not before.lost_verdicts:
            self._show_kept()
        if question_here(after) is not question_here(before) or after.tried != before.tried:
            self._show_result(after.display.focus)
        if (after.tool, after.brush) != (before.tool, before.brush):
            self._show_outline()
        if after.models != before.models:
            self._show_model(self._session.model, self._session.device)

    @Slot(object)
    def _follow(self, state: "DisplayState") -> None:
        self._show_result(state.focus)

    @Slot(bool)
    def _follow_classifying(self, working: bool) -> None:
        self._follow(self._session.state)

    @Slot(str, str)
    def _show_model(self, name: str, device: str) -> None:
        """Show title and purpose of the chosen model."""
        model = chosen_model(self._session.viewer.state)
        if model is None:
            self._panel.show_model(name, "", "", device)
            return
        purpose = translate(model.intended_use) if model.intended_use else ""
        self._panel.show_model(model_title(model).for_user(), purpose, model.version, device)

    @Slot(int)
    def _show_result(self, number: int) -> None:
        """Show the model's result for the focused pane's image.

        Nothing until it shows it.
        """
        state = self._session.state
        if number != state.focus:
            return
        pane = state.focused
        # guard(is_current(pane, self._session.processed(number))):
        #     the panel speaks of the image on the screen only
        is_shown = pane is not None and is_current(pane, self._session.processed(number))
        result = pane.result if pane is not None and is_shown else None
        reader = reader_of(state, pane) if is_shown else replace(NO_READER, is_first=state.reader_first)
        here = "" if result is None else here_text(result, self._own_calibrations())
        asked = question_here(self._session.viewer.state) if is_shown else None
        self._panel.show_result(
            result,
            working=self._session.is_classifying,
            has_slice=is_shown,
            reader=reader,
            here=here,
            question="" if asked is None else asked.text.for_user(),
            of_slice=asked is not None and asked.of_slice is not None,
            is_tried=result is not None and result.key == self._session.viewer.state.tried,
        )
        self._panel.reader.show_series(series_reader_of(self._session.viewer.state))
        self._show_outline(is_shown=is_shown)
        self._show_kept()

    def _show_outline(self, *, is_shown: bool = True) -> None:
        """Say the sizes of the reader's outline; nothing of another image."""
        said = outline_texts(self._session.viewer.state) if is_shown else NO_OUTLINE
        self._panel.outline.show_outline(said)
        if said.is_said:
            self._follow_outline()  # with its buttons, not a moment after them

    def _own_calibrations(self) -> "tuple[LocalCalibration, ...]":
        """Return the calibrations of this computer, read once."""
        if self._calibrations is None:
            self._calibrations = kept_verdicts.read_calibrations()
        return self._calibrations

    @Slot()
    def read_calibrations_anew(self) -> None:
        """Follow a calibration that was made or removed."""
        self._calibrations = None
        self._follow(self._session.state)

    def _show_kept(self) -> None:
        """Say whether the verdict on the slice is kept on this computer."""
        viewer, reader = self._session.viewer, self._panel.reader.reader
        pane = viewer.state.focused
        is_lost = pane is not None and pane.token.key in viewer.state.lost_verdicts
        if is_lost or not viewer.memory.remember:
            said = translate("Not kept") if is_lost else translate("Not kept: memory is off")
        else:
            said = f"✓ {translate('Saved on this computer')}"
        self._panel.reader.kept.show_kept(
            said, is_good=not is_lost and viewer.memory.remember, can_undo=reader.can_undo
        )

    @Slot(int)
    def _give_reading(self, place: int) -> None:
        """Take the answer of a button of the form."""
        viewer = self._session.viewer
        hidden = verdicts.waiting(viewer.state)
        if hidden is not None:
            verdicts.give_reading(viewer, verdicts.choices_of(question_of(hidden))[place])

    def _show_fit(self) -> None:
        """Say whether a model fits the slice, before it is asked."""
        fit = self._session.viewer.state.model_fit
        shown = ShownFit(
            misfit=fit.message.for_user(),
            fits=fit.fits,
            is_stated=fit.is_stated,
            is_unmade=no_model(self._session.viewer.state) is not None,
            fitting=fit.others[0].title.for_user() if fit.others else "",
            notes=tuple(note.for_user() for note in fit.notes),
        )
        self._panel.show_fit(shown)
        self._tool_bar.show_fit(shown.misfit)
        self._show_result(self._session.state.focus)

    @Slot()
    def _follow_actions(self) -> None:
        self._write_keys()
        self._follow_outline()
        series, asks = self._bar.actions["classify.series"], self._panel.series_button
        asks.setEnabled(series.isEnabled())
        if asks.toolTip() != series.toolTip():
            asks.setToolTip(series.toolTip())
        action, button = self._bar.actions["classify.slice"], self._panel.classify_button
        text = f"{without_access_key(action.text())}   {action.shortcut().toString()}".rstrip()
        if button.text() != text:
            button.setText(text)
        button.setEnabled(action.isEnabled())
        if button.toolTip() != action.toolTip():  # Qt tells of each one that is set
            button.setToolTip(action.toolTip())

    def _follow_outline(self) -> None:
        for name in self._panel.outline.buttons:
            action = self._bar.action(name)
            self._panel.outline.show_command(
                name, is_on=action.isChecked(), can_be_used=action.isEnabled(), hint=action.toolTip()
            )

    def _write_keys(self) -> None:
        """Write the keys of verdicts on their buttons, as the user has them."""
        actions, reader = self._bar.actions, self._panel.reader
        keys = [actions[f"classify.{name}"].shortcut().toString() for name in reader.answers.buttons]
        reader.form.show_keys(keys)
        reader.answers.show_keys(keys)
        for name in ("finding", "no_finding", "unsure"):
            button = reader.series.row.buttons[name]
            key = actions[f"classify.series_{name}"].shortcut().toString()
            if button.toolTip() != key:
                button.setToolTip(key)
